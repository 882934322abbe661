"""Checks of a community's overlay: it fills only what the national base opens, and takes no national name.

What each refusal means and how it is mended is told to editors in `docs/add-a-community.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from knowledge_base.checks.rules import check_condition
from knowledge_base.rules.base import Base, CommunityBase, OverlayEntry
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.kinds import Scope
from knowledge_base.rules.problems import Place, Problem, nearest
from knowledge_base.rules.schema import Entry

PlaceOf = Callable[[str, str], Place]
"""Where a thing of the community stands, by registry and id."""


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
            message = f"«{name}» є в національній базі, її не замінюють: назвіть місцеву інакше"
            yield place.at("local_benefits").problem(message)


def check_names(base: Base, own: CommunityBase, place_of: PlaceOf) -> Iterator[Problem]:
    """No sum, act or hotline of a community under a national id, but for the sums that are open to it."""
    for name in own.parameters:
        national = base.parameters.get(name)
        if national is not None and national.local is None:
            message = f"«{name}» є в національній базі: суму закону громада не змінює, візьміть іншу назву"
            yield place_of("parameters", name).problem(message)
        elif national is not None and national.unit != own.parameters[name].unit:
            message = f"у національній базі це {national.unit}, а не {own.parameters[name].unit}"
            yield place_of("parameters", name).at("unit").problem(message)
    for registry, national_names, names in (
        ("sources", base.sources.keys(), own.sources),
        ("hotlines", base.hotlines.keys(), own.hotlines),
    ):
        for name in names:
            if name in national_names:
                message = f"«{name}» є в національній базі: візьміть іншу назву"
                yield place_of(registry, name).problem(message)


def _check_line(
    line: OverlayEntry, entry: Entry, own: CommunityBase, place: Place, documents: set[str]
) -> Iterator[Problem]:
    points = open_points(entry)
    if line.hide and (line.fill or line.add.documents):
        yield place.at("hide").problem("приховану картку не заповнюють: лишіть або hide, або fill і add")
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
    asked = {item.doc for item in entry.documents.items} if entry.documents else set()
    for number, name in enumerate(added):
        if name in asked or name in added[:number]:
            here = place.at("add", "documents", number, "doc")
            yield here.problem(f"«{name}» уже є в переліку картки: приберіть")
    for number, name in enumerate(added):
        if name not in documents:
            here = place.at("add", "documents", number, "doc")
            yield here.problem(f"невідомий документ «{name}»{nearest(name, documents)}")
    if line.made_for_version != entry.version:
        message = f"зроблено для версії {line.made_for_version}, зараз {entry.version} — перевірити"
        yield place.at("made_for_version").problem(message, blocking=False)


def check_added(view: CommunityView, own: CommunityBase, place: Place, scope: Scope) -> Iterator[Problem]:
    """The conditions of the papers that a community adds."""
    for number, line in enumerate(own.overlay.entries):
        entry = view.entries.get(line.entry)
        acts = {one.id for one in entry.sources} if entry else set()
        deadlines = {one.id for one in entry.deadlines} if entry else set()
        for position, item in enumerate(line.add.documents):
            here = place.at("entries", number, "add", "documents", position)
            if item.when is not None:
                yield from check_condition(item.when, here.at("when"), scope, acts, deadlines)
            if (item.when is None) != (item.when_text is None):
                yield here.problem("when і when_text бувають лише разом")


def check_filled(view: CommunityView, place: Place) -> Iterator[Problem]:
    """Open points that neither the overlay nor an office of the community fills."""
    for name, entry in view.entries.items():
        for point in open_points(entry):
            if view.office_serving(point.removeprefix("where."), name) is None:
                yield place.problem(f"{name}: {point} не заповнено", blocking=False)
