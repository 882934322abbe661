"""The terminal as a channel: the process that reads the lines handles them, nothing is on a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from adapters.console.parse import body_to_messages
from adapters.console.render import CAPABILITIES, render
from conversations.channel import (
    Acknowledgement,
    Caller,
    Capabilities,
    NotAuthentic,
    Payload,
    RecipientUnreachable,
    Request,
    Sent,
    UnreadableBody,
)
from conversations.clock import utc_now
from conversations.messages import ChannelEvent, ConversationRef, OutgoingMessage

BOT = "console"
ADDRESS = "terminal"
LINE = "LINE"
"""The method of a request that was typed. No HTTP route lets it through: the network is not a keyboard."""


class ConsoleChannel:
    """`write` is where text goes; `clock` gives the moment a line was typed."""

    name = "console"

    def __init__(
        self,
        community: str = "",
        write: Callable[[str], object] = print,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._community = community
        self._write = write
        self._clock = clock

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def authenticate(self, request: Request) -> Caller:
        """Only what was typed in this process. Raises NotAuthentic for anything that came over HTTP."""
        if request.method != LINE:
            raise NotAuthentic("the console has no door on the network")
        return Caller(bot=BOT, address=ADDRESS)

    def parse(self, body: bytes, caller: Caller) -> Sequence[ChannelEvent]:
        """Lines `KEY<TAB>LINE`. Raises UnreadableBody."""
        if caller.address is None:
            raise UnreadableBody("nobody is at the terminal")
        ref = ConversationRef(
            community=self._community, channel=self.name, bot=caller.bot, address=caller.address
        )
        return body_to_messages(ref, body, self._clock())

    def acknowledge(
        self,
        request: Request,  # noqa: ARG002  the contract's signature; a terminal needs no answer
        events: Sequence[ChannelEvent],  # noqa: ARG002  the contract's signature; nobody waits for what came
    ) -> Acknowledgement:
        """Nothing to say: whoever typed sees the reply."""
        return Acknowledgement()

    def render(self, message: OutgoingMessage) -> Sequence[Payload]:
        """Text with numbered choices."""
        return render(message)

    async def send(
        self,
        ref: ConversationRef,
        payload: Payload,
        heard_at: datetime | None = None,  # noqa: ARG002  the contract's signature; a terminal has no window
    ) -> Sent:
        """Print it. Raises RecipientUnreachable when the terminal is closed."""
        try:
            self._write(str(payload["text"]))
        except (OSError, ValueError) as closed:
            raise RecipientUnreachable(type(closed).__name__) from None
        return Sent(f"{ref.address}-printed")
