"""Taking: one specialist wins, everybody else gets the typed answer, and ticket and owner never part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from conversations.messages import AuthorKind
from conversations.ownership import StaleEpoch
from handover.accounts.accounts import Account
from handover.accounts.permissions import Role
from handover.tickets.leading import AlreadyTaken, NotWaiting, NotYours, WrongReceiver
from handover.tickets.tickets import Ticket
from tests.races import doors
from tests.races.doors import House, together
from tests.races.orders import Done, Watch, ends, play, told

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

PEOPLE = ("iryna", "oleh", "head")
HEAD = "head"
DANGER = "violence"


@dataclass(frozen=True)
class Do:
    """What somebody does: `what` is a door of `leading` or of the citizen's side."""

    what: str
    by: str = ""
    to: str = ""
    named: str = ""
    epoch: int = -1


@dataclass(frozen=True)
class Card:
    """A ticket in the model."""

    status: str = "waiting"
    by: str | None = None
    danger: str | None = None


@dataclass(frozen=True)
class Desk:
    """The model: who leads (bot, queue or an account), the tickets, the last of which may be open, the lines, and what
    waits to be told to the engine.
    """

    owner: str = "bot"
    epoch: int = 0
    cards: tuple[Card, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    told: tuple[str, ...] = ()

    def said(self, kind: str, text: str) -> Desk:
        return replace(self, lines=(*self.lines, (kind, text)))

    def passed(self, owner: str) -> Desk:
        return replace(self, owner=owner, epoch=self.epoch + 1)

    def with_card(self, place: int, card: Card) -> Desk:
        return replace(self, cards=(*self.cards[:place], card, *self.cards[place + 1 :]))

    @property
    def open_place(self) -> int | None:
        return next((place for place, card in enumerate(self.cards) if card.status != "resolved"), None)


def system(desk: Desk, text: str, told: str | None = None) -> Desk:
    desk = desk.said("system", text)
    return desk if told is None else replace(desk, told=(*desk.told, told))


def allowed(desk: Desk, place: int, by: str) -> bool:
    """Whether this person may decide about the ticket."""
    return (
        desk.cards[place].status == "taken"
        and desk.owner not in ("bot", "queue")
        and by in (desk.owner, HEAD)
    )


class Steps:
    """What each deed comes to in the model: the new desk and the outcome it must have. `place` is the ticket's."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __call__(self, desk: Desk, done: Done[Do]) -> Desk | None:
        if done.outcome == "stale" and done.deed.what != "late_bot":
            return desk  # the conversation moved on while they looked: nothing was done, and they are told so
        after, outcome = getattr(self, done.deed.what)(desk, done.deed)
        return after if outcome == done.outcome else None

    def take(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        card = desk.cards[self.place]
        if card.status == "resolved":
            return desk, "not waiting"
        if card.status == "taken":
            return desk, f"taken by {card.by}"
        taken = desk.with_card(self.place, replace(card, status="taken", by=do.by)).passed(do.by)
        return system(taken, "Веде консультацію", "ticket_taken"), "done"

    def reply(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        if desk.owner != do.by:
            return desk, "not yours"
        return desk.said("specialist", do.named), "done"

    def note(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        return desk.said("note", do.named), "done"

    def transfer(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        if not allowed(desk, self.place, do.by):
            return desk, "not yours"
        card = desk.cards[self.place]
        if do.to == card.by:
            return desk, "wrong receiver"
        passed = desk.with_card(self.place, replace(card, by=do.to)).passed(do.to)
        return system(passed, "Передано", "ticket_transferred"), "done"

    def return_to_queue(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        if not allowed(desk, self.place, do.by):
            return desk, "not yours"
        card = replace(desk.cards[self.place], status="waiting", by=None)
        return system(
            desk.with_card(self.place, card).passed("queue"), "Повернуто в чергу", "ticket_returned"
        ), "done"

    def return_to_bot(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        return self._finished(desk, do, "Повернуто боту", "handed_back")

    def resolve(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        return self._finished(desk, do, "Закрито", "ticket_resolved")

    def _finished(self, desk: Desk, do: Do, line: str, event: str) -> tuple[Desk, str]:
        if not allowed(desk, self.place, do.by):
            return desk, "not yours"
        card = replace(desk.cards[self.place], status="resolved")
        return system(desk.with_card(self.place, card).passed("bot"), line, event), "done"

    def cancel(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        desk, place = desk.said("citizen", do.named), desk.open_place
        if place is None or desk.cards[place].status == "taken":
            return desk, "nothing waits"
        cancelled = desk.with_card(place, replace(desk.cards[place], status="resolved"))
        if desk.owner == "queue":
            cancelled = cancelled.passed("bot")
        return system(cancelled, "Людина більше не чекає на спеціаліста"), "done"

    def danger(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        desk, place = desk.said("citizen", do.named), desk.open_place
        if place is None:
            return desk, "no ticket"
        card = replace(desk.cards[place], danger=DANGER)
        return system(desk.with_card(place, card), "Поза чергою"), "done"

    def call(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        desk, place = desk.said("citizen", do.named), desk.open_place
        if place is not None:
            return system(desk, "Додано до консультації"), "added"
        opened = replace(desk, cards=(*desk.cards, Card()))
        opened = opened.passed("queue") if desk.owner == "bot" else opened
        return system(opened, "Передано спеціалістам"), "opened"

    def bot(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        desk = desk.said("citizen", do.named)
        silent = desk.owner not in ("bot", "queue")
        return (desk, "silent") if silent else (desk.said("bot", do.named), "done")

    def late_bot(self, desk: Desk, do: Do) -> tuple[Desk, str]:
        return (desk, "stale") if desk.epoch != do.epoch else (desk.said("bot", do.named), "done")


BY = st.sampled_from(PEOPLE)
DEEDS = st.one_of(
    st.builds(Do, st.sampled_from(["take", "take", "take", "reply", "note"]), BY),
    st.builds(Do, st.sampled_from(["return_to_queue", "return_to_bot", "resolve"]), BY),
    st.builds(Do, st.just("transfer"), BY, BY),
    st.builds(Do, st.sampled_from(["cancel", "danger", "call", "bot", "bot", "late_bot"])),
)
CHAINS = st.lists(
    st.tuples(st.integers(0, 3), st.lists(DEEDS, min_size=1, max_size=3)), min_size=2, max_size=4
)


class TakingRaces(RuleBasedStateMachine):
    """One citizen who waits, calls, takes it back and is in danger; specialists who take, pass on and close."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house
        self.community = doors.own_community()
        self.ref = doors.place(self.community)
        self.people = {
            name: doors.person(name, self.community, Role.HEAD if name == HEAD else Role.SPECIALIST)
            for name in PEOPLE
        }
        self.desk = Desk()
        self.words = 0
        self.interrupted = True

    @initialize()
    def begin(self) -> None:
        self.conversation = self.house.run(doors.begun(self.house.door(0), self.ref, NOW))
        self.race([(0, [Do("call")])])

    @rule(chains=CHAINS)
    def race(self, chains: list[tuple[int, list[Do]]]) -> None:
        """About the newest ticket at the start, whatever becomes of it meanwhile."""
        self.interrupted = True
        watch, place = Watch(), len(self.desk.cards) - 1
        ticket = self.house.run(self.newest()) if self.desk.cards else None
        racers = [
            watch.chain(pause, deeds, _Racer(self, number, ticket).do)
            for number, (pause, deeds) in enumerate(chains)
        ]
        results = self.house.run(together(*racers))
        possible = ends(self.desk, results, Steps(place))
        seen = self.house.run(self.look())
        assert possible, f"no order of these explains their outcomes, from {self.desk}\n{told(results)}"
        # What waits to be told is looked at in the end: claiming it would be one more racer.
        matching = [one for one in possible if replace(one, told=()) == seen]
        assert matching, f"the log shows {seen}, after {self.desk}\n{told(results)}"
        if any(done.outcome == "stale" for chain in results for done in chain):
            assert seen.epoch > self.desk.epoch, f"stale, and nothing had changed\n{told(results)}"
        self.desk = matching[0]
        self.interrupted = False

    def teardown(self) -> None:
        """The engine is told of each change once, in the order of the changes."""
        if not self.interrupted:
            assert tuple(self.house.run(self.waits_to_be_told())) == self.desk.told

    async def newest(self) -> Ticket:
        async with self.house.door(0).read() as db:
            return (await doors.tickets_of(db, self.community, self.conversation))[-1]

    async def look(self) -> Desk:
        async with self.house.door(0).read() as db:
            owner, epoch = await doors.owner(db, self.conversation)
            cards = await doors.tickets_of(db, self.community, self.conversation)
            lines = await doors.lines(db, self.conversation)
        assert [line.position for line in lines] == list(range(1, len(lines) + 1))
        return Desk(
            owner.id or owner.kind,
            epoch,
            tuple(Card(card.status, card.assigned_to, card.danger) for card in cards),
            tuple((line.author.kind.value, _short(line.author.kind, line.reply.text)) for line in lines),
        )

    async def waits_to_be_told(self) -> list[str]:
        async with self.house.door(0).write() as db:
            return await doors.told_to_the_engine(db, self.community, NOW)

    def name(self) -> str:
        self.words += 1
        return f"слово {self.words}"


def _short(kind: AuthorKind, text: str) -> str:
    """Of the system's lines what happened, without to whom and when."""
    return text.split(":")[0].split(",")[0] if kind is AuthorKind.SYSTEM else text


class _Racer:
    def __init__(self, game: TakingRaces, number: int, ticket: Ticket | None) -> None:
        self.game, self.door, self.ticket = game, game.house.door(number), ticket
        self.epoch = game.desk.epoch

    async def do(self, do: Do) -> tuple[Do, object]:
        do = replace(do, named=self.game.name(), epoch=self.epoch)
        try:
            if do.what in ("cancel", "danger", "call", "bot", "late_bot"):
                return do, await self._citizen(do)
            return do, await self._specialist(do, self.game.people[do.by])
        except AlreadyTaken as first:
            return do, f"taken by {first.by}"
        except NotWaiting:
            return do, "not waiting"
        except NotYours:
            return do, "not yours"
        except WrongReceiver:
            return do, "wrong receiver"
        except StaleEpoch:
            return do, "stale"

    async def _specialist(self, do: Do, by: Account) -> str:
        assert self.ticket is not None
        async with self.door.write() as db:
            match do.what:
                case "reply":
                    await doors.reply(db, self.game.conversation, self.game.ref, by, do.named, NOW)
                case "note":
                    await doors.note(db, self.game.conversation, by, do.named, NOW)
                case "transfer":
                    await doors.transfer(db, self.ticket, by, self.game.people[do.to], NOW)
                case what:
                    await doors.lead(db, what, self.ticket, by, NOW)
        return "done"

    async def _citizen(self, do: Do) -> str:
        """In one transaction with the words, as the engine's turns are: they hold the conversation's row."""
        talk, message = self.game.conversation, doors.wrote(self.game.ref, do.named, do.named, NOW)
        async with self.door.write() as db:
            if do.what == "late_bot":
                await doors.say(db, talk, doors.BOT, do.named, NOW, epoch=do.epoch)
                return "done"
            await doors.hear(db, talk, message, NOW)
            match do.what:
                case "cancel":
                    return "done" if await doors.cancel(db, talk, NOW) else "nothing waits"
                case "danger":
                    return "done" if await doors.raise_danger(db, talk, DANGER, NOW) else "no ticket"
                case "call":
                    before = await doors.tickets_of(db, self.game.community, talk)
                    opened = await doors.open_ticket(db, self.game.community, talk, NOW)
                    return "added" if opened.id in {one.id for one in before} else "opened"
                case _:
                    owner, epoch = await doors.owner(db, talk)
                    if owner.kind == "specialist":
                        return "silent"
                    await doors.say(db, talk, doors.BOT, do.named, NOW, epoch=epoch)
                    return "done"


def test_races_about_a_ticket_come_to_what_some_order_of_them_comes_to(house: House, short: settings) -> None:
    play(lambda: TakingRaces(house), short)


def test_of_many_who_take_exactly_one_wins_and_the_others_are_told_who(house: House) -> None:
    async def waiting(community: str, number: int) -> Ticket:
        ref = doors.place(community, f"citizen-{number}")
        talk = await doors.begun(house.door(0), ref, NOW)
        async with house.door(0).write() as db:
            return await doors.open_ticket(db, community, talk, NOW)

    async def race(community: str, number: int) -> str:
        ticket = await waiting(community, number)
        people = [doors.person(f"person-{place}", community) for place in range(6)]
        answers = await together(
            *(doors.wish_to_take(house.door(place), ticket, by, NOW) for place, by in enumerate(people))
        )
        (won,) = [answer for answer in answers if isinstance(answer, Ticket)]
        lost = [answer for answer in answers if isinstance(answer, AlreadyTaken)]
        assert {one.by for one in lost} == {won.assigned_to}
        assert len(lost) == len(people) - 1
        async with house.door(0).read() as db:
            owner, epoch = await doors.owner(db, ticket.conversation_id)
            lines = await doors.lines(db, ticket.conversation_id)
        assert (owner.id, epoch) == (won.assigned_to, 2)
        assert sum(line.reply.text.startswith("Веде консультацію") for line in lines) == 1
        assert won.assigned_to is not None
        return won.assigned_to

    async def races() -> Counter[str]:
        community = doors.own_community()
        return Counter([await race(community, number) for number in range(house.worth(12))])

    assert house.run(races()).total() == house.worth(12)
