"""Ukrainian of numbers, money, dates and hours: hard spaces, right plurals, ranges in words."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal

HARD_SPACE = "\u00a0"
APOSTROPHE = re.compile(r"(?<=[а-яіїєґА-ЯІЇЄҐ])['ʼ`´](?=[а-яіїєґА-ЯІЇЄҐ])")

SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[А-ЯІЇЄҐA-Z«„\d])")
ABBREVIATION = re.compile(r"(?<![а-яіїєґ’])(м|с|смт|вул|пл|пр|просп|бул|буд|кв|обл|п|ч|ст|р)\.$")

MONTHS = (
    "січня",
    "лютого",
    "березня",
    "квітня",
    "травня",
    "червня",
    "липня",
    "серпня",
    "вересня",
    "жовтня",
    "листопада",
    "грудня",
)
WEEKDAYS = ("понеділок", "вівторок", "середа", "четвер", "п’ятниця", "субота", "неділя")
WEEKDAYS_WHEN = (
    "у понеділок",
    "у вівторок",
    "у середу",
    "у четвер",
    "у п’ятницю",
    "у суботу",
    "у неділю",
)

# noun -> one, two to four, five and more, a fraction of one
NOUNS: dict[str, tuple[str, str, str, str]] = {
    "файл": ("файл", "файли", "файлів", "файла"),
    "документ": ("документ", "документи", "документів", "документа"),
    "питання": ("питання", "питання", "питань", "питання"),
    "людина": ("людина", "людини", "людей", "людини"),
    "дитина": ("дитина", "дитини", "дітей", "дитини"),
    "копія": ("копія", "копії", "копій", "копії"),
    "примірник": ("примірник", "примірники", "примірників", "примірника"),
    "година": ("година", "години", "годин", "години"),
    "хвилина": ("хвилина", "хвилини", "хвилин", "хвилини"),
    "день": ("день", "дні", "днів", "дня"),
    "тиждень": ("тиждень", "тижні", "тижнів", "тижня"),
    "місяць": ("місяць", "місяці", "місяців", "місяця"),
    "рік": ("рік", "роки", "років", "року"),
    "раз": ("раз", "рази", "разів", "раза"),
    "особа": ("особа", "особи", "осіб", "особи"),
    "гривня": ("гривня", "гривні", "гривень", "гривні"),
    "автомобіль": ("автомобіль", "автомобілі", "автомобілів", "автомобіля"),
    "авто": ("авто", "авто", "авто", "авто"),
    "відсоток": ("відсоток", "відсотки", "відсотків", "відсотка"),
    "розмір": ("розмір", "розміри", "розмірів", "розміру"),
    "мінімум": ("мінімум", "мінімуми", "мінімумів", "мінімуму"),
    "розмова": ("розмова", "розмови", "розмов", "розмови"),
    "консультація": ("консультація", "консультації", "консультацій", "консультації"),
    "оцінка": ("оцінка", "оцінки", "оцінок", "оцінки"),
    "обіцянка": ("обіцянка", "обіцянки", "обіцянок", "обіцянки"),
    "група": ("група", "групи", "груп", "групи"),
    "рядок": ("рядок", "рядки", "рядків", "рядка"),
    "звернення": ("звернення", "звернення", "звернень", "звернення"),
    "повідомлення": ("повідомлення", "повідомлення", "повідомлень", "повідомлення"),
}
# a genitive for «не менше ніж {n:…:місяця}», «до {n:…:року}»: the noun after from, up to, more than
GENITIVE = {"місяця": ("місяця", "місяців"), "року": ("року", "років"), "дня": ("дня", "днів")} | {
    "години": ("години", "годин"),
    "людини": ("людини", "людей"),
    "дитини": ("дитини", "дітей"),
    "особи": ("особи", "осіб"),
}


class UnknownNoun(KeyError):
    """A noun whose plurals are not written down here."""


def typographic(text: str) -> str:
    """Turns the typed apostrophe inside a word into ’."""
    return APOSTROPHE.sub("’", text)


def number(value: int | Decimal) -> str:
    """`1 117,23`: thousands parted by hard spaces, a comma before the fraction, no idle zeros."""
    whole = Decimal(value)
    text = f"{whole.normalize() if whole % 1 else whole.to_integral_value():,f}"
    return text.replace(",", HARD_SPACE).replace(".", ",").replace("-", "−")


def money(value: int | Decimal) -> str:
    """`12 000 грн`; kopiykas, two digits, only where there are any."""
    exact = Decimal(value)
    if exact % 1 == 0:
        return f"{number(exact)}{HARD_SPACE}грн"
    text = f"{exact.quantize(Decimal('0.01')):,f}".replace(",", HARD_SPACE).replace(".", ",")
    return f"{text.replace('-', '−')}{HARD_SPACE}грн"


def money_range(low: int | Decimal, high: int | Decimal) -> str:
    """`від 10 000 до 14 000 грн`, or one sum when both ends meet."""
    if low == high:
        return money(low)
    return f"від{HARD_SPACE}{money(low).removesuffix(f'{HARD_SPACE}грн')} до{HARD_SPACE}{money(high)}"


def percent(value: int | Decimal) -> str:
    """`15 %`."""
    return f"{number(value)}{HARD_SPACE}%"


def knows_noun(noun: str) -> bool:
    """Whether `plural` can decline it."""
    return noun in NOUNS or noun in GENITIVE


def plural(value: int | Decimal, noun: str) -> str:
    """`21 документ`, `3 документи`, `11 документів`, `1,5 документа`. Raises UnknownNoun."""
    return f"{number(value)}{HARD_SPACE}{noun_form(value, noun)}"


def noun_form(value: int | Decimal, noun: str) -> str:
    """The form of the noun after a number. Raises UnknownNoun."""
    exact = abs(Decimal(value))
    singular = exact % 10 == 1 and exact % 100 != 11
    if noun in GENITIVE:
        one, many = GENITIVE[noun]
        return one if singular or exact % 1 else many
    if noun not in NOUNS:
        raise UnknownNoun(noun)
    one, few, many, part = NOUNS[noun]
    if exact % 1:
        return part
    if singular:
        return one
    if exact % 10 in (2, 3, 4) and exact % 100 not in (12, 13, 14):
        return few
    return many


def day(value: date) -> str:
    """`31 грудня 2026 року`: a date within a sentence."""
    return f"{day_and_month(value)} {value.year}{HARD_SPACE}року"


def day_and_month(value: date) -> str:
    """`24 листопада`."""
    return f"{value.day}{HARD_SPACE}{MONTHS[value.month - 1]}"


def day_in_figures(value: date) -> str:
    """`22.11.2026`: for a source line."""
    return f"{value:%d.%m.%Y}"


def near_day(value: date, today: date) -> str:
    """`сьогодні`, `завтра, 24 листопада`, this year's days without the year, others with it."""
    distance = (value - today).days
    if distance == 0:
        return "сьогодні"
    if distance == 1:
        return f"завтра, {day_and_month(value)}"
    return day_and_month(value) if value.year == today.year else day(value)


def weekday_when(value: date) -> str:
    """`у вівторок`."""
    return WEEKDAYS_WHEN[value.weekday()]


def weekday_name_when(weekday: int) -> str:
    """The same by its number, 0 = Monday."""
    return WEEKDAYS_WHEN[weekday]


def clock(value: time) -> str:
    """`9:00`, the hour without a zero in front."""
    return f"{value.hour}:{value.minute:02d}"


def clock_when(value: time) -> str:
    """`о 10:00`, `об 11:40`: «об» where the hour is said with a vowel first."""
    return f"{'об' if value.hour == 11 else 'о'}{HARD_SPACE}{clock(value)}"


def clock_range(opens: time, closes: time) -> str:
    """`з 9:00 до 17:00`, `з 18:00 до 24:00`."""
    end = clock(closes) if closes != time() else "24:00"
    return f"{'із' if opens.hour in (7, 17) else 'з'}{HARD_SPACE}{clock(opens)} до{HARD_SPACE}{end}"


def first_sentence(text: str) -> str:
    """What a locked screen shows: up to the first full stop before a new sentence, or the first line."""
    line = text.strip().split("\n", 1)[0]
    for stop in SENTENCE_END.finditer(line):
        if not ABBREVIATION.search(line[: stop.start()]):
            return line[: stop.start()]
    return line


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line ends one too."""
    return [one for line in text.splitlines() if line.strip() for one in _of_line(line.strip())]


def _of_line(line: str) -> list[str]:
    found, start = [], 0
    for stop in SENTENCE_END.finditer(line):
        if not ABBREVIATION.search(line[: stop.start()]):
            found.append(line[start : stop.start()])
            start = stop.end()
    return [*found, line[start:]]
