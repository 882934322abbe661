"""A small invented base, written by hand: a subsidy, a birth payment, an allowance, a passport, offices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from knowledge_base.answers import (
    Community,
    DocumentLine,
    DocumentList,
    EntryCard,
    Hotline,
    Interval,
    LifeEvent,
    Locality,
    MobileStop,
    Notice,
    Office,
    SourceLine,
    StopDays,
    VisitGround,
    VisitRules,
)
from knowledge_base.screener import Screener
from knowledge_base.understanding.meaning import Danger, Facet

CHECKED = date(2026, 11, 20)
WEEK = tuple(Interval(day, time(9), time(18)) for day in range(5))


def source(text: str) -> SourceLine:
    return SourceLine(text=text, url="https://example.org/act", checked_on=CHECKED)


RECEPTION = Office(
    id="reception",
    name="Управління соцзахисту",
    address="вул. Зразкова, 1",
    phone="0 800 000 001",
    hours=WEEK,
    hours_text="у будні з 9:00 до 18:00",
    serves=frozenset({"department"}),
    step_free=True,
    visits=VisitRules(minutes=20, days_ahead=14, lead_minutes=60, hall=40, letter="З"),
    latitude=49.0,
    longitude=32.0,
    note="Від вокзалу автобусом 7 до зупинки «Ринок»",
)
BRANCH = Office(
    id="branch",
    name="Відділення на Озерній",
    address="с. Озерне, вул. Озерна, 15",
    phone="0 800 000 002",
    hours=(Interval(5, time(9), time(14)),),
    hours_text="у суботу з 9:00 до 14:00",
    serves=frozenset({"department"}),
    closed_on=frozenset({date(2026, 11, 28)}),
    step_free=False,
    latitude=49.1,
    longitude=32.0,
)

GROUNDS = (
    VisitGround("veteran", "Ветеран війни", "ветерани війни", source("порядок прийому, п. 4")),
    VisitGround("pregnancy", "Вагітність", "вагітні жінки", source("порядок прийому, п. 5")),
)

VERBY = Locality("verby", "Верби", "village", 49.05, 32.05, ("Верби", "Вербы"))
OZERNE = Locality("ozerne", "Озерне", "village", 49.101, 32.001, ("Озерне", "Озерное"))
TOWN_SADOVA = Locality(
    "town-sadova", "Садова", "street", 49.001, 32.001, ("Садова",), within="Зразків", within_id="town"
)
VERBY_SADOVA = Locality(
    "verby-sadova", "Садова", "street", 49.051, 32.051, ("Садова",), within="Верби", within_id="verby"
)
STOP = MobileStop(
    "verby",
    VERBY,
    "біля клубу",
    (Interval(0, time(10), time(13)),),
    "заяви на субсидію",
    "0 800 000 021",
    every=(StopDays(3, frozenset({1, 3})),),
    off=frozenset({date(2026, 12, 17)}),
)

SUBSIDY = EntryCard(
    id="housing-subsidy",
    group="utilities",
    kind="subsidy",
    label="Субсидія",
    title="Субсидія: доплата за комунальні",
    official="житлова субсидія",
    headline="Держава доплатить за комунальні, коли плата завелика для доходу.",
    who="родина, у якої плата більша за її частку",
    amount="різниця між платою в межах норми і вашою часткою",
    when="до 30 листопада",
    where="Пенсійний фонд або ЦНАП",
    documents=DocumentList(
        sure=(
            DocumentLine("application", "Заява", note="бланк дадуть на місці"),
            DocumentLine("declaration", "Декларація про доходи", where_to_get="бланк у Пенсійному фонді"),
            DocumentLine("passport", "Паспорт", note="показати"),
        ),
        possible=(
            DocumentLine(
                "lease", "Договір оренди", condition="якщо ви винаймаєте житло", register_check=True
            ),
        ),
        closed=False,
    ),
    source=source("постанова КМУ № 848 від 21.10.1995, п. 7"),
    facets=frozenset(
        {Facet.OVERVIEW, Facet.DOCUMENTS, Facet.AMOUNT, Facet.WHERE, Facet.ELIGIBILITY, Facet.HOW}
    ),
)
BIRTH = EntryCard(
    id="birth-benefit",
    group="family",
    kind="cash",
    label="Народження дитини",
    title="Виплата при народженні дитини",
    official="допомога при народженні дитини",
    headline="При народженні дитини платять 50\u00a0000\u00a0грн одноразово.",
    who="мати, батько або опікун, якщо дитина живе з ними",
    amount="50\u00a0000\u00a0грн на дитину",
    when="до року дитини",
    where="ЦНАП або застосунок «Дія»",
    documents=DocumentList(
        sure=(
            DocumentLine("application", "Заява"),
            DocumentLine("birth", "Свідоцтво про народження", note="копія"),
        ),
        possible=(),
        closed=True,
    ),
    source=source("закон № 4681-IX від 05.11.2025, ст. 3"),
    facets=frozenset({Facet.OVERVIEW, Facet.DOCUMENTS, Facet.AMOUNT, Facet.DEADLINE, Facet.WHERE}),
)
ALLOWANCE = EntryCard(
    id="idp-living-allowance",
    group="displaced",
    kind="cash",
    label="Виплата ВПО",
    title="Виплата переселенцям на проживання",
    official=None,
    headline="Переселенцям із невеликим доходом щомісяця платять на проживання.",
    who="переселенці з доходом нижче за межу",
    amount=None,
    when=None,
    where=None,
    documents=None,
    source=source("постанова КМУ № 332 від 20.03.2022, п. 3"),
    facets=frozenset({Facet.OVERVIEW, Facet.AMOUNT}),
    overdue=True,
    stale_year=2027,
    last_amount="станом на 31\u00a0грудня 2026\u00a0року: 2\u00a0000\u00a0грн на місяць",
)
CERTIFICATE = EntryCard(
    id="idp-registration",
    group="displaced",
    kind="status",
    label="Довідка ВПО",
    title="Довідка переселенця",
    official=None,
    headline="Довідку переселенця видають у день звернення.",
    who="людина, яка виїхала через війну",
    amount=None,
    when=None,
    where="управління соцзахисту або ЦНАП",
    documents=DocumentList(
        sure=(DocumentLine("passport", "Паспорт", note="показати"),),
        possible=(
            DocumentLine("birth", "Свідоцтво про народження", condition="якщо з вами діти"),
            DocumentLine("guardian", "Рішення про опіку", condition="якщо ви опікун"),
        ),
        closed=False,
    ),
    source=source("постанова КМУ № 509 від 01.10.2014, п. 2"),
    facets=frozenset({Facet.OVERVIEW, Facet.WHERE}),
)
PASSPORT = EntryCard(
    id="referral-passport",
    group="referral",
    kind="referral",
    label="Паспорт",
    title="Паспорт і реєстрація житла",
    official=None,
    headline="Це вирішує міграційна служба.",
    who=None,
    amount=None,
    when=None,
    where="вул. Паспортна, 3, 0 800 000 003",
    documents=None,
    source=None,
    facets=frozenset({Facet.OVERVIEW, Facet.HOW}),
)
OFFICES = EntryCard(
    id="office-info",
    group="service",
    kind="service",
    label="Адреси й години",
    title="Адреси, години, телефони",
    official=None,
    headline="Ось де і коли ми працюємо.",
    who=None,
    amount=None,
    when=None,
    where=None,
    documents=None,
    source=None,
    facets=frozenset({Facet.WHERE}),
)
ENTRIES = {card.id: card for card in (SUBSIDY, BIRTH, ALLOWANCE, CERTIFICATE, PASSPORT, OFFICES)}
FACET_TEXTS = {
    (
        "housing-subsidy",
        Facet.AMOUNT,
    ): "Сума — це плата в межах норми мінус ваша частка.\nЧастка залежить від доходу.",
    ("housing-subsidy", Facet.WHERE): "Подати можна в Пенсійному фонді або в ЦНАП.",
    ("housing-subsidy", Facet.HOW): "Заповніть заяву й декларацію та принесіть їх.",
    ("birth-benefit", Facet.DEADLINE): "Подати можна, поки дитині не виповнився рік.",
    ("referral-passport", Facet.HOW): "Запишіться телефоном або на сайті служби.",
}
NUMBERS = {
    Danger.VIOLENCE: {
        "police": "102",
        "ambulance": "103",
        "violence_line": "15-47",
        "violence_line_mobile": "116 123 або 0 800 000 007",
    },
    Danger.SUICIDE: {"suicide_line": "7333", "violence_line": "15-47", "ambulance": "103"},
    Danger.EVACUATION: {"evacuation": "203", "evacuation_region": "0 800 000 004"},
    Danger.HUNGER: {"food_aid": "пункт видачі, вул. Ринкова, 2, 0 800 000 005"},
    Danger.CHILD: {
        "police": "102",
        "child_service": "0 800 000 006",
        "violence_line": "15-47",
        "child_line": "116 111",
    },
}


@dataclass(frozen=True)
class FakeKnowledge:
    """Knowledge over dictionaries; every test may replace a part of it."""

    version: str = "base-1"
    entries: Mapping[str, EntryCard] = field(default_factory=lambda: ENTRIES)
    numbers: Mapping[Danger, Mapping[str, str]] = field(default_factory=lambda: NUMBERS)
    places: tuple[Office, ...] = (RECEPTION, BRANCH)
    aliases: Mapping[str, str] = field(default_factory=lambda: {"subsidy": "housing-subsidy"})
    life_events: tuple[LifeEvent, ...] = (
        LifeEvent("child_born", "Народилася дитина", ("birth-benefit",)),
        LifeEvent("displaced", "Переїзд через війну", ("idp-registration", "idp-living-allowance")),
        LifeEvent("utility_bills", "Плата за комунальні", ("housing-subsidy",)),
        LifeEvent("veteran", "Служба й ветерани", ("veteran-annual-payment",)),
    )
    retention_days: int = 365
    pinned: tuple[Notice, ...] = ()
    localities: tuple[Locality, ...] = (VERBY, OZERNE, TOWN_SADOVA, VERBY_SADOVA)
    mobile_stops: tuple[MobileStop, ...] = (STOP,)

    @property
    def community(self) -> Community:
        reception = next((office for office in self.places if office.id == RECEPTION.id), RECEPTION)
        return Community("zrazkova", "Зразкова громада", "Europe/Kyiv", reception, self.retention_days)

    @property
    def entry_ids(self) -> tuple[str, ...]:
        return tuple(self.entries)

    def resolve(self, entry_id: str) -> str | None:
        known = self.aliases.get(entry_id, entry_id)
        return known if known in self.entries else None

    def assessor(self, entry_id: str, now: datetime) -> None:
        """Nothing here has rules; the interview is tried on the real ones."""

    def screener(self, now: datetime, situations: Collection[str] | None = None) -> Screener:
        raise LookupError("nothing here has rules, and nothing here offers to try them all")

    def card(self, entry_id: str, now: datetime) -> EntryCard:
        return self.entries[entry_id]

    def facet_text(self, entry_id: str, facet: Facet, now: datetime) -> str | None:
        return FACET_TEXTS.get((entry_id, facet))

    def offices(self, serves: str | None = None) -> tuple[Office, ...]:
        return tuple(office for office in self.places if serves is None or serves in office.serves)

    def offices_for(self, entry_id: str) -> tuple[Office, ...]:
        return self.offices("department") if entry_id == CERTIFICATE.id else ()

    def with_offices(self, offices: Iterable[Office]) -> FakeKnowledge:
        return replace(self, places=tuple(offices))

    def notices(self, now: datetime) -> tuple[Notice, ...]:
        return self.pinned

    def hotline(self, hotline_id: str) -> Hotline | None:
        return None

    @property
    def visit_grounds(self) -> tuple[VisitGround, ...]:
        return GROUNDS

    def danger_numbers(self, danger: Danger) -> Mapping[str, str]:
        return self.numbers.get(danger, {})

    def wordings(self, entry_id: str) -> tuple[str, ...]:
        return ()

    def twins(self, entry_id: str) -> tuple[str, ...]:
        near = {"idp-living-allowance": ("idp-registration",), "idp-registration": ("idp-living-allowance",)}
        return near.get(entry_id, ())


def with_long_list(papers: int) -> FakeKnowledge:
    """The same base with very many papers for the subsidy."""
    lines = tuple(
        DocumentLine(
            f"paper{number}",
            f"Довідка номер {number} про склад родини та доходи",
            note="копія й оригінал, щоб показати",
        )
        for number in range(1, papers + 1)
    )
    card = replace(SUBSIDY, documents=DocumentList(sure=lines, possible=(), closed=True))
    return FakeKnowledge(entries={**ENTRIES, card.id: card})
