"""When somebody wants to come: days, a part of the day and a time, read out of words in Ukrainian and Russian."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from rapidfuzz import fuzz

from bots.dialogue import opening
from knowledge_base.language import MONTHS, WEEKDAYS

WEEK = 7
NOON, DINNER, EVENING, NIGHT = 12 * 60, 14 * 60, 16 * 60, 24 * 60
AFTERNOON_UNTIL_HOUR = 7
"""Nobody is received at three in the night: hours under this are of the afternoon."""
ALIKE = 84
NEAR_DAYS = 60
Span = tuple[int, int]
"""Minutes of a day, from and up to."""

_HOURS = (
    r"перш\w*|перв\w*",
    r"друг\w+|втор\w+|два|двох|двух",
    r"трет\w+|три|трьох|трех",
    r"четверт(?:ій|ої|у|ую|ом)|чотири|чотирьох|четыре|четырех",
    r"п.ят(?:ій|ої|у|ь|и)|пят(?:ь|ую|и)",
    r"шост\w+|шість|шест(?:ой|ую|ь|и)",
    r"сьом\w+|седьм\w+|сім|семь",
    r"восьм\w+|вісім|восемь",
    r"дев.?ят\w+",
    r"десят\w+",
    r"одинадцят\w+|одиннадцат\w+",
    r"дванадцят\w+|двенадцат\w+",
)
_HOUR_WORD = "|".join(f"(?P<h{number}>{words})" for number, words in enumerate(_HOURS, 1))
_AT = r"(?:о|об|в|во|у|на|к|до|з|с|после|після|не раніше|близько)"
_CLOCK = re.compile(
    rf"(?:\b{_AT}\s*)?(?<![\d.:])(\d{{1,2}})\s?[:.\-–]\s?([0-5]\d)(?![\d.:])(?!\s*(?:\.|-)\s*\d)"
)
_BARE_CLOCK = re.compile(rf"(?:{_AT}\s+)?(\d{{1,2}}) ?([0-5][05])\.?")
_MONTH_BEGINS = (
    r"січ|лют|бер|квіт|трав|черв|лип|серп|верес|жовт|листоп|груд"
    r"|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сент|окт|ноя|дек"
)
_HOUR = re.compile(
    rf"\b{_AT}\s+(\d{{1,2}})(?![\d.:])\s*(?:год\w*|час\w*|ч\b)?\s*"
    r"(?:(?P<part>ранку|утра|вечора|вечера|дня)\b"
    rf"|(?!-?(?:го|те|е|ого)\b|числ|{_MONTH_BEGINS}|дн|день|тиж|недел|хв|мин|рок|лет|год|люд|чол))",
    re.IGNORECASE,
)
_HOUR_ALONE = re.compile(r"\W*(\d{1,2})\s*(?:год\w*|час\w*)\W*|\W*(\d{1,2})\W*")
_HALF = re.compile(
    rf"\b(?:о\s+)?(?:пів|пол|половин\w+)\s*(?:на\s+)?(?:(\d{{1,2}})|(?:{_HOUR_WORD}))", re.IGNORECASE
)
_SPOKEN_HOUR = re.compile(
    rf"\b{_AT}\s+(?:{_HOUR_WORD})(?:\s+(?:годин\w*|час\w*))?\b(?!\s+(?:{_MONTH_BEGINS}))", re.IGNORECASE
)
_AFTER = re.compile(
    r"\b(?:після|после|не раніше|не раньше|з|с)\s+(\d{1,2})(?:[:.]([0-5]\d))?(?!\d)", re.IGNORECASE
)
_BEFORE = re.compile(
    r"\b(?:до|не пізніше|не позже)\s+(\d{1,2})(?:[:.]([0-5]\d))?(?!\d)(?!\s*\w*(?:ня|го|да|та))",
    re.IGNORECASE,
)
_PARTS: tuple[tuple[re.Pattern[str], Span], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), span)
    for words, span in (
        (
            r"після обід\w*|пообід\w*|після обіду|после обед\w*|пополудні|друг\w+ половин\w+ дня",
            (NOON + 30, NIGHT),
        ),
        (r"до обід\w*|до обед\w*|перш\w+ половин\w+ дня", (0, NOON + 30)),
        (r"ранком|зранку|вранці|ранок|на ранок|утром|с утра|утро|уранці|зрання", (0, NOON)),
        (r"в обід|у обід|в обед|опівдні", (NOON, DINNER)),
        (r"вечір|ввечері|увечері|вечором|під вечір|вечером|к вечеру", (EVENING, NIGHT)),
        (r"вдень|удень|днем", (NOON, NIGHT)),
    )
)
_NEXT = re.compile(r"\b(?:наступн|следующ|слідуюч)\w+", re.IGNORECASE)
_NEXT_WEEK = re.compile(r"\b(?:наступн|следующ|слідуюч)\w+ (?:тиж|недел)\w*", re.IGNORECASE)
_THIS_WEEK = re.compile(r"\b(?:цьому|цього|цей|этой|эту) (?:тиж|недел)\w*", re.IGNORECASE)
_IN_A_WEEK = re.compile(r"\b(?:через) (?:тиждень|неделю)\b", re.IGNORECASE)
_IN_DAYS = re.compile(r"\b(?:через) (?:(\d{1,2})|два|две|дві|три|чотири|четыре) (?:дн|ден)\w*", re.IGNORECASE)
_SMALL = {"два": 2, "две": 2, "дві": 2, "три": 3, "чотири": 4, "четыре": 4}
_FIGURES = re.compile(r"(?<![\d.:])(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?(?![\d.:])")
_NUMBER = re.compile(r"\b(\d{1,2})(?:-?(?:го|е|те|ого)|\s+числ\w*)\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(\d{1,3})\s+([а-яіїєґ]{3,})", re.IGNORECASE)
_THEIRS = ("янв", "фев", "март", "апр", "мая", "июн", "июл", "авг", "сент", "окт", "нояб", "дек")
_SOON = re.compile(
    r"\b(?:найближч|ближайш|якнайшвид|найшвид|як ?найскор|скоріш|поскор|побыстр"
    r"|будь.?коли|коли завгодно|будь.?як|любой|любое|(?:усе|все) одно|все равно)\w*",
    re.IGNORECASE,
)
_LATER = re.compile(r"\b(?:пізн\w*|позже|позднее|попозже)\b", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:раніш\w*|раньше|пораньше)\b", re.IGNORECASE)
# «О 9 годині», «на 9 годину» are clocks, and «на пізніший час» is any time.
_BY_HOURS = re.compile(
    r"\bна (?:(\d|дві|две|пару) (?:годин[иі]?|час(?:а|ов))|годин\w*|час(?:ик|ок)?)\b"
    r"|\b(?:(?<!о )(?<!об )(дві|две|пару) )?годин[ику]\w* (?:піз|раніш|раньш|поз)",
    re.IGNORECASE,
)
_BY_HALF = re.compile(r"\bна (?:пів ?годин\w*|півгодин\w*|полчас\w*|пол ?часа)", re.IGNORECASE)
_BY_MINUTES = re.compile(r"\bна (\d{1,2}) ?(?:хв|мин)\w*", re.IGNORECASE)


@dataclass(frozen=True)
class When:
    """What the words say of a time: `days` that will do, a `part` of the day, an exact time `at`.

    `shift` is minutes later (or earlier, below zero) than what stands; 1 and −1 where it is not said by how much.
    `impossible` is a date that no calendar has, `past` one that was this year already. `soon`: the first that is free.
    """

    days: tuple[date, ...] = ()
    part: Span | None = None
    at: time | None = None
    shift: int | None = None
    impossible: str | None = None
    past: date | None = None
    soon: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether the words name no time at all."""
        return self == When()


def read(words: str, today: date, *, bare: bool = False) -> When:
    """What the words say. `bare`: a time is asked for, so «10» and «1140» alone are times too."""
    text = " ".join(words.lower().replace("'", "’").split())
    shift = _shift(text)
    # «Раніше, о 9 годині»: the clock is what is wanted.
    if shift is not None and (abs(shift) > 1 or _at(text, today, bare=False) is None):
        return When(days=_days(text, today)[0], shift=shift)
    days, impossible, past = _days(text, today)
    return When(
        days=days,
        part=_part(text),
        at=_at(text, today, bare=bare),
        impossible=impossible,
        past=past,
        soon=bool(_SOON.search(text)),
    )


def _shift(text: str) -> int | None:
    sign = 1 if _LATER.search(text) else -1 if _EARLIER.search(text) else 0
    if not sign or re.search(r"\bне (?:раніше|пізніше|раньше|позже)\b", text):
        return None
    if _BY_HALF.search(text):
        return sign * 30
    if found := _BY_MINUTES.search(text):
        return sign * int(found[1])
    if found := _BY_HOURS.search(text):
        several = found[1] or found[2]
        return sign * 60 * (int(several) if several and several.isdigit() else 2 if several else 1)
    return sign


def _days(text: str, today: date) -> tuple[tuple[date, ...], str | None, date | None]:
    """The days that are named; a date that can't be; a date that is past."""
    impossible: str | None = None
    past: date | None = None
    exact: list[date] = []
    for said, day, gone in _dates(text, today):
        if day is not None:
            exact.append(day)
        elif gone is not None:
            past = past or gone
        else:
            impossible = impossible or said
    if exact or impossible or past:
        return tuple(dict.fromkeys(exact)), impossible, past
    monday = today - timedelta(days=today.weekday())
    if found := _IN_DAYS.search(text):
        count = int(found[1]) if found[1] else next(n for word, n in _SMALL.items() if word in found[0])
        return (today + timedelta(days=count),), None, None
    if _IN_A_WEEK.search(text):
        return (today + timedelta(days=WEEK),), None, None
    if near := tuple(one.day for one in opening.asked_days(text, today) if one.exact):
        return near, None, None
    week = monday + timedelta(days=WEEK) if _NEXT.search(text) else None
    if weekdays := tuple(dict.fromkeys(_weekdays(text, today, week))):
        return weekdays, None, None
    if _NEXT_WEEK.search(text):
        return tuple(monday + timedelta(days=WEEK + number) for number in range(WEEK)), None, None
    if _THIS_WEEK.search(text):
        return tuple(today + timedelta(days=number) for number in range(WEEK - today.weekday())), None, None
    return (), None, None


def _weekdays(text: str, today: date, week: date | None) -> Iterator[date]:
    numbers = [one.day.weekday() for one in opening.asked_days(text, today) if not one.exact]
    if not numbers:
        numbers = [
            number
            for word in re.findall(r"[^\W\d_]{5,}", text)
            for number, name in enumerate(WEEKDAYS)
            if fuzz.ratio(word.replace("ю", "я").replace("у", "а"), name) >= ALIKE
        ]
    for number in numbers:
        if week is not None:
            yield week + timedelta(days=number)
        else:
            ahead = (number - today.weekday()) % WEEK
            yield today + timedelta(days=ahead)
            if not ahead:
                # Said on a Tuesday, «на вівторок» is today or in a week.
                yield today + timedelta(days=WEEK)


def _dates(text: str, today: date) -> Iterator[tuple[str, date | None, date | None]]:
    """Dates as they are written: the words, the day to come, the day that is past; neither where there is none."""
    for found in _NAMED.finditer(text):
        month = next(
            (
                number
                for number, (ours, theirs) in enumerate(zip(MONTHS, _THEIRS, strict=True), 1)
                if found[2].startswith(ours[:4]) or found[2].startswith(theirs)
            ),
            None,
        )
        if month is not None:
            yield found[0], *_placed(int(found[1]), month, None, today)
    for found in _FIGURES.finditer(text):
        number, month = int(found[1]), int(found[2])
        year = None if found[3] is None else int(found[3]) % 100 + 2000
        day, gone = _placed(number, month, year, today)
        near = day is not None and (day - today).days <= NEAR_DAYS
        if near or year is not None or (month <= 12 and not _is_time(number, month)):
            yield found[0], day, gone
    for found in _NUMBER.finditer(text):
        yield found[0], *_of_month(int(found[1]), today)


def _is_time(hour: int, minute: int) -> bool:
    return hour < 24 and minute % 5 == 0


def _placed(number: int, month: int, year: int | None, today: date) -> tuple[date | None, date | None]:
    """The day to come and the day that is past; neither for a date that can't be."""
    years = [year] if year is not None else [today.year, today.year + 1]
    found = []
    for one in years:
        try:
            found.append(date(one, month, number))
        except ValueError:
            continue
    coming = next((day for day in found if day >= today), None)
    gone = next((day for day in found if day < today), None)
    if gone is not None and coming is not None and (coming - today).days > NEAR_DAYS >= (today - gone).days:
        # «20 листопада» on the twenty-fourth: nobody means next year's.
        return None, gone
    return coming, gone


def _of_month(number: int, today: date) -> tuple[date | None, date | None]:
    """«26 числа»: of this month, else of the next."""
    for ahead in range(2):
        month = today.month + ahead
        try:
            day = date(today.year + (month > 12), (month - 1) % 12 + 1, number)
        except ValueError:
            continue
        if day >= today:
            return day, None
    return None, None


def _part(text: str) -> Span | None:
    begins, ends = 0, NIGHT
    if found := _AFTER.search(text):
        begins = _minute(int(found[1]), int(found[2] or 0))
    if found := _BEFORE.search(text):
        ends = _minute(int(found[1]), int(found[2] or 0))
    if (begins, ends) != (0, NIGHT) and begins < ends:
        return begins, ends
    return next((span for pattern, span in _PARTS if pattern.search(text)), None)


def _minute(hour: int, minute: int) -> int:
    return (hour + 12 if hour < AFTERNOON_UNTIL_HOUR else hour) * 60 + minute


def _at(text: str, today: date, *, bare: bool) -> time | None:
    """The exact time; None for none, and for a border («після 14»)."""
    if _AFTER.search(text) or _BEFORE.search(text):
        return None
    dated = [found for found, day, gone in _dates(text, today) if day or gone]
    for said in dated:
        text = text.replace(said, " ")
    if found := _HALF.search(text):
        hour = int(found[1]) if found[1] else _spoken(found)
        return _time(hour - 1 if hour > 1 else 12, 30)
    if found := _CLOCK.search(text):
        return _time(int(found[1]), int(found[2]))
    if found := _HOUR.search(text):
        late = found["part"] in ("вечора", "вечера", "дня")
        hour = int(found[1])
        return _time(hour + 12 if late and hour < 12 else hour, 0)
    if found := _SPOKEN_HOUR.search(text):
        return _time(_spoken(found), 0)
    if bare:
        if found := _BARE_CLOCK.fullmatch(text.strip()):
            return _time(int(found[1]), int(found[2]))
        if found := _HOUR_ALONE.fullmatch(text):
            return _time(int(found[1] or found[2]), 0)
    return None


def _spoken(found: re.Match[str]) -> int:
    return next(number for number in range(1, len(_HOURS) + 1) if found[f"h{number}"])


def _time(hour: int, minute: int) -> time | None:
    hour = hour + 12 if 0 < hour < AFTERNOON_UNTIL_HOUR else hour
    return time(hour, minute) if hour < 24 else None
