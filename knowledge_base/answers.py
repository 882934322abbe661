"""What the knowledge base tells the engine about an entry, ready to be said: figures filled in, sources named.

`Knowledge` is the read side of one compiled base for one community. `knowledge_base.library` builds it; the
engine reads nothing else. Every text here is Ukrainian and already has its figures (`50 000 грн`, hard spaces).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, Protocol

from knowledge_base.assessor import Assessor
from knowledge_base.screener import Screener
from knowledge_base.understanding.meaning import Danger, Facet


@dataclass(frozen=True)
class SourceLine:
    """The act an answer stands on and the day it was checked: `Джерело: {text}. Перевірено {checked_on}.`"""

    text: str
    url: str | None
    checked_on: date


@dataclass(frozen=True)
class DocumentLine:
    """One paper of a list: its name, how to bring it, where to get it, and in which case it is needed.

    `register_check`: a register may be asked instead, where the community has it.
    """

    id: str
    name: str
    note: str | None = None
    where_to_get: str | None = None
    condition: str | None = None
    register_check: bool = False


@dataclass(frozen=True)
class DocumentList:
    """The papers of an entry. `closed`: the act says nothing more may be demanded. `source` is where they stand.

    `checked` are those a register is asked for instead: nobody brings them.
    """

    sure: tuple[DocumentLine, ...]
    possible: tuple[DocumentLine, ...]
    closed: bool
    source: SourceLine | None = None
    checked: tuple[DocumentLine, ...] = ()


@dataclass(frozen=True)
class Interval:
    """Open from `opens` to `closes` on a weekday (0 = Monday); one that closes at 0:00 lasts till midnight."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class DayHours:
    """A day worked unlike its weekday, with its intervals in order. `why`: moved here, or shortened."""

    day: date
    hours: tuple[Interval, ...]
    why: Literal["moved", "shortened"] = "moved"


HALL = ""
"""The receiver of a visit that anybody in the hall takes."""


@dataclass(frozen=True)
class Absence:
    """When a position does not receive on a day; one that ends at 0:00 lasts till midnight."""

    day: date
    begins: time = time(0)
    ends: time = time(0)


@dataclass(frozen=True)
class VisitRules:
    """How an office takes bookings: minutes of a visit, days ahead, minutes from now to the first time one may have.

    `hall` is how many are received at once by whoever is free, 0 where people come to named positions only. `letter`
    begins the numbers of the hall: «А 12».
    """

    minutes: int = 20
    days_ahead: int = 14
    lead_minutes: int = 60
    hall: int = 0
    letter: str = "А"


@dataclass(frozen=True)
class Receiver:
    """A position that receives people: where, when, and of which entries (of all of them where `serves` is empty).

    `away`: when nobody sits there, whatever its weekday says.
    `short` is its name on a button. For bookings: `minutes` of a visit where they differ from the office's, `longer`
    minutes by entry, how many are received `at_once`, the `letter` of its numbers in the hall.
    """

    id: str
    position: str
    hours: tuple[Interval, ...]
    hours_text: str
    room: str | None = None
    serves: frozenset[str] = frozenset()
    note: str | None = None
    away: tuple[Absence, ...] = ()
    short: str | None = None
    minutes: int | None = None
    longer: tuple[tuple[str, int], ...] = ()
    at_once: int = 1
    letter: str | None = None


@dataclass(frozen=True)
class Office:
    """A place people are sent to. `serves` names the bodies or matters it serves (`department`, `pfu_office`, ...).

    `closed_on` and `open_on` are the days unlike their weekday, the community's calendar among them.
    `address_hidden`: the address is told on the phone only, and `address` says so. `visits` is None where nobody can
    be booked.
    """

    id: str
    name: str
    address: str
    phone: str
    hours: tuple[Interval, ...]
    hours_text: str
    serves: frozenset[str]
    closed_on: frozenset[date] = frozenset()
    open_on: tuple[DayHours, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    address_hidden: bool = False
    step_free: bool | None = None
    latitude: float | None = None
    longitude: float | None = None
    note: str | None = None
    branch_of: str | None = None
    visits: VisitRules | None = None

    def receiver(self, receiver_id: str) -> Receiver | None:
        """The position of this id; None for HALL and for one that is not here."""
        return next((one for one in self.receivers if one.id == receiver_id), None)

    def takers(self, matter: str | None) -> tuple[str, ...]:
        """Who can be booked about an entry: those who are there for it, else the hall; none where nobody is."""
        if self.visits is None:
            return ()
        own = tuple(one.id for one in self.receivers if matter is not None and matter in one.serves)
        return own or ((HALL,) if self.visits.hall else ())

    def usual_hours(self, day: date) -> tuple[Interval, ...]:
        """The intervals of the day's weekday, earliest first, whatever happens that very day."""
        return of_weekday(self.hours, day.weekday())

    def hours_on(self, day: date) -> tuple[Interval, ...]:
        """The intervals of a day, earliest first; none when the place is closed."""
        if day in self.closed_on:
            return ()
        own = next((special.hours for special in self.open_on if special.day == day), None)
        return self.usual_hours(day) if own is None else own


def of_weekday(hours: Iterable[Interval], weekday: int) -> tuple[Interval, ...]:
    """The intervals of one weekday (0 = Monday), earliest first."""
    found = (interval for interval in hours if interval.weekday == weekday)
    return tuple(sorted(found, key=lambda interval: interval.opens))


@dataclass(frozen=True)
class VisitGround:
    """On what ground somebody is received before those who wait: a button's label, whom it is about, who says so."""

    id: str
    label: str
    who: str
    source: SourceLine


@dataclass(frozen=True)
class Locality:
    """A town, village, district or street of the community, with its point in degrees (WGS 84).

    `names` are all it is called, its own first. `within` is the name of the town or village it lies in.
    """

    id: str
    name: str
    kind: Literal["town", "village", "district", "street"]
    latitude: float
    longitude: float
    names: tuple[str, ...]
    within: str | None = None
    within_id: str | None = None


@dataclass(frozen=True)
class StopDays:
    """A weekday (0 = Monday), every week or, with `of_month`, only its first, second … one of each month."""

    weekday: int
    of_month: frozenset[int] = frozenset()

    def hold(self, day: date) -> bool:
        """Whether the day is one of them."""
        ordinal = (day.day - 1) // 7 + 1
        return day.weekday() == self.weekday and (not self.of_month or ordinal in self.of_month)


@dataclass(frozen=True)
class MobileStop:
    """Where the mobile office stands in a place, when, and what it takes. `off`: days it does not come after all."""

    id: str
    locality: Locality
    place: str
    hours: tuple[Interval, ...]
    takes: str
    phone: str
    every: tuple[StopDays, ...] = ()
    dates: frozenset[date] = frozenset()
    off: frozenset[date] = frozenset()

    def planned(self, day: date) -> bool:
        """Whether it would come on a day, were nothing in the way."""
        return day in self.dates or any(rule.hold(day) for rule in self.every)

    def comes(self, day: date) -> bool:
        """Whether it comes on a day."""
        return self.planned(day) and day not in self.off


@dataclass(frozen=True)
class Notice:
    """What is pinned now, ready to be said; the heaviest comes first. Of no entry and no office: of everything."""

    id: str
    text: str
    weight: int
    entries: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    link: str | None = None


@dataclass(frozen=True)
class Door:
    """One way to hand an application in: in words, the community's own office where it is one, and what body it is."""

    words: str
    office: Office | None = None
    channel: str = ""


@dataclass(frozen=True)
class EntryCard:
    """An entry as its answer card shows it; a line that is not known is None and left out.

    `label` is for buttons (at most 20 characters), `title` the people's name, `official` the name of the act.
    `stale_year`: a figure of the headline or of the sum is not confirmed for this year; the headline says so, and
    `last_amount` is the sum known last with its day. `overdue`: not re-read in time. `doubt`: sources differ.
    """

    id: str
    group: str
    kind: str
    label: str
    title: str
    official: str | None
    headline: str
    who: str | None
    amount: str | None
    when: str | None
    where: str | None
    documents: DocumentList | None
    source: SourceLine | None
    facets: frozenset[Facet]
    overdue: bool = False
    stale_year: int | None = None
    doubt: str | None = None
    last_amount: str | None = None
    status: str = "published"  # or suspended, closed
    evaluated: bool = False  # has rules that answer «чи маю право»
    short_id: str | None = None  # an alias that fits on buttons, where the id is too long for them
    doors: tuple[Door, ...] = ()  # that are open to everybody: those with a condition are told in words only
    of_loss: bool = False  # first of all for whoever has lost somebody

    @property
    def on_button(self) -> str:
        """What stands for the entry in the ids of buttons; `resolve` knows it."""
        return self.short_id or self.id


@dataclass(frozen=True)
class Hotline:
    """Numbers to ring, when, and the day they were checked."""

    id: str
    title: str
    numbers: tuple[str, ...]
    hours: str
    checked_on: date
    trust: str


@dataclass(frozen=True)
class LifeEvent:
    """A life situation and the entries that belong to it, most asked first. `label` is for a button.

    `asked`: how it is asked whether it is somebody's. One without it is asked about `under` another, or concerns
    everybody.
    """

    id: str
    label: str
    entries: tuple[str, ...]
    asked: str | None = None
    under: str | None = None


@dataclass(frozen=True)
class Community:
    """The community this knowledge is for. `reception` is the office whose hours and phone the specialists keep."""

    id: str
    name: str
    timezone: str
    reception: Office
    retention_days: int


class Knowledge(Protocol):
    """One immutable compiled base for one community."""

    @property
    def version(self) -> str: ...

    @property
    def community(self) -> Community: ...

    @property
    def entry_ids(self) -> tuple[str, ...]:
        """Ids of everything that may be answered (published, suspended or closed)."""
        ...

    def resolve(self, entry_id: str) -> str | None:
        """The id an id or alias stands for; None for an unknown one."""
        ...

    def card(self, entry_id: str, now: datetime) -> EntryCard: ...

    def assessor(self, entry_id: str, now: datetime) -> Assessor | None:
        """The rules of an entry on the community's own day; None for one that has none."""
        ...

    def screener(self, now: datetime, situations: Collection[str] | None = None) -> Screener:
        """The rules of everything one may be entitled to in these life situations; without them, of all."""
        ...

    def facet_text(self, entry_id: str, facet: Facet, now: datetime) -> str | None:
        """The answer to one facet: a sentence of at most 90 characters, then a few lines. None if not written."""
        ...

    def offices(self, serves: str | None = None) -> tuple[Office, ...]: ...

    def offices_for(self, entry_id: str) -> tuple[Office, ...]:
        """The community's offices that take the matter of an entry, each followed by its branches that serve the same.

        Those open to everybody; where every door has a condition, all of them. Raises KeyError.
        """
        ...

    @property
    def localities(self) -> tuple[Locality, ...]: ...

    @property
    def mobile_stops(self) -> tuple[MobileStop, ...]: ...

    def with_offices(self, offices: Iterable[Office]) -> Knowledge:
        """The same base with these offices in place of its own of the same ids: open at other hours."""
        ...

    def notices(self, now: datetime) -> tuple[Notice, ...]:
        """What is pinned at this moment, the heaviest first."""
        ...

    @property
    def visit_grounds(self) -> tuple[VisitGround, ...]:
        """On what grounds people are received before those who wait, by the community's order of reception."""
        ...

    def hotline(self, hotline_id: str) -> Hotline | None: ...

    def danger_numbers(self, danger: Danger) -> Mapping[str, str]:
        """Named numbers and addresses for a danger card: `police`, `violence_line`, `food_aid`, `child_service`, ..."""
        ...

    @property
    def life_events(self) -> tuple[LifeEvent, ...]: ...

    def wordings(self, entry_id: str) -> tuple[str, ...]:
        """How people ask for an entry, in their own words."""
        ...

    def twins(self, entry_id: str) -> tuple[str, ...]:
        """Entries people mix this one up with (`not_this`), for a near-twin question."""
        ...
