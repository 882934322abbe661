"""Applications as their pages show them: one with its history, where they come from, a file on its way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from handover.applications.imports import Import
from handover.applications.record import State
from handover.applications.register import Application, Step
from handover.applications.syncing import SourceState
from handover.workplace import words
from knowledge_base.language import day, money, noun_form, number

STATES: dict[State, tuple[str, str]] = {
    State.SUBMITTED: ("", "подано"),
    State.ACCEPTED: ("soon", "на розгляді"),
    State.NEEDS_PAPERS: ("soon", "бракує документів"),
    State.APPROVED: ("ok", "призначено"),
    State.REFUSED: ("bad", "відмовлено"),
    State.PAID: ("ok", "виплачено"),
    State.STOPPED: ("bad", "зупинено"),
    State.CLOSED: ("", "закрито"),
}
"""How a state looks and what it is called."""

FAULTS_SHOWN = 50

_STAGES = {
    "looking": "переглядаємо файл",
    "looked": "переглянуто, ще не завантажено",
    "importing": "завантажуємо",
    "done": "завантажено",
    "cancelled": "зупинено",
    "refused": "не прийнято",
}


@dataclass(frozen=True)
class Shown:
    """One application: a word and a value a line, and its states."""

    number: str
    shown: str
    kind: str
    state: str
    lines: Sequence[tuple[str, str]]
    steps: Sequence[tuple[str, str]]
    has_code: bool


@dataclass(frozen=True)
class Coming:
    """A file on its way in. `share` of `whole` is how far it is; `faults` are line, column, why, mend."""

    id: str
    name: str
    at: str
    stage: str
    word: str
    share: int
    whole: int
    counts: Sequence[tuple[str, str]]
    faults: Sequence[tuple[str, str, str, str]]
    more: str | None
    refused: str
    runs: bool
    broken: bool
    ready: bool
    all_wrong: bool


def shown(one: Application, steps: Sequence[Step], title: str, now: datetime) -> Shown:
    """`title`: what the application is about, by the base."""
    of = one.record
    kind, state = STATES[of.state]
    period = " ".join(
        part
        for part in (
            f"з {day(of.period_from)}" if of.period_from else "",
            f"до {day(of.period_to)}" if of.period_to else "",
        )
        if part
    )
    lines = [
        ("Про що", title),
        ("Стан із", day(of.since)),
        ("Сума", money(Decimal(of.amount) / 100) if of.amount is not None else ""),
        ("Період", period),
        ("Причина", of.reason),
        ("Бракує", of.papers),
        ("Що далі", of.next_step),
        ("Станом на", words.moment(one.as_of, now)),
        ("Код", f"видано {words.moment(one.code_at, now)}" if one.code_at else "ще не видавали"),
    ]
    return Shown(
        of.number,
        of.shown,
        kind,
        state,
        [line for line in lines if line[1]],
        [(day(step.since), STATES[step.state][1]) for step in steps],
        one.code_at is not None,
    )


def source_line(state: SourceState | None, now: datetime) -> tuple[str, str] | None:
    """How the department's register answers: the kind of the notice, and its words; None where none is read."""
    if state is None:
        return None
    if state.failed_at is not None:
        good = words.moment(state.good_at, now) if state.good_at else "жодного разу"
        return "bad", f"Реєстр не відповідає. Востаннє відповів: {good}. Людям кажемо стан на той час."
    if state.good_at is None:
        return "soon", "Реєстр читаємо вперше."
    wrong = f" Не зрозуміли {number(state.wrong)} {noun_form(state.wrong, 'рядок')}." if state.wrong else ""
    return "", f"Реєстр прочитано {words.moment(state.good_at, now)}.{wrong}"


def coming(one: Import, now: datetime) -> Coming:
    counts = [
        ("Нових", number(one.counts.new)),
        ("Змінених", number(one.counts.changed)),
        ("Таких самих", number(one.counts.same)),
        ("З помилками", number(one.wrong)),
    ]
    rest = len(one.faults) - FAULTS_SHOWN
    right = one.counts.new + one.counts.changed + one.counts.same
    return Coming(
        one.id,
        one.file_name,
        words.moment(one.created_at, now),
        one.stage,
        "зупинилося саме" if one.broken_off(now) else _STAGES[one.stage],
        min(one.passed, one.total),
        one.total,
        counts if one.passed else [],
        [(number(it.line), it.column, it.why, it.mend) for it in one.faults[:FAULTS_SHOWN]],
        f"І ще {number(rest)}: усі є у файлі помилок." if rest > 0 else None,
        one.header_fault,
        one.goes_on(now),
        one.broken_off(now),
        one.stage == "looked" and right > 0,
        one.stage == "looked" and right == 0,
    )
