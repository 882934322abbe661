"""Two entries that are mixed up say so of each other, and no phrase is given to the wrong one."""

from __future__ import annotations

from knowledge_base.checks.crossing import check_crossing
from knowledge_base.rules.reading import read_content
from tests.knowledge_base.tiny_base import TinyBase


def found(tiny: TinyBase) -> list[tuple[str, str]]:
    """The field and the message of each reminder."""
    reading = read_content(tiny.content)
    entries = reading.base.entries
    placed = {name: (entry, reading.place("national", "entries", name)) for name, entry in entries.items()}
    problems = list(check_crossing(placed))
    assert not any(problem.blocking for problem in problems)
    return [(problem.field, problem.message) for problem in problems]


def both_ways(tiny: TinyBase) -> None:
    """The tiny base as it should be: the aid sends back to the grant."""
    phrasings = 'phrasings: {uk: ["доплата бідним"]}\n'
    tiny.change("aid", phrasings, phrasings + 'not_this: {uk: [["це для немовлят", baby-grant]]}\n')


def test_an_exclusion_that_one_of_two_declares(tiny: TinyBase) -> None:
    assert found(tiny) == [("not_this.uk.0", "«income-aid» не каже у відповідь, що це не «baby-grant»")]
    both_ways(tiny)
    assert found(tiny) == []


def test_one_that_is_declared_twice_reminds_once(tiny: TinyBase) -> None:
    tiny.change("grant", "[[", '[["гроші бідним", income-aid], [')
    assert [field for field, _ in found(tiny)] == ["not_this.uk.0"]


def test_a_gap_that_leads_to_an_entry_which_does_not_lead_back(tiny: TinyBase) -> None:
    both_ways(tiny)
    tiny.change("later", "not_modelled: []", 'not_modelled: [{uk: "Гроші окремо", see: baby-grant}]')
    assert found(tiny) == [("not_modelled.0.see", "«baby-grant» не веде назад до «later-aid»")]


def test_a_phrase_given_to_the_entry_it_does_not_mean(tiny: TinyBase) -> None:
    both_ways(tiny)
    tiny.change("later", '"щось згодом"', '"щось згодом", "Це для немовлят"')
    (reminder,) = found(tiny)
    assert reminder[0] == "not_this.uk.0"
    assert "later-aid" in reminder[1]


def test_phrases_that_differ_in_a_letter_or_in_order(tiny: TinyBase) -> None:
    both_ways(tiny)
    tiny.change("later", '"щось згодом"', '"щось згодом", "за народження гроші"')
    assert [field for field, _ in found(tiny)] == ["phrasings.uk.1"]
    tiny.change("later", '"щось згодом"', '"у нас народився синок"')
    assert [field for field, _ in found(tiny)] == ["phrasings.uk.1", "phrasings.uk.0"]


def test_short_phrases_are_not_alike(tiny: TinyBase) -> None:
    both_ways(tiny)
    tiny.change("grant", '"гроші за народження"', '"гроші"')
    tiny.change("later", '"щось згодом"', '"грош"')
    assert found(tiny) == []
