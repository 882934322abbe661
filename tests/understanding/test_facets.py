"""The nine facets in Ukrainian, Russian, surzhyk and Latin letters; what leans on the topic before."""

from __future__ import annotations

import pytest

from knowledge_base.understanding.facets import FacetReader
from knowledge_base.understanding.meaning import Facet
from knowledge_base.understanding.normalise import spell
from tests.understanding.conftest import GOLDEN, golden


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("що таке субсидія", Facet.OVERVIEW),
        ("на які діти дають", Facet.ELIGIBILITY),
        ("хто має право", Facet.ELIGIBILITY),
        ("кому положено", Facet.ELIGIBILITY),
        ("скока платять", Facet.AMOUNT),
        ("а скільки платять?", Facet.AMOUNT),
        ("skilky daiut", Facet.AMOUNT),
        ("шо нести", Facet.DOCUMENTS),
        ("які документи на субсидію", Facet.DOCUMENTS),
        ("yaki dokumenty", Facet.DOCUMENTS),
        ("какие бумаги собирать", Facet.DOCUMENTS),
        ("куда йти", Facet.WHERE),
        ("де взяти довідку переселенця", Facet.WHERE),
        ("як оформити", Facet.HOW),
        ("потрібна довідка про виплати", Facet.HOW),
        ("до какого числа подать", Facet.DEADLINE),
        ("скільки чекати на довідку", Facet.DEADLINE),
        ("чого відмовили", Facet.REFUSAL),
        ("почему отказали в субсидии", Facet.REFUSAL),
        ("на якому етапі моя заява", Facet.STATUS),
        ("гроші досі не прийшли", Facet.STATUS),
    ],
)
def test_facets(facets: FacetReader, text: str, facet: Facet) -> None:
    assert facets.facet(text) is facet


def test_coming_money_is_deadline_or_status(facets: FacetReader) -> None:
    assert facets.facet("коли прийдуть гроші") in {Facet.DEADLINE, Facet.STATUS}


@pytest.mark.parametrize("text", ["субсидія", "", "👍", "довідка ВПО"])
def test_a_bare_name_asks_for_no_facet(facets: FacetReader, text: str) -> None:
    assert facets.facet(text) is None


def test_a_story_asks_in_its_question(facets: FacetReader) -> None:
    story = "Торік подавала документи, довго чекала. Тепер народилась друга дитина. Скільки платять?"
    assert facets.facet(story) is Facet.AMOUNT


@pytest.mark.parametrize("text", ["а якщо хата на покійному чоловікові", "для мами", "а если второй ребенок"])
def test_a_text_may_lean_on_the_one_before(facets: FacetReader, text: str) -> None:
    assert facets.goes_on(spell(text))


@pytest.mark.parametrize(
    ("story", "facet"),
    [
        ("Мені 80, живу сама. Завжди приходило десятого, а тепер порожньо. Куди дзвонити?", Facet.STATUS),
        ("Комісія завернула папери сина. Куди скаржитися?", Facet.REFUSAL),
        ("Мама не встає з ліжка. Приїдьте до неї, треба підписати заяву", Facet.HOW),
        ("Сестра отримує, а я ні. Чи мені теж дадуть?", Facet.ELIGIBILITY),
    ],
)
def test_a_situation_implies_its_facet(facets: FacetReader, story: str, facet: Facet) -> None:
    assert facets.facet(story) is facet


def test_golden_facets(facets: FacetReader) -> None:
    rows = [row for path in sorted(GOLDEN.glob("*.jsonl")) for row in golden(path) if row["facet"]]
    wrong = [(row["text"], row["facet"]) for row in rows if facets.facet(row["text"]) != row["facet"]]
    assert len(wrong) <= 0.30 * len(rows), wrong


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("скільки платять", True),
        ("хто отримує?", True),
        ("потрібні документи", True),
        ("я на повній ставці", False),
        ("машини нема, депозитів теж", False),
    ],
)
def test_what_asks_and_what_tells(facets: FacetReader, text: str, asks: bool) -> None:
    assert facets.asks(text, spell(text)) is asks


@pytest.mark.parametrize(
    ("text", "supposes", "back"),
    [
        ("а якщо хата на чоловікові", True, False),
        ("a yakshcho ya na pivstavky", True, False),
        ("ту допомогу не знімуть", False, True),
        ("а з тими 50 тисячами?", False, True),
        ("куди подати", False, False),
    ],
)
def test_what_supposes_and_what_points_back(
    facets: FacetReader, text: str, supposes: bool, back: bool
) -> None:
    assert (facets.supposes(spell(text)), facets.points_back(spell(text))) == (supposes, back)
