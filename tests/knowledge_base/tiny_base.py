"""A tiny whole base written to a folder, which a test spoils in one place and checks."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.checks import check
from knowledge_base.library import Library
from knowledge_base.rules.problems import Problem
from knowledge_base.snapshot import build, current

FACTS = """\
# questions
child.birth_date:
  type: date
  person: child
  label: {uk: "дата народження"}
  why: {uk: "Від цього залежить рішення."}
  min: 2008-01-01
  ask: {uk: "Коли народилася дитина?"}
  cost: 1
applicant.role:
  type: choice
  person: applicant
  label: {uk: "хто подає"}
  why: {uk: "Від цього залежить рішення."}
  options: {mother: {uk: "Я мати"}, father: {uk: "Я батько"}, other: {uk: "Інше"}}
  ask: {uk: "Ким ви є дитині?"}
  cost: 1
child.lives_with_applicant:
  type: bool
  person: child
  label: {uk: "дитина живе з вами"}
  why: {uk: "Від цього залежить рішення."}
  ask: {uk: "Дитина живе з вами?"}
  usually: yes
  cost: 1
household.income:
  type: money
  person: household
  label: {uk: "дохід"}
  why: {uk: "Від цього залежить рішення."}
  min: 0
  unit: UAH
  sensitive: true
  ask: {uk: "Який дохід на місяць?"}
  cost: 4
"""
PARAMETERS = """\
# sums and terms
grant:
  title: {uk: "Виплата на дитину"}
  unit: UAH
  values:
    - {from: 2020-01-01, to: 2025-12-31, value: 41280, source: law, checked_on: 2026-11-20}
    - {from: 2026-01-01, value: 50000, source: law, checked_on: 2026-11-20, known_through: 2026-12-31}
grant_before:
  title: {uk: "Попередня виплата"}
  unit: UAH
  values:
    - {from: 2014-07-01, value: 41280.50, source: law, checked_on: 2026-11-20, known_through: 2027-12-31}
apply_months:
  title: {uk: "Строк на заяву"}
  unit: months
  values: [{from: 2014-07-01, value: 12, source: law, checked_on: 2026-11-20, known_through: 2029-12-31}]
share:
  title: {uk: "Частка доходу"}
  unit: percent
  values: [{from: 2014-07-01, value: 15, source: law, checked_on: 2026-11-20, known_through: 2029-12-31}]
"""
DOCUMENTS = """\
application: {name: {uk: "Заява"}, note: {uk: "бланк дадуть на місці"}}
birth_certificate: {name: {uk: "Свідоцтво про народження"}, note: {uk: "копія"}, where_to_get: {uk: "ДРАЦС"}}
income_paper: {name: {uk: "Довідка про доходи"}}
"""
SOURCES = """\
law: {title: {uk: "закон № 4681-IX від 05.11.2025"}, url: "https://example.org/law"}
order: {title: {uk: "постанова КМУ № 1805"}}
"""
HOTLINES = """\
police: {title: {uk: "Поліція"}, numbers: ["102"], hours: {uk: "цілодобово"}, checked_on: 2026-11-20,
  trust: high, danger: [violence, child], role: police}
help_line: {title: {uk: "Лінія"}, numbers: ["15-47", "116 123"], hours: {uk: "цілодобово"},
  checked_on: 2026-11-20, trust: good, danger: [violence], role: violence_line}
"""
LIFE_EVENTS = """\
child_born: {label: {uk: "Народилась дитина"}, order: 1}
low_income: {label: {uk: "Мало грошей"}, order: 2}
nobody: {label: {uk: "Порожня"}, order: 3}
"""
GRANT = """\
id: baby-grant
aliases: [birth-money]
version: 2
status: published
kind: cash
group: families
label: {uk: "Виплата на дитину"}
title: {uk: "Виплата при народженні"}
official: {uk: "допомога при народженні дитини"}
short: {uk: "Платять {amount} на кожну дитину."}
card:
  who: {uk: "мати або батько сім'ї"}
  amount: {uk: "{amount} на дитину"}
  when: {uk: "до {deadline.apply}"}
  where: {uk: "{office.pfu_office}"}
answers:
  overview: {uk: "Платять {amount} на кожну дитину."}
  amount: {uk: "Зараз платять {grant}.\\nРаніше було {grant_before}."}
  deadline: {uk: "Заяву подають до {deadline.apply}."}
  how: {uk: "Подзвоніть: {hotline.help_line}. Підстава: {source.law}."}
life_events: [low_income, child_born]
subject: child
basis_date: child.birth_date
owner: family_department
review_by: 2027-01-15
confidence: low
doubts: [{uk: "Джерела по-різному називають строк."}]
sources:
  - {id: law, pin: "ст. 5", read: full, source_date: 2025-11-05, checked_on: 2026-11-20}
  - {id: order, pin: null, read: excerpt, source_date: null, checked_on: 2026-11-18}
eligible:
  all:
    - {id: who, that: "applicant.role in [mother, father]", src: law, why: {uk: "Право має один із батьків"},
       if_not: {uk: "Право має один із батьків"}}
    - {id: lives, that: "child.lives_with_applicant = yes", src: law, if_not: {uk: "дитина живе не з вами"}}
    - {id: in_time, before_deadline: apply, if_not: {uk: "строк минув"}}
variants:
  - id: new
    when: "child.birth_date >= 2026-01-01"
    src: law
    amount: {value: "@grant", per: child, paid: once}
  - id: old
    when: "child.birth_date <= 2025-12-31"
    amount: {value: "@grant_before", per: child, paid: monthly}
documents:
  closed_list: true
  src: order
  items:
    - {doc: application, copies: 2}
    - {doc: birth_certificate, when: "applicant.role = mother", when_text: {uk: "якщо ви мати"}}
deadlines:
  - id: apply
    last_day: "child.birth_date + @apply_months"
    text: {uk: "Подати заяву до"}
    words: {uk: "{n:apply_months:місяць} від дня народження"}
where:
  - {channel: pfu_office, local: fill}
  - {channel: cnap, local: fill}
not_modelled: []
phrasings:
  uk: ["виплата на дитину", "гроші за народження"]
  mixed: ["пособіє на ребьонка"]
  situations: ["у нас народився син"]
not_this: {uk: [["доплата бідним", income-aid]]}
"""
CASES = """\
- name: мати, дитина цього року
  as_of: 2026-11-22
  given: {applicant.role: mother, child.birth_date: [2026-01-01, 2026-03-10], child.lives_with_applicant: yes}
  expect: {outcome: "yes", because: [], variant: new, amount: {low: 50000, high: 50000}}
- name: інший родич
  as_of: 2026-11-22
  given: {applicant.role: other}
  expect: {outcome: "no", because: [who], never_asks: [child.birth_date]}
"""
AID = """\
id: income-aid
version: 1
status: suspended
kind: subsidy
group: families
label: {uk: "Доплата до доходу"}
title: {uk: "Доплата до доходу"}
short: {uk: "Доплачують, якщо дохід малий."}
answers:
  overview: {uk: "Доплачують, якщо дохід малий."}
  amount: {uk: "Платять різницю."}
life_events: [low_income]
subject: household
basis_date: today
owner: subsidies
review_by: 2027-03-01
confidence: high
sources: [{id: order, pin: "п. 3", read: full, source_date: null, checked_on: 2026-11-20}]
derive:
  must_pay: {value: "household.income * @share", unit: UAH}
  left: {value: "max(0, household.income - must_pay) / 2"}
eligible:
  id: little
  if_not: {uk: "дохід завеликий"}
  at_least: 1
  of: ["left > @grant", {not: "household.income < 100"}]
variants:
  - {id: standard, amount: {value: "left", per: household, paid: monthly, round: kopiyka, estimate: true}}
not_modelled: [{uk: "Винятки за рішенням комісії", ask_human: true}]
phrasings: {uk: ["доплата бідним"]}
"""
DRAFT = """\
id: later-aid
version: 1
status: draft
kind: service
group: service
label: {uk: "Згодом"}
title: {uk: "Ще не готове"}
short: {uk: "Ще не готове."}
answers: {overview: {uk: "Ще не готове."}}
subject: person
basis_date: today
owner: nobody
review_by: 2027-03-01
confidence: medium
sources: [{id: order, pin: null, read: excerpt, source_date: null, checked_on: null}]
documents: {closed_list: false, items: [{doc: income_paper}]}
not_modelled: []
phrasings: {uk: ["щось згодом"]}
"""
COMMUNITY = """\
id: sample
name: "Зразкова громада"
timezone: Europe/Kyiv
retention_days: 365
reception: main
"""
OFFICES = """\
main:
  name: "Управління"
  address: "вул. Липова, 12"
  phone: "000"
  serves: [department]
  hours:
    mon: ["9:00-12:30", "13:15-18:00"]
    tue: ["9:00-12:30", "13:15-18:00"]
    wed: ["9:00-12:30", "13:15-18:00"]
    fri: ["8:00-16:45"]
  step_free: true
  location: [49.5, 31.25]
  closed_on: [2027-01-01]
pfu: {name: "Пенсійний фонд", address: "пл. Ярмаркова, 2", phone: "111", serves: [pfu_office], hours: {}}
second_pfu: {name: "Фонд на Заріччі", address: "вул. Мостова, 7", phone: "222", serves: [], hours: {}}
cnap: {name: "ЦНАП", address: "вул. Садова, 4", phone: "333", serves: [cnap], hours: {}}
"""
OVERLAY = """\
hromada: null
checked_on: 2026-11-24
entries:
  - entry: baby-grant
    made_for_version: 2
    fill:
      where.pfu_office: {office: second_pfu}
"""
LOCAL_HOTLINES = """\
food_aid: {title: {uk: "Їжа"}, numbers: ["444"], hours: {uk: "щодня"}, checked_on: 2026-11-24, trust: good,
  danger: [hunger], role: food_aid, address: {uk: "вул. Хлібна, 1"}}
"""

FILES = {
    "national/facts/all.yaml": FACTS,
    "national/parameters/all.yaml": PARAMETERS,
    "national/documents/all.yaml": DOCUMENTS,
    "national/sources/all.yaml": SOURCES,
    "national/hotlines.yaml": HOTLINES,
    "national/life_events.yaml": LIFE_EVENTS,
    "national/benefits/families/baby-grant.yaml": GRANT,
    "national/benefits/families/baby-grant.cases.yaml": CASES,
    "national/benefits/families/income-aid.yaml": AID,
    "national/benefits/service/later-aid.yaml": DRAFT,
    "communities/sample/community.yaml": COMMUNITY,
    "communities/sample/offices.yaml": OFFICES,
    "communities/sample/overlay.yaml": OVERLAY,
    "communities/sample/hotlines.yaml": LOCAL_HOTLINES,
}
SHORT = {
    "facts": "national/facts/all.yaml",
    "parameters": "national/parameters/all.yaml",
    "documents": "national/documents/all.yaml",
    "grant": "national/benefits/families/baby-grant.yaml",
    "cases": "national/benefits/families/baby-grant.cases.yaml",
    "aid": "national/benefits/families/income-aid.yaml",
    "later": "national/benefits/service/later-aid.yaml",
    "offices": "communities/sample/offices.yaml",
    "overlay": "communities/sample/overlay.yaml",
    "community": "communities/sample/community.yaml",
}


class TinyBase:
    """The tiny base on disk."""

    def __init__(self, folder: Path) -> None:
        self.content = folder / "content"
        self.target = folder / "compiled"
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.content / SHORT.get(name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> int:
        """Replaces one passage; returns the line it starts on."""
        path = self.content / SHORT.get(name, name)
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def problems(self) -> list[Problem]:
        return check(self.content)

    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems() if problem.blocking]

    def notes(self) -> list[Problem]:
        return [problem for problem in self.problems() if not problem.blocking]

    def library(self) -> Library:
        build(self.content, self.target)
        return Library(current(self.target), "sample")
