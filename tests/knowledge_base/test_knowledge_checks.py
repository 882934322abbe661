"""The checks: each fault of the content is found with its file, line and field, and a whole base passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.checks import CONTENT
from knowledge_base.snapshot import current, version_of
from tests.knowledge_base.tiny_base import FILES, TinyBase


def test_the_tiny_base_is_whole(tiny: TinyBase) -> None:
    assert tiny.problems() == []


def test_the_content_of_the_project_is_whole(built_knowledge: Path) -> None:
    """All its entries are checked for minutes, once a run: what has a fault is not built."""
    assert current(built_knowledge).version == version_of(CONTENT)


HYGIENE = [
    ("grant", "version: 2", "version: 2\nversion: 3", 1, "version", "повторюється"),
    ("grant", "confidence: low", "confidence: off", 0, "confidence", "так/ні"),
    ("grant", "owner: family_department", "owner: 012", 0, "owner", "нулем"),
    ("grant", "owner: family_department", "owner: 12:30", 0, "owner", "шістдесяткове"),
    ("grant", "owner: family_department", "owner: yes", 0, "owner", "лапки"),
    ("grant", "owner: family_department", "owner: 7", 0, "owner", "лапки"),
    ("grant", "review_by: 2027-01-15", "review_by: 2027-02-30", 0, "review_by", "дня немає"),
    ("grant", "review_by: 2027-01-15", "review_by: 2027-01-15 10:00:00", 0, "review_by", "2026-12-31"),
    ("grant", "review_by: 2027-01-15", "review_by: 1_000", 0, "review_by", "лише цифрами"),
    ("grant", "review_by: 2027-01-15", "review_by: !!python/name:os.system x", 0, "review_by", "тег"),
    ("grant", "owner: family_department", "owner: [", 2, "файл", "не читається"),
    ("facts", "{mother: {uk", "{no: {uk", 0, "applicant.role.options.no", "лапки"),
]


@pytest.mark.parametrize(("file", "old", "new", "below", "field", "words"), HYGIENE)
def test_yaml_that_reads_as_something_else_is_refused_with_its_line(
    tiny: TinyBase, file: str, old: str, new: str, below: int, field: str, words: str
) -> None:
    line = tiny.change(file, old, new)
    first = next(problem for problem in tiny.errors() if words in problem.message)
    assert first.field == field
    assert first.line == line + below


FAULTS = [
    (
        "grant",
        "confidence: low",
        "confidense: low",
        "confidense",
        "невідоме поле «confidense»: можливо, «confidence»",
    ),
    ("grant", "kind: cash", "kind: cahs", "kind", "можливо, «cash»"),
    ("grant", "owner: family_department\n", "", "owner", "бракує цього поля"),
    ("grant", "id: baby-grant", "id: other-grant", "id", "має бути «baby-grant»"),
    ("grant", "group: families", "group: houses", "group", "має бути «families»"),
    ("grant", "applicant.role in", "applicant.rolle in", "eligible.all.0", "можливо, «applicant.role»"),
    ("grant", "in [mother, father]", "in [mother, fater]", "eligible.all.0", "можливо, «father»"),
    ("grant", "= yes", "= mother", "eligible.all.1", "невідомий факт «mother»"),
    ("grant", "= yes", "> 3", "eligible.all.1", "так/ні"),
    ("grant", "= yes", "= ", "eligible.all.1.that", "кінець рядка"),
    ("grant", "before_deadline: apply", "before_deadline: aply", "eligible.all.2.before_deadline", "«apply»"),
    ("grant", "id: lives", "id: who", "eligible.all.1.id", "вже є вище"),
    ("grant", 'yes", src: law', 'yes", src: lawn', "eligible.all.1.src", "можливо, «law»"),
    ("grant", "@grant_before", "@grant_befor", "variants.1.amount.value", "можливо, «grant_before»"),
    ("grant", '"@grant_before"', '"@apply_months"', "variants.1.amount.value", "виходить строк"),
    ("grant", ">= 2026-01-01", ">= 2026", "variants.0.when", "дата, а порівнюється з: число"),
    (
        "grant",
        "doc: birth_certificate",
        "doc: birth_sertificate",
        "documents.items.1.doc",
        "birth_certificate",
    ),
    ("grant", ', when_text: {uk: "якщо ви мати"}', "", "documents.items.1", "лише разом"),
    ("grant", "+ @apply_months", "+ @grant", "deadlines.0.last_day", "дата + число"),
    ("grant", "basis_date: child.birth_date", "basis_date: applicant.role", "basis_date", "факт-дата"),
    ("grant", "id: order, pin", "id: ordr, pin", "sources.1.id", "можливо, «order»"),
    ("grant", "checked_on: 2026-11-18", "checked_on: null", "sources.1.checked_on", "published вимагає"),
    ("grant", "[low_income, child_born]", "[low_income, child_borne]", "life_events.1", "«child_born»"),
    (
        "grant",
        'label: {uk: "Виплата на дитину"}',
        'label: {uk: "Виплата на кожну дитину"}',
        "label.uk",
        "кнопці",
    ),
    ("grant", '["виплата на дитину"', '["доплата бідним"', "phrasings.uk.0", "вже є в картці"),
    ("aid", "household.income - must_pay", "household.income - must_pey", "derive.left.value", "«must_pay»"),
    ("aid", "at_least: 1", "at_least: 3", "eligible.at_least", "від 1 до 2"),
    ("aid", "{not: ", "{nott: ", "eligible.of.1.nott", "можливо, «not»"),
    ("parameters", "to: 2025-12-31", "to: 2025-12-30", "grant.values.1.from", "немає значення"),
    ("parameters", "to: 2025-12-31", "to: 2026-01-31", "grant.values.1.from", "накладається"),
    ("parameters", "to: 2025-12-31, ", "", "grant.values", "рівно один"),
    ("parameters", ", known_through: 2026-12-31", "", "grant.values.1.known_through", "до якого дня"),
    ("parameters", "value: 12,", "value: 2026-01-01,", "apply_months.values.0.value", "одиниці months"),
    (
        "parameters",
        "value: 50000, source: law",
        "value: 50000, source: lawx",
        "grant.values.1.source",
        "«law»",
    ),
    ("facts", "usually: yes", "usually: often", "child.lives_with_applicant.usually", "не типу bool"),
    ("facts", "type: money", "type: choice", "household.income", "options"),
    ("cases", 'outcome: "no"', "outcome: no", "1.expect.outcome", "тут не буває"),
    ("cases", "low: 50000", "low: 49000", "0.expect.amount", "виходить low 50000"),
    (
        "cases",
        "because: [who]",
        "because: [in_time]",
        "1.expect.because",
        "виходить who, а очікується in_time",
    ),
    ("cases", "never_asks", "never_ask", "1.expect.never_ask", "можливо, «never_asks»"),
    ("cases", "because: [who]", "because: [hwo]", "1.expect.because", "«hwo»"),
    ("cases", "role: other", "role: granny", "1.given.applicant.role", "немає варіанта «granny»"),
    (
        "cases",
        "lives_with_applicant: yes",
        "lives_with_applicant: 1",
        "0.given.child.lives_with_applicant",
        "bool",
    ),
    ("community", "reception: main", "reception: mian", "reception", "можливо, «main»"),
    ("offices", '["8:00-16:45"]', '["16:45-8:00"]', "main.hours.fri", "години"),
    ("offices", '["8:00-16:45"]', '["8-17"]', "main.hours.fri.0", "вигляду"),
]


# the fault is in the whole thing, or in what collides with it, not in the line that was changed
REPORTED_AROUND = {"owner", "household.income", "grant.values", "grant.values.1.from", "phrasings.uk.0"}


@pytest.mark.parametrize(("file", "old", "new", "field", "words"), FAULTS)
def test_a_fault_is_found_where_it_stands(
    tiny: TinyBase, file: str, old: str, new: str, field: str, words: str
) -> None:
    line = tiny.change(file, old, new)
    found = [problem for problem in tiny.errors() if problem.field == field and words in problem.message]
    assert found, [str(problem) for problem in tiny.errors()]
    assert found[0].line == line or field in REPORTED_AROUND


PLACEHOLDERS = [
    ("{grnt}", "невідома підстановка «{grnt}»: можливо, «grant»"),
    ("{deadline.aply}", "можливо, «apply»"),
    ("{hotline.help_lin}", "можливо, «help_line»"),
    ("{office.pfu_ofice}", "можливо, «pfu_office»"),
    ("{source.lav}", "можливо, «law»"),
    ("{n:grant:верблюд}", "відмінювати"),
    ("{n:apply_month:місяць}", "можливо, «apply_months»"),
    ("{n:документ}", "залежить від обставин"),
    ("{Amount}", "не є підстановкою"),
    ("{amount", "без пари"),
    ("50 000 грн", "цифра «50 000»"),
    ("до 31.12.2026", "цифра «31.12.2026»"),
    ("15 %", "цифра «15 %»"),
]


@pytest.mark.parametrize(("written", "words"), PLACEHOLDERS)
def test_a_text_shows_figures_only_through_placeholders_that_exist(
    tiny: TinyBase, written: str, words: str
) -> None:
    line = tiny.change("grant", "Заяву подають до {deadline.apply}.", f"Заяву подають {written}.")
    found = [problem for problem in tiny.errors() if words in problem.message]
    assert [(problem.field, problem.line) for problem in found] == [("answers.deadline.uk", line)]


def test_a_name_with_a_figure_is_allowed_one_by_one(tiny: TinyBase) -> None:
    tiny.change("documents", '"Довідка про доходи"', '"Форма № 5 і форма № 51"')
    tiny.write("national/names_with_figures.yaml", 'форма № 5: "так зветься бланк"\nФорма № 5: "те саме"\n')
    assert [problem.message for problem in tiny.errors()] == [
        "цифра «51» у тексті: поставте підстановку з parameters/"
    ]


def test_an_amount_that_needs_facts_is_not_named(tiny: TinyBase) -> None:
    tiny.change("aid", '"Платять різницю."', '"Платять {amount}."')
    assert ["не назвати без фактів" in problem.message for problem in tiny.errors()] == [True]


def test_a_circle_is_found_not_followed(tiny: TinyBase) -> None:
    tiny.change("grant", "{n:apply_months:місяць} від дня", "{deadline.apply} від дня")
    tiny.change("aid", "household.income * @share", "left * @share")
    tiny.change("aid", '"Платять різницю."', '"Платять {amount}."')
    fields = {problem.field for problem in tiny.errors()}
    assert {"deadlines.0.words.uk", "derive.must_pay.value", "answers.amount.uk"} <= fields


def test_a_first_sentence_is_measured_with_its_figures_and_address(tiny: TinyBase) -> None:
    tiny.change(
        "grant",
        "Заяву подають до {deadline.apply}.",
        "Заяву на цю виплату беруть тут, чекають: {office.cnap}.",
    )
    assert tiny.errors() == []
    tiny.change("offices", 'name: "ЦНАП"', 'name: "Центр надання адміністративних послуг"')
    assert ["перше речення" in problem.message for problem in tiny.errors()] == [True]


def test_another_language_carries_the_same_placeholders(tiny: TinyBase) -> None:
    tiny.change("grant", '"{amount} на дитину"', '"{amount} на дитину", en: "some money a child"')
    assert [problem.field for problem in tiny.errors()] == ["card.amount.en"]


def test_an_amount_that_cannot_be_read_is_one_fault(tiny: TinyBase) -> None:
    line = tiny.change("grant", '"@grant_before"', '"@grant_before +"')
    found = [problem for problem in tiny.errors() if problem.field == "variants.1.amount.value"]
    assert [(problem.line, "кінець рядка" in problem.message) for problem in found] == [(line, True)]


def test_a_name_that_cannot_be_an_id_is_reported_where_it_stands(tiny: TinyBase) -> None:
    line = tiny.change("documents", "application: {name", "Заява: {name")
    tiny.write("national/benefits/service/Later.yaml", "id: later\n")
    tiny.write("communities/Село/community.yaml", "id: selo\n")
    found = {
        (problem.file, problem.line) for problem in tiny.errors() if "не того вигляду" in problem.message
    }
    assert found == {
        ("national/documents/all.yaml", line),
        ("national/benefits/service/Later.yaml", 1),
        ("communities/Село/community.yaml", 1),
    }


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_ends_too_early_is_read_as_far_as_it_goes(tiny: TinyBase, name: str) -> None:
    lines = FILES[name].splitlines(keepends=True)
    for last in range(0, len(lines), 4):
        tiny.write(name, "".join(lines[:last]))
        assert all(problem.line >= 1 and problem.message for problem in tiny.problems())


def test_what_refers_to_a_broken_thing_is_not_reported_as_well(tiny: TinyBase) -> None:
    tiny.change("documents", 'note: {uk: "копія"}', 'nota: {uk: "копія"}')
    assert [problem.field for problem in tiny.errors()] == ["birth_certificate.nota"]


def test_a_file_nothing_reads_is_reported(tiny: TinyBase) -> None:
    tiny.write("national/hotline.yaml", "a: 1\n")
    assert [(problem.file, problem.blocking) for problem in tiny.problems()] == [
        ("national/hotline.yaml", True)
    ]


def test_an_entry_that_is_still_to_come_is_a_note(tiny: TinyBase) -> None:
    line = tiny.change("grant", 'бідним", income-aid', 'бідним", incom-aid')
    assert [(p.line, p.message) for p in tiny.notes()] == [
        (line, "картки «incom-aid» ще немає: можливо, «income-aid»")
    ]
    assert tiny.errors() == []


def test_cases_without_an_entry_are_an_error(tiny: TinyBase) -> None:
    tiny.write(
        "national/benefits/families/nothing.cases.yaml",
        "- {name: а, as_of: 2026-01-01, given: {}, expect: {}}\n",
    )
    assert ["немає картки" in problem.message for problem in tiny.errors()] == [True]


OVERLAY = [
    (
        "where.pfu_office: {office: second_pfu}",
        "variants.new.amount: {office: pfu}",
        "«variants.new.amount» не відкрито для місцевих змін; можна лише ['where.pfu_office', 'where.cnap']",
    ),
    ("{office: second_pfu}", "{office: pfuu}", "невідома установа «pfuu»: можливо, «pfu»"),
    ("{office: second_pfu}", "{amount: 5}", "невідоме поле «amount»"),
    ("entry: baby-grant", "entry: baby-grand", "невідома картка «baby-grand»: можливо, «baby-grant»"),
    (
        "    fill:",
        "    add: {documents: [{doc: income_paper}]}\n    fill:",
        "перелік документів вичерпний (order) — громада не може додати ['income_paper']",
    ),
    ("    fill:", "    eligible: always\n    fill:", "невідоме поле «eligible»"),
]


@pytest.mark.parametrize(("old", "new", "words"), OVERLAY)
def test_an_overlay_changes_only_what_is_open(tiny: TinyBase, old: str, new: str, words: str) -> None:
    tiny.change("overlay", old, new)
    assert any(words in problem.message for problem in tiny.errors()), tiny.errors()


def test_an_overlay_for_another_version_goes_to_the_recheck_list(tiny: TinyBase) -> None:
    line = tiny.change("overlay", "made_for_version: 2", "made_for_version: 1")
    assert [(p.line, p.message) for p in tiny.notes()] == [
        (line, "зроблено для версії 1, зараз 2 — перевірити")
    ]
    assert tiny.errors() == []


def test_an_open_point_nobody_fills_is_reported(tiny: TinyBase) -> None:
    tiny.change("offices", "serves: [cnap]", "serves: []")
    assert [problem.message for problem in tiny.notes()] == ["baby-grant: where.cnap не заповнено"]


def test_a_local_benefit_is_declared_and_read(tiny: TinyBase) -> None:
    text = (tiny.content / "national/benefits/service/later-aid.yaml").read_text(encoding="utf-8")
    own = (
        text.replace("later-aid", "local-aid").replace("щось згодом", "місцеве").replace("draft", "published")
    )
    own = own.replace("checked_on: null", "checked_on: 2026-11-20").replace('"Згодом"', '"Місцева"')
    tiny.write("communities/sample/benefits/service/local-aid.yaml", own)
    assert ["не оголошено" in problem.message for problem in tiny.errors()] == [True]
    tiny.change("overlay", "entries:", "local_benefits: [local-aid]\nentries:")
    assert tiny.errors() == []
    assert "local-aid" in tiny.library().entry_ids


def test_a_rule_that_no_longer_gives_what_a_case_expects_is_found_at_the_case(tiny: TinyBase) -> None:
    tiny.change("grant", "in [mother, father]", "in [mother, other]")
    (found,) = [problem for problem in tiny.errors() if problem.field == "1.expect.outcome"]
    assert found.file.endswith("baby-grant.cases.yaml")
    assert found.message == "sample, «інший родич»: виходить unknown, а очікується no"


def test_the_limit_of_a_rule_stands_only_in_a_line_to_tick_of_a_sum(tiny: TinyBase) -> None:
    tick = 'sensitive: true\n  usually: 0\n  tick: {uk: "Дохід понад {limit}"}'
    tiny.change("facts", "sensitive: true", tick)
    assert tiny.errors() == []
    tiny.change("facts", '"Який дохід на місяць?"', '"Дохід понад {limit}?"')
    assert [problem.field for problem in tiny.errors()] == ["household.income.ask.uk"]
