"""Checks of a community's overlay: it fills only what the national entry of that version opens."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from knowledge_base.rules.base import Base, CommunityBase, OverlayEntry
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.problems import Place, Problem, nearest
from knowledge_base.rules.schema import Entry


def open_points(entry: Entry) -> list[str]:
    """What a community may fill in an entry."""
    return [f"where.{where.channel}" for where in entry.where if where.local]


def check_overlay(base: Base, own: CommunityBase, place: Place, names: set[str]) -> Iterator[Problem]:
    """Every line of the overlay beside the national entry it speaks of; `names`: broken entries as well."""
    seen: set[str] = set()
    for number, line in enumerate(own.overlay.entries):
        here = place.at("entries", number)
        if line.entry in seen:
            yield here.at("entry").problem(f"«{line.entry}» уже є вище")
        seen.add(line.entry)
        entry = base.entries.get(line.entry)
        if line.entry not in names:
            message = f"невідома картка «{line.entry}»{nearest(line.entry, names)}"
            yield here.at("entry").problem(message)
        if entry is None:
            continue
        yield from _check_line(line, entry, own, here, set(base.documents))
    for number, name in enumerate(own.overlay.local_benefits):
        if name not in own.entries:
            message = f"немає файла місцевої допомоги «{name}»{nearest(name, own.entries)}"
            yield place.at("local_benefits", number).problem(message)
    for name in own.entries:
        if name not in own.overlay.local_benefits:
            yield place.at("local_benefits").problem(f"місцеву допомогу «{name}» не оголошено")
        if name in base.entries:
            yield place.at("local_benefits").problem(f"«{name}» є в національній базі, її не замінюють")


def _check_line(
    line: OverlayEntry, entry: Entry, own: CommunityBase, place: Place, documents: set[str]
) -> Iterator[Problem]:
    points = open_points(entry)
    for point, fill in line.fill.items():
        if point not in points:
            message = f"«{point}» не відкрито для місцевих змін; можна лише {points}"
            yield place.at("fill", point).problem(message)
        if fill.office not in own.offices:
            message = f"невідома установа «{fill.office}»{nearest(fill.office, own.offices)}"
            yield place.at("fill", point, "office").problem(message)
    added = [item.doc for item in line.add.documents]
    if added and entry.documents is not None and entry.documents.closed_list:
        message = f"перелік документів вичерпний ({entry.documents.src}) — громада не може додати {added}"
        yield place.at("add", "documents").problem(message)
    for number, name in enumerate(added):
        if name not in documents:
            here = place.at("add", "documents", number, "doc")
            yield here.problem(f"невідомий документ «{name}»{nearest(name, documents)}")
    if line.made_for_version != entry.version:
        message = f"зроблено для версії {line.made_for_version}, зараз {entry.version} — перевірити"
        yield place.at("made_for_version").problem(message, blocking=False)


def check_filled(view: CommunityView, place: Place) -> Iterator[Problem]:
    """Open points that neither the overlay nor an office of the community fills."""
    for name, entry in view.entries.items():
        for point in open_points(entry):
            if view.office_serving(point.removeprefix("where."), name) is None:
                yield place.problem(f"{name}: {point} не заповнено", blocking=False)


def check_offices(own: CommunityBase, head: Place, place_of: dict[str, Place]) -> Iterator[Problem]:
    """The reception exists, and the hours of each office go forward and do not overlap."""
    if own.head.reception not in own.offices:
        message = f"невідома установа «{own.head.reception}»{nearest(own.head.reception, own.offices)}"
        yield head.at("reception").problem(message)
    for name, office in own.offices.items():
        for weekday, intervals in office.hours.items():
            ends = [_minutes(end) for interval in intervals for end in interval.split("-")]
            if any(later <= earlier for earlier, later in pairwise(ends)):
                yield place_of[name].at("hours", weekday).problem("години не йдуть одна за одною")


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
