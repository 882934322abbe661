"""One row of a file or of a register as a record, or what is wrong with each of its cells and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from handover.applications.record import Record, State
from knowledge_base.language import MONTHS
from knowledge_base.understanding.receipts import canonical

NUMBER, MATTER, STATE, SINCE = "number", "matter", "state", "since"
AMOUNT, PERIOD_FROM, PERIOD_TO = "amount", "period_from", "period_to"
REASON, NEXT_STEP, PAPERS, COMMUNITY = "reason", "next_step", "papers", "community"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    NUMBER: ("номер заяви", "номер", "№", "№ заяви", "номер звернення", "реєстраційний номер", "number"),
    MATTER: ("вид допомоги", "справа", "тема", "допомога", "виплата", "послуга", "вид", "matter"),
    STATE: ("стан", "статус", "рішення", "стан заяви", "state", "status"),
    SINCE: ("дата стану", "дата", "з якого дня", "дата рішення", "стан з", "since"),
    AMOUNT: ("сума", "розмір", "призначено грн", "сума грн", "amount"),
    PERIOD_FROM: ("період з", "призначено з", "з", "початок", "period_from"),
    PERIOD_TO: ("період до", "призначено до", "по", "до", "період по", "кінець", "period_to"),
    REASON: ("причина відмови", "причина", "підстава відмови", "reason"),
    NEXT_STEP: ("що далі", "що робити", "наступний крок", "примітка для людини", "next_step"),
    PAPERS: ("яких документів бракує", "бракує документів", "бракує", "не вистачає", "papers"),
    COMMUNITY: ("громада", "код громади", "community"),
}
"""What a column may be called, the first being how we call it; compared without capitals and signs."""

NEEDED = (NUMBER, MATTER, STATE, SINCE)

STATES: Mapping[str, State] = {
    "подано": State.SUBMITTED,
    "подана": State.SUBMITTED,
    "зареєстровано": State.SUBMITTED,
    "на розгляді": State.ACCEPTED,
    "прийнято": State.ACCEPTED,
    "розглядається": State.ACCEPTED,
    "в роботі": State.ACCEPTED,
    "бракує документів": State.NEEDS_PAPERS,
    "очікує документів": State.NEEDS_PAPERS,
    "потрібні документи": State.NEEDS_PAPERS,
    "призначено": State.APPROVED,
    "погоджено": State.APPROVED,
    "задоволено": State.APPROVED,
    "відмовлено": State.REFUSED,
    "відмова": State.REFUSED,
    "виплачено": State.PAID,
    "сплачено": State.PAID,
    "виплата проведена": State.PAID,
    "зупинено": State.STOPPED,
    "призупинено": State.STOPPED,
    "закрито": State.CLOSED,
    "завершено": State.CLOSED,
    "припинено": State.CLOSED,
    **{state.value: state for state in State},
}

LONGEST = {NUMBER: 60, MATTER: 120, REASON: 300, NEXT_STEP: 300, PAPERS: 400}
OLDEST = date(1991, 1, 1)
YEARS_AHEAD = 10
MOST = Decimal(100_000_000)
"""Hryvnias: more than that is a slip of the keyboard."""

_MONTHS = {name: number for number, name in enumerate(MONTHS, 1)}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d.*)?")
_FIGURES = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:\s*р\.?)?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?")
_WORDS = re.compile(r"(\d{1,2})\s+([а-яіїєґ]+)\s+(\d{4})(?:\s*р(?:оку|\.)?)?")
_SUM = re.compile(r"-?\d+(?:\.\d{1,2})?")
_SIGNS = re.compile(r"[^\w№]+")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row: the line of the file, the column by its heading, why, and how to mend it."""

    line: int
    column: str
    why: str
    mend: str


class _Wrong(Exception):
    def __init__(self, why: str, mend: str) -> None:
        super().__init__(why)
        self.why, self.mend = why, mend


def column_called(heading: str) -> str | None:
    """The column that a heading names; None for one of no use to us."""
    return _CALLED.get(plain(heading))


def heading(column: str) -> str:
    """How we call a column."""
    return COLUMNS[column][0].capitalize()


def plain(words: str) -> str:
    """Words without capitals, signs and needless spaces."""
    return " ".join(_SIGNS.sub(" ", words.lower()).split())


_CALLED = {plain(name): column for column, names in COLUMNS.items() for name in names}
_STATES = {plain(name): state for name, state in STATES.items()}


def parsed(
    line: int,
    cells: Mapping[str, object],
    community: str,
    today: date,
    states: Mapping[str, State] = {},
) -> Record | list[Fault]:
    """The record of a row; every fault of it where there is one. `cells` by column; `states` a register's own words."""
    faults: list[Fault] = []

    def cell(column: str) -> str:
        return _text(cells.get(column))

    def wrong(column: str, why: str, mend: str) -> None:
        faults.append(Fault(line, heading(column), why, mend))

    for column, most in LONGEST.items():
        if len(cell(column)) > most:
            wrong(column, f"довше ніж {most} знаків", "скоротіть")
    if (foreign := cell(COMMUNITY)) and foreign.lower() != community.lower():
        wrong(COMMUNITY, "заява іншої громади", "приберіть рядок або виправте громаду")
    number = canonical(cell(NUMBER))
    if number is None:
        wrong(
            NUMBER,
            "немає номера" if not cell(NUMBER) else "це не номер",
            "від 3 до 40 знаків, серед них цифри",
        )
    if not cell(MATTER):
        wrong(MATTER, "порожньо", "напишіть, на яку допомогу заява")
    said = plain(cell(STATE))
    state = states.get(cell(STATE).lower()) or _STATES.get(said)
    if state is None:
        wrong(STATE, "невідомий стан" if said else "порожньо", f"одне з: {', '.join(_first_words())}")
    days: dict[str, date | None] = {}
    for column in (SINCE, PERIOD_FROM, PERIOD_TO):
        try:
            days[column] = _day(cells.get(column), today)
        except _Wrong as fault:
            wrong(column, fault.why, fault.mend)
    since = days.get(SINCE)
    if since is None and SINCE in days:
        wrong(SINCE, "порожньо", "напишіть день так: 24.11.2026")
    if since is not None and since > today:
        wrong(SINCE, "день ще не настав", "перевірте рік і місяць")
    began, ended = days.get(PERIOD_FROM), days.get(PERIOD_TO)
    if began is not None and ended is not None and ended < began:
        wrong(PERIOD_TO, "кінець раніше за початок", "поміняйте дні місцями або виправте рік")
    amount = None
    try:
        amount = _amount(cell(AMOUNT))
    except _Wrong as fault:
        wrong(AMOUNT, fault.why, fault.mend)
    if faults or number is None or state is None or since is None:
        return faults
    return Record(
        number=number,
        shown=cell(NUMBER),
        matter=cell(MATTER),
        state=state,
        since=since,
        amount=amount,
        period_from=began,
        period_to=ended,
        reason=cell(REASON),
        next_step=cell(NEXT_STEP),
        papers=cell(PAPERS),
    )


def _text(value: object) -> str:
    """A cell as it reads: whole numbers without a fraction, others in kopiykas at most."""
    if value is None:
        return ""
    if isinstance(value, float | Decimal):
        return str(int(value)) if value == int(value) else f"{value:.2f}"
    return " ".join(str(value).split())


def _first_words() -> Iterator[str]:
    """How we call each state."""
    seen: set[State] = set()
    for word, state in STATES.items():
        if state not in seen:
            seen.add(state)
            yield word


def _day(value: object, today: date) -> date | None:
    """A day as files, databases and people write it."""
    if isinstance(value, datetime):
        return _possible(value.date(), today)
    if isinstance(value, date):
        return _possible(value, today)
    text = "" if value is None else " ".join(str(value).lower().split())
    if not text:
        return None
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _FIGURES.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif (found := _WORDS.fullmatch(text)) and found[2] in _MONTHS:
        day, month, year = int(found[1]), _MONTHS[found[2]], int(found[3])
    else:
        raise _Wrong("це не дата", "напишіть так: 24.11.2026 або 2026-11-24")
    try:
        return _possible(date(year, month, day), today)
    except ValueError:
        raise _Wrong("такого дня немає в календарі", "перевірте день і місяць") from None


def _possible(day: date, today: date) -> date:
    if not OLDEST <= day <= date(today.year + YEARS_AHEAD, 12, 31):
        raise _Wrong("неможливий рік", "перевірте рік")
    return day


def _amount(text: str) -> int | None:
    """Kopiykas out of `12 345,67 грн`."""
    kept = re.sub(r"(?:грн|uah|₴|\s|\u00a0|')", "", text.lower().rstrip(".")).replace(",", ".")
    if not kept:
        return None
    if kept.count(".") > 1:
        # `1.234.567,89`: all but the last part groups.
        whole, _, rest = kept.rpartition(".")
        kept = f"{whole.replace('.', '')}.{rest}"
    if not _SUM.fullmatch(kept):
        raise _Wrong("це не сума", "напишіть число: 1234,56")
    try:
        hryvnias = Decimal(kept)
    except InvalidOperation:
        raise _Wrong("це не сума", "напишіть число: 1234,56") from None
    if hryvnias < 0:
        raise _Wrong("сума менша за нуль", "перевірте знак")
    if hryvnias > MOST:
        raise _Wrong("завелика сума", "перевірте, чи немає зайвих цифр")
    return int(hryvnias * 100)
