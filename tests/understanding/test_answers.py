"""Free-word answers to one question: what people write beside what they mean."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import pytest

from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Options, Range
from knowledge_base.understanding.answers import Heard, hear

TODAY = date(2026, 11, 25)
MINIMUM_WAGE = Decimal(8000)


def asked(
    kind: Literal["bool", "choice", "number", "money", "date"],
    ask: str,
    label: str,
    options: dict[str, str] | None = None,
    **bounds: object,
) -> Fact:
    """A fact with what a test does not care for filled in. `bounds`: min, max, unit."""
    return Fact.model_validate(
        {
            "type": kind,
            "person": "household",
            "ask": {"uk": ask},
            "label": {"uk": label},
            "why": {"uk": "Так записано в законі."},
            "cost": 1,
            "options": {name: {"uk": text} for name, text in options.items()} if options else None,
            **bounds,
        }
    )


SIZE = asked(
    "number", "Скільки людей живе разом, рахуючи й вас?", "скільки людей у сім'ї", unit="count", min=1, max=20
)
ADULTS = asked("number", "Скільки в сім'ї дорослих?", "дорослі", unit="count", min=0, max=20)
CHILDREN = asked("number", "Скільки в сім'ї дітей?", "діти", unit="count", min=0, max=20)
CARS = asked(
    "number", "Скільки в сім'ї авто, яким менше ніж 15 років?", "нові авто", unit="count", min=0, max=20
)
ORDER = asked("number", "Котра це дитина в сім'ї?", "яка за ліком", unit="number", min=1, max=20)
INCOME = asked("money", "Який дохід у всіх разом за місяць?", "дохід усіх", unit="UAH/month", min=0)
OF_ONE = asked(
    "money", "Скільки виходить на одну людину за місяць?", "дохід на людину", unit="UAH/month", min=0
)
ARREARS = asked("money", "Який борг за комунальні?", "давній борг за комунальні", unit="UAH", min=0)
DEPOSITS = asked(
    "money", "Скільки разом грошей на депозитах?", "гроші на депозитах", unit="UAH", min=0, max=1_000_000
)
ABROAD = asked("number", "Скільки днів ви були за кордоном?", "днів за кордоном", unit="days", min=0, max=366)
CAR_AGE = asked("number", "Скільки років найновішому авто?", "вік авто", unit="years", min=0, max=80)
AREA = asked("number", "Скільки квадратних метрів у житлі?", "метри житла", unit="m2", min=0, max=1000)
SHARE = asked("number", "Яка частка житла ваша?", "частка", unit="percent", min=0, max=100)
BORN = asked("date", "Коли народилася дитина?", "дата народження", min=date(2008, 1, 1), max="today")
MOVED = asked("date", "Коли ви звідти виїхали?", "дата виїзду", min=date(2014, 1, 1))
LIVES = asked("bool", "Дитина постійно живе з тим, хто подає заяву?", "дитина живе з заявником")
CAR = asked("bool", "Чи є в сім'ї авто? Мопед і причіп не рахуйте.", "є авто")
BOUGHT = asked("bool", "Чи купували за останній рік авто?", "куплене авто")
UNFIT = asked("bool", "Ваше житло зруйноване або в ньому не можна жити?", "житло непридатне")
RETURNED = asked("bool", "Ви вже повернулися жити додому?", "повернення додому")
ROLE = asked(
    "choice", "Хто подаватиме заяву?", "хто подає",
    {"mother": "Мати", "father": "Батько", "guardian": "Опікун", "other": "Інший родич"},
)  # fmt: skip
PLACE = asked(
    "choice", "Де зареєстрували народження?", "де", {"ukraine": "В Україні", "abroad": "За кордоном"}
)
HOME = asked(
    "choice", "Де ви живете?", "де живуть",
    {"registered": "Де прописані", "rented": "Орендуємо", "idp": "За довідкою ВПО"},
)  # fmt: skip
INVALIDITY = asked(
    "choice", "Яка група інвалідності?", "група",
    {"first": "Перша група", "second": "Друга група", "third": "Третя група"},
)  # fmt: skip
GROUP = asked(
    "choice", "Чи є в сім'ї хтось із цих людей?", "група",
    {"pension": "Невелика пенсія", "disability": "Інвалідність I чи II", "child": "Інвалідність дитини",
     "none": "Нічого з цього"},
)  # fmt: skip


def meant(text: str, fact: Fact) -> Heard | None:
    """The answer as it is heard on `TODAY`; a day may not lie ahead."""
    return hear(text, fact, TODAY, minimum_wage=MINIMUM_WAGE, latest=TODAY)


def numbers(low: str | int | None, high: str | int | None = "same") -> Range:
    top = low if high == "same" else high
    return Range(None if low is None else Decimal(low), None if top is None else Decimal(top))


def days(low: str, high: str | None = None) -> Range:
    return Range(date.fromisoformat(low), date.fromisoformat(high or low))


@pytest.mark.parametrize(
    ("said", "fact", "number"),
    [
        ("2", SIZE, 2),
        ("двоє", SIZE, 2),
        ("п'ятеро", SIZE, 5),
        ("пятеро", SIZE, 5),
        ("нас четверо", SIZE, 4),
        ("нас троє.", SIZE, 3),
        ("трое", SIZE, 3),
        ("вдвох", SIZE, 2),
        ("вчотирьох живемо", SIZE, 4),
        ("dvoje", SIZE, 2),
        ("5 чоловік", SIZE, 5),
        ("5 человек", SIZE, 5),
        ("три людини", SIZE, 3),
        ("одна", SIZE, 1),
        ("двоє пенсіонерів", SIZE, 2),
        ("нас 2 з чоловіком", SIZE, 2),
        ("нас з мамою двоє", SIZE, 2),
        ("двоє: я і мама", SIZE, 2),
        ("нас четверо: я, муж і двоє дітей", SIZE, 4),
        ("сім'я з чотирьох осіб", SIZE, 4),
        ("ну нас тут п'ять душ", SIZE, 5),
        ("не двоє, а троє", SIZE, 3),
        ("троє дітей", CHILDREN, 3),
        ("дітей 3", CHILDREN, 3),
        ("двоє, 4 і 7", CHILDREN, 2),
        ("двоє, 4 і 7 років", CHILDREN, 2),
        ("двоє дорослих і троє дітей", CHILDREN, 3),
        ("двоє дорослих і троє дітей", ADULTS, 2),
        ("дорослих 2, дітей 3", ADULTS, 2),
        ("нема", CHILDREN, 0),
        ("жодного", CARS, 0),
        ("ні одного", CARS, 0),
        ("немає таких", CARS, 0),
        ("нуль", CARS, 0),
        ("дві машини", CARS, 2),
        ("перша", ORDER, 1),
        ("друга з трьох", ORDER, 2),
        ("10", ABROAD, 10),
        ("10 днів", ABROAD, 10),
        ("три тижні", ABROAD, 21),
        ("тиждень", ABROAD, 7),
        ("не виїжджали", ABROAD, 0),
        ("ні разу", ABROAD, 0),
        ("не була", ABROAD, 0),
        ("десять років", CAR_AGE, 10),
        ("пів року", CAR_AGE, "0.5"),
        ("півтора року", CAR_AGE, "1.5"),
        ("сорок дві", AREA, 42),
        ("45,5 м2", AREA, "45.5"),
        ("45 квадратів", AREA, 45),
        ("20 кв.м", AREA, 20),
        ("50%", SHARE, 50),
        ("двадцять п'ять відсотків", SHARE, 25),
        ("0", INCOME, 0),
        ("нуль", INCOME, 0),
        ("нема", INCOME, 0),
        ("ніякого доходу немає", INCOME, 0),
        ("я безробітна, доходу нема", INCOME, 0),
        ("нічого не отримую", INCOME, 0),
        ("12000", INCOME, 12_000),
        ("12 000", INCOME, 12_000),
        ("12.000", INCOME, 12_000),
        ("12 000 грн", INCOME, 12_000),
        ("12000грн", INCOME, 12_000),
        ("12 500,50 грн", INCOME, "12500.5"),
        ("12к", INCOME, 12_000),
        ("12k", INCOME, 12_000),
        ("12т", INCOME, 12_000),
        ("12 тис", INCOME, 12_000),
        ("12тис.", INCOME, 12_000),
        ("12 тищ", INCOME, 12_000),
        ("12 tys", INCOME, 12_000),
        ("дванацять тисяч", INCOME, 12_000),
        ("12 тисяч 500", INCOME, 12_500),
        ("12 тис. 500 грн.", INCOME, 12_500),
        ("12,5 тисячі", INCOME, 12_500),
        ("дві з половиною тисячі", INCOME, 2_500),
        ("полторы тысячи", INCOME, 1_500),
        ("пів тисячі", INCOME, 500),
        ("тисяча двісті", INCOME, 1_200),
        ("тищу", INCOME, 1_000),
        ("двадцать пять тысяч", INCOME, 25_000),
        ("восьми тисяч", INCOME, 8_000),
        ("desyat tysyach", INCOME, 10_000),
        ("пенсія 3900", INCOME, 3_900),
        ("зп 15к", INCOME, 15_000),
        ("у мене 4 200 грн пенсії", INCOME, 4_200),
        ("мені 70 років, пенсія 4100", INCOME, 4_100),
        ("мені 67, пенсія 3900", INCOME, 3_900),
        ("по інвалідності 2 групи 3800", INCOME, 3_800),
        ("нас двоє, 10 тисяч", INCOME, 10_000),
        ("10 тисяч на двох", INCOME, 10_000),
        ("раніше була 3000, зараз 3900", INCOME, 3_900),
        ("боргів нема", ARREARS, 0),
        ("немає боргу", ARREARS, 0),
        ("винні 3 тисячі", ARREARS, 3_000),
    ],
)  # fmt: skip
def test_a_plain_number(said: str, fact: Fact, number: str | int) -> None:
    assert meant(said, fact) == Heard(numbers(number))


@pytest.mark.parametrize(
    ("said", "fact", "low", "high"),
    [
        ("2-3", SIZE, 2, 3),
        ("12 чи 13", SIZE, 12, 13),
        ("більше 3", SIZE, 3, 20),
        ("не більше 5", SIZE, 1, 5),
        ("десь п'ятеро", SIZE, 4, 6),
        ("я і чоловік", SIZE, 2, 2),
        ("мама, тато і я", SIZE, 3, 3),
        ("я, чоловік і двоє дітей", SIZE, 4, 4),
        ("чоловік і двоє дітей", SIZE, 3, 4),
        ("двоє дорослих і троє дітей", SIZE, 5, 5),
        ("нас двоє і троє дітей", SIZE, 5, 5),
        ("нас п'ятеро і двоє дітей", SIZE, 5, 7),
        ("троє дітей", SIZE, 4, 20),
        ("живу сама", SIZE, 1, 1),
        ("місяць", ABROAD, 28, 31),
        ("десь 20 днів", ABROAD, 18, 22),
        ("більше 60", ABROAD, 60, 366),
        ("2015 року", CAR_AGE, 11, 11),
        ("жигулі 88 року", CAR_AGE, 38, 38),
        ("авто 08 року", CAR_AGE, 18, 18),
        ("десь 12 тисяч", INCOME, 10_800, 13_200),
        ("12 тисяч приблизно", INCOME, 10_800, 13_200),
        ("12 тис плюс мінус", INCOME, 10_800, 13_200),
        ("~12000", INCOME, 10_800, 13_200),
        ("тисяч 12", INCOME, 10_800, 13_200),
        ("тисячі дві", INCOME, 1_800, 2_200),
        ("около 10", INCOME, 9_000, 11_000),
        ("близько двадцяти тисяч", INCOME, 18_000, 22_000),
        ("та десь п'ять", INCOME, 4_500, 5_500),
        ("майже 10 тисяч", INCOME, 9_000, 10_000),
        ("10 тисяч з хвостиком", INCOME, 10_000, 11_000),
        ("приблизно 8-9 тисяч", INCOME, 8_000, 9_000),
        ("8–9 тис.", INCOME, 8_000, 9_000),
        ("п'ять-шість тисяч", INCOME, 5_000, 6_000),
        ("п'ять шість тисяч", INCOME, 5_000, 6_000),
        ("тисяч 7-8", INCOME, 7_000, 8_000),
        ("між 10 і 14", INCOME, 10_000, 14_000),
        ("від 10 до 14 тисяч", INCOME, 10_000, 14_000),
        ("від п'яти до семи тисяч", INCOME, 5_000, 7_000),
        ("с 10 до 14 тыс", INCOME, 10_000, 14_000),
        ("10-14 тис", INCOME, 10_000, 14_000),
        ("10..14", INCOME, 10_000, 14_000),
        ("12 чи 13", INCOME, 12_000, 13_000),
        ("5 или 6", INCOME, 5_000, 6_000),
        ("тис 12 може 13", INCOME, 12_000, 13_000),
        ("від 8 до 12000", INCOME, 8_000, 12_000),
        ("від 50 до 300", INCOME, 50, 300),
        ("до 15", INCOME, 0, 15_000),
        ("до десяти тисяч", INCOME, 0, 10_000),
        ("не більше 5", INCOME, 0, 5_000),
        ("менше 10 тисяч", INCOME, 0, 10_000),
        ("понад 20", INCOME, 20_000, None),
        ("більше 3", INCOME, 3_000, None),
        ("хоча б 4 тисячі", INCOME, 4_000, None),
        ("20 тисяч і більше", INCOME, 20_000, None),
        ("не менше 5 і не більше 10 тисяч", INCOME, 5_000, 10_000),
        ("12", INCOME, 12_000, 12_000),
        ("пятнадцать", INCOME, 15_000, 15_000),
        ("40 тис і ще 5", INCOME, 45_000, 45_000),
        ("чотири двісті", INCOME, 4_200, 4_200),
        ("12 500 тисяч", INCOME, 12_500, 12_500),
        ("4 тысячи рублей", INCOME, 4_000, 4_000),
        ("дві мінімалки", INCOME, 14_400, 17_600),
        ("мінімальна зарплата", INCOME, 7_200, 8_800),
        ("я отримую 4 тис, чоловік 8", INCOME, 12_000, 12_000),
        ("чоловік заробляє 20 тис а я ще 8", INCOME, 28_000, 28_000),
        ("пенсія 3900, у діда 4200", INCOME, 8_100, 8_100),
        ("мама 3500 тато 4100", INCOME, 7_600, 7_600),
        ("3500 + 4100", INCOME, 7_600, 7_600),
        ("пенсія 3500 і субсидія 800", INCOME, 4_300, 4_300),
        ("я 4, чоловік 8, разом 12", INCOME, 12_000, 12_000),
        ("3900, 4200", INCOME, 3_900, 8_100),
        ("3900,4200", INCOME, 3_900, 8_100),
        ("2500-3000", INCOME, 2_500, 3_000),
        ("пенсія 3900, за комуналку плачу 2000", INCOME, 2_000, 5_900),
        ("пенсії тисяч по 5-6, нас двоє", INCOME, 10_000, 12_000),
        ("дві пенсії по 4000", INCOME, 8_000, 8_000),
        ("по 4 тисячі на людину", INCOME, 4_000, None),
        ("2500, в мороз і 3", INCOME, 2_500, 3_000),
        ("за рік 120 тисяч", INCOME, 10_000, 10_000),
        ("за 3 місяці 12 тисяч", INCOME, 4_000, 4_000),
        ("300 доларів і 2000 грн", INCOME, 2_000, None),
        ("та в мене пенсія десь 4 тисячі, на більше не заробив", INCOME, 3_600, 4_400),
        ("точно не скажу, десь 5 тисяч", INCOME, 4_500, 5_500),
        ("хз тисяч 8", INCOME, 7_200, 8_800),
        ("нас двоє, 10 тисяч", OF_ONE, 5_000, 10_000),
        ("нема, на книжці похоронні 20-30 тисяч", DEPOSITS, 0, 30_000),
        ("боргів нема, депозит 20 тис", ARREARS, 0, 0),
    ],
)  # fmt: skip
def test_a_number_to_be_read_back(said: str, fact: Fact, low: int, high: int | None) -> None:
    assert meant(said, fact) == Heard(numbers(low, high), approximate=True)


@pytest.mark.parametrize(
    ("said", "fact", "outside"),
    [
        ("сорок дві", SIZE, "too_great"),
        ("12 тисяч", SIZE, "too_great"),
        ("нуль", SIZE, "too_small"),
        ("мінус два", SIZE, "negative"),
        ("2,5", SIZE, "not_whole"),
        ("-500", INCOME, "negative"),
        ("5 мільйонів", DEPOSITS, "too_great"),
        ("400 днів", ABROAD, "too_great"),
        ("10.03.2027", BORN, "future"),
        ("завтра", BORN, "future"),
        ("завтра", MOVED, "future"),
        ("01.01.2005", BORN, "too_early"),
        ("31 лютого", BORN, "no_such_day"),
        ("30.02.2026", BORN, "no_such_day"),
        ("29.02.2025", MOVED, "no_such_day"),
        ("10.13.2022", MOVED, "no_such_day"),
    ],
)  # fmt: skip
def test_what_cannot_be(said: str, fact: Fact, outside: str) -> None:
    heard = meant(said, fact)
    assert heard is not None
    assert heard.outside == outside
    assert (heard.value is None) == (outside == "no_such_day")


@pytest.mark.parametrize(
    ("said", "fact", "day"),
    [
        ("10.03.2026", BORN, "2026-03-10"),
        ("10/3/26", BORN, "2026-03-10"),
        ("10-03-2026", BORN, "2026-03-10"),
        ("2026-03-10", BORN, "2026-03-10"),
        ("10 03 2026", BORN, "2026-03-10"),
        ("10032026", BORN, "2026-03-10"),
        ("10.3.2026р.", BORN, "2026-03-10"),
        ("10 березня 2026", BORN, "2026-03-10"),
        ("10 березня 2026 року", BORN, "2026-03-10"),
        ("10 марта 2026 г.", BORN, "2026-03-10"),
        ("10 bereznya 2026", BORN, "2026-03-10"),
        ("10-го березня 26", BORN, "2026-03-10"),
        ("5го травня 2020", BORN, "2020-05-05"),
        ("5,05,2020", BORN, "2020-05-05"),
        ("05-травня-2020", BORN, "2020-05-05"),
        ("пʼятого травня двадцятого року", BORN, "2020-05-05"),
        ("народився 1.9.2020", BORN, "2020-09-01"),
        ("двадцять п'ятого березня дві тисячі двадцять шостого", BORN, "2026-03-25"),
        ("15 лютого цього року", BORN, "2026-02-15"),
        ("в 2022 році, 5 липня", MOVED, "2022-07-05"),
        ("24 лютого 2022", MOVED, "2022-02-24"),
        ("вчора", BORN, "2026-11-24"),
        ("вчора вночі", BORN, "2026-11-24"),
        ("сегодня", BORN, "2026-11-25"),
        ("позавчора", BORN, "2026-11-23"),
        ("три дні тому", BORN, "2026-11-22"),
    ],
)  # fmt: skip
def test_a_day(said: str, fact: Fact, day: str) -> None:
    assert meant(said, fact) == Heard(days(day))


@pytest.mark.parametrize(
    ("said", "fact", "first", "last"),
    [
        ("десятого березня", BORN, "2026-03-10", "2026-03-10"),
        ("10 марта", BORN, "2026-03-10", "2026-03-10"),
        ("14.02", BORN, "2026-02-14", "2026-02-14"),
        ("12 грудня", BORN, "2025-12-12", "2025-12-12"),
        ("10 бирезня", BORN, "2026-03-10", "2026-03-10"),
        ("29 лютого", BORN, "2024-02-29", "2024-02-29"),
        ("10-го", BORN, "2026-11-10", "2026-11-10"),
        ("п'ятого числа", BORN, "2026-11-05", "2026-11-05"),
        ("у понеділок", BORN, "2026-11-23", "2026-11-23"),
        ("березень 2026", BORN, "2026-03-01", "2026-03-31"),
        ("03.2026", BORN, "2026-03-01", "2026-03-31"),
        ("у березні", BORN, "2026-03-01", "2026-03-31"),
        ("в мае 2025", BORN, "2025-05-01", "2025-05-31"),
        ("у листопаді", BORN, "2026-11-01", "2026-11-25"),
        ("в березні, це був 2022", MOVED, "2022-03-01", "2022-03-31"),
        ("у березні 2022 з Маріуполя", MOVED, "2022-03-01", "2022-03-31"),
        ("лютий-березень 2022", MOVED, "2022-02-01", "2022-03-31"),
        ("в березні чи квітні 2022", MOVED, "2022-03-01", "2022-04-30"),
        ("10-15 березня 2022", MOVED, "2022-03-10", "2022-03-15"),
        ("між 2020 і 2022", MOVED, "2020-01-01", "2022-12-31"),
        ("на початку березня", BORN, "2026-03-01", "2026-03-10"),
        ("в середині березня", BORN, "2026-03-11", "2026-03-20"),
        ("в кінці лютого 2022", MOVED, "2022-02-21", "2022-02-28"),
        ("на початку 2022", MOVED, "2022-01-01", "2022-05-01"),
        ("в 2024", BORN, "2024-01-01", "2024-12-31"),
        ("у 2014 році", MOVED, "2014-01-01", "2014-12-31"),
        ("в 22 році", MOVED, "2022-01-01", "2022-12-31"),
        ("цього року", BORN, "2026-01-01", "2026-11-25"),
        ("торік", BORN, "2025-01-01", "2025-12-31"),
        ("в прошлом году", BORN, "2025-01-01", "2025-12-31"),
        ("позаторік", BORN, "2024-01-01", "2024-12-31"),
        ("весною", BORN, "2026-03-01", "2026-05-31"),
        ("весною 22-го", MOVED, "2022-03-01", "2022-05-31"),
        ("минулого року восени", BORN, "2025-09-01", "2025-11-30"),
        ("минулої весни", BORN, "2025-03-01", "2026-05-31"),
        ("взимку 2022", MOVED, "2022-01-01", "2023-02-28"),
        ("минулого тижня", BORN, "2026-11-16", "2026-11-22"),
        ("на тому тижні", BORN, "2026-11-16", "2026-11-22"),
        ("в минулому місяці", BORN, "2026-10-01", "2026-10-31"),
        ("після 24 лютого 2022", MOVED, "2022-02-24", "2026-11-25"),
        ("до березня 2022", MOVED, "2014-01-01", "2022-03-01"),
        ("з початку повномасштабної війни", MOVED, "2022-02-24", "2022-05-25"),
        ("10 днів тому", BORN, "2026-11-14", "2026-11-16"),
        ("3 р. 5 міс.", BORN, "2023-05-26", "2023-06-25"),
        ("тиждень тому", BORN, "2026-11-15", "2026-11-21"),
        ("2 місяці тому", BORN, "2026-09-10", "2026-10-10"),
        ("3 роки тому", MOVED, "2023-05-25", "2024-05-25"),
        ("два тижні", BORN, "2026-11-05", "2026-11-11"),
        ("дитині два тижні", BORN, "2026-11-05", "2026-11-11"),
        ("доньці 3 місяці", BORN, "2026-07-26", "2026-08-25"),
        ("пів року", BORN, "2026-03-26", "2026-06-25"),
        ("півтора року", BORN, "2025-03-26", "2025-06-25"),
        ("рік і 2 місяці", BORN, "2025-08-26", "2025-09-25"),
        ("їй 4 роки", BORN, "2021-11-26", "2022-11-25"),
        ("2 годика", BORN, "2023-11-26", "2024-11-25"),
        ("4-5 років", BORN, "2020-11-26", "2022-11-25"),
        ("менше року", BORN, "2025-11-25", "2026-11-25"),
        ("новонароджена", BORN, "2026-10-28", "2026-11-25"),
    ],
)  # fmt: skip
def test_a_stretch_of_days(said: str, fact: Fact, first: str, last: str) -> None:
    assert meant(said, fact) == Heard(days(first, last), approximate=True)


def test_the_last_day_is_the_callers_to_say() -> None:
    assert hear("10.03.2027", MOVED, TODAY) == Heard(days("2027-03-10"))
    heard = hear("10.03.2027", MOVED, TODAY, latest=TODAY)
    assert heard is not None
    assert heard.outside == "future"


YES, NO = Options(frozenset({True})), Options(frozenset({False}))


@pytest.mark.parametrize(
    ("said", "fact", "answer"),
    [
        *((said, LIVES, YES) for said in (
            "так", "да", "Ага", "угу", "так!", "ну так", "ну да", "tak", "yes", "да конечно", "звісно", "вже так",
            "живе", "так, живе", "живе зі мною", "👍", "👍🏻", "✅", "+", "таак",
        )),
        *((said, LIVES, NO) for said in (
            "ні", "нет", "неа", "нє", "no", "та ні", "да нет", "ні, не живе", "не живе", "не зі мною", "👎", "ще ні",
        )),
        ("є", CAR, YES),
        ("маю", CAR, YES),
        ("имеется", CAR, YES),
        ("жигулі 88 року є", CAR, YES),
        ("нема", CAR, NO),
        ("немає", CAR, NO),
        ("не маю", CAR, NO),
        ("не має", CAR, NO),
        ("не було", CAR, NO),
        ("машини нема", CAR, NO),
        ("авто немає", CAR, NO),
        ("нема і не було ніколи", CAR, NO),
        ("не купували", BOUGHT, NO),
        ("не покупали", BOUGHT, NO),
        ("купували", BOUGHT, YES),
        ("не можна жити", UNFIT, YES),
        ("зруйноване", UNFIT, YES),
        ("дім зруйновано повністю", UNFIT, YES),
        ("вернулись", RETURNED, YES),
        ("ще не повернулись", RETURNED, NO),
    ],
)  # fmt: skip
def test_yes_and_no(said: str, fact: Fact, answer: Options) -> None:
    assert meant(said, fact) == Heard(answer)


@pytest.mark.parametrize(
    ("said", "fact", "answer"),
    [
        ("мабуть так", LIVES, YES),
        ("вроде нет", LIVES, NO),
        ("ні, живе з батьком", LIVES, NO),
        ("так, але не завжди", LIVES, YES),
    ],
)
def test_a_yes_or_no_to_be_read_back(said: str, fact: Fact, answer: Options) -> None:
    assert meant(said, fact) == Heard(answer, approximate=True)


@pytest.mark.parametrize(
    ("said", "fact", "options"),
    [
        ("мати", ROLE, {"mother"}),
        ("Мати.", ROLE, {"mother"}),
        ("мама", ROLE, {"mother"}),
        ("я мама", ROLE, {"mother"}),
        ("тато", ROLE, {"father"}),
        ("папа", ROLE, {"father"}),
        ("опекун", ROLE, {"guardian"}),
        ("опікн", ROLE, {"guardian"}),
        ("бабуся", ROLE, {"other"}),
        ("сестра дитини", ROLE, {"other"}),
        ("інше", ROLE, {"other"}),
        ("2", ROLE, {"father"}),
        ("друге", ROLE, {"father"}),
        ("перший варіант", ROLE, {"mother"}),
        ("останній", ROLE, {"other"}),
        ("2 група", INVALIDITY, {"second"}),
        ("третя", INVALIDITY, {"third"}),
        ("мати або батько", ROLE, {"mother", "father"}),
        ("не мати", ROLE, {"father", "guardian", "other"}),
        ("в україні", PLACE, {"ukraine"}),
        ("закордоном", PLACE, {"abroad"}),
        ("в польщі", PLACE, {"abroad"}),
        ("не в україні", PLACE, {"abroad"}),
        ("де прописані", HOME, {"registered"}),
        ("прописка є", HOME, {"registered"}),
        ("снимаем квартиру", HOME, {"rented"}),
        ("по довідці впо", HOME, {"idp"}),
        ("пенсія", GROUP, {"pension"}),
        ("інвалідність дитини", GROUP, {"child"}),
        ("інвалідність", GROUP, {"disability", "child"}),
        ("нічого", GROUP, {"none"}),
        ("ні", GROUP, {"none"}),
        ("нема таких", GROUP, {"none"}),
    ],
)
def test_options(said: str, fact: Fact, options: set[str]) -> None:
    assert meant(said, fact) == Heard(Options(frozenset(options)), approximate=len(options) > 1)


@pytest.mark.parametrize("fact", [SIZE, INCOME, BORN, LIVES, ROLE])
@pytest.mark.parametrize(
    "said", ["не знаю", "хз", "без понятія", "не памятаю", "не помню", "важко сказати", "Не знаю, а де це дивитись?"]
)  # fmt: skip
def test_not_known(said: str, fact: Fact) -> None:
    assert meant(said, fact) == Heard(dont_know=True)


@pytest.mark.parametrize("fact", [SIZE, INCOME, BORN, LIVES, ROLE])
@pytest.mark.parametrize(
    "said", ["не хочу казати", "не скажу", "пропустити", "пропусти", "дальше", "далі", "не хочу говорить", "skip"]
)  # fmt: skip
def test_refused(said: str, fact: Fact) -> None:
    assert meant(said, fact) == Heard(refused=True)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("багато", SIZE), ("багато", INCOME), ("копійки", INCOME), ("мало", INCOME), ("кілька тисяч", INCOME),
        ("пару тисяч", INCOME), ("коли як", INCOME), ("100 доларів", INCOME), ("2000$", INCOME), ("давно", BORN),
        ("на початку війни", MOVED),
    ],
)  # fmt: skip
def test_a_word_for_a_number(said: str, fact: Fact) -> None:
    assert meant(said, fact) == Heard(vague=True)


@pytest.mark.parametrize("fact", [SIZE, INCOME, BORN, LIVES, ROLE, CAR, AREA])
@pytest.mark.parametrize(
    "said",
    [
        "", "   ", "...", "?", "а скільки платять?", "а скільки платять", "які документи?", "а які бумаги треба",
        "а нашо вам", "що далі робити", "так, а які документи", "хочу оформити субсидію", "допоможіть із пенсією",
        "коли прийде виплата", "якої допомоги чекати?", "чи можна подати онлайн", "есть ли пособие на ребенка",
        "назад", "досить", "стоп", "меню", "оператор", "людина", "субсидія", "запишіть мене на вівторок",
        "0671234567", "4149 4991 1234 5678", "067 123 45 67", "+380671234567", "вул. Шевченка 12", "кабінет 305",
        "штраф за паркування, де оплатити",
    ],
)  # fmt: skip
def test_what_is_no_answer(said: str, fact: Fact) -> None:
    assert meant(said, fact) is None


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("мені 67 років", INCOME), ("мені 67 років", SIZE), ("двоє", INCOME), ("4", BORN),
        ("10.03.2026 і 05.06.2023", BORN), ("4 і 7 років", CHILDREN), ("мені 67", INCOME),
        ("група", INVALIDITY), ("вона народилася 5 серпня, вага 3200", BORN), ("через місяць", BORN),
        ("у грудні буде", BORN),
        ("так, не живе", LIVES), ("ні, живе", LIVES), ("і так і ні", LIVES), ("субсидія", LIVES), ("є питання", CAR),
        ("маю субсидію", CAR), ("був мопед", CAR), ("була але продали", CAR), ("авто є старе", BOUGHT), ("5", ROLE),
        ("чоловік", ROLE), ("у нас немає світла", CAR), ("приблизно", INCOME), ("у 2022 році", INCOME),
    ],
)  # fmt: skip
def test_what_does_not_answer_this_question(said: str, fact: Fact) -> None:
    assert meant(said, fact) is None


def test_minimum_wages_are_nothing_while_their_size_is_not_known() -> None:
    assert hear("дві мінімалки", INCOME, TODAY) is None
