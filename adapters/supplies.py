"""What the house gives every vendor's channel: who it speaks for, how it reaches out, its first words and its menu."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from rapidfuzz import process

from adapters.transport import Transport
from conversations.channel import AttachmentStore
from conversations.messages import Attachment, Choice, Reply


@dataclass(frozen=True)
class MenuItem:
    """A line of a vendor's own menu: the button it is, a Latin command for it, and what it does in words."""

    choice: Choice
    command: str
    words: str


@dataclass(frozen=True)
class Supplies:
    """Given to a channel when the house is put together.

    `name` is the community's as citizens read it. `public_url` is our address without a slash at the end, "" where
    none is set. `welcome` is what opens a chat; what a link into it carried may add a button. `link` is the public
    address of a stored file, None without a public address.
    """

    community: str
    name: str
    public_url: str
    secret: bytes
    transport: Transport
    store: AttachmentStore
    menu: Sequence[MenuItem]
    welcome: Callable[[str | None], Reply]
    link: Callable[[Attachment], str | None]
    clock: Callable[[], datetime]

    def webhook(self, channel: str) -> str:
        """Where a vendor calls us; "" without a public address."""
        return f"{self.public_url}/webhooks/{self.community}/{channel}" if self.public_url else ""

    def derived(self, purpose: str) -> str:
        """A secret of its own for one purpose, the same at every start: 64 hex digits."""
        return hmac.new(self.secret, f"{self.community}:{purpose}".encode(), hashlib.sha256).hexdigest()


class ChannelSettingsFault(Exception):
    """A channel's setting is unknown or wrong. The message is one line: the name, what is wrong, and the mend."""


class ChannelSettings(BaseModel):
    """The ground of each channel's settings: read from variables that begin with the channel's name."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


Model = TypeVar("Model", bound=ChannelSettings)


def read_settings(model: type[Model], prefix: str, environment: Mapping[str, str]) -> Model | None:
    """The settings in `<PREFIX>_…` variables; None where none is set. Raises ChannelSettingsFault."""
    start = f"{prefix}_"
    given: dict[str, Any] = {
        name.removeprefix(start).lower(): value
        for name, value in environment.items()
        if name.startswith(start) and value != ""
    }
    if not given:
        return None
    for field in given:
        if field not in model.model_fields:
            match = process.extractOne(field, list(model.model_fields), score_cutoff=60)
            hint = f"did you mean {start}{match[0].upper()}?" if match else "see .env.example"
            raise ChannelSettingsFault(f"{start}{field.upper()} is not a setting; {hint}")
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = start + str(first["loc"][0]).upper()
        words = first["msg"].removeprefix("Value error, ")
        raise ChannelSettingsFault(f"{name}: {words}; mend it or remove all {start}…") from None
