"""A fact that could not be asked, counted or computed is found before anybody is asked it."""

from __future__ import annotations

import pytest

from knowledge_base.rules.problems import Problem
from tests.knowledge_base.tiny_base import TinyBase

MORE = "national/facts/more.yaml"
WORDS = 'label: {uk: "ще"}, why: {uk: "Від цього залежить."}, ask: {uk: "А це?"}, cost: 1'


def with_facts(tiny: TinyBase, **written: str) -> list[Problem]:
    """What is wrong once these facts are there too; `a__b` is the fact `a.b`."""
    lines = [f"{name.replace('__', '.')}: {{{fields}, {WORDS}}}\n" for name, fields in written.items()]
    tiny.write(MORE, "".join(lines))
    return [problem for problem in tiny.errors() if problem.file == MORE]


BOUNDS = [
    ("type: money, min: 10, max: 5", "max", "5 — менше за min, 10"),
    ("type: money, min: 10, usually: 5", "usually", "5 — менше за min, 10"),
    ("type: money, usually: 9, max: 8", "max", "8 — менше за usually, 9"),
    ("type: date, min: 2026-01-02, max: 2026-01-01", "max", "менше за min"),
    ("type: date, min: 5", "min", "не типу date"),
    ("type: money, max: today", "max", "не типу money"),
    ("type: bool, min: 1", "min", "меж не буває"),
    ("type: number, unit: count, usually: 1.5", "usually", "не ціле число"),
    ('type: bool, tick: {uk: "Є борг"}', "tick", "додайте usually"),
]


@pytest.mark.parametrize(("fields", "field", "words"), BOUNDS)
def test_values_that_cannot_be(tiny: TinyBase, fields: str, field: str, words: str) -> None:
    (found,) = with_facts(tiny, x__y=f"person: household, {fields}")
    assert (found.field, found.line) == (f"x.y.{field}", 1)
    assert words in found.message


def test_a_day_up_to_today_and_a_usual_answer_at_the_bound_are_right(tiny: TinyBase) -> None:
    assert not with_facts(
        tiny,
        x__born="type: date, person: applicant, min: 2008-01-01, max: today",
        x__cars="type: number, person: household, unit: count, min: 0, usually: 0, max: 0",
    )


FORMULAS = [
    ("type: money", "household.incom / 2", "можливо, «household.income»"),
    ("type: money", "household.income /", "кінець рядка"),
    ("type: money", "@grant", "невідомий параметр"),
    ("type: money", "today", "виходить дата, а має бути число"),
    ("type: money", "today - 2026-01-01", "виходить строк у днях"),
    ("type: bool", "yes", "рахують лише числа, гроші й дати"),
    ("type: date", "child.birth_date + 3 years", "«child.birth_date» — про одну дитину"),
    ("type: money", "x.y * 2", "саме через себе"),
]


@pytest.mark.parametrize(("fields", "formula", "words"), FORMULAS)
def test_a_formula_that_cannot_give_the_fact(tiny: TinyBase, fields: str, formula: str, words: str) -> None:
    (found,) = with_facts(tiny, x__y=f'{fields}, person: household, computed: "{formula}"')
    assert found.field == "x.y.computed"
    assert words in found.message


def test_facts_worked_out_from_each_other_are_both_named(tiny: TinyBase) -> None:
    found = with_facts(
        tiny,
        x__a='type: money, person: household, computed: "x.b + 1"',
        x__b='type: money, person: household, computed: "x.a - 1"',
        x__c='type: money, person: household, computed: "x.b * 2"',
    )
    assert [problem.field for problem in found] == ["x.a.computed", "x.b.computed"]


def test_a_fact_about_a_child_may_follow_from_another_about_it(tiny: TinyBase) -> None:
    assert not with_facts(tiny, x__y='type: date, person: child, computed: "child.birth_date + 3 years"')


COUNTS = [
    ("household", "unit: count", "child.lives_with_aplicant = yes", "можливо, «child.lives_with_applicant»"),
    ("household", "unit: UAH", "child.lives_with_applicant = yes", "unit — count"),
    ("child", "unit: count", "child.lives_with_applicant = yes", "не може бути child"),
    ("household", "unit: count", "household.income > 5", "факт про дитину"),
    ("household", "unit: count", "child.lives_with_applicant =", "кінець рядка"),
]


@pytest.mark.parametrize(("person", "unit", "condition", "words"), COUNTS)
def test_a_count_of_what_cannot_be_counted(
    tiny: TinyBase, person: str, unit: str, condition: str, words: str
) -> None:
    (found,) = with_facts(tiny, x__y=f'type: number, person: {person}, {unit}, counts: "{condition}"')
    assert found.field == "x.y.counts"
    assert words in found.message


def test_children_of_an_age_may_be_counted(tiny: TinyBase) -> None:
    fields = 'type: number, person: household, unit: count, counts: "child.birth_date > today - 6 years"'
    assert not with_facts(tiny, x__y=fields)


def test_an_implication_that_never_holds(tiny: TinyBase) -> None:
    fields = 'type: number, person: household, min: 0, implies: [{when: "x.y < 0", then: ["x.y = 0"]}]'
    (found,) = with_facts(tiny, x__y=fields)
    assert (found.field, "не виконується ніколи" in found.message) == ("x.y.implies.0.when", True)


def test_an_implication_that_contradicts_itself_or_another(tiny: TinyBase) -> None:
    found = with_facts(
        tiny,
        x__a='type: bool, person: household, implies: [{when: "x.a = yes", then: ["x.b = yes"]}]',
        x__b='type: bool, person: household, implies: [{when: "x.b = yes", then: ["x.a = no"]}]',
        x__c='type: bool, person: household, implies: [{when: "x.c = yes", then: ["x.c = no"]}]',
        x__d='type: bool, person: household, implies: [{when: "x.d = no", then: ["x.a = no"]}]',
    )
    assert [problem.field for problem in found] == ["x.a.implies.0", "x.c.implies.0"]
    assert "«x.a»" in found[0].message


def test_a_fact_whose_answer_tells_of_health_asks_for_the_same_consent(tiny: TinyBase) -> None:
    ill = "type: bool, person: applicant, consent: health"
    told = {
        "x__implied": 'type: bool, person: applicant, implies: [{when: "x.implied = yes", then: ["x.ill = yes"]}]',
        "x__counted": 'type: number, person: household, unit: count, counts: "x.child_ill = yes"',
    }
    child = "type: bool, person: child, consent: health"
    found = with_facts(tiny, x__ill=ill, x__child_ill=child, **told)
    assert [(problem.field, "consent: health" in problem.message) for problem in found] == [
        ("x.implied", True),
        ("x.counted", True),
    ]
    agreed = {name: f"{fields}, consent: health" for name, fields in told.items()}
    assert not with_facts(tiny, x__ill=ill, x__child_ill=child, **agreed)


def test_options_fit_a_button_and_a_screen(tiny: TinyBase) -> None:
    line = tiny.change("facts", '{uk: "Я батько"}', '{uk: "Я батько цього малюка"}')
    (found,) = tiny.errors()
    assert (found.line, found.field) == (line, "applicant.role.options.father.uk")
    assert "21 знаків, на кнопці вміщується 20" in found.message


def test_more_options_than_a_screen_holds(tiny: TinyBase) -> None:
    ten = ", ".join(f'o{number}: {{uk: "{chr(1040 + number)}"}}' for number in range(10))
    (found,) = with_facts(tiny, x__y=f"type: choice, person: applicant, options: {{{ten}}}")
    assert (found.field, "вміщується 9" in found.message) == ("x.y.options", True)


def test_a_line_to_tick_fits_with_its_figures_in(tiny: TinyBase) -> None:
    line = "Борг, давніший за {n:apply_months:місяць}, якого ще не почали сплачувати"  # 59 once filled
    assert not with_facts(
        tiny, x__y=f'type: bool, person: household, usually: no, tick: {{uk: "{line[:-10]}"}}'
    )
    (found,) = with_facts(
        tiny, x__y=f'type: bool, person: household, usually: no, tick: {{uk: "{line} й досі"}}'
    )
    assert (found.field, "у рядку списку вміщується 60" in found.message) == ("x.y.tick.uk", True)


RARE = [
    ('type: bool, usually: no, tick: {uk: "Щось"}', "otherwise: no", "rare", "рядок списку вже є в tick"),
    ("type: date", "otherwise: no", "rare", "дату в список не поставити"),
    ("type: bool", "otherwise: 5", "rare.otherwise", "не типу bool"),
    ('type: choice, options: {a: {uk: "А"}}', "otherwise: b", "rare.otherwise", "немає варіанта «b»"),
    ('type: choice, options: {a: {uk: "А"}}', "otherwise: [a]", "rare.otherwise", "жодного варіанта"),
]


@pytest.mark.parametrize(("fields", "otherwise", "field", "words"), RARE)
def test_a_rare_thing_is_a_line_whose_tick_says_something(
    tiny: TinyBase, fields: str, otherwise: str, field: str, words: str
) -> None:
    rare = f'rare: {{line: {{uk: "Рідкісне"}}, {otherwise}}}'
    (found,) = with_facts(tiny, x__y=f"{fields}, person: household, {rare}")
    assert (found.field, words in found.message) == (f"x.y.{field}", True)


SITUATIONS = [
    ("raises: [applicant.rolle]", "raises.0", "невідомий факт «applicant.rolle»"),
    ("otherwise: {applicant.rolle: mother}", "otherwise.applicant.rolle", "невідомий факт"),
    ("otherwise: {applicant.role: nobody}", "otherwise.applicant.role", "немає варіанта «nobody»"),
]


@pytest.mark.parametrize(("more", "field", "words"), SITUATIONS)
def test_a_situation_names_facts_and_their_answers(tiny: TinyBase, more: str, field: str, words: str) -> None:
    tiny.change("national/life_events.yaml", "order: 3}", f"order: 3, {more}}}")
    (found,) = tiny.errors()
    assert (found.field, words in found.message) == (f"nobody.{field}", True)
