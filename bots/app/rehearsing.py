"""The new year beforehand: parameters with what must be filled for a day, and a dry run of a day over the base."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from bots.app.assessing import read_day
from bots.app.checking import day_of, view, whole_base
from bots.app.comparing import IN_WORDS
from bots.app.faults import BadInput, StartFault
from bots.app.settings import Settings
from bots.dialogue import cards
from knowledge_base.answers import EntryCard
from knowledge_base.checks.lapsing import GROUPS, Missing, Reason, Use, block, missing, skeleton, unvouched
from knowledge_base.checks.rehearsal import CaseShift, Rehearsed, rehearse
from knowledge_base.language import day_in_figures
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.parameters import period_at
from knowledge_base.rules.schema import Number, ParameterValue

REASONS: dict[Reason, str] = {"past_horizon": "було", "ended": "скінчилося", "not_begun": "ще не почалося"}
SHOWN_CASES = 5
LINE_WORDS = {"headline": "заголовок", "amount": "сума", "who": "кому", "when": "коли", "where": "де"}
"""The lines of a card that a figure may change, and what the table calls them."""


# ---- parameters


def parameters(settings: Settings, *, as_json: bool) -> Iterator[str]:
    """Every dated parameter with its value today, a line or an object each; `!` marks one nobody vouches for."""
    base = whole_base(settings).base
    seen, today = view(settings, base), day_of(settings, base, None)
    for name, parameter in sorted(seen.parameters.items()):
        period = period_at(parameter, today)
        vouched = unvouched(parameter, today) is None
        if as_json:
            row = {
                "id": name,
                "title": parameter.title.uk,
                "unit": parameter.unit,
                **_period(period, seen),
                "next_change_expected": _plain(parameter.next_change_expected),
                "vouched": vouched,
            }
            yield json.dumps(row, ensure_ascii=False)
        elif period is None:
            yield f"{name:<36} {'—':>12} {parameter.unit:<9} з {parameter.values[0].from_} !"
        else:
            end = period.to or period.known_through
            days = f"{period.from_} – {end}{'' if vouched else ' !'}"
            yield f"{name:<36} {period.value!s:>12} {parameter.unit:<9} {days:<25} {period.source}"


def missing_on(settings: Settings, on: str, *, as_json: bool) -> Iterator[str]:
    """What nobody vouches for on the day, by what it is filled from. Raises BadInput."""
    day = read_day(on, "--missing")
    seen = view(settings, whole_base(settings).base)
    found = missing(seen, day)
    if as_json:
        yield from (json.dumps(_object(one, day, seen), ensure_ascii=False) for one in found)
        return
    for group, several in groupby(found, key=lambda one: one.group):
        rows = list(several)
        yield f"{GROUPS[group]}: {len(rows)}"
        for one in rows:
            yield from _lines(one, seen)
        yield ""
    yield f"на {day_in_figures(day)} без підтвердженого значення {len(found)} з {len(seen.parameters)}"


def write_skeleton(settings: Settings, on: str, file: Path) -> str:
    """Writes the file of continuations to fill, never over one that is there. Raises BadInput and StartFault.

    What a community has of its own stays in its own file.
    """
    day = read_day(on, "--missing")
    base = whole_base(settings).base
    seen = view(settings, base)
    found = [one for one in missing(seen, day) if base.parameters.get(one.id) is one.parameter]
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(skeleton(found, day, seen.sources))
    except FileExistsError:
        raise BadInput(f"--yaml: {file} уже є; напишіть іншу назву") from None
    except OSError as fault:
        raise StartFault(f"can't write {file}: {fault.strerror}") from None
    return str(file)


def _object(one: Missing, day: date, seen: CommunityView) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.parameter.title.uk,
        "group": one.group,
        "unit": one.parameter.unit,
        "reason": one.reason,
        **_period(one.last, seen),
        "uses": [
            {"kind": use.kind, "id": use.id, "rules": use.rules, "texts": list(use.texts)} for use in one.uses
        ],
        "skeleton": None if one.reason == "not_begun" else "\n".join(block(one, day, seen.sources)) + "\n",
    }


def _lines(one: Missing, seen: CommunityView) -> Iterator[str]:
    last, act = one.last, seen.sources[one.last.source]
    end = last.to or last.known_through
    known = f", відомо до {day_in_figures(end)}" if end else ""
    checked = f", перевірено {day_in_figures(last.checked_on)}" if last.checked_on else ""
    yield f"  {one.id}: {one.parameter.title.uk}"
    yield f"    {REASONS[one.reason]}: {last.value} {one.parameter.unit} з {day_in_figures(last.from_)}{known}"
    yield f"    джерело: {last.source}, {act.title.uk}{checked}"
    yield f"    стоїть у: {'; '.join(map(_use, one.uses)) or 'ніде'}"


def _use(use: Use) -> str:
    where = [*(["правила"] if use.rules else []), *use.texts]
    return f"{use.id} ({', '.join(where)})"


def _period(period: ParameterValue | None, seen: CommunityView) -> dict[str, object]:
    """The fields of a period, each null where there is none."""
    if period is None:
        return dict.fromkeys(("value", "from", "to", "known_through", "source", "checked_on"))
    act = seen.sources[period.source]
    return {
        "value": _plain(period.value),
        "from": _plain(period.from_),
        "to": _plain(period.to),
        "known_through": _plain(period.known_through),
        "source": {"id": period.source, "title": act.title.uk, "url": act.url},
        "checked_on": _plain(period.checked_on),
    }


def _plain(value: Number | date | None) -> int | float | str | None:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


# ---- a dry run of a day


def rehearsal(settings: Settings, on: str, *, as_json: bool) -> Iterator[str]:
    """What each card says on the day beside today: an object an entry, or a table of those that change.

    Raises BadInput.
    """
    day = read_day(on, "DATE")
    base = whole_base(settings).base
    view(settings, base)
    today = day_of(settings, base, None)
    found = list(rehearse(base, settings.community, today, day))
    if as_json:
        yield from (json.dumps(_rehearsed(one), ensure_ascii=False) for one in found)
        return
    changed = [one for one in found if _differs(one)]
    yield f"{day_in_figures(day)} проти {day_in_figures(today)}"
    for one in changed:
        yield ""
        yield from _table(one)
    yield ""
    yield (
        f"карток {len(found)}, іншими стають {len(changed)}; "
        f"втрачають чинність значень {len({name for one in found for name in _new(one)})}, "
        f"уже втратили {len({name for one in found for name in one.already})}; "
        f"випадків без підтвердженого значення {sum(len(one.cases) for one in found)}; "
        f"прострочено джерел {_due(found, 'source')}, переглядів {_due(found, 'review')}"
    )


def _differs(one: Rehearsed) -> bool:
    return bool(_new(one) or one.cases or _said(one.before) != _said(one.after))


def _new(one: Rehearsed) -> list[str]:
    return [name for name in one.lapsed if name not in one.already]


def _due(found: list[Rehearsed], kind: str) -> int:
    return sum(due.kind == kind for one in found for due in one.due)


def _said(card: EntryCard) -> dict[str, str | None]:
    """The lines of the card as a person reads them."""
    return {
        "headline": card.headline,
        "amount": cards.amount(card),
        "who": card.who,
        "when": card.when,
        "where": card.where,
    }


def _rehearsed(one: Rehearsed) -> dict[str, object]:
    return {
        "id": one.id,
        "status": one.status,
        "today": _said(one.before),
        "then": _said(one.after),
        "lapsed": list(one.lapsed),
        "already": list(one.already),
        "texts": list(one.texts),
        "due": [{"kind": due.kind, "name": due.name, "due": due.due.isoformat()} for due in one.due],
        "cases": [
            {
                "name": shift.name,
                "held": shift.held,
                "outcome": shift.outcome,
                "stale": list(shift.stale),
                "sum_withheld": shift.withheld,
            }
            for shift in one.cases
        ],
    }


def _table(one: Rehearsed) -> Iterator[str]:
    yield f"{one.id} ({one.status})"
    before, after = _said(one.before), _said(one.after)
    for line, words in LINE_WORDS.items():
        if before[line] != after[line]:
            yield f"  {words + ':':<12}{_in_a_line(before[line])}"
            yield f"  {'стане:':<12}{_in_a_line(after[line])}"
    if new := _new(one):
        yield f"  {'значення:':<12}{', '.join(new)}"
    if one.texts:
        yield f"  {'у текстах:':<12}{', '.join(one.texts)}"
    if one.cases:
        yield f"  {'випадки:':<12}{len(one.cases)}, без суми {sum(shift.withheld for shift in one.cases)}"
    flipped = [shift for shift in one.cases if shift.held != shift.outcome]
    yield from map(_shift, flipped[:SHOWN_CASES])
    if len(flipped) > SHOWN_CASES:
        yield f"{'':<14}і ще {len(flipped) - SHOWN_CASES}"


def _in_a_line(text: str | None) -> str:
    return "нічого" if text is None else text.replace("\n", " / ")


def _shift(shift: CaseShift) -> str:
    return f"{'':<14}«{shift.name}»: {IN_WORDS[shift.held]} → {IN_WORDS[shift.outcome]}"
