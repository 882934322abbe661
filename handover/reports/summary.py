"""What consultations come to: waiting, first answers, ends, ratings, promises. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from handover.reports.figures import Consultation
from handover.reports.worked import Worked

STEPS = (5, 10, 15, 20, 30, 45)
"""Minutes that part the columns of first answers: up to 5, up to 10, ... and longer."""


@dataclass(frozen=True)
class Times:
    """Working minutes of many: the middle one, and what nine of ten do not exceed; None where there are none."""

    count: int
    middle: float | None
    most: float | None


def times(minutes: Iterable[float]) -> Times:
    """The middle one and the ninth of ten, by the nearest rank."""
    ordered = sorted(minutes)
    if not ordered:
        return Times(0, None, None)
    return Times(len(ordered), median(ordered), ordered[-(-len(ordered) * 9 // 10) - 1])


@dataclass(frozen=True)
class Ratings:
    """What people said of consultations."""

    yes: int = 0
    partly: int = 0
    no: int = 0

    @property
    def count(self) -> int:
        return self.yes + self.partly + self.no

    @property
    def share(self) -> float | None:
        """Which part said that it helped, from 0 to 1; None where nobody said anything."""
        return self.yes / self.count if self.count else None


def ratings(consultations: Iterable[Consultation]) -> Ratings:
    """The ratings of these; words that are none of the three are left out."""
    said = [one.rating for one in consultations]
    return Ratings(said.count("yes"), said.count("partly"), said.count("no"))


@dataclass(frozen=True)
class Column:
    """First answers within `upto` minutes (None: longer than all), in time and after the promise."""

    upto: int | None
    in_time: int
    late: int


@dataclass(frozen=True)
class Work:
    """One specialist's consultations of the period."""

    account_id: str
    name: str
    led: int
    resolved: int
    first_answer: Times
    ratings: Ratings


@dataclass(frozen=True)
class Place:
    """The consultations of the period about one office; None: about none that is known."""

    office: str | None
    opened: int
    resolved: int
    first_answer: Times
    overdue: int
    ratings: Ratings


@dataclass(frozen=True)
class Summary:
    """Everything about the consultations of a period.

    `waited` is until taken, `first_answer` until a specialist's first words, `lasted` until closed, where somebody had
    taken it; working time. Where a specialist wrote first, nobody waited. `overdue` are those whose promise was not
    kept, `pending` of them still without an answer.
    """

    opened: int
    resolved: int
    waited: Times
    first_answer: Times
    lasted: Times
    columns: tuple[Column, ...]
    overdue: tuple[Consultation, ...]
    pending: int
    ratings: Ratings
    ratings_by_topic: dict[str | None, Ratings]
    dissatisfied: tuple[Consultation, ...]
    first_answer_by_channel: dict[str, Times]
    specialists: tuple[Work, ...]
    places: tuple[Place, ...]


def summary(consultations: Sequence[Consultation], worked: Worked, now: float) -> Summary:
    """The consultations of a period as they stand now, a second of the epoch."""
    asked = [one for one in consultations if not one.ours]
    answered = [(one, one.answered) for one in asked if one.answered is not None]
    minutes = _minutes(worked, answered)
    first = {one.number: spent for (one, _), spent in zip(answered, minutes, strict=True)}
    overdue = tuple(one for one in consultations if one.overdue(now))
    late = {one.number for one in overdue}
    by_channel: dict[str, list[float]] = defaultdict(list)
    by_topic: dict[str | None, list[Consultation]] = defaultdict(list)
    by_leader: dict[str, list[Consultation]] = defaultdict(list)
    by_office: dict[str | None, list[Consultation]] = defaultdict(list)
    for one in consultations:
        by_topic[one.topic].append(one)
        by_office[one.office].append(one)
        if one.number in first:
            by_channel[one.channel].append(first[one.number])
        if one.leader_id is not None:
            by_leader[one.leader_id].append(one)
    return Summary(
        opened=len(consultations),
        resolved=sum(one.status == "resolved" for one in consultations),
        waited=times(_minutes(worked, [(one, one.taken) for one in asked if one.taken is not None])),
        first_answer=times(first.values()),
        lasted=times(
            _minutes(
                worked,
                [
                    (one, one.resolved)
                    for one in consultations
                    if one.resolved is not None and one.leader_id is not None
                ],
            )
        ),
        columns=_columns(first, late),
        overdue=overdue,
        pending=sum(one.answered is None and one.resolved is None for one in overdue),
        ratings=ratings(consultations),
        ratings_by_topic={topic: said for topic, some in by_topic.items() if (said := ratings(some)).count},
        dissatisfied=tuple(one for one in reversed(consultations) if one.rating in ("no", "partly")),
        first_answer_by_channel={channel: times(minutes) for channel, minutes in by_channel.items()},
        specialists=_specialists(by_leader, first),
        places=_places(by_office, first, late),
    )


def _minutes(worked: Worked, ends: Sequence[tuple[Consultation, int]]) -> list[float]:
    return worked.minutes([one.opened for one, _ in ends], [end for _, end in ends])


def _columns(first: dict[str, float], late: set[str]) -> tuple[Column, ...]:
    in_time, after = [0] * (len(STEPS) + 1), [0] * (len(STEPS) + 1)
    for number, minutes in first.items():
        (after if number in late else in_time)[bisect_right(STEPS, minutes)] += 1
    return tuple(
        Column(upto, good, bad) for upto, good, bad in zip((*STEPS, None), in_time, after, strict=True)
    )


def _places(
    by_office: dict[str | None, list[Consultation]], first: dict[str, float], late: set[str]
) -> tuple[Place, ...]:
    """The fullest first, those about no office last."""
    places = [
        Place(
            office=office,
            opened=len(some),
            resolved=sum(one.status == "resolved" for one in some),
            first_answer=times(first[one.number] for one in some if one.number in first),
            overdue=sum(one.number in late for one in some),
            ratings=ratings(some),
        )
        for office, some in by_office.items()
    ]
    return tuple(sorted(places, key=lambda place: (place.office is None, -place.opened, place.office or "")))


def _specialists(by_leader: dict[str, list[Consultation]], first: dict[str, float]) -> tuple[Work, ...]:
    works = [
        Work(
            account_id=account_id,
            name=some[-1].leader or "",
            led=len(some),
            resolved=sum(one.status == "resolved" for one in some),
            first_answer=times(first[one.number] for one in some if one.number in first),
            ratings=ratings(some),
        )
        for account_id, some in by_leader.items()
    ]
    return tuple(sorted(works, key=lambda work: (work.name, work.account_id)))
