"""The pages of teams: what each serves, who is in it, and what each specialist knows and bears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from handover import audit
from handover.accounts import accounts
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission, allows
from handover.assignment import presence, teams
from handover.assignment.teams import NameTaken, Skill, Team, Terms, UnknownTeam
from handover.audit import Action
from handover.workplace import failures, words
from handover.workplace.filter_view import language_choices, topic_choices
from handover.workplace.guard import Form, Guard, Stopped
from handover.workplace.pressing import first_press
from knowledge_base.answers import Knowledge

PAGE = "/workplace/teams"
MOST_FIELDS = 1000
LONGEST_NAME = 80
LONGEST_MINUTES = 480
MOST_AT_ONCE = 100


def add_teams(router: APIRouter, guard: Guard) -> None:
    """/workplace/teams, /workplace/teams/{id}, its /disband, and /workplace/teams/people/{account}."""
    house = guard.house

    def offered(knowledge: Knowledge) -> dict[str, Any]:
        return {
            "topics": topic_choices(knowledge, house.clock()),
            "life_events": [(one.id, one.label) for one in knowledge.life_events],
            "languages": language_choices(),
        }

    @router.get(PAGE)
    async def show(request: Request) -> Response:
        visitor = await guard.visitor(request, Permission.TEAMS)
        me = visitor.account
        async with house.database.read() as db:
            known = await teams.all_of(db, me.community)
            members = await teams.members(db, me.community)
            people = _consulting(await accounts.colleagues(db, me.community))
            skills = await teams.skills_of(db, me.community)
            standing = await presence.all_of(db, me.community)
        named = {person.id: person.name for person in people}
        of_team = {
            team.id: [named[account] for account in members.get(team.id, ()) if account in named]
            for team in known
        }
        here = {
            account: words.presence(it, house.policy.silent, house.clock())
            for account, it in standing.items()
        }
        return guard.page(
            visitor,
            "teams.html",
            "teams",
            teams=known,
            members=of_team,
            people=people,
            skills=skills,
            here=here,
            capacity=house.policy.capacity,
            titles=dict(topic_choices(house.knowledge(me.community), house.clock())),
        )

    @router.get(f"{PAGE}/{{team_id}}")
    async def show_team(request: Request, team_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.TEAMS)
        me = visitor.account
        async with house.database.read() as db:
            people = _consulting(await accounts.colleagues(db, me.community))
            team, inside = None, set[str]()
            if team_id != "new":
                try:
                    team = await teams.find(db, me.community, team_id)
                except UnknownTeam as unknown:
                    raise Stopped(failures.unknown_team()) from unknown
                inside = set((await teams.members(db, me.community)).get(team_id, ()))
        return guard.page(
            visitor,
            "team.html",
            "teams",
            team=team,
            terms=team.terms if team else Terms(""),
            people=[(person.id, person.name) for person in people],
            inside=inside,
            **offered(house.knowledge(me.community)),
        )

    @router.post(f"{PAGE}/{{team_id}}")
    async def change(request: Request, team_id: str) -> Response:
        visitor, form = await guard.acting(request, Permission.TEAMS, MOST_FIELDS)
        me, now = visitor.account, house.clock()
        here = f"{PAGE}/{team_id}"
        terms = _terms(form, offered(house.knowledge(me.community)))
        if not terms.name:
            raise Stopped(failures.no_name(here))
        async with house.database.write() as db:
            if not await first_press(db, form.get("key", ""), me.id, ("team", team_id, str(form)), now):
                return RedirectResponse(PAGE, status_code=303)
            people = _consulting(await accounts.colleagues(db, me.community))
            try:
                if team_id == "new":
                    team = await teams.create(db, me.community, terms, now)
                else:
                    await teams.change(db, me.community, team_id, terms)
                    team = Team(team_id, me.community, terms)
            except NameTaken as taken:
                raise Stopped(failures.name_taken(terms.name, here)) from taken
            except UnknownTeam as unknown:
                raise Stopped(failures.unknown_team()) from unknown
            await teams.join(db, team, _ticked(form, "person", (person.id for person in people)))
            await audit.record(
                db,
                community=me.community,
                account_id=me.id,
                action=Action.TEAM_CHANGED,
                subject=team.id,
                now=now,
                facts={"name": terms.name},
            )
        await house.signals.publish(f"queue:{me.community}")
        return RedirectResponse(PAGE, status_code=303)

    @router.post(f"{PAGE}/{{team_id}}/disband")
    async def disband(request: Request, team_id: str) -> Response:
        visitor, _ = await guard.acting(request, Permission.TEAMS)
        me, now = visitor.account, house.clock()
        async with house.database.write() as db:
            try:
                team = await teams.disband(db, me.community, team_id)
            except UnknownTeam as unknown:
                raise Stopped(failures.unknown_team()) from unknown
            await audit.record(
                db,
                community=me.community,
                account_id=me.id,
                action=Action.TEAM_CHANGED,
                subject=team_id,
                now=now,
                facts={"name": team.name, "disbanded": "yes"},
            )
        await house.signals.publish(f"queue:{me.community}")
        return RedirectResponse(PAGE, status_code=303)

    @router.get(f"{PAGE}/people/{{account_id}}")
    async def show_person(request: Request, account_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.TEAMS)
        me = visitor.account
        async with house.database.read() as db:
            person = _named(await accounts.colleagues(db, me.community), account_id)
            skill = (await teams.skills_of(db, me.community)).get(account_id, Skill())
        return guard.page(
            visitor,
            "skill.html",
            "teams",
            person=person,
            skill=skill,
            capacity=house.policy.capacity,
            most=MOST_AT_ONCE,
            **offered(house.knowledge(me.community)),
        )

    @router.post(f"{PAGE}/people/{{account_id}}")
    async def change_person(request: Request, account_id: str) -> Response:
        visitor, form = await guard.acting(request, Permission.TEAMS, MOST_FIELDS)
        me, now = visitor.account, house.clock()
        choices = offered(house.knowledge(me.community))
        capacity = form.get("capacity", "").strip()
        skill = Skill(
            _ticked(form, "topic", (value for value, _ in choices["topics"])),
            _ticked(form, "language", (value for value, _ in choices["languages"])),
            _number(capacity, 1, MOST_AT_ONCE, MOST_AT_ONCE) if capacity else None,
        )
        async with house.database.write() as db:
            person = _named(await accounts.colleagues(db, me.community), account_id)
            await teams.set_skill(db, me.community, person.id, skill)
            await audit.record(
                db,
                community=me.community,
                account_id=me.id,
                action=Action.SKILL_CHANGED,
                subject=person.id,
                now=now,
            )
        return RedirectResponse(PAGE, status_code=303)


def _consulting(people: Iterable[Account]) -> list[Account]:
    return [person for person in people if allows(person.role, Permission.CONSULT)]


def _named(people: Iterable[Account], account_id: str) -> Account:
    """Raises Stopped where no specialist of the community has this id."""
    for person in people:
        if person.id == account_id and allows(person.role, Permission.CONSULT):
            return person
    raise Stopped(failures.unknown_person())


def _ticked(form: Form, kind: str, known: Iterable[str]) -> tuple[str, ...]:
    """Which of the known values were ticked; what is not known is left out."""
    return tuple(value for value in known if f"{kind}.{value}" in form)


def _number(said: str, least: int, most: int, otherwise: int) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 6):
        return otherwise
    return min(max(int(said), least), most)


def _terms(form: Form, choices: Mapping[str, Iterable[tuple[str, str]]]) -> Terms:
    usual = Terms("")
    return Terms(
        name=" ".join(form.get("name", "").split())[:LONGEST_NAME],
        topics=_ticked(form, "topic", (value for value, _ in choices["topics"])),
        life_events=_ticked(form, "event", (value for value, _ in choices["life_events"])),
        languages=_ticked(form, "language", (value for value, _ in choices["languages"])),
        offers=form.get("offers") == "yes",
        accept_minutes=_number(form.get("accept", ""), 1, LONGEST_MINUTES, usual.accept_minutes),
        return_minutes=_number(form.get("return", ""), 1, LONGEST_MINUTES, usual.return_minutes),
    )
