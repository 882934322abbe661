"""Checks of a community's places: hours and days that can be, whom they serve, positions instead of people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from knowledge_base.checks.overlays import PlaceOf, open_points
from knowledge_base.checks.texts import texts_in
from knowledge_base.rules.base import Calendar, CommunityBase, Office, Reception
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.placeholders import HOLE, PlaceholderError, read_placeholder
from knowledge_base.rules.problems import Place, Problem, nearest
from knowledge_base.rules.schema import WEEKDAYS, Entry, Weekday

NAMED = 3
"""Entries named in one message."""
NAME = r"[А-ЯІЇЄҐ][а-яіїєґ’-]+"
NAMES = (
    re.compile(r"\b[А-ЯІЇЄҐ][\w’-]+(?:ович|йович|івна|ївна|овна|евна)\b"),
    re.compile(rf"\b[А-ЯІЇЄҐ]\.\s?(?:[А-ЯІЇЄҐ]\.\s?)?{NAME}|\b{NAME} [А-ЯІЇЄҐ]\."),
    re.compile(rf"(?<=\w ){NAME} {NAME}|^{NAME} {NAME}$"),
)
"""How people are named: with a patronymic, with initials, by two names in a row."""


def check_offices(own: CommunityBase, entries: Mapping[str, Entry], place_of: PlaceOf) -> Iterator[Problem]:
    """Each office beside the others, the community's calendar and the entries its positions serve."""
    if own.head.reception not in own.offices:
        message = f"невідома установа «{own.head.reception}»{nearest(own.head.reception, own.offices)}"
        yield place_of("community", own.head.id).at("reception").problem(message)
    elif own.offices[own.head.reception].address is None:
        message = "приймальня громади має бути з адресою"
        yield place_of("community", own.head.id).at("reception").problem(message)
    yield from _check_calendar(own.calendar, place_of("calendar", own.head.id))
    known = {*entries, *(entry.group for entry in entries.values())}
    for name, office in own.offices.items():
        place = place_of("offices", name)
        yield from _check_hours(office.hours, place.at("hours"))
        yield from _check_calendar(office, place)
        yield from _check_twice(own.calendar, office, place)
        yield from _check_place(name, office, own, place)
        for position, reception in office.reception.items():
            yield from _check_reception(reception, office, known, place.at("reception", position))
        yield from _check_shortened(office, place)
        yield from _check_visits(office, known, place)


def check_priorities(view: CommunityView, place_of: PlaceOf) -> Iterator[Problem]:
    """Whoever goes first does so by a decision that is named."""
    for name, ground in view.priorities.items():
        if ground.source not in view.sources:
            message = f"невідоме джерело «{ground.source}»{nearest(ground.source, view.sources)}"
            yield place_of("priorities", name).at("source").problem(message)


def check_matters(view: CommunityView, place_of: PlaceOf) -> Iterator[Problem]:
    """No two offices for one matter where an entry sends people to it and the overlay names neither."""
    matters = dict.fromkeys(matter for office in view.offices.values() for matter in office.serves)
    for matter in matters:
        rivals = [name for name in view.offices_of(matter) if view.offices[name].branch_of is None]
        unsettled = [name for name, entry in view.entries.items() if _sends_to(entry, matter, view)]
        if len(rivals) > 1 and unsettled:
            first, second = rivals[:2]
            more = ", …" if len(unsettled) > NAMED else ""
            message = (
                f"«{matter}» має і «{first}», і «{second}»: напишіть у fill, куди йти "
                f"({', '.join(unsettled[:NAMED])}{more}), або назвіть одну філією (branch_of)"
            )
            yield place_of("offices", second).at("serves").problem(message)


def _sends_to(entry: Entry, matter: str, view: CommunityView) -> bool:
    """Whether an entry sends people to a matter's office without the overlay saying to which one."""
    point = f"where.{matter}"
    if any(line.entry == entry.id and point in line.fill for line in view.overlay.entries):
        return False
    return point in open_points(entry) or matter in set(_offices_in(entry))


def _offices_in(entry: Entry) -> Iterator[str]:
    """The matters whose offices the texts of an entry show."""
    for _, text in texts_in(entry):
        for inside in HOLE.findall(text.uk):
            try:
                hole = read_placeholder(inside)
            except PlaceholderError:  # reported with the text
                continue
            if hole.kind == "office":
                yield hole.name


def _check_place(name: str, office: Office, own: CommunityBase, place: Place) -> Iterator[Problem]:
    if office.address is None and office.location is not None:
        yield place.at("location").problem("адресу кажуть лише телефоном: місце на мапі приберіть")
    main = own.offices.get(office.branch_of) if office.branch_of else None
    if office.branch_of and main is None:
        message = f"невідома установа «{office.branch_of}»{nearest(office.branch_of, own.offices)}"
        yield place.at("branch_of").problem(message)
    elif main is not None and (office.branch_of == name or main.branch_of is not None):
        yield place.at("branch_of").problem("філія буває лише в установи, яка сама не філія")


def _check_hours(hours: Mapping[Weekday, Iterable[str]], place: Place) -> Iterator[Problem]:
    for weekday, intervals in hours.items():
        if not forward(intervals):
            yield place.at(weekday).problem("години не йдуть одна за одною")


def _check_calendar(calendar: Calendar, place: Place) -> Iterator[Problem]:
    """No day twice, and hours that go forward."""
    written = [
        *((day, place.at("closed_on", number)) for number, day in enumerate(calendar.closed_on)),
        *((one.day, place.at("open_on", number, "day")) for number, one in enumerate(calendar.open_on)),
        *((one.day, place.at("shortened_on", n, "day")) for n, one in enumerate(calendar.shortened_on)),
    ]
    seen = Counter[object]()
    for day, here in written:
        if seen[day]:
            yield here.problem(f"{day} вже є вище: один день — один рядок")
        seen[day] += 1
    for number, special in enumerate(calendar.open_on):
        if not forward(special.hours):
            yield place.at("open_on", number, "hours").problem("години не йдуть одна за одною")


def _check_twice(shared: Calendar, office: Office, place: Place) -> Iterator[Problem]:
    """A closed day has one home."""
    for number, day in enumerate(office.closed_on if not office.own_calendar else ()):
        if day in shared.closed_on:
            message = f"{day} уже є в calendar.yaml громади: приберіть"
            yield place.at("closed_on", number).problem(message, blocking=False)


def _check_shortened(office: Office, place: Place) -> Iterator[Problem]:
    """An office's own shortened day is a day it works."""
    for number, short in enumerate(office.shortened_on):
        if not office.hours.get(WEEKDAYS[short.day.weekday()]):
            yield place.at("shortened_on", number).problem(f"{short.day} установа й так зачинена")


def _check_reception(
    reception: Reception, office: Office, known: set[str], place: Place
) -> Iterator[Problem]:
    for field in ("position", "note"):
        if named := _person_in(getattr(reception, field) or ""):
            yield place.at(field).problem(f"«{named}» схоже на ім’я: пишіть лише посаду")
    for number, matter in enumerate(reception.serves):
        if matter not in known:
            message = f"невідома картка або група «{matter}»{nearest(matter, known)}"
            yield place.at("serves", number).problem(message)
    yield from _check_hours(reception.hours, place.at("hours"))
    for weekday in reception.hours:
        if not office.hours.get(weekday):
            yield place.at("hours", weekday).problem("цього дня установа зачинена")


def _check_visits(office: Office, known: set[str], place: Place) -> Iterator[Problem]:
    """Bookings are for places one can come to, and for somebody there; positions have names for their buttons."""
    if office.visits is None:
        for position, reception in office.reception.items():
            if reception.minutes or reception.longer or reception.letter or reception.at_once > 1:
                message = (
                    "установа не веде запису: додайте visits або приберіть minutes, longer, at_once, letter"
                )
                yield place.at("reception", position).problem(message)
        return
    if office.address is None:
        yield place.at("visits").problem("адресу кажуть лише телефоном: записувати туди не можна")
    if not office.visits.hall and not office.reception:
        yield place.at("visits").problem("записувати ні до кого: додайте reception або hall")
    for position, reception in office.reception.items():
        here = place.at("reception", position)
        if reception.short is None:
            yield here.problem("додайте short: назву для кнопки запису, до 20 знаків")
        for matter in reception.longer:
            if matter not in known:
                message = f"невідома картка або група «{matter}»{nearest(matter, known)}"
                yield here.at("longer", matter).problem(message)


def _person_in(text: str) -> str | None:
    """What looks like a person's name."""
    for pattern in NAMES:
        if found := pattern.search(text):
            return found[0]
    return None


def forward(intervals: Iterable[str]) -> bool:
    """Whether hours as they are written go one after another."""
    ends = [_minutes(end) for interval in intervals for end in interval.split("-")]
    return all(earlier < later for earlier, later in pairwise(ends))


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
