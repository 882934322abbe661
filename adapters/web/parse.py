"""The JSON our page posts, strictly checked, as messages.

    {"key": "b2…", "kind": "text", "text": "скільки платять"}
    {"key": "b3…", "kind": "press", "choice_id": "m:menu", "text": "Меню"}
    {"key": "b4…", "kind": "file", "text": "", "files": [{…, "signature": "…"}]}
    {"key": "b5…", "kind": "location", "location": {"latitude": 49.2, "longitude": 28.4}}

`key` is made by the page, once for each thing a citizen does: a message sent again after a lost connection is
the same message. A `kind` that is not known here gives no event: an older server and a newer page can meet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.incoming import file_name, object_of, readable
from conversations.channel import UnreadableBody
from conversations.messages import (
    Attachment,
    AttachmentKind,
    ConversationRef,
    IncomingMessage,
    Location,
    MessageKind,
)

FILES_ACCEPTED = 10
OWNER_CHARACTERS = 24
"""How much of the address goes before the page's key: 96 bits, so no visitor can use up another's key."""

_KIND_OF_FILE = {
    AttachmentKind.PHOTO: MessageKind.PHOTO,
    AttachmentKind.VOICE: MessageKind.VOICE,
    AttachmentKind.VIDEO: MessageKind.DOCUMENT,
    AttachmentKind.DOCUMENT: MessageKind.DOCUMENT,
}

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,40}$")]


class Strict(BaseModel):
    """What comes from outside: nothing converted, nothing unknown."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class SignedFile(Strict):
    """A file this visitor has uploaded, as our own upload answered."""

    kind: Literal["photo", "voice", "video", "document"]
    content_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str = Field(max_length=100)
    size: int = Field(ge=0, le=2**40)
    name: str | None = Field(default=None, max_length=200)
    signature: str = Field(max_length=64)

    def attachment(self) -> Attachment:
        """The same in the words of the house."""
        return Attachment(
            kind=AttachmentKind(self.kind),
            content_hash=self.content_hash,
            media_type=self.media_type,
            size=self.size,
            name=file_name(self.name),
        )


class Point(Strict):
    """Degrees WGS 84."""

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)


class Text(Strict):
    key: Key
    kind: Literal["text"]
    text: str


class Press(Strict):
    key: Key
    kind: Literal["press"]
    choice_id: str = Field(pattern=r"^[A-Za-z0-9_:.\-]{1,40}$")
    text: str = ""


class Files(Strict):
    key: Key
    kind: Literal["file"]
    text: str = ""
    files: list[SignedFile] = Field(min_length=1, max_length=FILES_ACCEPTED)


class Place(Strict):
    key: Key
    kind: Literal["location"]
    location: Point


_KINDS: dict[str, type[Text] | type[Press] | type[Files] | type[Place]] = {
    "text": Text,
    "press": Press,
    "file": Files,
    "location": Place,
}


def event_key(address: str, key: str) -> str:
    """The page's key, unique in the whole channel."""
    return f"{address[:OWNER_CHARACTERS]}.{key}"


def page_key(key: str | None) -> str | None:
    """The page's own key back from an event key."""
    return key.partition(".")[2] or None if key else None


def body_to_messages(
    ref: ConversationRef, body: bytes, now: datetime, signed_by_us: Callable[[SignedFile], bool]
) -> tuple[IncomingMessage, ...]:
    """At most one message. Raises UnreadableBody, which names what is wrong and never what was written."""
    fields = _object(body)
    kind = fields.get("kind")
    if not isinstance(kind, str):
        raise UnreadableBody("no kind")
    if kind not in _KINDS:
        return ()
    try:
        posted = _KINDS[kind].model_validate(fields)
    except ValidationError as error:
        raise UnreadableBody(_what_is_wrong(kind, error)) from None
    return (_message(ref, posted, now, signed_by_us),)


def _object(body: bytes) -> dict[str, Any]:
    fields = object_of(body)
    if isinstance(fields.get("text"), str):
        fields["text"] = readable(fields["text"])
    return fields


def _message(
    ref: ConversationRef,
    posted: Text | Press | Files | Place,
    now: datetime,
    signed_by_us: Callable[[SignedFile], bool],
) -> IncomingMessage:
    key = event_key(ref.address, posted.key)
    match posted:
        case Text():
            return IncomingMessage(
                ref=ref, event_key=key, kind=MessageKind.TEXT, text=posted.text, sent_at=now
            )
        case Press():
            return IncomingMessage(
                ref=ref,
                event_key=key,
                kind=MessageKind.PRESS,
                choice_id=posted.choice_id,
                text=posted.text,
                sent_at=now,
            )
        case Files():
            if not all(signed_by_us(file) for file in posted.files):
                raise UnreadableBody("a file that this visitor has not uploaded")
            files = tuple(file.attachment() for file in posted.files)
            return IncomingMessage(
                ref=ref,
                event_key=key,
                kind=_KIND_OF_FILE[files[0].kind],
                text=posted.text,
                attachments=files,
                sent_at=now,
            )
        case Place():
            point = Location(latitude=posted.location.latitude, longitude=posted.location.longitude)
            return IncomingMessage(
                ref=ref, event_key=key, kind=MessageKind.LOCATION, location=point, sent_at=now
            )


def _what_is_wrong(kind: str, error: ValidationError) -> str:
    """The first complaint as `kind: field: rule`, without the value: it may be a citizen's words."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = first["loc"][0] if first["loc"] else ""
    known = field if field in _KINDS[kind].model_fields else "an unknown field"
    return f"{kind}: {known}: {first['type']}"
