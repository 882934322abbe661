"""Retention: what is old goes for good, from the database and the files; what waits or is asked about stays."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

import handover.appointments.tables as plan
import handover.tables as desk
from conversations import inbox, remote_files, transcript
from conversations.attachments import FolderStore
from conversations.database import Database, metadata
from conversations.messages import AttachmentKind, MessageKind, RemoteFile
from conversations.tables import messages, outbox
from handover import audit, happenings
from handover.accounts import accounts, sessions
from handover.accounts.permissions import Role
from handover.appointments import numbers
from handover.calls import callers, calls
from handover.calls.callers import Caller
from handover.composing import viewers
from handover.retention import Nightly, Policy, retain, survey
from handover.tickets import tickets
from tests.conversations.words import BOT, answer, place, wrote

MARK = "мене звати Оксана"
PHOTO = b"\xff\xd8\xff\xe0 " + MARK.encode()
OLD, NEW = timedelta(days=100), timedelta(days=5)

POLICY = Policy(**{field.name: timedelta(days=30) for field in fields(Policy)})
NEVER = Policy(**{field.name: None for field in fields(Policy)})
KINDS = {
    "files",
    "words",
    "tickets",
    "drafts",
    "kept_replies",
    "mentions",
    "same_people",
    "viewers",
    "calls",
    "callers",
    "appointments",
    "waiting_list",
    "absences",
    "visit_times",
    "hall_numbers",
    "questions",
    "payloads",
    "events",
    "rejected",
    "unreadable",
    "event_keys",
    "sessions",
    "sign_in_failures",
    "form_keys",
    "happenings",
    "readings",
    "actions",
}
UNASKED = {
    *("event_keys", "sign_in_failures", "form_keys", "callers", "viewers", "happenings"),
    *("waiting_list", "absences", "visit_times", "hall_numbers"),
}
"""Kinds that go after a fixed time, whatever the policy is."""
BY_POLICY = KINDS - UNASKED
WITH_WORDS = {"tickets", "appointments", "calls", "drafts", "kept_replies", "mentions", "same_people"}
"""Kinds that have no policy of their own: they go as words do."""


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files", 1000)


async def lived(
    database: Database, store: FolderStore, at: datetime, who: str = "citizen-1", *, sent: bool = True
) -> str:
    """A whole conversation of that day: words, a photo, an answer, an event set aside; all kinds have something."""
    ref = place(who)
    photo = await store.put(PHOTO + who.encode())
    async with database.write() as db:
        events = [
            wrote(f"{who}-words", MARK, ref=ref, author_name=MARK),
            wrote(f"{who}-photo", MARK, ref=ref, kind=MessageKind.PHOTO, attachments=(photo,)),
            wrote(f"{who}-poison", MARK, ref=ref, attachments=(photo,)),
        ]
        await inbox.accept(db, events, at)
        (claimed,) = await inbox.claim(db, "w", at)
        for row, event in claimed.events:
            if getattr(event, "event_key", "").endswith("poison"):
                await inbox.set_aside(db, row, "ValueError", at)
            else:
                await transcript.hear(db, claimed.id, event, at)  # type: ignore[arg-type]  # only messages here
        await inbox.finish(db, claimed, "w", [row for row, _ in claimed.events], {"facts": MARK}, at)
        await transcript.say(
            db, claimed.id, BOT, answer(MARK), at, epoch=0, payloads=[{"text": MARK}], topic="subsidy"
        )
        await inbox.keep_unreadable(db, "sample", "web", MARK.encode(), MARK, at)
        await tickets.note_unanswered(db, [tickets.Unanswered("sample", claimed.id, MARK, (), at)])
    if sent:
        async with database.write() as db:
            await db.execute(
                update(outbox)
                .where(outbox.c.state == "due")
                .values(state="sent", external_id="x", sent_at=at)
            )
    return claimed.id


async def desk_worked(database: Database, conversation: str, at: datetime, *, resolved: bool) -> None:
    """A consultation, a specialist who signed in and read, one who did not get in, a form that was sent."""
    async with database.write() as db:
        number = await tickets.next_number(db, "sample", at)
        ticket = await tickets.open_ticket(
            db,
            community="sample",
            conversation_id=conversation,
            number=number,
            reason="asked",
            question=MARK,
            now=at,
            phone=MARK,
            told=[("ім'я", MARK)],
        )
        await calls.promise(db, ticket, MARK, at, MARK, "12:00", at)
        if resolved:
            await tickets.cancel(db, conversation, at)
        account = await accounts.create(
            db,
            community="sample",
            login=f"one-{conversation[-8:]}",
            name="Ірина",
            position="спеціаліст",
            role=Role.SPECIALIST,
            password_hash="hash",
            now=at,
        )
        await callers.keep(db, account, Caller(at, name=MARK, question=MARK))
        await sessions.start(db, account.id, at)
        await audit.record_reading(
            db, community="sample", account_id=account.id, subject=conversation, now=at
        )
        await audit.record(
            db,
            community="sample",
            account_id=account.id,
            action=audit.Action.TAKEN,
            subject=conversation,
            now=at,
        )
        await db.execute(
            insert(desk.login_attempts).values(login=f"{MARK} {conversation[-8:]}", failures=1, last_at=at)
        )
        await db.execute(insert(desk.submissions).values(key=conversation, account_id=account.id, at=at))
        await db.execute(
            insert(desk.composer_drafts).values(
                community_id="sample",
                account_id=account.id,
                conversation_id=conversation,
                mode="note",
                text=MARK,
                saved_at=at,
            )
        )
        await db.execute(
            insert(desk.mentions).values(
                community_id="sample",
                account_id=account.id,
                conversation_id=conversation,
                position=1,
                by_id=account.id,
                at=at,
            )
        )
        await db.execute(
            insert(desk.same_people).values(
                id=f"asked-{conversation[-8:]}",
                community_id="sample",
                first_id=conversation,
                second_id=conversation,
                code="4821",
                state="declined",
                asked_by=account.id,
                asked_at=at,
                expires_at=at,
                settled_at=at,
            )
        )
        await db.execute(
            insert(desk.kept_replies).values(
                id=f"kept-{conversation[-8:]}",
                community_id="sample",
                conversation_id=conversation,
                account_id=account.id,
                position=1,
                account_name="Ірина",
                text=MARK,
                state="waiting",
                kept_at=at,
            )
        )
        await visited(db, conversation, account.id, at)
        await viewers.come(db, "sample", conversation, account.id, "looks", at)
        await happenings.happened(db, "sample", [conversation], at)


async def visited(db: AsyncConnection, conversation: str, account_id: str, at: datetime) -> None:
    """A visit of that day with the time it took, a wish for a time, an absence, a number of the hall."""
    day, office = at.date().isoformat(), {"community_id": "sample", "office": "main"}
    number = await numbers.next_number(db, "sample")
    hall = await numbers.next_hall_number(db, "sample", "main", at.date(), "А")
    await db.execute(
        insert(plan.appointments).values(
            **office,
            id=f"visit-{number}",
            number=number,
            receiver="",
            kind="booked",
            state="done",
            day=day,
            starts_at=at,
            ends_at=at,
            hall_letter="А",
            hall_number=hall,
            conversation_id=conversation,
            name=MARK,
            phone=MARK,
            priority=MARK,
            sequence=0,
            created_at=at,
        )
    )
    held = {"receiver": "", "place": number, "at": at, "held_by": f"visit-{number}"}
    await db.execute(insert(plan.appointment_units).values(**office, **held))
    await db.execute(
        insert(plan.waiting_list).values(
            **office,
            id=f"waits-{number}",
            conversation_id=conversation,
            receiver="",
            from_day=day,
            till_day=day,
            state="waiting",
            created_at=at,
        )
    )
    away = {"receiver": f"one-{number}", "day": day, "from_minute": 0, "till_minute": 1440}
    await db.execute(
        insert(plan.receiver_absences).values(**office, **away, reason=MARK, set_by=account_id, set_at=at)
    )


async def everything(database: Database) -> str:
    async with database.read() as db:
        rows = [row for table in metadata.sorted_tables for row in await db.execute(select(table))]
    return "\n".join(str(tuple(row)) for row in rows)


async def older(database: Database, store: FolderStore, policy: Policy, now: datetime) -> dict[str, int]:
    return {
        one.kind: one.count for one in await survey(database, store, policy, now) if one.kind != "stray_files"
    }


async def kept(
    database: Database, store: FolderStore, policy: Policy, now: datetime, limit: int = 500
) -> dict[str, int]:
    """Retain until nothing is left; the rows that went, by kind."""
    went: dict[str, int] = {}
    while taken := await retain(database, store, policy, "sample", now, limit=limit):
        for one in taken:
            assert one.rows <= limit
            went[one.kind] = went.get(one.kind, 0) + one.rows
    return went


async def test_what_is_old_is_really_gone_and_the_proof_stays(
    database: Database, database_url: str, store: FolderStore, now: datetime
) -> None:
    conversation = await lived(database, store, now - OLD)
    await desk_worked(database, conversation, now - OLD, resolved=True)
    assert MARK in await everything(database)
    counted = await older(database, store, POLICY, now)
    assert set(counted) == KINDS
    assert all(counted.values()), counted

    went = await kept(database, store, POLICY, now)
    assert went == counted
    assert not any((await older(database, store, POLICY, now)).values())
    assert await retain(database, store, POLICY, "sample", now) == [], "again there is nothing to do"

    assert MARK not in await everything(database)
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []
    async with database.read() as db:
        lines = await transcript.lines(db, conversation)
        (head,) = (await transcript.heads(db, [conversation])).values()
        proof = (
            await db.execute(select(desk.audit.c.facts).where(desk.audit.c.action == "expired"))
        ).scalars()
        (ticket,) = await tickets.all_of(db, "sample", conversation)
        total: dict[str, int] = {}
        for facts in proof:
            for kind, count in facts.items():
                total[kind] = total.get(kind, 0) + count
    assert lines
    assert all(line.erased for line in lines)
    assert head.author_name is None
    assert (ticket.number, ticket.question) == ("26-0001", "")
    assert total == went
    if database.dialect == "sqlite":
        path = Path(make_url(database_url).database or "")
        await database.close()
        for file in path.parent.glob(f"{path.name}*"):
            assert MARK.encode() not in file.read_bytes(), file.name


async def test_small_batches_come_to_the_same(database: Database, store: FolderStore, now: datetime) -> None:
    for who in ("a", "b", "c"):
        await lived(database, store, now - OLD, who)
    counted = await older(database, store, POLICY, now)
    went = await kept(database, store, POLICY, now, limit=2)
    # A file may go with the words of its line before its own turn comes: then it is not counted by itself.
    assert counted.pop("files") == 3
    assert went.pop("files") in (2, 3)
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []
    assert went == {kind: count for kind, count in counted.items() if count}
    assert MARK not in await everything(database)


async def test_what_is_younger_stays_as_it_is(database: Database, store: FolderStore, now: datetime) -> None:
    conversation = await lived(database, store, now - NEW)
    await desk_worked(database, conversation, now - timedelta(hours=1), resolved=True)
    before = await everything(database)
    assert await kept(database, store, POLICY, now) == {}
    assert await everything(database) == before
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("kind", sorted(BY_POLICY - WITH_WORDS))
async def test_each_kind_has_its_own_policy(
    database: Database, store: FolderStore, now: datetime, kind: str
) -> None:
    conversation = await lived(database, store, now - OLD)
    await desk_worked(database, conversation, now - OLD, resolved=True)
    only = replace(NEVER, **{kind: timedelta(days=30)})
    went = set(await kept(database, store, only, now))
    assert went - UNASKED == ({"words", *WITH_WORDS} if kind == "words" else {kind})


async def test_nothing_of_an_open_consultation_goes(
    database: Database, store: FolderStore, now: datetime
) -> None:
    conversation = await lived(database, store, now - OLD)
    await desk_worked(database, conversation, now - OLD, resolved=False)
    counted = await older(database, store, POLICY, now)
    assert (counted["words"], counted["files"], counted["tickets"]) == (0, 0, 0)
    await kept(database, store, POLICY, now)
    async with database.read() as db:
        (ticket,) = await tickets.all_of(db, "sample", conversation)
        lines = await transcript.lines(db, conversation)
    assert ticket.question == MARK
    assert not any(line.erased for line in lines)
    assert any(line.reply.attachments for line in lines)


@pytest.mark.parametrize("state", ["due", "sending", "unknown"])
async def test_a_message_that_is_due_on_its_way_or_of_unknown_fate_stays_with_its_line(
    database: Database, store: FolderStore, now: datetime, state: str
) -> None:
    conversation = await lived(database, store, now - OLD, sent=False)
    async with database.write() as db:
        await db.execute(update(outbox).values(state=state, claimed_by="w"))
    await kept(database, store, POLICY, now)
    async with database.read() as db:
        lines = await transcript.lines(db, conversation)
        payloads = (await db.execute(select(outbox.c.payload))).scalars().all()
    assert [line.erased for line in lines] == [True, True, False]
    assert payloads == [{"text": MARK}]


async def test_what_nobody_thought_about_yet_keeps_its_whole_conversation(
    database: Database, store: FolderStore, now: datetime
) -> None:
    conversation = await lived(database, store, now - OLD)
    async with database.write() as db:
        await inbox.accept(db, [wrote("still", "чекає")], now - OLD)
    counted = await older(database, store, POLICY, now)
    assert (counted["words"], counted["files"]) == (0, 0)
    await kept(database, store, POLICY, now)
    async with database.write() as db:
        (claimed,) = await inbox.claim(db, "w", now)
        assert claimed.id == conversation
        assert claimed.state == {"facts": MARK}
        assert [event.event_key for _, event in claimed.events] == ["still"]  # type: ignore[union-attr]


async def test_a_file_still_being_fetched_keeps_its_line(
    database: Database, store: FolderStore, now: datetime
) -> None:
    conversation = await lived(database, store, now - OLD)
    wanted = RemoteFile(kind=AttachmentKind.PHOTO, handle="h")
    async with database.write() as db:
        await remote_files.remember(db, conversation, "sample", "web", 1, "k", [wanted], now)
    await kept(database, store, POLICY, now)
    async with database.read() as db:
        first = (await transcript.lines(db, conversation))[0]
        assert (first.erased, len(await remote_files.missing(db, conversation, [1]))) == (False, 1)


async def test_of_somebody_who_still_writes_only_the_old_lines_go(
    database: Database, store: FolderStore, now: datetime
) -> None:
    conversation = await lived(database, store, now - OLD)
    async with database.write() as db:
        await inbox.accept(db, [wrote("again", "знову я", author_name="Оксана")], now - NEW)
        (claimed,) = await inbox.claim(db, "w", now - NEW)
        ((row, event),) = claimed.events
        await transcript.hear(db, conversation, event, now - NEW)  # type: ignore[arg-type]
        await inbox.finish(db, claimed, "w", [row], {"facts": "нові"}, now - NEW)
    await kept(database, store, POLICY, now)
    async with database.read() as db:
        lines = await transcript.lines(db, conversation)
        head = (await transcript.heads(db, [conversation]))[conversation]
    assert [line.erased for line in lines] == [True, True, True, False]
    assert (lines[-1].reply.text, head.author_name) == ("знову я", "Оксана")
    assert MARK not in await everything(database)


async def test_a_file_somebody_else_needs_stays(
    database: Database, store: FolderStore, now: datetime
) -> None:
    photo = await store.put(PHOTO)
    for who, at in (("old", now - OLD), ("new", now - NEW)):
        async with database.write() as db:
            await inbox.accept(db, [wrote(who, ref=place(who), attachments=(photo,))], at)
            (claimed,) = await inbox.claim(db, "w", at)
            ((row, event),) = claimed.events
            await transcript.hear(db, claimed.id, event, at)  # type: ignore[arg-type]
            await inbox.finish(db, claimed, "w", [row], None, at)
    assert (await kept(database, store, POLICY, now))["files"] == 1
    assert await store.has(photo.content_hash)
    later = now + OLD
    assert (await kept(database, store, POLICY, later))["files"] == 1
    assert not await store.has(photo.content_hash)


async def test_a_file_nobody_refers_to_goes_after_a_week(
    database: Database, store: FolderStore, now: datetime
) -> None:
    stray = await store.put(PHOTO)
    put_at = datetime.fromtimestamp(
        (store.folder / stray.content_hash[:2] / stray.content_hash).stat().st_mtime, tz=now.tzinfo
    )
    assert await retain(database, store, NEVER, "sample", put_at + timedelta(days=6)) == []
    (taken,) = await retain(database, store, NEVER, "sample", put_at + timedelta(days=8))
    assert (taken.kind, taken.files) == ("stray_files", 1)
    assert not await store.has(stray.content_hash)


@pytest.mark.parametrize(("hour", "works"), [(0, True), (1, True), (4, False), (12, False), (22, False)])
async def test_by_itself_it_works_at_night_until_all_is_done(
    database: Database, store: FolderStore, now: datetime, hour: int, works: bool
) -> None:
    await lived(database, store, now - OLD)
    moment = now.replace(hour=hour)  # UTC: in Kyiv it is two hours later
    nightly = Nightly(database, store, POLICY, "sample")
    assert bool(await nightly.tend(moment)) is works
    assert await nightly.tend(moment) == []
    await lived(database, store, now - OLD, "late")
    assert await nightly.tend(moment) == [], "this night's work was done"
    assert bool(await nightly.tend(moment + timedelta(days=1))) is works


async def test_a_moment_of_the_past_is_no_reason_to_take_anything(
    database: Database, store: FolderStore, now: datetime
) -> None:
    """A clock that went wrong backwards."""
    await lived(database, store, now)
    assert await kept(database, store, POLICY, now - timedelta(days=4000)) == {}
    async with database.read() as db:
        assert (await db.execute(select(messages.c.reply).where(messages.c.reply.is_(None)))).all() == []
        assert await db.scalar(text("SELECT count(*) FROM inbox")) == 3
