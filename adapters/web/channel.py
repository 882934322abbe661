"""The page as a channel: a visitor's cookie proves who speaks, JSON says what."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from adapters.web import visitors
from adapters.web.parse import SignedFile, body_to_messages, page_key
from adapters.web.render import CAPABILITIES, FILE_LIMIT, render
from conversations.channel import (
    Acknowledgement,
    Caller,
    Capabilities,
    NotAuthentic,
    Payload,
    Request,
    Sent,
    UnreadableBody,
)
from conversations.clock import utc_now
from conversations.messages import (
    Attachment,
    ChannelEvent,
    ConversationRef,
    OutgoingMessage,
)

BOT = "web"
SHOWN_BY_PAGE = "web"
"""The external id of everything sent here: the page shows lines of the log, nothing goes out to it."""


class WebChannel:
    """The chat page of one community.

    `secret` signs uploads and links to files. `origin` is the public address (`https://chat.example`), ""
    when not configured; it decides whether cookies are for HTTPS only. `file_limit` is in bytes.
    """

    name = "web"

    def __init__(
        self,
        community: str,
        secret: bytes,
        origin: str = "",
        *,
        file_limit: int = FILE_LIMIT,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.community = community
        self.origin = origin.rstrip("/")
        self.secure = origin.startswith("https://")
        self._clock = clock
        self._capabilities = replace(CAPABILITIES, file_limit=file_limit)
        self._uploads = visitors.Seal(secret, "upload")
        self._links = visitors.Seal(secret, "link")

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def authenticate(self, request: Request) -> Caller:
        """A JSON post of our own page with a visitor's cookie. Raises NotAuthentic."""
        if request.method != "POST":
            raise NotAuthentic("only posts are taken")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise NotAuthentic("not JSON")
        visitors.require_own_page(request.headers, self.origin)
        return Caller(bot=BOT, address=self.visitor(request.cookies))

    def parse(self, body: bytes, caller: Caller) -> Sequence[ChannelEvent]:
        """At most one message. Raises UnreadableBody."""
        address = caller.address
        if address is None:
            raise UnreadableBody("no visitor")
        return body_to_messages(
            self.ref(address), body, self._clock(), lambda file: self._uploaded_by(address, file)
        )

    def acknowledge(
        self,
        request: Request,  # noqa: ARG002  the contract's signature; the events say all the page needs
        events: Sequence[ChannelEvent],
    ) -> Acknowledgement:
        """`{"accepted": [key, …]}`: the page forgets what is named and marks what is not."""
        keys = [page_key(event.event_key) for event in events]
        return Acknowledgement(body=json.dumps({"accepted": keys}).encode(), media_type="application/json")

    def render(self, message: OutgoingMessage) -> Sequence[Payload]:
        """The reply as JSON."""
        return render(message, self._capabilities)

    async def send(
        self,
        ref: ConversationRef,  # noqa: ARG002  the contract's signature; see below
        payload: Payload,  # noqa: ARG002  as above
        heard_at: datetime | None = None,  # noqa: ARG002  as above
    ) -> Sent:
        """Nothing goes out: the page reads the durable log through FeedReader, so a stored line is sent."""
        return Sent(SHOWN_BY_PAGE)

    def visitor(self, cookies: Mapping[str, str]) -> str:
        """The address of whoever holds the cookie. Raises NotAuthentic."""
        return visitors.address_of(cookies, secure=self.secure)

    def ref(self, address: str) -> ConversationRef:
        """A visitor's conversation."""
        return ConversationRef(community=self.community, channel=self.name, bot=BOT, address=address)

    def sign_upload(self, address: str, file: Attachment) -> dict[str, object]:
        """A stored file as the page posts it back: only who uploaded it can send it."""
        kind, content_hash, media_type, size, name = facts = _facts(file)
        return {
            "kind": kind,
            "content_hash": content_hash,
            "media_type": media_type,
            "size": size,
            "name": name,
            "signature": self._uploads.sign(address, *facts),
        }

    def link(self, address: str, file: Attachment) -> str:
        """The address of a file in this visitor's own conversation."""
        shown = {"type": file.media_type, "name": file.name or ""}
        token = self._links.sign(address, file.content_hash, shown["type"], shown["name"])
        return f"/chat/files/{file.content_hash}?{urlencode({**shown, 'token': token})}"

    def may_open(self, address: str, content_hash: str, query: Mapping[str, str]) -> bool:
        """Whether `link` made this address for this visitor."""
        return self._links.holds(
            query.get("token", ""), address, content_hash, query.get("type", ""), query.get("name", "")
        )

    def _uploaded_by(self, address: str, file: SignedFile) -> bool:
        facts = (file.kind, file.content_hash, file.media_type, file.size, file.name)
        return self._uploads.holds(file.signature, address, *facts)


def _facts(file: Attachment) -> tuple[str, str, str, int, str | None]:
    return file.kind.value, file.content_hash, file.media_type, file.size, file.name
