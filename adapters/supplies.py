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
    """Settings of a channel are unknown or wrong. `lines`: one for each, with its name, what is wrong, and the mend."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


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
    meant = {field: _nearest(field, model) for field in given if field not in model.model_fields}
    faults = [
        f"{start}{field.upper()} is not a setting; "
        + (f"did you mean {start}{known.upper()}?" if known else "see .env.example")
        for field, known in meant.items()
    ]
    try:
        settings = model.model_validate({name: given[name] for name in given if name not in meant})
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False):
            field = str(fault["loc"][0])
            # What is only misspelt is one fault, not two.
            if not (fault["type"] == "missing" and field in meant.values()):
                words = fault["msg"].removeprefix("Value error, ")
                faults.append(f"{start}{field.upper()}: {words}; mend it or remove all {start}…")
        raise ChannelSettingsFault(*faults) from None
    if faults:
        raise ChannelSettingsFault(*faults)
    return settings


def _nearest(field: str, model: type[ChannelSettings]) -> str | None:
    match = process.extractOne(field, list(model.model_fields), score_cutoff=60)
    return match[0] if match else None
