"""Who gets what waits: teams, skills, room, offers in time, the same specialist again, what the absent leave, sleep."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import update

from conversations import leases, ownership, tables, transcript
from conversations.database import Database
from conversations.leases import LASTS, Lease
from handover.assignment import offering, presence, teams
from handover.assignment.offering import Tender
from handover.assignment.policy import Policy
from handover.assignment.teams import Skill, Terms
from handover.tickets import leading, tickets
from tests.handover.handover_world import COMMUNITY, account, actions, office, transcript_of, waiting

POLICY = Policy(capacity=2)
SUBSIDIES = Terms("Субсидії", topics=("housing-subsidy",), offers=True, accept_minutes=3, return_minutes=15)


async def team_of(database, now, *people, terms=SUBSIDIES, there=True):
    async with database.write() as db:
        team = await teams.create(db, COMMUNITY, terms, now)
        await teams.join(db, team, [person.id for person in people])
        for person in people if there else ():
            await presence.say(db, person, "on", now)
    return team


async def called(database, now, topic="housing-subsidy", life_events=(), **more):
    ticket = await waiting(database, now, topic=topic, **more)
    async with database.write() as db:
        await offering.place(db, ticket, life_events, POLICY, now)
    return await seen(database, ticket)


async def seen(database, ticket):
    async with database.read() as db:
        return await tickets.by_id(db, COMMUNITY, ticket.id)


async def tended(database, now, *made):
    await Tender(database, COMMUNITY, POLICY).tend(office(), now)
    return [await seen(database, ticket) for ticket in made]


def test_a_team_of_the_topic_comes_before_one_of_its_life_event_and_one_of_everything():
    def made(name, **terms):
        return teams.Team(name, COMMUNITY, Terms(name, **terms))

    everything, speaks = made("усе"), made("усе, англійською", languages=("en",))
    event, topic = made("родина", life_events=("birth",)), made("субсидії", topics=("housing-subsidy",))
    known = [everything, speaks, event, topic]
    assert teams.serving(known, "housing-subsidy", ["birth"], None) == topic
    assert teams.serving(known, "baby-box", ["birth"], "uk") == event
    assert teams.serving(known, "fuel", [], "uk") == everything
    assert teams.serving(known, None, [], "en") == speaks
    assert teams.serving([topic, event], "fuel", [], None) is None


async def test_an_offer_goes_to_the_least_loaded_who_knows_it_and_on_when_it_is_not_taken(database, now):
    iryna, oleh, olha = [await account(database, name) for name in ("iryna", "oleh", "olha")]
    team = await team_of(database, now, iryna, oleh, olha)
    busy = await waiting(database, now)
    async with database.write() as db:
        await leading.take(db, COMMUNITY, busy.id, iryna, now)
        await teams.set_skill(db, COMMUNITY, olha.id, Skill(topics=("fuel",)))
    ticket = await called(database, now)
    assert (ticket.team_id, ticket.offered_to) == (team.id, None)
    (offered,) = await tended(database, now, ticket)
    assert (offered.offered_to, offered.offered_until) == (oleh.id, now + timedelta(minutes=3))
    (still,) = await tended(database, now + timedelta(minutes=2), ticket)
    assert still.offered_to == oleh.id
    (onward,) = await tended(database, now + timedelta(minutes=3), ticket)
    assert (onward.offered_to, onward.passed_by) == (iryna.id, (oleh.id,))
    async with database.write() as db:
        assert not await offering.pass_by(db, onward, oleh.id)
        assert await offering.pass_by(db, onward, iryna.id)
    (nobody,) = await tended(database, now + timedelta(minutes=4), ticket)
    assert (nobody.offered_to, nobody.status) == (None, "waiting")
    async with database.write() as db:
        taken = await leading.take(db, COMMUNITY, ticket.id, olha, now)
    assert (taken.assigned_to, taken.passed_by) == (olha.id, ())
    assert await actions(database, ticket.conversation_id) == ["offered", "offer_passed", "offered"]


async def test_nobody_is_offered_more_than_they_bear_and_nobody_who_is_away(database, now):
    iryna, oleh = await account(database, "iryna"), await account(database, "oleh")
    await team_of(database, now, iryna, oleh)
    made = [await called(database, now + timedelta(seconds=index)) for index in range(4)]
    async with database.write() as db:
        await presence.say(db, oleh, "away", now)
    offered = await tended(database, now, *made)
    assert [ticket.offered_to for ticket in offered] == [iryna.id, iryna.id, None, None]
    async with database.write() as db:
        await presence.say(db, oleh, "on", now)
        await teams.set_skill(db, COMMUNITY, oleh.id, Skill(capacity=1))
    offered = await tended(database, now, *made)
    assert [ticket.offered_to for ticket in offered] == [iryna.id, iryna.id, oleh.id, None]


async def test_two_tenders_at_once_offer_each_ticket_once_and_wake_each_sleeper_once(database, now):
    people = [await account(database, f"person-{index}") for index in range(4)]
    await team_of(database, now, *people)
    made = [await called(database, now) for _ in range(6)]
    asleep = await waiting(database, now)
    async with database.write() as db:
        await leading.take(db, COMMUNITY, asleep.id, people[0], now)
        await leading.snooze(db, COMMUNITY, asleep.id, people[0], now + timedelta(minutes=1), "", now)
    at = now + timedelta(minutes=1)
    tenders = [Tender(database, COMMUNITY, POLICY) for _ in range(2)]
    await asyncio.gather(*(tender.tend(office(), at) for tender in tenders))
    for ticket in made:
        assert (await seen(database, ticket)).offered_to is not None
        assert await actions(database, ticket.conversation_id) == ["offered"]
    woken = [line.reply.text for line in await transcript_of(database, asleep.conversation_id)]
    assert sum("Відкладене знову в роботі: настав час" in text for text in woken) == 1
    assert (await seen(database, asleep)).snoozed_until is None


async def resolved_by(database, person, now, **more):
    ticket = await called(database, now, **more)
    async with database.write() as db:
        await leading.take(db, COMMUNITY, ticket.id, person, now)
        await leading.resolve(db, COMMUNITY, ticket.id, person, "пояснила", now)
    return ticket


async def again(database, before, at):
    async with database.write() as db:
        ticket = await tickets.open_ticket(
            db,
            community=COMMUNITY,
            conversation_id=before.conversation_id,
            number=await tickets.next_number(db, COMMUNITY, at),
            reason="asked",
            question="Ще одне",
            now=at,
        )
        await offering.place(db, ticket, (), POLICY, at)
    return ticket


async def test_whoever_calls_again_soon_gets_the_same_specialist_else_the_team_else_the_queue(database, now):
    iryna, oleh = await account(database, "iryna"), await account(database, "oleh")
    team = await team_of(database, now, oleh)
    async with database.write() as db:
        await presence.say(db, iryna, "on", now)
    before = await resolved_by(database, iryna, now)
    at = now + timedelta(minutes=5)
    (same,) = await tended(database, at, await again(database, before, at))
    assert (same.follows, same.team_id, same.offered_to) == (before.id, team.id, iryna.id)
    lines = [line.reply.text for line in await transcript_of(database, before.conversation_id)]
    assert f"Знову відкрито: нове повідомлення, 10:35. Продовжує консультацію № {before.number}" in lines
    (others,) = await tended(database, at + timedelta(minutes=3), same)
    assert (others.wanted_by, others.offered_to) == (None, oleh.id)

    elsewhere = await resolved_by(database, iryna, now, topic=None)
    async with database.write() as db:
        await presence.say(db, iryna, "off", at)
    (queued,) = await tended(database, at, await again(database, elsewhere, at))
    assert (queued.follows, queued.wanted_by, queued.team_id) == (elsewhere.id, None, None)
    assert (queued.offered_to, queued.status) == (None, "waiting")

    long_ago = await resolved_by(database, iryna, now, topic=None)
    late = now + POLICY.follow_up + timedelta(minutes=1)
    assert (await seen(database, await again(database, long_ago, late))).follows is None


async def test_what_waits_for_an_answer_of_the_absent_goes_back_after_the_teams_time(database, now):
    iryna = await account(database, "iryna")
    await team_of(database, now, iryna)
    unanswered, answered = await called(database, now), await called(database, now)
    async with database.write() as db:
        for ticket in (unanswered, answered):
            await leading.take(db, COMMUNITY, ticket.id, iryna, now)
        ref = (await transcript.heads(db, [answered.conversation_id]))[answered.conversation_id].ref
        await leading.reply(db, answered.conversation_id, ref, iryna, "Так", lambda ref, message: [], now)
    # The page fell silent: ten minutes later she is gone, and 15 more are the team's.
    there = now + timedelta(minutes=24)
    assert [ticket.status for ticket in await tended(database, there, unanswered)] == ["taken"]
    back, kept = await tended(database, now + timedelta(minutes=25), unanswered, answered)
    assert (back.status, back.assigned_to, back.passed_by) == ("waiting", None, (iryna.id,))
    assert kept.status == "taken"
    async with database.read() as db:
        owner, _ = await ownership.current(db, unanswered.conversation_id)
    assert owner.kind == "queue"
    assert (await actions(database, unanswered.conversation_id))[-1] == "given_back"


async def test_at_night_nothing_is_given_back_and_the_break_does_not_count(database, now):
    iryna = await account(database, "iryna")
    await team_of(database, now, iryna)
    ticket = await called(database, now)
    async with database.write() as db:
        await leading.take(db, COMMUNITY, ticket.id, iryna, now)
        await presence.say(db, iryna, "off", now + timedelta(hours=1, minutes=20))
    for minutes, status in ((100, "taken"), (154, "taken"), (155, "waiting")):
        (looked,) = await tended(database, now + timedelta(minutes=minutes), ticket)
        assert looked.status == status, minutes


async def test_one_of_two_holds_a_lease_and_the_other_goes_on_when_it_ends(database: Database, now):
    one, other = Lease("assign", "one"), Lease("assign", "other")
    held = await asyncio.gather(one.held(database, now), other.held(database, now))
    assert sorted(held) == [False, True]
    first, second = (one, other) if held[0] else (other, one)
    assert await first.held(database, now + LASTS * 0.4)
    assert not await second.held(database, now + LASTS * 0.9)
    assert await first.held(database, now + LASTS * 0.9)
    assert not await second.held(database, now + LASTS * 1.5)
    assert await second.held(database, now + LASTS * 2)
    assert not await first.held(database, now + LASTS * 2)
    await second.release(database)
    assert await first.held(database, now + LASTS * 2)
    async with database.write() as db:
        far = now + timedelta(days=1)
        await db.execute(update(tables.leases).values(holder="third", until=far))
        assert await leases.take(db, "assign", "one", now)
