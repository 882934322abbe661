"""Rules for tests: a small invented dictionary, dated parameters, and entries written as a few lines of YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from knowledge_base.checks.population import Person, people
from knowledge_base.rules.assessment import Assessment, Rules
from knowledge_base.rules.closure import Dictionary
from knowledge_base.rules.facts import Known, read_known
from knowledge_base.rules.schema import Entry, Fact, Parameter
from knowledge_base.rules.yaml_source import read_yaml

TODAY = date(2026, 11, 24)

FACTS = """\
child.birth_date: {type: date, person: child, min: 2008-01-01, max: today}
child.lives_with_applicant: {type: bool, person: child, usually: yes}
child.full_state_care:
  type: bool
  person: child
  usually: no
  implies: [{when: "child.full_state_care = yes", then: ["child.lives_with_applicant = no"]}]
child.birth_registered: {type: choice, person: child, options: {ukraine: {uk: "В Україні"}, abroad: {uk: "Ні"}}}
child.order: {type: number, person: child, unit: count, min: 1, max: 20}
applicant.role:
  type: choice
  person: applicant
  options: {mother: {uk: "Мати"}, father: {uk: "Батько"}, guardian: {uk: "Опікун"}, other: {uk: "Інше"}}
applicant.rights_removed: {type: bool, person: applicant, usually: no}
applicant.legal_status:
  type: choice
  person: applicant
  options: {citizen: {uk: "Громадянин"}, permanent_resident: {uk: "Постійно"}, temporary: {uk: "Тимчасово"}}
applicant.id_kind:
  type: choice
  person: applicant
  options: {booklet: {uk: "Книжечка"}, id_card: {uk: "Картка"}, other: {uk: "Інше"}}
applicant.age: {type: number, person: applicant, min: 0, max: 130}
applicant.pensioner: {type: bool, person: applicant}
applicant.works: {type: bool, person: applicant}
applicant.retired_on: {type: date, person: applicant, min: 2000-01-01, max: today}
household.size: {type: number, person: household, unit: count, min: 1, max: 20}
household.income_month: {type: money, person: household, min: 0}
household.income_per_person:
  {type: money, person: household, min: 0, computed: "household.income_month / household.size"}
household.bill_in_norm: {type: money, person: household, min: 0}
household.savings: {type: money, person: household, min: 0}
household.big_purchase: {type: money, person: household, min: 0}
household.arrears: {type: money, person: household, min: 0}
household.new_car: {type: bool, person: household}
household.cars_under_15: {type: number, person: household, unit: count, min: 0, max: 20}
household.has_car:
  type: bool
  person: household
  implies:
    - {when: "household.has_car = no", then: ["household.new_car = no", "household.cars_under_15 = 0"]}
household.drives:
  type: bool
  person: household
  implies: [{when: "household.drives = no", then: ["household.has_car = no"]}]
household.second_home: {type: bool, person: household}
household.adult_abroad_60d: {type: bool, person: household}
household.children_under_6:
  {type: number, person: household, unit: count, min: 0, max: 20, counts: "child.birth_date > today - 6 years"}
household.children_at_home:
  {type: number, person: household, unit: count, min: 0, max: 20, counts: "child.lives_with_applicant = yes"}
"""

PARAMETERS = """\
pm_general:
  title: {uk: "Прожитковий мінімум"}
  unit: UAH/month
  values:
    - {from: 2024-01-01, to: 2025-12-31, value: 2920, source: law}
    - {from: 2026-01-01, value: 3209, source: law, known_through: 2026-12-31}
birth_benefit_amount:
  title: {uk: "Виплата"}
  unit: UAH
  values: [{from: 2026-01-01, value: 50000, source: law, known_through: 2026-12-31}]
birth_benefit_before_2026:
  title: {uk: "Попередня"}
  unit: UAH
  values: [{from: 2014-07-01, value: 41280, source: law, known_through: 2026-12-31}]
grant:
  title: {uk: "Виплата, що змінилася"}
  unit: UAH
  values:
    - {from: 2008-01-01, to: 2025-12-31, value: 41280, source: law}
    - {from: 2026-01-01, value: 50000, source: law, known_through: 2026-12-31}
apply_months:
  title: {uk: "Строк"}
  unit: months
  values: [{from: 2008-01-01, value: 12, source: law, known_through: 2035-12-31}]
old_limit:
  title: {uk: "Давня межа"}
  unit: UAH
  values: [{from: 2008-01-01, value: 100, source: law, known_through: 2020-12-31}]
savings_limit:
  title: {uk: "Межа вкладів"}
  unit: UAH
  values: [{from: 2008-01-01, value: 100000, source: law, known_through: 2035-12-31}]
purchase_limit:
  title: {uk: "Межа покупки"}
  unit: UAH
  values: [{from: 2008-01-01, value: 50000, source: law, known_through: 2035-12-31}]
arrears_limit:
  title: {uk: "Межа боргу"}
  unit: UAH
  values: [{from: 2008-01-01, value: 680, source: law, known_through: 2035-12-31}]
share:
  title: {uk: "Частка"}
  unit: percent
  values: [{from: 2008-01-01, value: 15, source: law, known_through: 2035-12-31}]
"""

BIRTH_GRANT = """\
subject: child
basis_date: child.birth_date
eligible:
  all:
    - {id: who, that: "applicant.role in [mother, father, guardian]", src: law, why: {uk: "мати, батько або опікун"},
       if_not: {uk: "інші родичі не можуть"}}
    - {id: lives, that: "child.lives_with_applicant = yes", why: {uk: "дитина живе з вами"}}
    - {id: status, that: "applicant.legal_status in [citizen, permanent_resident]"}
    - {id: care, that: "child.full_state_care = no"}
    - {id: rights, that: "applicant.rights_removed = no"}
    - {id: in_time, before_deadline: apply, if_not: {uk: "строк минув"}}
variants:
  - id: born_from_2026
    when: "child.birth_date >= 2026-01-01"
    amount: {value: "@birth_benefit_amount", per: child, paid: once}
  - id: born_until_2025
    when: "child.birth_date <= 2025-12-31"
    amount: {value: "@birth_benefit_before_2026", per: child, paid: once}
documents:
  closed_list: true
  items:
    - {doc: application}
    - doc: birth_certificate
      when: {all: ["applicant.role in [mother, father]", "child.birth_registered = ukraine"]}
    - doc: foreign_birth_record
      when: {all: ["applicant.role in [mother, father]", "child.birth_registered = abroad"]}
    - {doc: guardianship_decision, when: "applicant.role = guardian"}
    - {doc: booklet, when: "applicant.id_kind = booklet"}
    - {doc: id_card, when: "applicant.id_kind = id_card"}
deadlines:
  - {id: apply, last_day: "child.birth_date + @apply_months"}
where:
  - {channel: diia, when: "child.birth_registered = ukraine"}
  - {channel: pfu_office}
"""

SUBSIDY = """\
subject: household
derive:
  income_per_person: {value: "household.income_month / household.size", unit: UAH, label: {uk: "Дохід на людину"}}
  share: {value: "income_per_person / @pm_general / 2 * @share", unit: percent, label: {uk: "Частка доходу"}}
  must_pay: {value: "household.income_month * share", unit: UAH, label: {uk: "Обов'язковий платіж"}, src: law}
eligible:
  all:
    - {id: car_new, that: "household.new_car = no"}
    - {id: car_count, that: "household.cars_under_15 <= 1"}
    - {id: home2, that: "household.second_home = no"}
    - {id: abroad, that: "household.adult_abroad_60d = no"}
    - {id: arrears, that: "household.arrears <= @arrears_limit"}
    - {id: purchase, that: "household.big_purchase <= @purchase_limit"}
    - {id: savings, that: "household.savings <= @savings_limit"}
    - {id: bill, that: "household.bill_in_norm > must_pay"}
variants:
  - id: standard
    amount: {value: "max(0, household.bill_in_norm - must_pay)", per: household, paid: monthly, round: kopiyka}
documents: {closed_list: true, items: [{doc: application}, {doc: declaration}]}
"""

SUBSIDY_KNOWN: Mapping[str, object] = {
    "household.new_car": False,
    "household.cars_under_15": 0,
    "household.second_home": False,
    "household.adult_abroad_60d": False,
    "household.arrears": 0,
    "household.big_purchase": 0,
    "household.savings": 20000,
    "household.size": 2,
    "household.income_month": 12000,
    "household.bill_in_norm": 2800,
}
GRANT_KNOWN: Mapping[str, object] = {
    "applicant.role": "mother",
    "child.birth_date": "2026-03-10",
    "child.lives_with_applicant": True,
    "applicant.legal_status": "citizen",
    "child.full_state_care": False,
    "applicant.rights_removed": False,
    "child.birth_registered": "ukraine",
    "applicant.id_kind": "id_card",
}


def without(given: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in given.items() if name not in names}


def _read(text: str) -> dict[str, Any]:
    file, problems = read_yaml("test.yaml", text)
    assert not problems, problems
    assert isinstance(file.value, dict)
    return file.value


def _spoken(name: str) -> dict[str, object]:
    return {"ask": {"uk": f"{name}?"}, "label": {"uk": name}, "why": {"uk": "Так рахують."}, "cost": 1}


FACT_MODELS = {
    name: TypeAdapter(Fact).validate_python({**_spoken(name), **fact}) for name, fact in _read(FACTS).items()
}
PARAMETER_MODELS = TypeAdapter(dict[str, Parameter]).validate_python(_read(PARAMETERS))
DICTIONARY = Dictionary(FACT_MODELS)


def entry(text: str) -> Entry:
    """An entry of which only the rules are written."""
    spoken = {"uk": "слово"}
    whole = {
        "id": "entry",
        "version": 3,
        "status": "published",
        "kind": "cash",
        "group": "tests",
        "label": spoken,
        "title": spoken,
        "short": spoken,
        "answers": {"overview": spoken},
        "subject": "person",
        "basis_date": "today",
        "owner": "nobody",
        "review_by": date(2027, 1, 15),
        "confidence": "high",
        "sources": (
            {
                "id": "law",
                "pin": "ст. 5",
                "read": "full",
                "source_date": None,
                "checked_on": date(2026, 11, 20),
            },
        ),
        "not_modelled": (),
        "phrasings": {"uk": ("слово",)},
    }
    return Entry.model_validate({**whole, **_read(text)})


def rules(text: str, dictionary: Dictionary = DICTIONARY) -> Rules:
    return Rules(entry(text), dictionary, PARAMETER_MODELS)


def known(given: Mapping[str, object], today: date = TODAY) -> Known:
    return read_known(given, FACT_MODELS, today)


def assess(ruled: Rules | str, given: Mapping[str, object], today: date = TODAY) -> Assessment:
    """What the rules come to for facts given as in JSON."""
    return (rules(ruled) if isinstance(ruled, str) else ruled).assess(known(given, today), today)


def money(found: Assessment) -> tuple[Decimal, Decimal] | None:
    return (found.amount.low, found.amount.high) if found.amount else None


@cache
def population() -> Sequence[Person]:
    """Three hundred invented people, drawn when a test first asks: every worker loads this file, few run its tests."""
    return tuple(people(DICTIONARY, TODAY, 300))
