"""The strict schema of entries and registries: an unknown key or a wrong type is an error.

Conditions stay as YAML trees and formulas as text here; `conditions` and `grammar` give them types.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from knowledge_base.language import typographic

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$")]
FactId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
Prose = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(typographic)]
Link = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
Hours = Annotated[
    str,
    StringConstraints(pattern=r"^([01]?\d|2[0-3]):[0-5]\d-(([01]?\d|2[0-3]):[0-5]\d|24:00)$"),
]


def _is_a_moment(written: date | str) -> date | str:
    if isinstance(written, str):
        try:
            datetime.strptime(written, "%Y-%m-%d %H:%M")
        except ValueError:
            raise PydanticCustomError("moment", "мить пишіть у лапках, як 2026-12-31 9:00") from None
    return written


Moment = Annotated[date | str, AfterValidator(_is_a_moment)]
"""A day, or a moment by the community's clock, to the minute: `"2026-12-31 9:00"`."""
Fraction = Annotated[Decimal, PlainSerializer(float, when_used="json")]  # a JSON number, read back exactly
Number = int | Fraction

Facet = Literal[
    "overview", "eligibility", "amount", "documents", "where", "how", "deadline", "refusal", "status"
]
LONGEST_ON_BUTTON = 30
"""Characters of an id that fits on every button: with what stands around it, 40 bytes."""

Status = Literal["draft", "checked", "published", "suspended", "closed"]
UNFINISHED: Status = "draft"
LOOKED_AFTER: frozenset[Status] = frozenset({"checked", "published"})
"""Somebody keeps them fresh; drafts are not ready, what is not paid now is history."""
ANSWERABLE: frozenset[Status] = frozenset({"published", "suspended", "closed"})
NOT_PAID_NOW: frozenset[Status] = frozenset({"suspended", "closed"})
Kind = Literal["cash", "subsidy", "discount", "status", "service", "referral", "in_kind"]
Danger = Literal["violence", "suicide", "evacuation", "hunger", "child"]
Unit = Literal["UAH", "UAH/month", "percent", "months", "days", "years", "m2", "number", "date", "count"]
Person = Literal["applicant", "child", "household", "deceased"]
Rounding = Literal["kopiyka", "kopiyka_down", "hryvnia", "hryvnia_down", "hryvnia_up"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Strict(BaseModel):
    """The ground of every model: nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, validate_by_name=True)


class Text(Strict):
    """A text people read. Ukrainian is required; another language carries the same placeholders."""

    uk: Prose
    en: Prose | None = None


class Act(Strict):
    """A source in the registry: the one home of its title and address."""

    title: Text
    url: Link | None = None


class ParameterValue(Strict):
    """What a parameter is from one day to another, both inclusive; the open one tells how far it is known.

    A closed one tells it too where it was vouched for less long than it is taken to have held.
    """

    from_: date = Field(alias="from")
    to: date | None = None
    value: Number | date
    source: Id
    checked_on: date | None = None
    known_through: date | None = None

    @property
    def runs_out(self) -> bool:
        """Whether it holds on days it is not vouched for."""
        return self.known_through is not None and (self.to is None or self.known_through < self.to)


class Parameter(Strict):
    """A dated value of the law. `local: fill`: a community may set its own."""

    title: Text
    unit: Unit
    local: Literal["fill"] | None = None
    next_change_expected: date | None = None
    values: tuple[ParameterValue, ...] = Field(min_length=1)


class NextValue(Strict):
    """A value that follows the one a parameter has, and holds until another follows it."""

    from_: date = Field(alias="from")
    value: Number | date
    source: Id
    checked_on: date
    known_through: date


class Continuation(Strict):
    """Values that follow those of a parameter which stands elsewhere; `unit` repeats its unit."""

    unit: Unit
    next_change_expected: date | None = None
    values: tuple[NextValue, ...] = Field(min_length=1)


class Implication(Strict):
    """When the condition holds, so do these comparisons."""

    when: object
    then: tuple[str, ...] = Field(min_length=1)


class Rare(Strict):
    """A thing few people have, as a line of the screener's list. `otherwise`: what no tick says of the fact.

    Of a choice that may be several answers: heating is central, or with gas, or electric.
    """

    line: Text
    otherwise: bool | str | Number | tuple[str, ...]


class Fact(Strict):
    """One fact, one question. `usually` is the common answer, `cost` how hard it is to answer (1 to 5).

    `person` is whose fact it is. `consent` names what must be agreed to before it is asked; `hint` where to look
    when one does not know; `tick` a line of the list «Чи стосується вас щось із цього?», where the unusual answer
    is a tick; `rare` a line of the same list where many entries are screened at once, though no tick refuses some;
    `computed` a formula over other facts that also gives it; `counts` a condition over the facts of a
    child: once all children are told one by one, this is how many of them it holds for. `max: today` for days past.
    `tellable`: a refusal may say which value would make it a yes, since nobody gains by bending it.
    """

    type: Literal["bool", "choice", "number", "money", "date"]
    person: Person
    ask: Text
    cost: int = Field(ge=1, le=5)
    options: dict[Id, Text] | None = None
    min: Number | date | None = None
    max: Number | date | Literal["today"] | None = None
    unit: Unit | None = None
    usually: bool | str | Number | None = None
    sensitive: bool = False
    consent: Literal["health"] | None = None
    why: Text
    label: Text
    hint: Text | None = None
    tick: Text | None = None
    rare: Rare | None = None
    computed: str | None = None
    counts: object | None = None
    tellable: bool = False
    implies: tuple[Implication, ...] = ()


class Document(Strict):
    """A paper: how to bring it, where to get it, how long it is good, whether a register is asked instead."""

    name: Text
    note: Text | None = None
    where_to_get: Text | None = None
    valid: Text | None = None
    register_check: bool = False


class LifeEvent(Strict):
    """A situation in life people start from.

    `asked`: how the screener asks whether it is theirs; one without it is asked `under` another, or concerns
    everybody. `raises`: delicate facts that whoever chose it has raised themselves, so that they need not wait;
    `otherwise`: what is taken so of those who were asked and did not choose it, until they say something else.
    """

    label: Text
    order: int
    asked: Text | None = None
    under: Id | None = None
    raises: tuple[str, ...] = ()
    otherwise: dict[str, bool | str | Number] = {}


class Hotline(Strict):
    """Numbers to ring. `danger` and `role` put them on danger cards; `address` is for a local place."""

    title: Text
    numbers: tuple[str, ...] = Field(min_length=1)
    hours: Text
    seen_on: tuple[str, ...] = ()
    checked_on: date
    trust: Literal["high", "good", "medium", "low"]
    danger: tuple[Danger, ...] = ()
    role: Id | None = None
    address: Text | None = None
    note: Text | None = None


class Reference(Strict):
    """An act an entry stands on: the place in it, how it was read and when."""

    id: Id
    pin: str | None
    read: Literal["full", "excerpt"]
    source_date: date | None
    checked_on: date | None
    url_read: Link | None = None


class Card(Strict):
    """The lines of the answer card, each one line; a line that is not known is left out."""

    who: Text | None = None
    amount: Text | None = None
    when: Text | None = None
    where: Text | None = None


class Derived(Strict):
    """A named step of a computation: a formula, or a function of `functions.py` over several formulas."""

    value: str | None = None
    calc: Id | None = None
    of: tuple[str, ...] = ()
    unit: Unit | None = None
    label: Text | None = None
    src: Id | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Derived:
        if (self.value is None) == (self.calc is None):
            raise PydanticCustomError("one_way", "напишіть або value (формулу), або calc (функцію) з of")
        if self.value is not None and self.of:
            raise PydanticCustomError("one_way", "of — лише до calc: з value його приберіть")
        return self


class Schedule(Strict):
    """Paid in parts: formulas, so that every figure comes from a parameter."""

    once: str
    then_monthly: str
    months: str


class Amount(Strict):
    """How much: a formula; `estimate` when another authority has the last word.

    `round` is the one rounding of the result: half up to a kopiyka or a hryvnia, or always down or up.
    """

    value: str
    per: Literal["person", "child", "household", "family", "case"] = "person"
    paid: Literal["once", "monthly", "quarterly", "yearly"] | Schedule
    round: Rounding | None = None
    estimate: bool = False


class Variant(Strict):
    """One way the benefit comes out."""

    id: Id
    when: object = "always"
    amount: Amount | None = None
    label: Text | None = None
    src: Id | None = None


class DocumentItem(Strict):
    """A paper of the list and in which case it is needed, as a rule and in words."""

    doc: Id
    when: object | None = None
    when_text: Text | None = None
    copies: int | None = Field(default=None, ge=1, le=9)


class Documents(Strict):
    """The papers; `closed_list`: the act lets nobody demand more."""

    closed_list: bool
    src: Id | None = None
    items: tuple[DocumentItem, ...]


class Deadline(Strict):
    """A last day as a formula, the words before it, and how to say it while the facts are unknown."""

    id: Id
    last_day: str
    when: object | None = None
    text: Text | None = None
    words: Text | None = None
    src: Id | None = None


class Where(Strict):
    """A channel that takes the application. `local: fill` is filled by the community."""

    channel: Id
    when: object | None = None
    local: Literal["fill"] | None = None
    text: Text | None = None


class Interview(Strict):
    """Hints for the interview; which question comes next the engine decides."""

    opening: Text | None = None
    groups: tuple[tuple[FactId, ...], ...] = ()
    accepts_ranges: tuple[FactId, ...] = ()


class Property(Strict):
    """What must hold whatever the facts: `more income never gives more`."""

    id: Id
    when_grows: FactId | None = None
    then: Literal["amount"]
    must: str


class NotModelled(Text):
    """What the law says and this entry does not evaluate."""

    ask_human: bool = False
    see: Id | None = None


class Phrasings(Strict):
    """How people ask for it: plainly, in mixed speech, and by telling what happened."""

    uk: tuple[str, ...] = Field(min_length=1)
    mixed: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()

    def every(self) -> tuple[str, ...]:
        return (*self.uk, *self.mixed, *self.situations)


class NotThis(Strict):
    """Phrases that sound like this entry and mean another: `[text, entry id]`."""

    uk: tuple[tuple[str, Id], ...] = ()


class SecondReading(Strict):
    """The day somebody else read the entry against its sources, and how many mistakes they mended."""

    day: date
    corrections: int = Field(ge=0)


class Entry(Strict):
    """Everything known of one benefit, service or referral.

    `screened` is false where nobody is entitled anew: what goes on, changes or ends with what is had already.
    """

    id: Id
    aliases: tuple[Id, ...] = ()
    version: int = Field(ge=1)
    status: Status
    kind: Kind
    group: Id
    label: Text
    title: Text
    official: Text | None = None
    short: Text
    card: Card = Card()
    answers: dict[Facet, Text]
    life_events: tuple[Id, ...] = ()
    screened: bool = True
    subject: Literal["person", "child", "household", "family", "applicant"]
    basis_date: FactId
    owner: Id
    review_by: date
    confidence: Literal["high", "medium", "low"]
    doubts: tuple[Text, ...] = ()
    sources: tuple[Reference, ...]
    second_reading: SecondReading | None = None
    derive: dict[Id, Derived] = Field(default_factory=dict)
    eligible: object | None = None
    variants: tuple[Variant, ...] = ()
    documents: Documents | None = None
    deadlines: tuple[Deadline, ...] = ()
    where: tuple[Where, ...] = ()
    interview: Interview | None = None
    properties: tuple[Property, ...] = ()
    not_modelled: tuple[NotModelled, ...]
    phrasings: Phrasings
    not_this: NotThis = NotThis()

    @property
    def short_id(self) -> str | None:
        """The alias that stands on buttons where the id is too long for them; None where it fits or has none."""
        if len(self.id) <= LONGEST_ON_BUTTON:
            return None
        return next((alias for alias in self.aliases if len(alias) <= LONGEST_ON_BUTTON), None)
