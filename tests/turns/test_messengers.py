"""What the messengers bring: albums, files at the vendor, windows, people who shut us out, signs, screens renewed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bots.turns import signs
from bots.turns.accept import accept
from bots.turns.deliver import deliver
from bots.turns.fetch import fetch
from bots.turns.pull import pull
from bots.turns.think import think
from conversations import erasure, inbox, ownership, remote_files, switches, transcript
from conversations.channel import (
    Acknowledgement,
    Capabilities,
    ChannelUnavailable,
    FetchedFile,
    RecipientUnreachable,
    ReplyRejected,
    Request,
    Sign,
    Take,
)
from conversations.messages import (
    AttachmentKind,
    Author,
    AuthorKind,
    ChannelEvent,
    ColleagueMessage,
    DeliveryReceipt,
    DeliveryState,
    IncomingMessage,
    MessageKind,
    ReachChange,
    RemoteFile,
    Reply,
)
from conversations.ownership import Owner
from conversations.remote_files import Missing
from handover.tickets import tickets
from handover.tickets.tickets import Ticket

from .world import COMMUNITY, NOON, World, message

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
SPECIALIST = Author(kind=AuthorKind.SPECIALIST, id="a1", name="Ірина")
REF = message("", key="").ref


async def hear(world: World, *events: ChannelEvent) -> None:
    async with world.runtime.database.write() as db:
        await inbox.accept(db, events, world.clock())


async def work(world: World) -> None:
    while await think(world.runtime) + await deliver(world.runtime):
        pass


async def conversation(world: World) -> str:
    async with world.runtime.database.read() as db:
        found = await inbox.find(db, REF)
    assert found
    return found


async def lines(world: World) -> list[transcript.Line]:
    conversation_id = await conversation(world)
    async with world.runtime.database.read() as db:
        return await transcript.lines(db, conversation_id)


async def ticket(world: World) -> Ticket | None:
    conversation_id = await conversation(world)
    async with world.runtime.database.read() as db:
        return (await tickets.open_of(db, [conversation_id])).get(conversation_id)


async def answer_as_a_specialist(world: World, text: str) -> None:
    conversation_id = await conversation(world)
    async with world.runtime.database.write() as db:
        _, epoch = await ownership.current(db, conversation_id)
        await transcript.say(
            db,
            conversation_id,
            SPECIALIST,
            Reply(text=text),
            world.clock(),
            epoch=epoch,
            payloads=[{"text": text}],
        )
    await deliver(world.runtime)


def photo(key: str, handle: str, *, album: str | None = None, text: str = "") -> IncomingMessage:
    file = RemoteFile(kind=AttachmentKind.PHOTO, handle=handle)
    return IncomingMessage(
        ref=REF,
        event_key=key,
        kind=MessageKind.PHOTO,
        text=text,
        sent_at=NOON,
        remote_files=(file,),
        album=album,
    )


# ---- albums


async def test_photos_sent_together_are_one_message_and_one_answer(reception: World) -> None:
    await hear(reception, photo("1", "a", album="g", text="ось довідки"))
    assert await think(reception.runtime) == 0
    reception.clock.move(timedelta(seconds=1))
    await hear(reception, photo("2", "b", album="g"), photo("3", "c", album="g"))
    reception.clock.move(timedelta(seconds=1))
    assert await think(reception.runtime) == 0
    reception.clock.move(timedelta(seconds=2))
    await work(reception)
    said = [line for line in await lines(reception) if line.author.kind is AuthorKind.CITIZEN]
    assert [line.reply.text for line in said] == ["ось довідки"]
    conversation_id = await conversation(reception)
    async with reception.runtime.database.read() as db:
        missing = await remote_files.missing(db, conversation_id, [said[0].position])
    assert missing == {said[0].position: [Missing(AttachmentKind.PHOTO, False, None)] * 3}


async def test_an_album_holds_up_nobody_else(reception: World) -> None:
    await hear(reception, photo("1", "a", album="g"), message("субсидія", key="2", address="ivan"))
    await work(reception)
    assert reception.texts("ivan")
    assert not reception.texts()


# ---- files that lie with the vendor


async def fetch_all(world: World) -> int:
    return await fetch(world.runtime, "web", world.channel)


async def test_a_file_is_answered_at_once_and_joins_its_line_when_it_comes(reception: World) -> None:
    await hear(reception, photo("1", "a"))
    await work(reception)
    assert reception.texts()
    reception.channel.files["a"] = FetchedFile(PNG, "довідка.png")
    assert await fetch_all(reception) == 1
    first = (await lines(reception))[0]
    assert [(file.kind, file.name) for file in first.reply.attachments] == [
        (AttachmentKind.PHOTO, "довідка.png")
    ]
    assert await reception.runtime.store.get(first.reply.attachments[0].content_hash) == PNG
    assert await fetch_all(reception) == 0


async def test_a_vendor_that_is_away_is_asked_again_and_given_up_after_half_a_day(reception: World) -> None:
    await hear(reception, photo("1", "a"))
    await work(reception)
    reception.channel.files["a"] = ChannelUnavailable("503")
    assert await fetch_all(reception) == 1
    assert await fetch_all(reception) == 0
    reception.clock.move(timedelta(hours=13))
    assert await fetch_all(reception) == 1
    reception.clock.move(timedelta(hours=13))
    assert await fetch_all(reception) == 0
    first = (await lines(reception))[0]
    async with reception.runtime.database.read() as db:
        missing = await remote_files.missing(db, first.conversation_id, [first.position])
    assert missing[first.position] == [Missing(AttachmentKind.PHOTO, True, "503")]


@pytest.mark.parametrize(
    ("found", "reason"),
    [(ReplyRejected("file is too big"), "file is too big"), (FetchedFile(b"MZ" + bytes(40)), "kind")],
)
async def test_a_file_that_cannot_be_taken_says_why(
    reception: World, found: FetchedFile | Exception, reason: str
) -> None:
    await hear(reception, photo("1", "a"))
    await work(reception)
    reception.channel.files["a"] = found
    await fetch_all(reception)
    first = (await lines(reception))[0]
    async with reception.runtime.database.read() as db:
        missing = await remote_files.missing(db, first.conversation_id, [first.position])
    assert missing[first.position] == [Missing(AttachmentKind.PHOTO, True, reason)]


async def test_a_file_of_an_erased_line_is_not_kept(reception: World) -> None:
    await hear(reception, photo("1", "a"))
    await work(reception)
    conversation_id = await conversation(reception)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        async def fetch_file(self, handle: str) -> FetchedFile:
            arrived.set()
            await go_on.wait()
            return FetchedFile(PNG)

    fetching = asyncio.create_task(fetch(reception.runtime, "web", Slow()))
    await arrived.wait()
    async with reception.runtime.database.write() as db:
        await erasure.erase(db, conversation_id, "all", reception.clock())
    go_on.set()
    await fetching
    folder = reception.runtime.store.folder  # type: ignore[attr-defined]  # the store of a test is a folder
    assert [path for path in folder.rglob("*") if path.is_file()] == []


# ---- windows, prices, people who are not reached

DAY = timedelta(hours=24)


async def test_after_the_window_nothing_is_sent_and_the_ticket_is_marked(reception: World) -> None:
    reception.channel.can = Capabilities(text_limit=4000, choices_limit=12, reply_window=DAY)
    await hear(reception, message("оператор", key="1"))
    await work(reception)
    before = reception.texts()
    reception.clock.move(timedelta(hours=25))
    await answer_as_a_specialist(reception, "ваше рішення готове")
    assert reception.texts() == before
    last = [line for line in await lines(reception) if line.author.kind is AuthorKind.SPECIALIST][-1]
    assert (last.delivery, last.delivery_error) == ("failed", "the window for answering had closed")
    marked = await ticket(reception)
    assert marked
    assert marked.unreached == "the window for answering had closed"


async def test_a_specialist_may_have_a_longer_window(reception: World) -> None:
    reception.channel.can = Capabilities(
        text_limit=4000, choices_limit=12, reply_window=DAY, specialist_window=7 * DAY
    )
    await hear(reception, message("оператор", key="1"))
    await work(reception)
    reception.clock.move(timedelta(hours=25))
    await answer_as_a_specialist(reception, "ваше рішення готове")
    assert reception.texts()[-1] == "ваше рішення готове"


async def test_who_cannot_be_reached_is_a_marked_ticket_until_they_write(reception: World) -> None:
    await hear(reception, message("оператор", key="1"))
    await work(reception)
    reception.channel.answers = [RecipientUnreachable("bot was blocked by the user (403)")]
    await answer_as_a_specialist(reception, "добрий день")
    marked = await ticket(reception)
    assert marked
    assert marked.unreached == "bot was blocked by the user (403)"
    await hear(reception, message("я тут", key="2"))
    await work(reception)
    open_ticket = await ticket(reception)
    assert open_ticket
    assert open_ticket.unreached is None


async def test_a_specialists_last_word_that_does_not_arrive_opens_a_ticket_again(reception: World) -> None:
    await hear(reception, message("субсидія", key="1"))
    await work(reception)
    assert await ticket(reception) is None
    reception.channel.answers = [RecipientUnreachable("blocked")]
    await answer_as_a_specialist(reception, "підсумок")
    opened = await ticket(reception)
    assert opened
    assert (opened.reason, opened.unreached) == ("unreached", "blocked")


async def test_a_bots_answer_to_somebody_who_blocked_it_opens_nothing(reception: World) -> None:
    reception.channel.answers = [RecipientUnreachable("blocked")]
    await hear(reception, message("субсидія", key="1"))
    await work(reception)
    assert await ticket(reception) is None
    assert "failed" in {line.delivery for line in await lines(reception)}


async def test_a_block_and_a_return_told_by_the_vendor(reception: World) -> None:
    await hear(reception, message("оператор", key="1"))
    await work(reception)
    await hear(reception, ReachChange(ref=REF, event_key="2", reachable=False, at=NOON))
    await work(reception)
    marked = await ticket(reception)
    assert marked
    assert marked.unreached
    await hear(reception, ReachChange(ref=REF, event_key="3", reachable=True, at=NOON))
    await work(reception)
    back = await ticket(reception)
    assert back
    assert back.unreached is None


async def test_a_failed_receipt_of_a_specialists_words_marks_the_ticket(reception: World) -> None:
    await hear(reception, message("оператор", key="1"))
    await work(reception)
    await answer_as_a_specialist(reception, "добрий день")
    await hear(
        reception,
        DeliveryReceipt(
            ref=REF,
            event_key="2",
            state=DeliveryState.FAILED,
            external_id=f"id-{len(reception.channel.sent)}",
            reason="device is too old",
            at=NOON,
        ),
    )
    await work(reception)
    marked = await ticket(reception)
    assert marked
    assert marked.unreached == "device is too old"


# ---- people only


async def test_where_only_people_answer_the_bot_passes_everything_on(reception: World) -> None:
    async with reception.runtime.database.write() as db:
        await switches.set_people_only(db, COMMUNITY, "web", True, reception.clock())
    await hear(reception, message("субсидія", key="1"))
    await work(reception)
    opened = await ticket(reception)
    assert opened
    assert opened.question == "субсидія"
    assert not any("Джерело:" in text for text in reception.texts())
    async with reception.runtime.database.write() as db:
        await switches.set_people_only(db, COMMUNITY, "web", False, reception.clock())
    await hear(reception, message("субсидія", key="2"))
    await work(reception)
    assert any("Джерело:" in text for text in reception.texts())


# ---- what others say, signs, screens renewed, pulling


async def test_a_colleague_outside_the_house_is_shown_and_not_answered(reception: World) -> None:
    await hear(reception, message("субсидія", key="1"))
    await work(reception)
    sent = list(reception.channel.sent)
    await hear(reception, ColleagueMessage(ref=REF, event_key="2", text="я вже відповіла", sent_at=NOON))
    await work(reception)
    last = (await lines(reception))[-1]
    assert (last.author.kind, last.reply.text, last.delivery) == (
        AuthorKind.SPECIALIST,
        "я вже відповіла",
        None,
    )
    assert reception.channel.sent == sent


async def test_signs_are_shown_once_a_person_and_their_failure_is_nobodys(reception: World) -> None:
    reception.channel.can = Capabilities(text_limit=4000, choices_limit=12, signs=(Sign.SEEN, Sign.TYPING))
    reception.runtime.signs.show([message("а", key="1"), message("б", key="2")])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert reception.channel.shown == [("anna", Sign.SEEN), ("anna", Sign.TYPING)]
    await reception.runtime.signs.close()


async def test_only_so_many_signs_a_second_share_the_vendors_limit_with_answers(reception: World) -> None:
    reception.channel.can = Capabilities(text_limit=4000, choices_limit=12, signs=(Sign.SEEN,))
    crowd = [message("а", key=f"{n}", address=f"citizen-{n}") for n in range(signs.A_SECOND * 3)]
    reception.runtime.signs.show(crowd)
    await asyncio.sleep(0.05)
    assert len(reception.channel.shown) == signs.A_SECOND
    await reception.runtime.signs.close()


async def test_a_pressed_list_takes_the_place_of_the_old_one(reception: World) -> None:
    reception.channel.can = Capabilities(text_limit=4000, choices_limit=12, edits=True)
    await hear(reception, message("які документи на субсидію", key="1"))
    await work(reception)
    pressed = message("", key="2").model_copy(
        update={"kind": MessageKind.PRESS, "choice_id": "k:subsidy:all", "pressed_in": "id-9"}
    )
    await hear(reception, pressed)
    await work(reception)
    assert [one.instead_of for one in reception.channel.rendered][-1] == "id-9"
    await hear(reception, message("меню", key="3"))
    await work(reception)
    assert reception.channel.rendered[-1].instead_of is None


async def test_the_price_of_a_sending_is_kept(reception: World) -> None:
    from sqlalchemy import select

    from conversations.tables import outbox

    await hear(reception, message("субсидія", key="1"))
    await work(reception)
    async with reception.runtime.database.read() as db:
        kept = set((await db.execute(select(outbox.c.billing))).scalars())
    assert kept == {"free"}


async def test_what_is_pulled_goes_the_way_of_a_call_and_a_vendor_away_is_asked_again(
    reception: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.turns.pull.backoff", lambda attempts: timedelta(0))
    answers: list[Acknowledgement] = []
    stopping = asyncio.Event()

    class Pulled:
        pulling = True
        asked = 0

        async def pull(self, take: Take) -> None:
            self.asked += 1
            if self.asked == 1:
                raise ChannelUnavailable("no connection")
            answers.append(await take(Request(method="POST", body=b"{}")))
            stopping.set()
            await asyncio.sleep(60)

    await asyncio.wait_for(pull(reception.runtime, COMMUNITY, "web", Pulled(), stopping), 5)
    assert answers == [await accept(reception.runtime, COMMUNITY, "web", Request(method="POST", body=b"{}"))]


async def test_a_specialist_who_leads_is_not_disturbed_by_a_receipt(reception: World) -> None:
    await hear(reception, message("оператор", key="1"))
    await work(reception)
    conversation_id = await conversation(reception)
    async with reception.runtime.database.write() as db:
        _, epoch = await ownership.current(db, conversation_id)
        await ownership.change(db, conversation_id, epoch, Owner("specialist", "a1", "Ірина"))
    sent = list(reception.channel.sent)
    await hear(
        reception,
        DeliveryReceipt(
            ref=REF, event_key="r", state=DeliveryState.SEEN, until=NOON + timedelta(hours=1), at=NOON
        ),
    )
    await work(reception)
    assert reception.channel.sent == sent
    assert {line.delivery for line in await lines(reception) if line.delivery} == {"seen"}


async def test_changed_words_are_answered_anew_and_marked_in_the_transcript(reception: World) -> None:
    await hear(reception, message("меню", key="1"))
    await work(reception)
    await hear(reception, message("субсидія", key="2").model_copy(update={"edited": True}))
    await work(reception)
    said = [line.reply.text for line in await lines(reception) if line.author.kind is AuthorKind.CITIZEN]
    assert said == ["меню", "Виправлено: субсидія"]
    assert any("Джерело:" in text for text in reception.texts())
