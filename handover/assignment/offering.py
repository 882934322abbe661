"""Who gets what waits: the team of a ticket, the same specialist as before, and offers that have to be taken in time.

`place` runs in the transaction that opens a ticket. Everything else is done by one process at a time (`Tender`), in
short transactions of one ticket each, every one with its own condition: where two processes do it at once after all,
one of them finds nothing to do. An offer binds nobody else: whoever presses «Взяти» first leads the conversation.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, TextClause, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import Database
from conversations.drafts import hold
from conversations.ownership import StaleEpoch
from conversations.tables import conversations
from handover import audit, happenings
from handover.accounts import accounts
from handover.accounts.permissions import Permission, allows
from handover.assignment import presence, teams
from handover.assignment.policy import Policy
from handover.assignment.presence import Standing
from handover.assignment.teams import Skill, Team
from handover.audit import Action
from handover.calendars import calendars
from handover.calendars.hours import Calendar, is_open, working_minutes
from handover.tables import LISTED, OFFERED, SNOOZED, tickets
from handover.tickets import leading, wording
from handover.tickets.tickets import Ticket, from_row, say_system
from knowledge_base.answers import Office

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Tickets of a kind looked at in one pass."""

QUEUED = 1000
"""Tickets of a pass that may be offered: those that everybody able has passed by stay among them, for the taking."""

ANYTHING = Skill()

OFFERABLE = tickets.c.offered_until.is_(None)

Condition = ColumnElement[bool] | TextClause


async def place(
    db: AsyncConnection, ticket: Ticket, life_events: Collection[str], policy: Policy, now: datetime
) -> None:
    """Give a ticket that waits to its team, and remember who led the person shortly before.

    `life_events` are those its topic belongs to. The conversation is held by the caller.
    """
    if ticket.status != "waiting":
        return
    values: dict[str, object] = {}
    before = None if ticket.follows else await _before(db, ticket, policy, now)
    if before is not None:
        values |= {"follows": before.id, "wanted_by": before.assigned_to}
        await say_system(db, ticket.conversation_id, wording.follows(before.number, now), now)
    if ticket.team_id is None:
        known = await teams.all_of(db, ticket.community)
        kept = next((team for team in known if before is not None and team.id == before.team_id), None)
        team = kept or teams.serving(known, ticket.topic, life_events, ticket.language)
        if team is not None:
            values["team_id"] = team.id
    if values:
        await db.execute(update(tickets).where(tickets.c.id == ticket.id).values(values))


async def _before(db: AsyncConnection, ticket: Ticket, policy: Policy, now: datetime) -> Ticket | None:
    """The ticket that a specialist of this person has resolved a short time ago."""
    found = await db.execute(
        select(tickets)
        .where(
            tickets.c.conversation_id == ticket.conversation_id,
            tickets.c.status == "resolved",
            tickets.c.resolved_at > now - policy.follow_up,
            tickets.c.assigned_to.is_not(None),
        )
        .order_by(tickets.c.resolved_at.desc())
        .limit(1)
    )
    row = found.mappings().first()
    return None if row is None else from_row(row)


async def pass_by(db: AsyncConnection, ticket: Ticket, account_id: str) -> bool:
    """This person does not take what was offered to them: the next is asked. False: it is not theirs any more."""
    passed = await db.execute(
        update(tickets)
        .where(tickets.c.id == ticket.id, OFFERED, tickets.c.offered_to == account_id)
        .values(
            offered_to=None,
            offered_until=None,
            wanted_by=None,
            passed_by=[*dict.fromkeys((*ticket.passed_by, account_id))],
        )
        .returning(tickets.c.id)
    )
    return passed.first() is not None


@dataclass(frozen=True)
class Done:
    """What a pass changed: conversations, and whether citizens are told of it."""

    conversations: frozenset[str] = frozenset()
    told: bool = False


class Tender:
    """Looks after who gets what in one community."""

    def __init__(self, database: Database, community: str, policy: Policy) -> None:
        self._database = database
        self._community = community
        self._policy = policy

    async def tend(self, reception: Office, now: datetime) -> Done:
        """One pass: offers that ran out, sleepers whose time has come, what the absent left, and new offers."""
        changed = await self._run_out(now) | await self._wake(now)
        async with self._database.read() as db:
            calendar = await calendars.current(db, self._community, reception, now)
        left = await self._give_back(calendar, now) if is_open(calendar, now) else set()
        return Done(frozenset(changed | left | await self._offer(now)), told=bool(left))

    async def _found(self, *conditions: Condition, order: ColumnElement[Any] = tickets.c.id) -> list[Ticket]:
        async with self._database.read() as db:
            rows = await db.execute(
                select(tickets)
                .where(tickets.c.community_id == self._community, *conditions)
                .order_by(order)
                .limit(AT_ONCE)
            )
            return [from_row(row) for row in rows.mappings()]

    async def _run_out(self, now: datetime) -> set[str]:
        """Who did not take it in time is not asked again; the next one is."""
        changed = set()
        for ticket in await self._found(OFFERED, tickets.c.offered_until <= now):
            async with self._database.write() as db:
                if ticket.offered_to and await pass_by(db, ticket, ticket.offered_to):
                    await self._record(db, Action.OFFER_PASSED, ticket, ticket.offered_to, now)
                    changed.add(ticket.conversation_id)
        return changed

    async def _wake(self, now: datetime) -> set[str]:
        changed = set()
        for ticket in await self._found(SNOOZED, tickets.c.snoozed_until <= now):
            async with self._database.write() as db:
                await hold(db, [ticket.conversation_id])
                if await leading.woken(db, ticket, wording.woken_by_time(now), now):
                    await self._record(db, Action.WOKEN, ticket, None, now)
                    changed.add(ticket.conversation_id)
        return changed

    async def _give_back(self, calendar: Calendar, now: datetime) -> set[str]:
        """What waits for an answer of somebody who has been gone for the time of its team, in working minutes."""
        async with self._database.read() as db:
            gone = {
                account: standing.gone_since(self._policy.silent)
                for account, standing in (await presence.all_of(db, self._community)).items()
                if not standing.is_there(self._policy.silent, now)
            }
            if not gone:
                return set()
            minutes = {team.id: team.terms.return_minutes for team in await teams.all_of(db, self._community)}
            rows = await db.execute(
                select(tickets)
                .join(conversations, conversations.c.id == tickets.c.conversation_id)
                .where(
                    tickets.c.community_id == self._community,
                    LISTED,
                    tickets.c.status == "taken",
                    tickets.c.assigned_to.in_(gone),
                    or_(conversations.c.said_by == "citizen", tickets.c.answered_at.is_(None)),
                )
                .limit(AT_ONCE)
            )
            left = [from_row(row) for row in rows.mappings()]
        away = {
            account: working_minutes(calendar, gone[account], now)
            for account in {ticket.assigned_to for ticket in left if ticket.assigned_to}
        }
        changed = set()
        for ticket in left:
            account = ticket.assigned_to or ""
            if away[account] < minutes.get(ticket.team_id or "", self._policy.return_minutes):
                continue
            try:
                async with self._database.write() as db:
                    if await leading.give_back(db, self._community, ticket.id, account, now):
                        await self._record(db, Action.GIVEN_BACK, ticket, account, now)
                        changed.add(ticket.conversation_id)
            except StaleEpoch:
                log.info("a conversation changed hands while it was to be given back")
        return changed

    async def _offer(self, now: datetime) -> set[str]:
        """Offer what waits to whoever is there, knows it, has room and leads the fewest conversations."""
        async with self._database.read() as db:
            room = await self._room(db, now)
            known = {team.id: team for team in await teams.all_of(db, self._community)}
            members = await teams.members(db, self._community)
        wanted = await self._found(
            LISTED, tickets.c.status == "waiting", tickets.c.wanted_by.is_not(None), OFFERABLE
        )
        changed = set()
        for ticket in wanted:
            before = ticket.wanted_by or ""
            if room.has(before):
                changed |= await self._offer_one(ticket, before, known, room, now)
            else:
                async with self._database.write() as db:
                    await db.execute(update(tickets).where(tickets.c.id == ticket.id).values(wanted_by=None))
        offering = [team.id for team in known.values() if team.terms.offers]
        if not offering or not room.anybody():
            return changed
        for ticket in await self._queued(offering):
            able = [
                account
                for account in members.get(ticket.team_id or "", ())
                if account not in ticket.passed_by and room.has(account, ticket)
            ]
            if able:
                changed |= await self._offer_one(ticket, room.least_loaded(able), known, room, now)
                if not room.anybody():
                    break
        return changed

    async def _queued(self, offering: Sequence[str]) -> list[Ticket]:
        async with self._database.read() as db:
            rows = await db.execute(
                select(tickets)
                .where(
                    tickets.c.community_id == self._community,
                    LISTED,
                    tickets.c.team_id.in_(offering),
                    tickets.c.status == "waiting",
                    tickets.c.wanted_by.is_(None),
                    OFFERABLE,
                )
                .order_by(tickets.c.priority.desc(), tickets.c.due_at, tickets.c.created_at, tickets.c.id)
                .limit(QUEUED)
            )
            return [from_row(row) for row in rows.mappings()]

    async def _offer_one(
        self, ticket: Ticket, account: str, known: Mapping[str, Team], room: _Room, now: datetime
    ) -> set[str]:
        team = known.get(ticket.team_id or "")
        minutes = team.terms.accept_minutes if team else self._policy.accept_minutes
        async with self._database.write() as db:
            offered = await db.execute(
                update(tickets)
                .where(tickets.c.id == ticket.id, tickets.c.status == "waiting", LISTED, OFFERABLE)
                .values(offered_to=account, offered_until=now + timedelta(minutes=minutes))
                .returning(tickets.c.id)
            )
            if offered.first() is None:
                return set()
            await self._record(db, Action.OFFERED, ticket, account, now)
        room.fill(account)
        return {ticket.conversation_id}

    async def _room(self, db: AsyncConnection, now: datetime) -> _Room:
        standing = await presence.all_of(db, self._community)
        people = {
            person.id
            for person in await accounts.colleagues(db, self._community)
            if allows(person.role, Permission.CONSULT)
        }
        there = {name for name, it in standing.items() if name in people and self._is_there(it, now)}
        loads: Counter[str] = Counter()
        for column, condition in (
            (tickets.c.assigned_to, tickets.c.status == "taken"),
            (tickets.c.offered_to, OFFERED),
        ):
            rows = await db.execute(
                select(column, func.count())
                .where(tickets.c.community_id == self._community, LISTED, condition, column.in_(there))
                .group_by(column)
            )
            for account, count in rows:
                loads[account] += count
        return _Room(there, loads, await teams.skills_of(db, self._community), self._policy.capacity)

    def _is_there(self, standing: Standing, now: datetime) -> bool:
        return standing.is_there(self._policy.silent, now)

    async def _record(
        self, db: AsyncConnection, action: Action, ticket: Ticket, account: str | None, now: datetime
    ) -> None:
        await audit.record(
            db,
            community=self._community,
            account_id=account,
            action=action,
            subject=ticket.conversation_id,
            now=now,
            facts={"ticket": ticket.number},
        )
        await happenings.happened(db, self._community, [ticket.conversation_id], now)


class _Room:
    """Who is there and how much more each can bear, as a pass goes on."""

    def __init__(
        self, there: Collection[str], loads: Counter[str], skills: Mapping[str, Skill], capacity: int
    ) -> None:
        self._there = there
        self._loads = loads
        self._skills = skills
        self._capacity = capacity

    def has(self, account: str, ticket: Ticket | None = None) -> bool:
        """Whether this person is there, has room, and answers about this ticket."""
        skill = self._skills.get(account, ANYTHING)
        capacity = self._capacity if skill.capacity is None else skill.capacity
        able = ticket is None or skill.serves(ticket.topic, ticket.language)
        return account in self._there and able and self._loads[account] < capacity

    def anybody(self) -> bool:
        return any(self.has(account) for account in self._there)

    def least_loaded(self, able: Sequence[str]) -> str:
        return min(able, key=lambda account: (self._loads[account], account))

    def fill(self, account: str) -> None:
        self._loads[account] += 1
