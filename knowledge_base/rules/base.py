"""The whole base as one model: registries, entries, their cases, and the communities laid over them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from knowledge_base.rules.schema import (
    Act,
    Document,
    DocumentItem,
    Entry,
    Fact,
    FactId,
    Hotline,
    Hours,
    Id,
    LifeEvent,
    Link,
    Moment,
    Number,
    Parameter,
    Prose,
    Strict,
    Text,
    Weekday,
)


class Between(Strict):
    """An amount or a range of amounts."""

    low: Number
    high: Number


class Expectation(Strict):
    """What a case expects; only what is written is compared."""

    outcome: Literal["yes", "no", "unknown", "specialist"] | None = None
    because: tuple[Id, ...] | None = None
    need: tuple[FactId, ...] | None = None
    never_asks: tuple[FactId, ...] | None = None
    variant: Id | None = None
    amount: Between | None = None
    stale: tuple[Id, ...] | None = None
    documents: tuple[Id, ...] | None = None
    possible_documents: tuple[Id, ...] | None = None
    deadlines: dict[Id, date] | None = None


class Case(Strict):
    """One worked example beside an entry; evidence only when a person has confirmed it.

    `given` holds a value, a set `[a, b]` of options or a range `[low, high]` for a fact. Cases are run from
    the files: in a snapshot dates within `given` are text.
    """

    name: str
    as_of: date
    given: dict[FactId, object]
    expect: Expectation
    confirmed_by: str | None = None


class OpenDay(Strict):
    """A day worked unlike its weekday: by these hours, or as another weekday is («субота за графіком п’ятниці»)."""

    day: date
    hours: tuple[Hours, ...] = ()
    like: Weekday | None = None

    @model_validator(mode="after")
    def _one_way(self) -> OpenDay:
        if bool(self.hours) == (self.like is not None):
            raise PydanticCustomError("one_way", "напишіть або hours, або like (день тижня)")
        return self


class ShortDay(Strict):
    """A day that ends earlier by so many minutes, as before a holiday."""

    day: date
    minutes: int = Field(ge=5, le=480)


class Calendar(Strict):
    """The days that are not as their weekday."""

    closed_on: tuple[date, ...] = ()
    open_on: tuple[OpenDay, ...] = ()
    shortened_on: tuple[ShortDay, ...] = ()


VisitMinutes = Annotated[int, Field(ge=5, le=240, multiple_of=5)]
HallLetter = Annotated[str, Field(pattern="^[А-ЩЮЯЄІЇ]$")]


class Visits(Strict):
    """How an office takes bookings: minutes of a visit, how many days ahead, how many minutes before at the latest.

    `hall`: how many people are received at once by whoever is free. `letter` begins the numbers of the hall.
    """

    minutes: VisitMinutes = 20
    days_ahead: int = Field(default=14, ge=1, le=60)
    lead_minutes: int = Field(default=60, ge=0, le=2880)
    hall: int = Field(default=0, ge=0, le=20)
    letter: HallLetter = "А"


class Reception(Strict):
    """When one position receives people and where. Never a person's name.

    `serves`: ids of entries or of their groups; empty for one who hears everything. `short` is its name on a button.
    For bookings: own `minutes`, `longer` ones by entry or group, how many `at_once`, the `letter` of its numbers.
    """

    position: Prose
    room: str | None = None
    serves: tuple[Id, ...] = ()
    hours: dict[Weekday, tuple[Hours, ...]]
    note: Prose | None = None
    short: Annotated[str, Field(max_length=20)] | None = None
    minutes: VisitMinutes | None = None
    longer: dict[Id, VisitMinutes] = Field(default_factory=dict)
    at_once: int = Field(default=1, ge=1, le=10)
    letter: HallLetter | None = None


class Office(Calendar):
    """A place people are sent to; the one home of addresses and hours.

    It keeps the community's calendar too, unless `own_calendar`; its own lines for a day come before that.
    Without `address` the place is told on the phone only. `branch_of`: a second door of another office, where
    nobody is sent unless the overlay says so. Without `visits` nobody can be booked there.
    """

    name: str
    address: str | None = None
    phone: str
    serves: tuple[Id, ...]
    hours: dict[Weekday, tuple[Hours, ...]]
    own_calendar: bool = False
    branch_of: Id | None = None
    step_free: bool | None = None
    location: tuple[Number, Number] | None = None
    reception: dict[Id, Reception] = Field(default_factory=dict)
    note: str | None = None
    visits: Visits | None = None

    @property
    def said_address(self) -> str:
        """The address, or how to learn it."""
        return self.address or "адресу скажуть телефоном"


class Locality(Strict):
    """A place people say they live in or near, with one point for all of it.

    `also`: what else people call it. `within`: the town or village of a district or a street, as several may bear its
    name.
    """

    name: Prose
    kind: Literal["town", "village", "district", "street"]
    location: tuple[Number, Number]
    also: tuple[Prose, ...] = ()
    within: Id | None = None


class StopDays(Strict):
    """Days that come round: a weekday, every week or only the first, second … one of each month."""

    weekday: Weekday
    of_month: tuple[int, ...] = ()


class MobileStop(Strict):
    """Where and when the mobile office stands in a village: by a rule, on dates of their own, or both.

    It does not come on the community's closed days, nor on `cancelled_on`. `takes`: what can be done there.
    """

    locality: Id
    place: Prose
    hours: tuple[Hours, ...] = Field(min_length=1)
    every: tuple[StopDays, ...] = ()
    dates: tuple[date, ...] = ()
    cancelled_on: tuple[date, ...] = ()
    takes: Prose
    phone: str


class Notice(Strict):
    """What is pinned above the menu and before answers about `entries` and `offices`, from a day or moment to another.

    A moment is `"2026-12-01 9:00"` by the community's clock; a day at the end is wholly in.
    """

    text: Text
    from_: Moment = Field(alias="from")
    to: Moment
    weight: int = Field(ge=1, le=9)
    entries: tuple[Id, ...] = ()
    offices: tuple[Id, ...] = ()
    link: Link | None = None


class Priority(Strict):
    """On what ground somebody is received before those who wait, by the order of reception of the community.

    `label` stands on a button, `who` is whom it is about. `source` is the decision that says so, `pin` the place in it.
    """

    label: Annotated[str, Field(max_length=20)]
    who: Text
    source: Id
    pin: str | None = None
    checked_on: date


class CommunityHead(Strict):
    """The community itself. `retention_days`: how long conversations are kept."""

    id: Id
    name: str
    timezone: str
    reception: Id
    retention_days: int = Field(ge=1)


class Fill(Strict):
    """What a community puts into an open point: which of its offices serves the matter."""

    office: Id


class Added(Strict):
    """Papers a community asks for beyond an open list."""

    documents: tuple[DocumentItem, ...] = ()


class Hidden(Strict):
    """Why a community does not offer an entry."""

    reason: Text


class OverlayEntry(Strict):
    """What a community says about one national entry, for the version it was made for."""

    entry: Id
    made_for_version: int
    fill: dict[str, Fill] = Field(default_factory=dict)
    add: Added = Added()
    hide: Hidden | None = None


class Overlay(Strict):
    """All a community adds to the national base."""

    hromada: str | None = None
    checked_on: date | None = None
    entries: tuple[OverlayEntry, ...] = ()
    local_benefits: tuple[Id, ...] = ()


class CommunityBase(Strict):
    """Everything of one community."""

    head: CommunityHead
    overlay: Overlay = Overlay()
    calendar: Calendar = Calendar()
    offices: dict[Id, Office]
    localities: dict[Id, Locality] = Field(default_factory=dict)
    mobile: dict[Id, MobileStop] = Field(default_factory=dict)
    notices: dict[Id, Notice] = Field(default_factory=dict)
    priorities: dict[Id, Priority] = Field(default_factory=dict)
    hotlines: dict[Id, Hotline] = Field(default_factory=dict)
    sources: dict[Id, Act] = Field(default_factory=dict)
    parameters: dict[Id, Parameter] = Field(default_factory=dict)
    entries: dict[Id, Entry] = Field(default_factory=dict)
    cases: dict[Id, tuple[Case, ...]] = Field(default_factory=dict)


class Base(Strict):
    """The whole base: the national part and its communities."""

    facts: dict[FactId, Fact]
    parameters: dict[Id, Parameter]
    documents: dict[Id, Document]
    sources: dict[Id, Act]
    life_events: dict[Id, LifeEvent]
    hotlines: dict[Id, Hotline]
    entries: dict[Id, Entry]
    cases: dict[Id, tuple[Case, ...]]
    names_with_figures: dict[str, str] = Field(default_factory=dict)
    communities: dict[Id, CommunityBase]
