"""The library: cards, answers and places of one community, on a day before and after the horizon."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from knowledge_base.answers import Interval, Knowledge
from knowledge_base.catalogue import listing, show
from knowledge_base.library import Library
from knowledge_base.lookup import look_up
from knowledge_base.rules.comparing import Truth as Outcome
from knowledge_base.rules.facts import Known
from knowledge_base.rules.parameters import value_at
from knowledge_base.rules.reading import read_content
from knowledge_base.rules.values import exactly, options
from knowledge_base.snapshot import Snapshot
from knowledge_base.understanding.meaning import Danger, Facet
from tests.knowledge_base.tiny_base import TinyBase

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 2, 1, 9, tzinfo=UTC)


@pytest.fixture
def library(tiny: TinyBase) -> Library:
    return tiny.library()


def plain(text: str | None) -> str | None:
    return text.replace("\u00a0", " ") if text else text


def test_only_entries_that_may_be_answered(library: Library) -> None:
    knowledge: Knowledge = library
    assert set(knowledge.entry_ids) == {"baby-grant", "income-aid"}
    assert knowledge.resolve("birth-money") == "baby-grant"
    assert knowledge.resolve("later-aid") is None
    assert len(knowledge.version) == 16
    assert library.card_label("baby-grant") == "Виплата на дитину"


def test_a_card_has_its_figures(library: Library) -> None:
    card = library.card("baby-grant", NOW)
    assert plain(card.headline) == "Платять від 41 280,50 до 50 000 грн на кожну дитину."
    assert plain(card.amount) == "від 41 280,50 до 50 000 грн на дитину"
    assert card.who == "мати або батько сім’ї"
    assert plain(card.when) == "до 12 місяців від дня народження"
    assert card.where == "Фонд на Заріччі, вул. Мостова, 7, 222"
    assert card.source is not None
    assert (card.source.text, card.source.checked_on) == (
        "закон № 4681-IX від 05.11.2025, ст. 5",
        date(2026, 11, 18),
    )
    assert card.doubt == "Джерела по-різному називають строк."
    assert (card.overdue, card.stale_year, card.last_amount, card.status) == (False, None, None, "published")
    assert card.facets == {Facet.OVERVIEW, Facet.AMOUNT, Facet.DEADLINE, Facet.HOW, Facet.DOCUMENTS}


def test_a_card_tells_the_ways_to_hand_papers_in_and_the_list_its_own_act(library: Library) -> None:
    card = library.card("baby-grant", NOW)
    assert [(door.words, door.office and door.office.phone) for door in card.doors] == [
        ("Фонд на Заріччі", "222"),
        ("ЦНАП", "333"),
    ]
    assert card.documents is not None
    assert card.documents.source is not None
    assert card.documents.source.checked_on == date(2026, 11, 18)


def test_without_facts_a_paper_with_a_condition_is_possible(library: Library) -> None:
    papers = library.card("baby-grant", NOW).documents
    assert papers is not None
    assert papers.closed
    assert [plain(line.note) for line in papers.sure] == ["бланк дадуть на місці, 2 примірники"]
    assert [(line.name, line.condition, line.where_to_get) for line in papers.possible] == [
        ("Свідоцтво про народження", "якщо ви мати", "ДРАЦС")
    ]


def test_past_the_horizon_the_sum_is_withheld_and_the_last_one_named_with_its_date(library: Library) -> None:
    card = library.card("baby-grant", NEXT_YEAR)
    assert card.amount is None
    assert card.stale_year == 2027
    assert plain(card.last_amount) == "станом на 31 грудня 2026 року: від 41 280,50 до 50 000 грн на дитину"
    assert card.headline == "Виплата на дитину: суму на 2027 рік ще не підтверджено."
    assert card.overdue
    amount = plain(library.facet_text("baby-grant", Facet.AMOUNT, NEXT_YEAR))
    assert amount is not None
    assert amount.split("\n")[:3] == [
        "Суму на 2027 рік ще не підтверджено.",
        "Ось що відомо станом на 31 грудня 2026 року:",
        "Зараз платять 50 000 грн.",
    ]


def test_the_community_decides_when_the_year_turns(library: Library) -> None:
    in_kyiv_already_january = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    assert library.card("baby-grant", in_kyiv_already_january).stale_year == 2027
    assert library.card("baby-grant", datetime(2026, 12, 31, 21, 30, tzinfo=UTC)).stale_year is None


def test_before_the_first_period_nothing_is_said_with_a_figure(library: Library) -> None:
    long_ago = datetime(2010, 1, 1, tzinfo=UTC)
    assert library.facet_text("baby-grant", Facet.AMOUNT, long_ago) is None
    card = library.card("baby-grant", long_ago)
    assert (card.headline, card.amount, card.stale_year) == ("Виплата при народженні", None, None)


def test_facets(library: Library) -> None:
    assert library.facet_text("baby-grant", Facet.HOW, NOW) == (
        "Подзвоніть: 15-47 або 116 123. Підстава: закон № 4681-IX від 05.11.2025."
    )
    assert library.facet_text("baby-grant", Facet.REFUSAL, NOW) is None
    assert library.facet_text("baby-grant", Facet.DOCUMENTS, NOW) is None


def test_a_suspended_entry_says_so(library: Library) -> None:
    card = library.card("income-aid", NOW)
    assert (card.status, card.doubt, card.documents, card.amount) == ("suspended", None, None, None)


def test_offices(library: Library) -> None:
    assert [office.id for office in library.offices("pfu_office")] == ["pfu"]
    assert len(library.offices()) == 4
    reception = library.community.reception
    assert reception.hours[:2] == (Interval(0, time(9), time(12, 30)), Interval(0, time(13, 15), time(18)))
    assert plain(reception.hours_text) == (
        "з понеділка до середи з 9:00 до 12:30 і з 13:15 до 18:00, у п’ятницю з 8:00 до 16:45"
    )
    assert (reception.latitude, reception.longitude) == (49.5, 31.25)
    assert reception.closed_on == {date(2027, 1, 1)}


def test_danger_numbers_by_role(library: Library) -> None:
    assert library.danger_numbers(Danger.VIOLENCE) == {"police": "102", "violence_line": "15-47 або 116 123"}
    assert library.danger_numbers(Danger.HUNGER) == {"food_aid": "Їжа, вул. Хлібна, 1, 444"}
    assert library.danger_numbers(Danger.SUICIDE) == {}
    line = library.hotline("help_line")
    assert line is not None
    assert line.numbers == ("15-47", "116 123")
    assert library.hotline("nobody") is None


def test_life_events_and_twins(library: Library) -> None:
    assert [(event.id, event.entries) for event in library.life_events] == [
        ("child_born", ("baby-grant",)),
        ("low_income", ("baby-grant", "income-aid")),
    ]
    assert library.twins("baby-grant") == ("income-aid",)
    assert library.twins("income-aid") == ()


def test_phrasings_for_the_trainer(library: Library) -> None:
    topic = next(one for one in library.phrasings() if one.topic == "baby-grant")
    assert topic.phrasings == (
        "виплата на дитину",
        "гроші за народження",
        "пособіє на ребьонка",
        "у нас народився син",
    )
    assert topic.not_this == (("доплата бідним", "income-aid"),)


PARENT = {
    "applicant.role": options("mother"),
    "child.lives_with_applicant": options(True),
}


def test_only_an_entry_with_rules_and_cases_is_evaluated(library: Library) -> None:
    assert library.evaluated("baby-grant")
    assert not library.evaluated("income-aid")
    assert not library.evaluated("later-aid")
    with pytest.raises(KeyError):
        library.rules("income-aid")
    assert library.rules("baby-grant") is library.rules("baby-grant")


def test_an_entry_is_assessed_on_the_community_s_own_day(library: Library) -> None:
    known = Known({**PARENT, "child.birth_date": exactly(date(2025, 12, 31))})
    in_time = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)
    in_kyiv_already_january = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    assert library.assess("baby-grant", known, in_time).outcome is Outcome.YES
    assert library.assess("baby-grant", known, in_kyiv_already_january).because == ("in_time",)


def test_an_assessment_is_explained_in_words_and_leaves_a_receipt(library: Library) -> None:
    known = Known({"applicant.role": options("other")})
    found = library.assess("baby-grant", known, NOW)
    explained = library.explain(found, {"applicant.role": "citizen"})
    assert explained.conditions is not None
    who = explained.conditions.children[0]
    assert (who.truth, who.why, who.facts[0].stated_by) == (
        Outcome.NO,
        "Право має один із батьків",
        "citizen",
    )
    assert who.source is not None
    assert who.source.title == "закон № 4681-IX від 05.11.2025"
    receipt = library.receipt(found, known)
    assert (receipt.base, receipt.version, receipt.rules) == (library.version, 2, ("who",))


def test_a_community_s_paper_and_sum_count(tiny: TinyBase) -> None:
    tiny.change("grant", "closed_list: true", "closed_list: false")
    tiny.change("overlay", "    fill:", "    add: {documents: [{doc: income_paper}]}\n    fill:")
    tiny.write(
        "communities/sample/parameters.yaml",
        """\
grant:
  title: {uk: "Своя виплата"}
  unit: UAH
  values: [{from: 2026-01-01, value: 60000, source: law, known_through: 2026-12-31}]
""",
    )
    snapshot = Snapshot("x", read_content(tiny.content).base)
    known = Known({**PARENT, "child.birth_date": exactly(date(2026, 3, 10))})
    found = Library(snapshot, "sample").assess("baby-grant", known, NOW)
    assert found.documents == ("application", "birth_certificate", "income_paper")
    assert found.amount is not None
    assert (found.amount.low, found.amount.high) == (60000, 60000)


def test_a_hidden_entry_is_not_answered(tiny: TinyBase) -> None:
    tiny.change(
        "overlay",
        "entries:",
        'entries:\n  - {entry: income-aid, made_for_version: 1, hide: {reason: {uk: "немає"}}}',
    )
    library = tiny.library()
    assert library.entry_ids == ("baby-grant",)
    assert library.twins("baby-grant") == ()


def test_an_open_list_takes_a_paper_of_the_community(tiny: TinyBase) -> None:
    tiny.change("grant", "closed_list: true", "closed_list: false")
    tiny.change("overlay", "    fill:", "    add: {documents: [{doc: income_paper}]}\n    fill:")
    papers = tiny.library().card("baby-grant", NOW).documents
    assert papers is not None
    assert [line.id for line in papers.sure] == ["application", "income_paper"]


def test_an_unknown_community_is_an_error(tiny: TinyBase) -> None:
    with pytest.raises(KeyError):
        Library(Snapshot("x", read_content(tiny.content).base), "nowhere")


def test_a_parameter_knows_its_horizon(tiny: TinyBase) -> None:
    grant = read_content(tiny.content).base.parameters["grant"]
    found = [value_at(grant, day) for day in (date(2025, 12, 31), date(2026, 12, 31), date(2027, 1, 1))]
    assert [(one.value, one.stale) for one in found if one] == [(41280, False), (50000, False), (50000, True)]
    assert value_at(grant, date(2019, 12, 31)) is None


def test_listing_and_showing(tiny: TinyBase) -> None:
    base = read_content(tiny.content).base
    rows = {row["id"]: row for row in listing(base)}
    assert rows["baby-grant"] == {
        "id": "baby-grant",
        "aliases": ["birth-money"],
        "group": "families",
        "status": "published",
        "evaluated": True,
        "phrasings": 4,
        "cases": 2,
        "sources": 2,
    }
    assert rows["later-aid"]["status"] == "draft"
    assert not rows["later-aid"]["evaluated"]
    assert not rows["income-aid"]["evaluated"]
    text = show(base, "birth-money")
    for part in (
        "Виплата при народженні (baby-grant, версія 2, published)",
        "ст. 5",
        "якщо ви мати",
        "who: Право",
    ):
        assert part in text
    with pytest.raises(KeyError):
        show(base, "nothing")


def test_a_headline_that_stands_alone_past_its_horizon_says_what_was_known(tiny: TinyBase) -> None:
    tiny.change("grant", '  amount: {uk: "{amount} на дитину"}\n', "")
    headline = plain(tiny.library().card("baby-grant", NEXT_YEAR).headline)
    assert headline.split("\n") == [
        "Виплата на дитину: суму на 2027 рік ще не підтверджено.",
        "Ось що відомо станом на 31 грудня 2026 року:",
        "Платять від 41 280,50 до 50 000 грн на кожну дитину.",
    ]


def test_a_headline_whose_days_are_past_their_horizon_does_not_speak_of_a_sum(tiny: TinyBase) -> None:
    tiny.change(
        "grant", 'short: {uk: "Платять {amount} на кожну дитину."}', 'short: {uk: "На заяву {apply_months}."}'
    )
    card = tiny.library().card("baby-grant", datetime(2030, 2, 1, tzinfo=UTC))
    assert card.headline.startswith("Виплата на дитину: на 2030 рік ще не підтверджено.")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Допомогу при народженню", ["baby-grant"]),
        ("ВИПЛАТУ", ["baby-grant"]),
        ("виплата народження космос", []),
        ("!", []),
    ],
)
def test_a_specialists_words_find_an_entry_whatever_their_endings(
    library: Library, words: str, found: list[str]
) -> None:
    assert [card.id for card in look_up(library, words, NOW)] == found
