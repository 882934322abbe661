"""The contract every channel keeps: four verbs, its capabilities as data, and the five ways a sending may fail.

ChannelError
├── NotAuthentic            the request is not from whom it says: 403, nothing is stored
├── UnreadableBody          authentic but not understood: kept raw, answered 200, alarmed
└── SendError
    ├── RecipientUnreachable    blocked, deleted, not a subscriber: do not retry, mark the person
    ├── ReplyWindowClosed       the channel no longer lets us write first
    ├── RateLimited             try again after `retry_after` seconds
    ├── ChannelUnavailable      no answer, 5xx, garbage: try again; `uncertain` = it may have arrived
    └── ReplyRejected           the vendor refuses this very payload: do not retry, alarm
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from conversations.messages import (
    Attachment,
    AttachmentKind,
    Author,
    ConversationRef,
    DeliveryReceipt,
    IncomingMessage,
    OutgoingMessage,
    Reply,
)

Payload = Mapping[str, Any]
"""One vendor request, as JSON values: what `render` makes and the outbox keeps."""


class ChannelError(Exception):
    """Anything a channel may say went wrong. Messages carry facts, never a token or a citizen's words."""


class NotAuthentic(ChannelError):
    """The signature, secret or cookie is missing or wrong."""


class UnreadableBody(ChannelError):
    """The body is authentic but no events can be made of it."""


class SendError(ChannelError):
    """A sending failed in one of the five ways."""


class RecipientUnreachable(SendError):
    """This person can't be reached in this channel any more."""


class ReplyWindowClosed(SendError):
    """The channel's window for answering has closed."""


@dataclass
class RateLimited(SendError):
    """The vendor asks for patience."""

    retry_after: float

    def __str__(self) -> str:
        return f"retry after {self.retry_after:g} s"


@dataclass
class ChannelUnavailable(SendError):
    """The vendor did not take it. `uncertain`: it may nevertheless have arrived (a time-out after sending)."""

    reason: str
    uncertain: bool = False

    def __str__(self) -> str:
        return self.reason


class ReplyRejected(SendError):
    """The vendor refuses this payload for good."""


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show and tell, as data. Lengths are characters; `choice_id_limit` is bytes."""

    text_limit: int
    choices_limit: int
    label_limit: int = 20
    choice_id_limit: int = 40
    cards: bool = False
    numbered_choices: bool = False
    reply_window: timedelta | None = None
    delivered_receipts: bool = False
    seen_receipts: bool = False
    location: bool = False
    file_kinds: frozenset[AttachmentKind] = frozenset()
    file_limit: int = 0


@dataclass(frozen=True)
class Request:
    """An HTTP request as a channel sees it. Header names are lower case."""

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Caller:
    """Who proved to be speaking: the bot the request is for and, where the proof tells, the person."""

    bot: str
    address: str | None = None


@dataclass(frozen=True)
class Acknowledgement:
    """The HTTP answer to an accepted request."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain"


class Channel(Protocol):
    """One way people reach us. `parse` and `render` are pure; only `send` touches the network."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def authenticate(self, request: Request) -> Caller:
        """Who speaks, in constant time over the raw bytes. Raises NotAuthentic."""
        ...

    def parse(self, body: bytes, caller: Caller) -> Sequence[IncomingMessage | DeliveryReceipt]:
        """The events in a body; unknown events give none. Raises UnreadableBody."""
        ...

    def acknowledge(
        self, request: Request, events: Sequence[IncomingMessage | DeliveryReceipt]
    ) -> Acknowledgement:
        """What to answer once everything is stored."""
        ...

    def render(self, message: OutgoingMessage) -> Sequence[Payload]:
        """The vendor's requests for one message, in order, within the channel's limits."""
        ...

    async def send(self, ref: ConversationRef, payload: Payload) -> str:
        """Deliver one payload and return the vendor's id for it. Raises one of the five SendErrors."""
        ...


@dataclass(frozen=True)
class FeedLine:
    """One visible line of a conversation, as a live page shows it."""

    position: int
    author: Author
    reply: Reply
    at: datetime
    event_key: str | None = None
    seen: bool = False


@dataclass(frozen=True)
class Feed:
    """What is new after a cursor, the cursor to come back with, and who answers now ('bot', 'queue', 'specialist')."""

    lines: tuple[FeedLine, ...]
    cursor: int
    owner: str
    owner_name: str | None = None
    ahead: int | None = None


class FeedReader(Protocol):
    """How a channel that is its own client (web, console) reads the durable log. The composition root provides it."""

    async def after(self, ref: ConversationRef, cursor: int) -> Feed:
        """Everything visible after `cursor`. The returned cursor never skips a line that is still on its way."""
        ...

    def changes(self, ref: ConversationRef) -> AsyncIterator[None]:
        """Yields once at the start and then each time something in the conversation changed."""
        ...


class AttachmentStore(Protocol):
    """Where files people send are kept, by content hash."""

    async def put(self, content: bytes, *, name: str | None = None) -> Attachment:
        """Store and describe. Raises FileRefused."""
        ...

    async def get(self, content_hash: str) -> bytes:
        """The bytes. Raises FileNotFoundError."""
        ...


@dataclass
class FileRefused(ChannelError):
    """The file is empty, too large, or of a kind we do not take. `limit` is in bytes where size is the reason."""

    reason: str
    limit: int | None = None

    def __str__(self) -> str:
        return self.reason
