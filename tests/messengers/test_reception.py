"""The reception through each messenger: links, photos, a specialist with a name, receipts, people who shut us out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from conversations import ownership, transcript
from conversations.channel import Payload
from conversations.database import Database
from conversations.messages import (
    Author,
    AuthorKind,
    ConversationRef,
    OutgoingMessage,
    Reply,
)
from conversations.tables import conversations
from handover.tickets import tickets
from handover.tickets.tickets import Ticket
from tests.messengers.stage import PAGE, VENDORS, Behind, behind
from tests.printing.reading import codes, words

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
MARIA = Author(kind=AuthorKind.SPECIALIST, id="a1", name="Марія Зразкова")
PERSON = "olena"

Act = Callable[[Any, str], Awaitable[None]]


async def _picture_by_viber(vendor: Any, person: str) -> None:
    await vendor.send_file(person, "picture", PNG, "довідка.png")


async def _picture_by_messenger(vendor: Any, person: str) -> None:
    await vendor.send_file(person, "image", PNG, "довідка.png")


async def _picture_by_telegram(vendor: Any, person: str) -> None:
    await vendor.send_photo(person, PNG)


PICTURES: Mapping[str, Act] = {
    "telegram": _picture_by_telegram,
    "viber": _picture_by_viber,
    "messenger": _picture_by_messenger,
}


async def _blocked_in_telegram(vendor: Any, person: str) -> None:
    await vendor.block(person)


async def _left_viber(vendor: Any, person: str) -> None:
    await vendor.unsubscribe(person)


async def _blocked_in_messenger(vendor: Any, person: str) -> None:
    vendor.block(person)


BLOCKS: Mapping[str, Act] = {
    "telegram": _blocked_in_telegram,
    "viber": _left_viber,
    "messenger": _blocked_in_messenger,
}


@pytest.fixture(params=VENDORS)
async def place(
    request: pytest.FixtureRequest, sqlite_url: Callable[[], str], tmp_path: Path
) -> AsyncIterator[Behind]:
    """A reception behind each messenger."""
    database = Database(sqlite_url())
    async with behind(request.param, database, tmp_path) as opened:
        yield opened
    await database.close()


async def conversation(place: Behind) -> str:
    database = place.world.runtime.database
    async with database.read() as db:
        rows = await transcript.heads(db, await _ids(place))
    (head,) = [one for one in rows.values() if one.ref.channel == place.name]
    return head.id


async def _ids(place: Behind) -> list[str]:
    async with place.world.runtime.database.read() as db:
        return list((await db.execute(select(conversations.c.id))).scalars())


async def lines(place: Behind) -> list[transcript.Line]:
    async with place.world.runtime.database.read() as db:
        return await transcript.lines(db, await conversation(place))


async def ticket(place: Behind) -> Ticket | None:
    conversation_id = await conversation(place)
    async with place.world.runtime.database.read() as db:
        return (await tickets.open_of(db, [conversation_id])).get(conversation_id)


async def as_maria(place: Behind, text: str) -> None:
    """A specialist answers, as the workplace does."""
    conversation_id = await conversation(place)
    async with place.world.runtime.database.write() as db:
        head = (await transcript.heads(db, [conversation_id]))[conversation_id]
        payloads: list[Payload] = list(
            place.channel.render(OutgoingMessage(ref=_ref(head), reply=Reply(text=text), author=MARIA))
        )
        _, epoch = await ownership.current(db, conversation_id)
        await transcript.say(
            db, conversation_id, MARIA, Reply(text=text), place.world.clock(), epoch=epoch, payloads=payloads
        )


def _ref(head: transcript.Head) -> ConversationRef:
    return head.ref


async def test_a_link_opens_its_topic(place: Behind) -> None:
    shown = await place.after(PERSON, place.vendor.open_chat(PERSON, "topic-housing-subsidy"))
    assert shown
    if place.name == "viber":
        # Viber lets us say one thing before the first press: the greeting, with the topic's button first.
        shown = await place.after(PERSON, place.vendor.press(PERSON, shown[-1].buttons[0]))
    assert "Джерело:" in "\n".join(one.text for one in shown)


async def test_a_specialist_is_named_and_a_receipt_comes_back(place: Behind) -> None:
    await place.after(PERSON, place.vendor.write(PERSON, "оператор"))
    await as_maria(place, "Добрий день, я прочитала.")
    await place.work()
    last = place.vendor.screen(PERSON)[-1]
    assert last.text.endswith("Добрий день, я прочитала.")
    assert "Марія Зразкова" in (last.sender or "") + last.text
    said = [line for line in await lines(place) if line.author.kind is AuthorKind.SPECIALIST]
    assert said[-1].delivery in {"sent", "delivered", "seen"}
    if place.channel.capabilities.delivered_receipts:
        assert said[-1].delivery in {"delivered", "seen"}


async def test_a_photo_comes_up_into_the_transcript(place: Behind) -> None:
    shown = await place.after(PERSON, PICTURES[place.name](place.vendor, PERSON))
    assert shown
    first = (await lines(place))[0]
    (file,) = first.reply.attachments
    assert await place.world.runtime.store.get(file.content_hash) == PNG


async def test_who_shuts_us_out_is_a_marked_ticket(place: Behind) -> None:
    await place.after(PERSON, place.vendor.write(PERSON, "оператор"))
    await BLOCKS[place.name](place.vendor, PERSON)
    await place.work()
    await as_maria(place, "Ваше рішення готове.")
    await place.work()
    marked = await ticket(place)
    assert marked
    assert marked.unreached


async def test_a_wrong_proof_is_refused_and_nothing_is_stored(place: Behind) -> None:
    async with httpx.AsyncClient() as stranger:
        answer = await stranger.post(f"{place.address}/webhooks/zrazkova/{place.name}", content=b"{}")
    assert answer.status_code == 403
    assert await _ids(place) == []


async def test_a_pressed_list_renews_itself_where_the_vendor_lets_it(place: Behind) -> None:
    await place.after(PERSON, place.vendor.write(PERSON, "які документи на субсидію"))
    before = len(place.vendor.screen(PERSON))
    shown = await place.after(PERSON, place.vendor.press(PERSON, "Маю все"))
    edits = place.channel.capabilities.edits
    assert [one.edited for one in shown] == [edits]
    assert len(place.vendor.screen(PERSON)) == before + (0 if edits else 1)


RECEIVED: Mapping[str, Callable[[Any, str], bytes]] = {
    "telegram": lambda vendor, name: vendor.shown_files(PERSON)[-1],
    "viber": lambda vendor, name: list(vendor.downloads.values())[-1],
    "messenger": lambda vendor, name: vendor.uploaded(name),
}
"""The last file as it came down to the phone."""

OPENED_BY = {
    "telegram": "https://t.me/zrazkova_bot?start=topic-housing-subsidy",
    "viber": "viber://pa?chatURI=zrazkova&context=topic-housing-subsidy",
    "messenger": f"https://m.me/{PAGE['page_id']}?ref=topic-housing-subsidy",
}
"""What the code on the list holds."""


async def test_the_list_comes_as_a_file_that_leads_back_to_the_chat(place: Behind) -> None:
    await place.after(PERSON, place.vendor.write(PERSON, "які документи на субсидію"))
    await place.after(PERSON, place.vendor.write(PERSON, "1"))
    shown = await place.after(PERSON, place.vendor.press(PERSON, "Перелік у PDF"))
    name = "Субсидія, документи.pdf"
    (file,) = [file for one in shown for file in one.files]
    assert name in file
    assert any(one.text.startswith("Ось перелік у файлі PDF.") for one in shown)
    assert "Де подати" in shown[-1].buttons
    content = RECEIVED[place.name](place.vendor, name)
    assert "Що принести: є 1 з 3 1. Заява: бланк дадуть на місці Уже є." in words(content)
    assert codes(content) == [OPENED_BY[place.name]]
    said = [line for line in await lines(place) if line.author.kind is AuthorKind.BOT]
    assert said[-1].delivery in {"sent", "delivered", "seen"}
