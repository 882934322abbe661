"""A report as its template shows it: a sentence first, five figures, then charts and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import urlencode

from handover.reports.checking import Check
from handover.reports.figures import Consultation, Sifted, Split, total
from handover.reports.periods import OWN, Period
from handover.reports.report import Report
from handover.reports.summary import Ratings
from handover.reports.unanswered import InVain
from handover.tickets.wording import clock
from handover.workplace import charts
from handover.workplace.charts import Chart, Table
from handover.workplace.queue_view import Chip
from handover.workplace.report_words import (
    DAYS,
    NOT_SAID,
    PERIODS,
    Title,
    between,
    channel,
    compared,
    days,
    minutes,
    series,
    share,
    span_of,
)
from handover.workplace.words import unbroken
from knowledge_base.language import MONTHS, noun_form, number, plural

WIDE, HALF = 1100, 514
TOPICS_SHOWN = 8
LISTED = 8
LOW = 0.5
"""A bot that deals with less of a topic alone needs somebody's attention."""

ENOUGH_RATINGS = 2
DAILY, WEEKLY = 35, 245
"""Up to how many days the columns are days, and weeks; months beyond."""

_SERIES = ("закрив бот", "спеціаліст письмово", "телефон")
_RATINGS = {"no": "Ні", "partly": "Частково"}


@dataclass(frozen=True)
class Option:
    """One choice of a list."""

    value: str
    word: str
    chosen: bool


@dataclass(frozen=True)
class Figure:
    """One of the five: its name, value, unit, what it is compared with; `bad` where it needs a person."""

    name: str
    value: str
    unit: str
    beside: str
    bad: bool = False


@dataclass(frozen=True)
class Item:
    """A consultation of a list, without anybody's words."""

    number: str
    href: str
    topic: str
    who: str
    chip: Chip


@dataclass(frozen=True)
class ChannelRow:
    """`bar` is the width of its bar of 240."""

    name: str
    visits: str
    bar: float
    part: str
    bot: str
    waited: str


@dataclass(frozen=True)
class WorkRow:
    name: str
    led: str
    resolved: str
    answer: str
    helped: str


@dataclass(frozen=True)
class PlaceRow:
    """What an office's row says; `visits` counts the conversations in which the office was known."""

    name: str
    visits: str
    opened: str
    resolved: str
    answer: str
    overdue: str
    helped: str


@dataclass(frozen=True)
class ReportPage:
    """Everything the page shows; `query` is the address of the same report."""

    query: str
    periods: tuple[Option, ...]
    own: bool
    first: str
    last: str
    today: str
    channels: tuple[Option, ...]
    topics: tuple[Option, ...]
    offices: tuple[Option, ...]
    days: str
    lead: str
    figures: tuple[Figure, ...]
    empty: bool
    by_day: Chart
    heaviest: str
    by_topic: Chart
    by_hour: Chart
    peak: str
    answers: Chart
    answered: str
    ratings: Chart | None
    overdue: tuple[Item, ...]
    overdue_says: str
    dissatisfied: tuple[Item, ...]
    dissatisfied_says: str
    by_channel: tuple[ChannelRow, ...]
    channels_total: ChannelRow
    specialists: tuple[WorkRow, ...]
    places: tuple[PlaceRow, ...]


def query_of(period: Period, sifted: Sifted) -> str:
    """The query that names this report."""
    asked = {"period": period.name}
    if period.name == OWN:
        asked |= {"from": period.first.isoformat(), "to": period.last.isoformat()}
    asked |= {
        "channel": sifted.channel or "",
        "topic": sifted.topic or "",
        "office": sifted.office or "",
    }
    return urlencode({name: value for name, value in asked.items() if value})


def page(report: Report, title: Title, place: Title) -> ReportPage:
    """A report in words and shapes."""
    period, sifted, visited, done = report.period, report.sifted, report.visited, report.consulted
    return ReportPage(
        query=query_of(period, sifted),
        periods=tuple(Option(name, word, name == period.name) for name, word in PERIODS.items()),
        own=period.name == OWN,
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        today=period.now.astimezone(period.zone).date().isoformat(),
        channels=_options(
            "Усі канали", [(name, channel(name)) for name in report.there.channels], sifted.channel
        ),
        topics=_options("Усі теми", [(one, title(one)) for one in report.there.topics], sifted.topic),
        offices=_options("Усі місця", [(one, place(one)) for one in report.there.offices], sifted.office),
        days=days(period),
        lead=lead(report, title),
        figures=_figures(report),
        empty=not visited.total.total and not done.opened,
        by_day=_by_day(visited.days),
        heaviest=_heaviest(visited.days),
        by_topic=_by_topic(visited.topics, title),
        by_hour=_by_hour(visited.hours),
        peak=_peak(visited.hours),
        answers=_answers(report),
        answered=_answered(report),
        ratings=_ratings(report, title),
        overdue=tuple(_overdue(one, title) for one in reversed(done.overdue[-LISTED:])),
        overdue_says=_overdue_says(len(done.overdue), done.pending),
        dissatisfied=tuple(_dissatisfied(one, title) for one in done.dissatisfied[:LISTED]),
        dissatisfied_says=_dissatisfied_says(done.ratings),
        by_channel=_channels(report),
        channels_total=ChannelRow(
            "Разом",
            number(visited.total.total),
            0,
            share(1.0 if visited.total.total else None),
            share(visited.total.share),
            minutes(done.first_answer.middle),
        ),
        specialists=tuple(
            WorkRow(
                work.name,
                number(work.led),
                number(work.resolved),
                minutes(work.first_answer.middle),
                _helped(work.ratings),
            )
            for work in done.specialists
        ),
        places=_places(report, place),
    )


def _places(report: Report, place: Title) -> tuple[PlaceRow, ...]:
    """Nothing where no office is known: a table of one row without a name says nothing."""
    if not report.there.offices:
        return ()
    visits = dict(report.visited.offices)
    led = {one.office: one for one in report.consulted.places}
    ordered = sorted(
        {*visits, *led},
        key=lambda office: (office is None, -visits.get(office, Split()).total, place(office)),
    )
    rows = []
    for office in ordered:
        one = led.get(office)
        rows.append(
            PlaceRow(
                place(office),
                number(visits.get(office, Split()).total),
                number(one.opened if one else 0),
                number(one.resolved if one else 0),
                minutes(one.first_answer.middle if one else None),
                number(one.overdue if one else 0),
                NOT_SAID if one is None else _helped(one.ratings),
            )
        )
    return tuple(rows)


def _options(everything: str, named: Iterable[tuple[str, str]], chosen: str | None) -> tuple[Option, ...]:
    ordered = sorted(named, key=lambda pair: pair[1])
    if chosen is not None and chosen not in dict(ordered):
        ordered.append((chosen, chosen))
    return (
        Option("", everything, chosen is None),
        *(Option(value, word, value == chosen) for value, word in ordered),
    )


def lead(report: Report, title: Title) -> str:
    """The report in some sentences."""
    visited, done = report.visited.total, report.consulted
    if not visited.total:
        return "За цей період розмов не було."
    said = [f"{plural(visited.total, 'розмова')} за {plural(len(report.period.days), 'день')}."]
    if visited.share is not None:
        said.append(f"Бот закрив сам {share(visited.share)} письмових.")
    if done.first_answer.middle is not None:
        said.append(f"Хто кликав людину, чекав на відповідь зазвичай {minutes(done.first_answer.middle)}.")
    if done.overdue:
        missed = len(done.overdue)
        verb = "Прострочено" if missed != 1 else "Прострочена"
        said.append(f"{verb} {plural(missed, 'обіцянка')}.")
    worst = _worst(report)
    if worst is not None:
        topic, low = worst
        said.append(
            f"Найчастіше не допомагає в темі «{title(topic)}»: {plural(low, 'оцінка')} «ні» чи «частково»."
        )
    return " ".join(said)


def _worst(report: Report) -> tuple[str, int] | None:
    """The topic with the most people who were not helped, where there are enough of them."""
    low = {
        topic: said.no + said.partly
        for topic, said in report.consulted.ratings_by_topic.items()
        if topic is not None
    }
    topic = max(sorted(low), key=lambda one: low[one], default=None)
    return None if topic is None or low[topic] < ENOUGH_RATINGS else (topic, low[topic])


def _figures(report: Report) -> tuple[Figure, ...]:
    visited, before = report.visited.total, report.visited_before
    done, earlier = report.consulted, report.consulted_before
    when = span_of(report.period.before)
    overdue = len(done.overdue)
    most = f"90 % людей до {minutes(done.first_answer.most)}, " if done.first_answer.count else ""
    return (
        Figure("Розмови", number(visited.total), "", compared(visited.total, before.total, when)),
        Figure("Бот закрив сам", share(visited.share), "письмових", f"{when} — {share(before.share)}"),
        Figure(
            "Чекали на людину",
            minutes(done.first_answer.middle),
            "медіана" if done.first_answer.count else "",
            f"{most}{when} — {minutes(earlier.first_answer.middle)}",
        ),
        Figure(
            "Людина допомогла",
            share(done.ratings.share),
            "сказали «так»" if done.ratings.count else "",
            f"{plural(done.ratings.count, 'оцінка')}, {when} — {share(earlier.ratings.share)}",
        ),
        Figure(
            "Прострочені обіцянки",
            number(overdue),
            f"із {number(done.opened)}",
            f"{f'ще без відповіді {number(done.pending)}, ' if done.pending else ''}"
            f"{when} — {number(len(earlier.overdue))} із {number(earlier.opened)}",
            bad=overdue > 0,
        ),
    )


def _by_day(by_day: Sequence[tuple[date, Split]]) -> Chart:
    groups = _grouped(by_day)
    columns = [
        charts.Column(label, tuple(zip((some.bot, some.person, some.phone), charts.SERIES, strict=True)))
        for label, _, some in groups
    ]
    table = Table(
        ("Коли", *_SERIES, "разом"),
        tuple((whole, *series(some), str(some.total)) for _, whole, some in groups),
    )
    sums = total(some for _, some in by_day)
    parts = ", ".join(f"{name} {count}" for name, count in zip(_SERIES, series(sums), strict=True))
    says = f"Розмови по днях: усього {sums.total}, {parts}."
    return charts.columns(columns, says, table, width=WIDE, widest=60)


def _grouped(by_day: Sequence[tuple[date, Split]]) -> list[tuple[tuple[str, ...], str, Split]]:
    """A column's label, its name in full, its visits: by days, by weeks from Monday, or by months."""
    if len(by_day) <= DAILY:
        return [((str(day.day), DAYS[day.weekday()]), between(day, day), some) for day, some in by_day]
    weekly = len(by_day) <= WEEKLY
    found: list[tuple[tuple[str, ...], str, Split]] = []
    for _, some in groupby(
        by_day,
        key=lambda pair: pair[0] - timedelta(days=pair[0].weekday()) if weekly else pair[0].replace(day=1),
    ):
        inside = list(some)
        first, last = inside[0][0], inside[-1][0]
        label = (
            (f"{first.day}.{first.month:02d}", "тиждень")
            if weekly
            else (MONTHS[first.month - 1][:3], str(first.year))
        )
        found.append((label, between(first, last), total(part for _, part in inside)))
    return found


def _heaviest(by_day: Sequence[tuple[date, Split]]) -> str:
    if len(by_day) < 2:
        return ""
    day, some = max(by_day, key=lambda pair: pair[1].total)
    return f"Найбільше — {between(day, day)}: {plural(some.total, 'розмова')}" if some.total else ""


def _by_topic(topics: Sequence[tuple[str | None, Split]], title: Title) -> Chart:
    named = [(title(topic), some) for topic, some in topics]
    shown, rest = named[:TOPICS_SHOWN], named[TOPICS_SHOWN:]
    if rest:
        shown.append((f"Інші, тем: {len(rest)}", total(some for _, some in rest)))
    rows = [
        charts.Bar(
            name,
            (some.bot, some.person, some.phone),
            (number(some.total), f"{'▼ ' if _is_low(some) else ''}{share(some.share)}"),
            _is_low(some),
        )
        for name, some in shown
    ]
    table = Table(
        ("Тема", *_SERIES, "разом", "бот сам"),
        tuple((name, *series(some), str(some.total), share(some.share)) for name, some in named),
    )
    says = "Теми: " + "; ".join(f"{name} {some.total}" for name, some in shown) + "."
    return charts.bars(rows, ("усього", "бот сам"), says, table, width=HALF)


def _is_low(some: Split) -> bool:
    return some.share is not None and some.share < LOW


def _by_hour(hours: dict[tuple[int, int], int]) -> Chart:
    used = [hour for (_, hour), count in hours.items() if count]
    span = range(min([8, *used]), max([17, *used]) + 1)
    cells = [[hours.get((weekday, hour), 0) for hour in span] for weekday in range(7)]
    heads = [str(hour) for hour in span]
    table = Table(
        ("День", *heads),
        tuple((DAYS[weekday], *(str(count) for count in row)) for weekday, row in enumerate(cells)),
    )
    says = f"Розмови за днем тижня й годиною. {_peak(hours)}"
    return charts.heat(DAYS, heads, cells, says, table, width=HALF)


def _peak(hours: dict[tuple[int, int], int]) -> str:
    if not hours:
        return "Розмов не було"
    weekday, hour = max(sorted(hours), key=lambda key: hours[key])
    return f"Скільки розмов почалося о цій годині. Найбільше: {DAYS[weekday]}, {hour}:00–{hour + 1}:00"


def _answers(report: Report) -> Chart:
    done = report.consulted
    named = []
    lower = 0
    for column in done.columns:
        label = (
            f"понад {lower}"
            if column.upto is None
            else f"{lower}–{column.upto}"
            if lower
            else f"до {column.upto}"
        )
        named.append((label, column))
        lower = column.upto or lower
    bars = [charts.Column((label,), ((column.in_time, "s1"), (column.late, "sx"))) for label, column in named]
    table = Table(
        ("Хвилин", "вчасно", "після обіцяного"),
        tuple((label, str(column.in_time), str(column.late)) for label, column in named),
    )
    says = (
        f"Скільки чекали на першу відповідь: {plural(done.first_answer.count, 'консультація')}, "
        f"медіана {minutes(done.first_answer.middle)}."
    )
    under = "хвилин до першої відповіді людини, у робочий час"
    return charts.columns(bars, says, table, width=HALF, plot=120, under=under)


def _answered(report: Report) -> str:
    done = report.consulted
    if not done.opened:
        return "Людину не кликали"
    called = f"Людину кликали {number(done.opened)} {noun_form(done.opened, 'раз')}"
    said = f"{called}, відповідь дістали {number(done.first_answer.count)}"
    if done.waited.middle is not None:
        said += f". Узяли зазвичай за {minutes(done.waited.middle)}"
    if done.lasted.middle is not None:
        said += f", закрили за {minutes(done.lasted.middle)}"
    return said


def _ratings(report: Report, title: Title) -> Chart | None:
    said = report.consulted.ratings
    if said.share is None:
        return None
    ordered = sorted(
        report.consulted.ratings_by_topic.items(), key=lambda pair: (-pair[1].count, title(pair[0]))
    )
    marks = [
        charts.Mark(title(topic), one.share, (share(one.share), plural(one.count, "оцінка")))
        for topic, one in ordered[:TOPICS_SHOWN]
        if one.share is not None
    ]
    table = Table(
        ("Тема", "так", "частково", "ні"),
        tuple((title(topic), str(one.yes), str(one.partly), str(one.no)) for topic, one in ordered),
    )
    says = f"Скільки людей сказали, що допомогло: {share(said.share)} з {said.count}."
    return charts.dots(marks, said.share, f"усього {share(said.share)}", says, table, width=HALF)


def _item(one: Consultation, title: Title, who: str, chip: Chip) -> Item:
    return Item(
        f"№ {unbroken(one.number)}",
        f"/workplace/conversations/{one.conversation_id}",
        title(one.topic),
        who,
        chip,
    )


def _overdue(one: Consultation, title: Title) -> Item:
    unanswered = one.answered is None and one.resolved is None
    chip = Chip("late", "без відповіді", "clock") if unanswered else Chip("bad", "із запізненням", "clock")
    return _item(one, title, one.leader or "Ніхто не взяв", chip)


def _overdue_says(count: int, pending: int) -> str:
    if not count:
        return "Усі обіцянки виконано"
    waits = f", ще чекають {number(pending)}" if pending else ""
    return f"{plural(count, 'консультація')} із запізненням{waits}. Найновіші"


def _dissatisfied(one: Consultation, title: Title) -> Item:
    return _item(one, title, one.leader or "", Chip("plain", _RATINGS[one.rating or ""], None))


def _dissatisfied_says(said: Ratings) -> str:
    if not said.count:
        return "Оцінок ще немає"
    if not said.no and not said.partly:
        return "Усім допомогли"
    return f"«Ні» — {number(said.no)}, «частково» — {number(said.partly)}. Що сказала людина, видно в розмові"


def _helped(said: Ratings) -> str:
    return f"{share(said.share)} із {number(said.count)}" if said.count else NOT_SAID


def _channels(report: Report) -> tuple[ChannelRow, ...]:
    visited = report.visited
    most = max((some.total for _, some in visited.channels), default=0) or 1
    waited = report.consulted.first_answer_by_channel
    return tuple(
        ChannelRow(
            channel(name),
            number(some.total),
            240 * some.total / most,
            share(some.total / visited.total.total),
            share(some.share),
            minutes(waited[name].middle if name in waited else None),
        )
        for name, some in visited.channels
    )


@dataclass(frozen=True)
class CheckLine:
    """What the foot of a report says about the log."""

    agrees: bool
    text: str
    unfinished: bool


def check_line(check: Check, period: Period) -> CheckLine:
    """Whether the report is what the log says, and where not."""
    at = clock(check.at, period.zone)
    if check.agrees:
        text = (
            f"Звірено з журналом о {at}: {plural(check.in_log, 'розмова')} у журналі, "
            f"{number(check.in_report)} у звіті; {plural(check.tickets_in_log, 'консультація')} і там, і там."
        )
        return CheckLine(True, text, period.unfinished)
    where = "; ".join(
        f"{between(one.day, one.day)}: у журналі {number(one.in_log)}, у звіті {number(one.in_report)}"
        for one in check.differences[:5]
    )
    parts = "" if not check.parts else " Частини не дають цілого."
    text = (
        f"Не сходиться з журналом о {at}: {plural(check.in_log, 'розмова')} у журналі, "
        f"{number(check.in_report)} у звіті. {where}.{parts}"
    )
    return CheckLine(False, text, period.unfinished)


@dataclass(frozen=True)
class GroupRow:
    count: str
    example: str
    topic: str


def in_vain_rows(found: InVain, title: Title) -> tuple[str, tuple[GroupRow, ...]]:
    """What the bot did not know: a sentence and the largest groups."""
    if not found.count:
        return "За цей період даних немає: бот відповів на все, що зрозумів", ()
    latest = f", найновіші {number(found.looked)}" if found.looked < found.count else ""
    said = (
        f"Чого бот не знав: {plural(found.count, 'питання')}{latest} "
        f"у {number(len(found.groups))} {'групі' if len(found.groups) == 1 else 'групах'}. Найбільші"
    )
    rows = tuple(
        GroupRow(
            number(group.size),
            charts.short(group.examples[0], 120),
            f"Найближча тема: {title(group.proposed)}" if group.proposed else "Близької теми немає",
        )
        for group in found.groups[:LISTED]
    )
    return said, rows
