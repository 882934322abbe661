"""The terminal: what it prints, and what becomes of a message when the terminal is gone."""

from __future__ import annotations

import pytest

from adapters.console.channel import ConsoleChannel
from conversations.channel import RecipientUnreachable
from conversations.messages import Author, AuthorKind, ConversationRef, OutgoingMessage, Reply

REF = ConversationRef(community="zrazkova", channel="console", bot="console", address="terminal")


async def deliver(channel: ConsoleChannel, author: Author) -> None:
    message = OutgoingMessage(ref=REF, reply=Reply(text="Доброго дня."), author=author)
    for payload in channel.render(message):
        await channel.send(REF, payload)


async def test_a_bots_reply_is_printed_as_it_is() -> None:
    printed: list[str] = []
    await deliver(ConsoleChannel(write=printed.append), Author(kind=AuthorKind.BOT))
    assert printed == ["Доброго дня."]


async def test_a_specialists_reply_begins_with_the_name() -> None:
    printed: list[str] = []
    author = Author(kind=AuthorKind.SPECIALIST, id="1", name="Марія Зразкова")
    await deliver(ConsoleChannel(write=printed.append), author)
    assert printed == ["Марія Зразкова:", "Доброго дня."]


@pytest.mark.parametrize("fault", [BrokenPipeError(), ValueError("I/O operation on closed file")])
async def test_a_closed_terminal_is_out_of_reach(fault: Exception) -> None:
    def closed(_: str) -> None:
        raise fault

    with pytest.raises(RecipientUnreachable):
        await deliver(ConsoleChannel(write=closed), Author(kind=AuthorKind.BOT))
