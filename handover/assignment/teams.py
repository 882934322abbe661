"""Teams: what they serve, in which languages, whether work is offered to them or taken by them; members and skills.

Connection first.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.tables import skills, team_members, teams, tickets


@dataclass(frozen=True)
class Terms:
    """What a team is made of. No topics and no life events: everything. No languages: all.

    `offers`: what comes is offered to one present member after another, each with `accept_minutes` to take it; without
    it members take from the queue themselves. `return_minutes` of working time after a member has gone away, what waits
    for their answer goes back.
    """

    name: str
    topics: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    offers: bool = False
    accept_minutes: int = 3
    return_minutes: int = 15


@dataclass(frozen=True)
class Team:
    """A team of a community."""

    id: str
    community: str
    terms: Terms

    @property
    def name(self) -> str:
        return self.terms.name


@dataclass(frozen=True)
class Skill:
    """What one specialist answers about: no topics, everything; no languages, all; no capacity, the house's."""

    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    capacity: int | None = None

    def serves(self, topic: str | None, language: str | None) -> bool:
        """Whether they may be asked. What is not known of a ticket is nobody's obstacle."""
        return _holds(self.topics, topic) and _holds(self.languages, language)


class NameTaken(Exception):
    """Another team of the community has this name."""


class UnknownTeam(LookupError):
    """No such team in this community."""


def _holds(wanted: Collection[str], value: str | None) -> bool:
    return not wanted or value is None or value in wanted


def _team(row: RowMapping) -> Team:
    return Team(
        row["id"],
        row["community_id"],
        Terms(
            row["name"],
            tuple(row["topics"]),
            tuple(row["life_events"]),
            tuple(row["languages"]),
            row["offers"],
            row["accept_minutes"],
            row["return_minutes"],
        ),
    )


def _values(terms: Terms) -> dict[str, object]:
    return {
        "name": terms.name,
        "topics": list(terms.topics),
        "life_events": list(terms.life_events),
        "languages": list(terms.languages),
        "offers": terms.offers,
        "accept_minutes": terms.accept_minutes,
        "return_minutes": terms.return_minutes,
    }


async def create(db: AsyncConnection, community: str, terms: Terms, now: datetime) -> Team:
    """A new team. Raises NameTaken."""
    team_id = uuid.uuid4().hex
    try:
        async with db.begin_nested():
            await db.execute(
                insert(teams).values(id=team_id, community_id=community, created_at=now, **_values(terms))
            )
    except IntegrityError as clash:
        raise NameTaken(terms.name) from clash
    return Team(team_id, community, terms)


async def change(db: AsyncConnection, community: str, team_id: str, terms: Terms) -> None:
    """Raises NameTaken, UnknownTeam."""
    try:
        async with db.begin_nested():
            changed = await db.execute(
                update(teams)
                .where(teams.c.community_id == community, teams.c.id == team_id)
                .values(_values(terms))
                .returning(teams.c.id)
            )
    except IntegrityError as clash:
        raise NameTaken(terms.name) from clash
    if changed.first() is None:
        raise UnknownTeam(team_id)


async def disband(db: AsyncConnection, community: str, team_id: str) -> Team:
    """The team is no more; what it has belongs to everybody. Raises UnknownTeam."""
    team = await find(db, community, team_id)
    await db.execute(
        update(tickets)
        .where(tickets.c.community_id == community, tickets.c.team_id == team_id)
        .values(team_id=None)
    )
    await db.execute(delete(teams).where(teams.c.community_id == community, teams.c.id == team_id))
    return team


async def find(db: AsyncConnection, community: str, team_id: str) -> Team:
    """Raises UnknownTeam."""
    rows = await db.execute(select(teams).where(teams.c.community_id == community, teams.c.id == team_id))
    row = rows.mappings().first()
    if row is None:
        raise UnknownTeam(team_id)
    return _team(row)


async def all_of(db: AsyncConnection, community: str) -> list[Team]:
    """Every team of a community, by name."""
    rows = await db.execute(select(teams).where(teams.c.community_id == community).order_by(teams.c.name))
    return [_team(row) for row in rows.mappings()]


async def of_account(db: AsyncConnection, community: str, account_id: str) -> list[Team]:
    """The teams of a person, by name."""
    rows = await db.execute(
        select(teams)
        .join(team_members, team_members.c.team_id == teams.c.id)
        .where(team_members.c.community_id == community, team_members.c.account_id == account_id)
        .order_by(teams.c.name)
    )
    return [_team(row) for row in rows.mappings()]


async def members(db: AsyncConnection, community: str) -> dict[str, list[str]]:
    """The members' accounts of every team of a community."""
    found: dict[str, list[str]] = {}
    rows = await db.execute(
        select(team_members.c.team_id, team_members.c.account_id)
        .where(team_members.c.community_id == community)
        .order_by(team_members.c.team_id, team_members.c.account_id)
    )
    for team_id, account_id in rows:
        found.setdefault(team_id, []).append(account_id)
    return found


async def join(db: AsyncConnection, team: Team, account_ids: Collection[str]) -> None:
    """From now on these, and only these, are its members."""
    await db.execute(
        delete(team_members).where(
            team_members.c.team_id == team.id, team_members.c.account_id.not_in(account_ids)
        )
    )
    for account_id in sorted(account_ids):
        await db.execute(
            upsert(db, team_members)
            .values(team_id=team.id, account_id=account_id, community_id=team.community)
            .on_conflict_do_nothing()
        )


async def skills_of(db: AsyncConnection, community: str) -> Mapping[str, Skill]:
    """What is set of each specialist, by account."""
    rows = await db.execute(select(skills).where(skills.c.community_id == community))
    return {
        row["account_id"]: Skill(tuple(row["topics"]), tuple(row["languages"]), row["capacity"])
        for row in rows.mappings()
    }


async def set_skill(db: AsyncConnection, community: str, account_id: str, skill: Skill) -> None:
    """What this specialist answers about from now on."""
    values = {
        "topics": list(skill.topics),
        "languages": list(skill.languages),
        "capacity": skill.capacity,
    }
    await db.execute(
        upsert(db, skills)
        .values(account_id=account_id, community_id=community, **values)
        .on_conflict_do_update(index_elements=[skills.c.account_id], set_=values)
    )


def serving(
    known: Sequence[Team], topic: str | None, life_events: Collection[str], language: str | None
) -> Team | None:
    """The team a ticket belongs to: one of its topic, else of its life event, else one for everything.

    Of several, one that names the ticket's language comes first. None where no team serves it.
    """

    def nearness(team: Team) -> tuple[int, int] | None:
        terms = team.terms
        if not _holds(terms.languages, language):
            return None
        speaks = 0 if language is not None and language in terms.languages else 1
        if topic is not None and topic in terms.topics:
            return 0, speaks
        if any(one in terms.life_events for one in life_events):
            return 1, speaks
        return (2, speaks) if not terms.topics and not terms.life_events else None

    near = [(found, team.name, team) for team in known if (found := nearness(team)) is not None]
    return min(near, key=lambda one: one[:2])[2] if near else None
