"""Reports: every figure is counted again from the raw rows of the log, by other means."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from conversations.tables import conversations, messages
from handover.calendars.hours import Calendar, working_minutes
from handover.reports import visits as visiting
from handover.reports.checking import check
from handover.reports.figures import Sifted
from handover.reports.periods import PRESETS, BadPeriod, Period, chosen
from handover.reports.report import report
from handover.reports.visits import Called, Said, catch_up, recount, visits_of
from handover.reports.worked import Worked
from handover.tables import tickets, visits
from handover.tickets import tickets as ticket_store
from tests.handover.handover_world import COMMUNITY, KYIV, kyiv, office
from tests.handover.invented_history import invented

START, NOW = kyiv(2026, 10, 20, 0), kyiv(2026, 11, 24, 10, 30)
"""The clocks go back on 25 October."""
PERIOD = Period("own", date(2026, 10, 21), date(2026, 11, 24), KYIV, NOW)


async def counted(database, sifted=Sifted(), period=PERIOD):  # noqa: B008  # frozen
    async with database.read() as db:
        return await report(db, COMMUNITY, office(), period, sifted)


async def in_parts(database, most=10):
    """Catch up as a worker does with much that was never counted; in how many parts."""
    parts = 1
    while not await catch_up(database, COMMUNITY, KYIV, most):
        parts += 1
    return parts


async def by_hand(database, period, sifted):
    """Everything from the raw rows.

    Visits as (conversation, day) -> (channel, moment, person, topic, office), and tickets.
    """
    channel, topic, place = sifted.channel, sifted.topic, sifted.office
    async with database.read() as db:
        chats = {row.id: row.channel for row in await db.execute(select(conversations))}
        lines = (await db.execute(select(messages).order_by(messages.c.position))).mappings().all()
        calls = (await db.execute(select(tickets).order_by(tickets.c.created_at))).mappings().all()
    moments, topics = {}, {}
    for line in lines:
        key = (line["conversation_id"], line["at"].astimezone(KYIV).date())
        if line["author_kind"] == "citizen":
            moments.setdefault(key, []).append(line["at"])
        elif line["topic"]:
            topics[key] = line["topic"]
    for call in calls:
        if chats[call["conversation_id"]] == "phone":
            key = (call["conversation_id"], call["created_at"].astimezone(KYIV).date())
            moments.setdefault(key, []).append(call["created_at"])
    found = {}
    for (chat, day), at in moments.items():
        begins = min(at)
        mine = [
            call
            for call in calls
            if call["conversation_id"] == chat
            and call["created_at"].astimezone(KYIV).date() <= day
            and (call["resolved_at"] is None or call["resolved_at"] >= begins)
        ]
        about = topics.get((chat, day)) or next((call["topic"] for call in mine if call["topic"]), None)
        where = next((call["office"] for call in reversed(mine) if call["office"]), None)
        found[chat, day] = (chats[chat], begins, bool(mine), about, where)
    kept = {
        key: visit
        for key, visit in found.items()
        if period.start <= visit[1] < period.end
        and channel in (None, visit[0])
        and topic in (None, visit[3])
        and place in (None, visit[4])
    }
    opened = [
        call
        for call in calls
        if period.start <= call["created_at"] < period.end
        and channel in (None, chats[call["conversation_id"]])
        and topic in (None, call["topic"])
        and place in (None, call["office"])
    ]
    return kept, opened


@pytest.mark.parametrize(
    "sifted",
    [Sifted(), Sifted("viber"), Sifted(topic="birth-benefit"), Sifted("phone"), Sifted(office="north")],
)
async def test_every_figure_is_what_the_raw_rows_say(database, sifted, monkeypatch):
    history = invented(COMMUNITY, 300, START, NOW, seed=7)
    early = [row["id"] for row in history.conversations[:150]]
    await history.write(database, early)
    await catch_up(database, COMMUNITY, KYIV)
    # What comes later in time is found by the next look alone.
    later = [row["id"] for row in history.conversations[150:]]
    shift = NOW - START
    for row in [*history.conversations, *history.messages, *history.tickets]:
        if row.get("conversation_id", row["id"] if "channel" in row else "") in set(later):
            for name, value in row.items():
                if isinstance(value, datetime):
                    row[name] = value + shift
    await history.write(database, later)
    monkeypatch.setattr(visiting, "AT_ONCE", 20)
    assert await in_parts(database) > 3
    now = NOW + shift
    period = Period("own", PERIOD.first, now.astimezone(KYIV).date(), KYIV, now)
    seen = await counted(database, sifted, period)
    kept, opened = await by_hand(database, period, sifted)

    def kind(visit):
        return "phone" if visit[0] == "phone" else "person" if visit[2] else "bot"

    def split(some):
        kinds = Counter(kind(visit) for visit in some)
        return (kinds["bot"], kinds["person"], kinds["phone"])

    def parts(one):
        return (one.bot, one.person, one.phone)

    assert len(kept) > 10
    assert parts(seen.visited.total) == split(kept.values())
    assert {day: parts(one) for day, one in seen.visited.days} == {
        day: split(visit for (_, on), visit in kept.items() if on == day) for day in period.days
    }
    assert {name: parts(one) for name, one in seen.visited.channels} == {
        name: split(visit for visit in kept.values() if visit[0] == name)
        for name in {visit[0] for visit in kept.values()}
    }
    assert {name: parts(one) for name, one in seen.visited.topics} == {
        name: split(visit for visit in kept.values() if visit[3] == name)
        for name in {visit[3] for visit in kept.values()}
    }
    assert {name: parts(one) for name, one in seen.visited.offices} == {
        name: split(visit for visit in kept.values() if visit[4] == name)
        for name in {visit[4] for visit in kept.values()}
    }
    local = [visit[1].astimezone(KYIV) for visit in kept.values()]
    assert seen.visited.hours == Counter((at.weekday(), at.hour) for at in local)

    first = [
        working_minutes(Calendar(office()), one["created_at"], one["answered_at"])
        for one in opened
        if one["answered_at"]
    ]
    late = {
        one["number"]
        for one in opened
        if one["late_told_at"] or (one["answered_at"] or one["resolved_at"] or now) > one["promised_at"]
    }
    done = seen.consulted
    assert (done.opened, done.first_answer.count) == (len(opened), len(first))
    assert done.first_answer.middle == pytest.approx(median(first), abs=1)
    assert sorted(first)[-(-len(first) * 9 // 10) - 1] == pytest.approx(done.first_answer.most, abs=1)
    assert {one.number for one in done.overdue} == late
    assert sum(column.in_time + column.late for column in done.columns) == len(first)
    said = Counter(one["rating"] for one in opened)
    assert (done.ratings.yes, done.ratings.partly, done.ratings.no) == (
        said["yes"],
        said["partly"],
        said["no"],
    )
    assert sum(one.count for one in done.ratings_by_topic.values()) == done.ratings.count
    about = Counter(one["office"] for one in opened)
    assert {place.office: place.opened for place in done.places} == about
    assert {place.office: place.overdue for place in done.places} == {
        name: sum(one["number"] in late for one in opened if one["office"] == name) for name in about
    }
    led = Counter(one["assigned_name"] for one in opened if one["assigned_name"])
    assert {work.name: work.led for work in done.specialists} == led


async def test_what_comes_while_much_is_counted_in_parts_is_counted_too(database, monkeypatch):
    monkeypatch.setattr(visiting, "AT_ONCE", 20)
    history = invented(COMMUNITY, 200, START, NOW, seed=9)
    heard = {row["id"]: row["last_incoming_at"] or row["created_at"] for row in history.conversations}
    ids = sorted(heard, key=lambda one: heard[one])
    await history.write(database, ids[:160])
    assert not await catch_up(database, COMMUNITY, KYIV, 10)
    # Somebody counted before writes again now, and others write for the first time.
    async with database.write() as db:
        first = (
            (
                await db.execute(
                    select(conversations)
                    .join(visits, visits.c.conversation_id == conversations.c.id)
                    .where(conversations.c.channel != "phone")
                    .order_by(conversations.c.last_incoming_at)
                    .limit(1)
                )
            )
            .mappings()
            .one()
        )
        again = NOW - timedelta(minutes=1)
        await db.execute(
            insert(messages).values(
                conversation_id=first["id"],
                position=first["last_position"] + 1,
                community_id=COMMUNITY,
                author_kind="citizen",
                at=again,
            )
        )
        await db.execute(
            update(conversations).where(conversations.c.id == first["id"]).values(last_incoming_at=again)
        )
    await history.write(database, ids[160:])
    await in_parts(database)
    async with database.read() as db:
        held = await check(db, COMMUNITY, PERIOD)
    assert held.in_log > 100
    assert held.agrees


async def test_a_figure_that_is_not_the_logs_is_found_and_mended(database):
    await invented(COMMUNITY, 60, START, NOW, seed=3).write(database)
    await catch_up(database, COMMUNITY, KYIV)

    async def held():
        async with database.read() as db:
            return await check(db, COMMUNITY, PERIOD)

    good = await held()
    assert good.agrees
    assert good.in_log == good.in_report > 30
    async with database.write() as db:
        lost = (await db.execute(select(visits.c.day).order_by(visits.c.day.desc()).limit(1))).scalar_one()
        gone = await db.execute(delete(visits).where(visits.c.day == lost).returning(visits.c.topic))
        count = len(gone.all())
    bad = await held()
    assert not bad.agrees
    assert [(one.day.isoformat(), one.in_log - one.in_report) for one in bad.differences] == [(lost, count)]
    await catch_up(database, COMMUNITY, KYIV)
    await recount(database, COMMUNITY, KYIV, PERIOD.start, PERIOD.end)
    assert (await held()).agrees


async def test_what_is_erased_or_too_old_stays_a_number_without_a_topic(database):
    await invented(COMMUNITY, 40, START, NOW, seed=5).write(database)
    await catch_up(database, COMMUNITY, KYIV)
    before = await counted(database)
    async with database.write() as db:
        chat = (
            await db.execute(select(visits.c.conversation_id).where(visits.c.topic.is_not(None)).limit(1))
        ).scalar_one()
        await ticket_store.erase(db, chat, NOW)
        topics = await db.execute(select(visits.c.topic).where(visits.c.conversation_id == chat))
        assert set(topics.scalars()) == {None}
        # The words of all the others grew too old.
        await db.execute(update(messages).values(topic=None, reply=None))
    await recount(database, COMMUNITY, KYIV, PERIOD.start, PERIOD.end)
    after = await counted(database)
    assert after.visited.total == before.visited.total
    assert sum(one.total for topic, one in after.visited.topics if topic) > 10


def moments(start=START, end=NOW):
    return st.datetimes(start.replace(tzinfo=None), end.replace(tzinfo=None)).map(
        lambda at: at.replace(tzinfo=UTC)
    )


@settings(max_examples=40)
@given(
    st.lists(st.builds(Said, st.booleans(), moments(), st.sampled_from([None, "a", "b"])), max_size=12),
    st.lists(st.builds(Called, moments(), st.none() | moments(), st.sampled_from([None, "a"])), max_size=3),
)
def test_days_with_words_are_visits_each_once_and_nothing_else_is(said, called):
    said, called = sorted(said, key=lambda one: one.at), sorted(called, key=lambda one: one.created_at)
    found = list(visits_of("web", said, called, KYIV))
    spoken = {one.at.astimezone(KYIV).date() for one in said if one.by_citizen}
    assert [one.day for one in found] == sorted(spoken)
    assert all(one.started_at.astimezone(KYIV).date() == one.day for one in found)
    assert not any(one.person for one in found) or called
    filed = {one.created_at.astimezone(KYIV).date() for one in called}
    assert {one.day for one in visits_of("phone", said, called, KYIV)} == spoken | filed


@settings(max_examples=40)
@given(moments(), moments())
def test_working_time_is_that_of_the_calendar(one, other):
    start, end = sorted((one, other))
    worked = Worked(Calendar(office()), START, NOW, KYIV)
    there, back = worked.minutes([start.timestamp(), end.timestamp()], [end.timestamp(), start.timestamp()])
    assert int(there + 1e-6) == working_minutes(Calendar(office()), start, end)
    assert back == 0


@pytest.mark.parametrize("name", PRESETS)
@settings(max_examples=40)
@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)))
def test_a_period_is_compared_with_as_much_of_the_time_before(name, at):
    now = at.replace(tzinfo=UTC)
    period = chosen({"period": name}, now, KYIV)
    before = period.before
    assert period.start <= now
    assert before.end <= period.start
    assert before.start < before.end or period.start == now
    drift = (period.end - period.start) - (before.end - before.start)
    cut = before.last < before.first + (period.last - period.first)
    # Clocks that are moved between the two may make two hours of it.
    assert cut or abs(drift) <= timedelta(hours=2)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-11-02", "2026-11-01", "reversed"),
        ("2026-11-25", "2026-11-26", "ahead"),
        ("2020-01-01", "2026-11-01", "long"),
        ("1.11.2026", "2026-11-02", "unreadable"),
        ("", "", "unreadable"),
    ],
)
def test_dates_that_can_be_no_period_are_refused_by_name(first, last, why):
    with pytest.raises(BadPeriod) as refused:
        chosen({"period": "own", "from": first, "to": last}, NOW, ZoneInfo("Europe/Kyiv"))
    assert refused.value.why == why
