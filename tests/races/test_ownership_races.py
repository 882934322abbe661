"""Ownership: of many who change it under one epoch exactly one wins, and nothing is said under a stale one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.messages import Author, AuthorKind
from conversations.ownership import Owner, StaleEpoch
from tests.races import doors
from tests.races.doors import BOT, Abandoned, House, together
from tests.races.orders import Done, Watch, ends, play, told

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

OWNERS = (
    Owner("bot"),
    Owner("queue"),
    Owner("specialist", "iryna", "Ірина"),
    Owner("specialist", "oleh", "Олег"),
)
IRYNA = Author(kind=AuthorKind.SPECIALIST, id="iryna", name="Ірина")

Eyes = Literal["last", "start", "old"]
"""Under which epoch somebody acts: the last they saw, the one at the start of the race, or one before that."""


@dataclass(frozen=True)
class Change:
    """Pass the conversation on; or begin to, and give the transaction up."""

    to: Owner
    eyes: Eyes
    abandoned: bool = False
    epoch: int = -1


@dataclass(frozen=True)
class Say:
    """One or two lines of the bot's or a specialist's in one transaction, kept or given up."""

    author: Author
    texts: int
    eyes: Eyes
    abandoned: bool = False
    epoch: int = -1
    named: str = ""


@dataclass(frozen=True)
class Unguarded:
    """What nobody guards: a citizen's line, a note."""

    kind: AuthorKind
    named: str = ""


@dataclass(frozen=True)
class Look:
    """Read who leads."""


Deed = Change | Say | Unguarded | Look
STALE = "stale"
GIVEN_UP = "given up"


@dataclass(frozen=True)
class Talk:
    """The model: who leads, under which epoch, and the lines as (author, text, delivery)."""

    owner: Owner
    epoch: int
    lines: tuple[tuple[str, str, str | None], ...] = ()


def step(talk: Talk, done: Done[Deed]) -> Talk | None:
    """The talk after a deed with this outcome; None where it can't have it now."""
    match done.deed:
        case Look():
            return talk if done.outcome == (talk.owner, talk.epoch) else None
        case Unguarded(kind, named):
            longer = replace(talk, lines=(*talk.lines, (kind.value, named, None)))
            return longer if done.outcome == len(longer.lines) else None
        case Change() | Say() as deed:
            if done.outcome == STALE:
                return talk if talk.epoch != deed.epoch else None
            if talk.epoch != deed.epoch:
                return None
            if deed.abandoned:
                return talk if done.outcome == GIVEN_UP else None
            return _done(talk, deed, done.outcome)


def _done(talk: Talk, deed: Change | Say, outcome: object) -> Talk | None:
    if isinstance(deed, Change):
        return _changed(talk, deed.to) if outcome == deed.epoch + 1 else None
    said = tuple((deed.author.kind.value, f"{deed.named}/{part}", "due") for part in range(deed.texts))
    first = len(talk.lines) + 1
    longer = replace(talk, lines=talk.lines + said)
    return longer if outcome == tuple(range(first, first + deed.texts)) else None


def _changed(talk: Talk, to: Owner) -> Talk:
    """A specialist's take-over withdraws what the bot has not sent."""
    lines = talk.lines
    if to.kind == "specialist":
        lines = tuple(
            (kind, text, "withdrawn" if kind == "bot" and delivery == "due" else delivery)
            for kind, text, delivery in lines
        )
    return Talk(to, talk.epoch + 1, lines)


EYES = st.sampled_from(["last", "last", "start", "old"])
DEEDS = st.one_of(
    st.builds(Change, st.sampled_from(OWNERS), EYES, st.sampled_from([False, False, True])),
    st.builds(
        Say,
        st.sampled_from([BOT, BOT, IRYNA]),
        st.integers(1, 2),
        EYES,
        st.sampled_from([False, False, True]),
    ),
    st.builds(Unguarded, st.sampled_from([AuthorKind.CITIZEN, AuthorKind.NOTE])),
    st.just(Look()),
)
CHAINS = st.lists(
    st.tuples(st.integers(0, 3), st.lists(DEEDS, min_size=1, max_size=3)), min_size=2, max_size=4
)


class OwnershipRaces(RuleBasedStateMachine):
    """One conversation; each rule is a race of a few racers, each through a door of its own."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house
        self.said = 0

    @initialize()
    def begin(self) -> None:
        ref = doors.place(doors.own_community())
        self.ref = ref
        self.conversation = self.house.run(doors.begun(self.house.door(0), ref, NOW))
        self.talk = Talk(Owner("bot"), 0)

    @rule(chains=CHAINS)
    def race(self, chains: list[tuple[int, list[Deed]]]) -> None:
        """Whatever happens side by side could have happened one after another, and the log shows just that."""
        watch = Watch()
        results = self.house.run(
            together(
                *(
                    watch.chain(pause, deeds, _Racer(self, number).do)
                    for number, (pause, deeds) in enumerate(chains)
                )
            )
        )
        possible = ends(self.talk, results, step)
        seen = self.house.run(self.look())
        assert possible, f"no order of these explains their outcomes, from {self.talk}\n{told(results)}"
        assert seen in possible, f"the log shows {seen}, after {self.talk}\n{told(results)}"
        self.talk = seen

    async def look(self) -> Talk:
        async with self.house.door(0).read() as db:
            owner, epoch = await doors.owner(db, self.conversation)
            lines = await doors.lines(db, self.conversation)
        assert [line.position for line in lines] == list(range(1, len(lines) + 1))
        shown = tuple((line.author.kind.value, line.reply.text, line.delivery) for line in lines)
        return Talk(owner, epoch, shown)

    def name(self) -> str:
        """Words nobody said before."""
        self.said += 1
        return f"слово {self.said}"


class _Racer:
    """One who acts, and the epoch they last saw."""

    def __init__(self, game: OwnershipRaces, number: int) -> None:
        self.game, self.door = game, game.house.door(number)
        self.start = self.last = game.talk.epoch

    def epoch(self, eyes: Eyes) -> int:
        return {"last": self.last, "start": self.start, "old": self.start - 1}[eyes]

    async def do(self, deed: Deed) -> tuple[Deed, object]:
        match deed:
            case Change() | Say():
                deed = replace(deed, epoch=self.epoch(deed.eyes))
                if isinstance(deed, Say):
                    deed = replace(deed, named=self.game.name())
                try:
                    async with self.door.write() as db:
                        outcome = await self._guarded(db, deed)
                        if deed.abandoned:
                            raise Abandoned
                except StaleEpoch:
                    return deed, STALE
                except Abandoned:
                    return deed, GIVEN_UP
                if isinstance(outcome, int):
                    self.last = outcome
                return deed, outcome
            case Unguarded():
                deed = replace(deed, named=self.game.name())
                async with self.door.write() as db:
                    return deed, await self._unguarded(db, deed)
            case Look():
                async with self.door.read() as db:
                    seen = await doors.owner(db, self.game.conversation)
                self.last = seen[1]
                return deed, seen

    async def _guarded(self, db: AsyncConnection, deed: Change | Say) -> int | tuple[int, ...]:
        talk = self.game.conversation
        if isinstance(deed, Change):
            return await doors.change(db, talk, deed.epoch, deed.to)
        return tuple(
            [
                await doors.say(db, talk, deed.author, f"{deed.named}/{part}", NOW, epoch=deed.epoch)
                for part in range(deed.texts)
            ]
        )

    async def _unguarded(self, db: AsyncConnection, deed: Unguarded) -> int:
        talk = self.game.conversation
        if deed.kind is AuthorKind.CITIZEN:
            message = doors.wrote(self.game.ref, deed.named, deed.named, NOW)
            return await doors.hear(db, talk, message, NOW)
        note = Author(kind=AuthorKind.NOTE, id="iryna", name="Ірина")
        return await doors.say(db, talk, note, deed.named, NOW, epoch=None, sent=False)


def test_races_for_ownership_come_to_what_some_order_of_them_comes_to(house: House, short: settings) -> None:
    play(lambda: OwnershipRaces(house), short)


def test_of_many_changes_under_one_epoch_exactly_one_wins(house: House) -> None:
    async def change(talk: str, number: int, epoch: int) -> Owner | None:
        to = Owner("specialist", f"person-{number}", f"Особа {number}")
        try:
            async with house.door(number).write() as db:
                await doors.change(db, talk, epoch, to)
        except StaleEpoch:
            return None
        return to

    async def races() -> None:
        talk = await doors.begun(house.door(0), doors.place(doors.own_community()), NOW)
        for epoch in range(house.worth(15)):
            tried = await together(*(change(talk, number, epoch) for number in range(6)))
            winners = [to for to in tried if to is not None]
            assert len(winners) == 1
            async with house.door(0).read() as db:
                assert await doors.owner(db, talk) == (winners[0], epoch + 1)

    house.run(races())


def test_the_bot_never_speaks_after_the_take(house: House) -> None:
    """A bot that read the epoch, thought and speaks, against a specialist who takes: both orders, nothing between."""
    came = {"the bot was first": 0, "the take was first": 0}

    async def bot(talk: str) -> int | None:
        try:
            async with house.door(0).write() as db:
                return await doors.say(db, talk, BOT, "Ось відповідь", NOW, epoch=0)
        except StaleEpoch:
            return None

    async def specialist(talk: str) -> int | None:
        async with house.door(1).write() as db:
            epoch = await doors.change(db, talk, 0, OWNERS[2])
            return await doors.say(db, talk, IRYNA, "Добрий день", NOW, epoch=epoch)

    async def race(number: int, talk: str) -> None:
        match number % 4:
            case 0:
                said, taken = await bot(talk), await specialist(talk)
            case 1:
                taken, said = await specialist(talk), await bot(talk)
            case 2:
                said, taken = await together(bot(talk), specialist(talk))
            case _:
                taken, said = await together(specialist(talk), bot(talk))
        async with house.door(0).read() as db:
            lines = await doors.lines(db, talk)
        assert taken == len(lines)
        if said is None:
            assert [line.author.kind for line in lines] == [AuthorKind.SPECIALIST]
        else:
            assert [(line.author.kind, line.delivery) for line in lines] == [
                (AuthorKind.BOT, "withdrawn"),
                (AuthorKind.SPECIALIST, "due"),
            ]
        came["the take was first" if said is None else "the bot was first"] += 1

    async def races() -> None:
        community = doors.own_community()
        addresses = [f"citizen-{number}" for number in range(house.worth(40))]
        talks = await doors.all_begun(house.door(0), community, addresses, NOW)
        for number, talk in enumerate(talks):
            await race(number, talk)

    house.run(races())
    assert all(came.values()), came
