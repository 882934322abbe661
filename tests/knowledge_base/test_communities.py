"""A community's own: days unlike others, positions that receive, notices, and the contract of what it may fill."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from knowledge_base.answers import Interval, VisitRules
from knowledge_base.checks import CONTENT
from knowledge_base.checks.notices import check_over
from knowledge_base.library import Library
from knowledge_base.rules.reading import read_content
from knowledge_base.snapshot import Snapshot
from tests.knowledge_base.tiny_base import TinyBase

KYIV = ZoneInfo("Europe/Kyiv")
MORNING, AFTERNOON = (time(9), time(12, 30)), (time(13, 15), time(18))
RECEPTION = """\
  reception:
    head: {position: "Начальник управління", room: "12", hours: {mon: ["14:00-17:00"]}}
    specialist: {position: "Спеціаліст із виплат", serves: [families], hours: {fri: ["9:00-12:00"]}}
"""
NOTICE = """\
shut: {text: {uk: "Завтра води не буде з 9:00."}, from: 2026-11-26, to: "2026-11-27 18:00", weight: 3}
grant: {text: {uk: "Виплата тепер {grant}."}, from: "2026-11-26 8:00", to: 2026-11-26, weight: 7,
  entries: [baby-grant], offices: [pfu], link: "https://example.org/a"}
"""


def calendar(tiny: TinyBase, text: str) -> None:
    tiny.write("communities/sample/calendar.yaml", text)


def hours(tiny: TinyBase, day: date, office: str = "main") -> list[tuple[time, time]]:
    library = Library(Snapshot("x", read_content(tiny.content).base), "sample")
    found = next(one for one in library.offices() if one.id == office)
    return [(interval.opens, interval.closes) for interval in found.hours_on(day)]


# ---- days


def test_offices_keep_the_community_s_calendar_unless_they_have_their_own(tiny: TinyBase) -> None:
    calendar(tiny, "closed_on: [2026-12-23]\n")
    tiny.change(
        "offices", "serves: [pfu_office], hours: {}", "serves: [pfu_office], hours: {wed: ['8:00-17:00']}"
    )
    assert hours(tiny, date(2026, 12, 23)) == []
    assert hours(tiny, date(2026, 12, 23), "pfu") == []
    tiny.change("offices", "serves: [pfu_office],", "own_calendar: true, serves: [pfu_office],")
    assert hours(tiny, date(2026, 12, 23), "pfu") == [(time(8), time(17))]
    assert tiny.errors() == []


def test_a_moved_day_is_worked_by_its_hours_or_as_another_weekday(tiny: TinyBase) -> None:
    calendar(tiny, 'open_on: [{day: 2026-11-28, hours: ["9:00-13:00"]}, {day: 2026-12-05, like: mon}]\n')
    assert hours(tiny, date(2026, 11, 28)) == [(time(9), time(13))]
    assert hours(tiny, date(2026, 12, 5)) == [MORNING, AFTERNOON]
    assert hours(tiny, date(2026, 12, 5), "pfu") == []


@pytest.mark.parametrize(
    ("minutes", "left"),
    [
        (60, [MORNING, (time(13, 15), time(17))]),
        (285, [MORNING]),
        (300, [(time(9), time(12, 15))]),
        (480, [(time(9), time(9, 15))]),
    ],
)
def test_a_shortened_day_ends_earlier(tiny: TinyBase, minutes: int, left: list[tuple[time, time]]) -> None:
    calendar(tiny, f"shortened_on: [{{day: 2026-12-23, minutes: {minutes}}}]\n")
    assert hours(tiny, date(2026, 12, 23)) == left
    assert hours(tiny, date(2026, 12, 24)) == []


def test_the_office_s_own_line_for_a_day_comes_before_the_community_s(tiny: TinyBase) -> None:
    calendar(tiny, "closed_on: [2026-12-23]\n")
    tiny.change(
        "offices", "  closed_on:", '  open_on: [{day: 2026-12-23, hours: ["10:00-11:00"]}]\n  closed_on:'
    )
    assert hours(tiny, date(2026, 12, 23)) == [(time(10), time(11))]
    assert hours(tiny, date(2027, 1, 1)) == []


def test_a_place_open_round_the_clock_says_so(tiny: TinyBase) -> None:
    week = ", ".join(f"{day}: ['0:00-24:00']" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    tiny.change("offices", "serves: [pfu_office], hours: {}", f"serves: [pfu_office], hours: {{{week}}}")
    (office,) = tiny.library().offices("pfu_office")
    assert office.hours_text == "цілодобово"
    assert office.hours_on(date(2026, 11, 26)) == (Interval(3, time(0), time(0)),)


CALENDARS = [
    ("closed_on: [2026-12-23]\nopen_on: [{day: 2026-12-23, like: mon}]\n", "open_on.0.day", "вже є вище"),
    ("closed_on: [2026-12-23, 2026-12-23]\n", "closed_on.1", "вже є вище"),
    ('open_on: [{day: 2026-12-23, hours: ["13:00-9:00"]}]\n', "open_on.0.hours", "не йдуть"),
    ("open_on: [{day: 2026-12-23}]\n", "open_on.0", "або hours, або like"),
    ("shortened_on: [{day: 2026-12-23, minutes: 900}]\n", "shortened_on.0.minutes", "не більше"),
    ("closed: [2026-12-23]\n", "closed", "можливо, «closed_on»"),
]


@pytest.mark.parametrize(("text", "field", "words"), CALENDARS)
def test_a_calendar_that_cannot_be_is_refused(tiny: TinyBase, text: str, field: str, words: str) -> None:
    calendar(tiny, text)
    (found,) = tiny.errors()
    assert (found.file, found.field) == ("communities/sample/calendar.yaml", field)
    assert words in found.message


def test_a_closed_day_has_one_home(tiny: TinyBase) -> None:
    calendar(tiny, "closed_on: [2027-01-01]\n")
    assert [(note.field, "приберіть" in note.message) for note in tiny.notes()] == [
        ("main.closed_on.0", True)
    ]
    assert tiny.errors() == []


# ---- places and positions


def test_a_hidden_address_is_told_on_the_phone(tiny: TinyBase) -> None:
    tiny.change("offices", 'address: "пл. Ярмаркова, 2", ', "")
    tiny.change("overlay", "second_pfu", "pfu")
    library = tiny.library()
    (office,) = library.offices("pfu_office")
    assert (office.address_hidden, office.address) == (True, "адресу скажуть телефоном")
    card = library.card("baby-grant", datetime(2026, 11, 26, 12, tzinfo=KYIV))
    assert card.where == "Пенсійний фонд, адресу скажуть телефоном, 111"
    tiny.change("offices", 'phone: "111",', 'phone: "111", location: [49.5, 31.5],')
    assert [problem.field for problem in tiny.errors()] == ["pfu.location"]


def test_the_reception_has_an_address(tiny: TinyBase) -> None:
    tiny.change("offices", '  address: "вул. Липова, 12"\n', "")
    assert ("reception", True) in [(one.field, "з адресою" in one.message) for one in tiny.errors()]


def test_positions_receive_about_entries_and_groups(tiny: TinyBase) -> None:
    tiny.change("offices", "  step_free: true\n", f"  step_free: true\n{RECEPTION}")
    library = tiny.library()
    head, specialist = library.community.reception.receivers
    assert (head.id, head.position, head.room, head.serves) == (
        "head",
        "Начальник управління",
        "12",
        frozenset(),
    )
    assert head.hours == (Interval(0, time(14), time(17)),)
    assert head.hours_text.replace("\u00a0", " ") == "у понеділок з 14:00 до 17:00"
    assert specialist.serves == {"baby-grant", "income-aid"}


RECEPTIONS = [
    ("Начальник управління", "Петренко Іван Васильович", "position", "посаду"),
    ("Начальник управління", "Начальник І. В. Петренко", "position", "посаду"),
    ("Начальник управління", "Начальник Іван Петренко", "position", "посаду"),
    ("serves: [families]", "serves: [famillies]", "serves.0", "можливо, «families»"),
    ('{mon: ["14:00-17:00"]}', '{thu: ["14:00-17:00"]}', "hours.thu", "зачинена"),
    ('{mon: ["14:00-17:00"]}', '{mon: ["17:00-14:00"]}', "hours.mon", "не йдуть"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), RECEPTIONS)
def test_a_position_is_no_person_and_receives_when_the_office_is_open(
    tiny: TinyBase, old: str, new: str, field: str, words: str
) -> None:
    assert RECEPTION.count(old) == 1
    tiny.change("offices", "  step_free: true\n", f"  step_free: true\n{RECEPTION.replace(old, new)}")
    (found,) = tiny.errors()
    assert found.file == "communities/sample/offices.yaml"
    assert found.field.startswith("main.reception.")
    assert found.field.endswith(field)
    assert words in found.message


# ---- bookings

BOOKED = """\
  visits: {minutes: 20, hall: 2, letter: "З"}
  reception:
    specialist: {position: "Спеціаліст із виплат", short: "Виплати", serves: [families], hours: {fri: ["9:00-12:00"]},
      longer: {baby-grant: 40}, at_once: 2, letter: "Д"}
"""
PRIORITY = """\
pregnancy: {label: "Вагітність", who: {uk: "вагітні жінки"}, source: act_order, pin: "п. 5", checked_on: 2026-11-22}
"""


def test_an_office_takes_bookings_by_its_own_rules(tiny: TinyBase) -> None:
    tiny.change("offices", "  step_free: true\n", f"  step_free: true\n{BOOKED}")
    office = tiny.library().community.reception
    assert office.visits == VisitRules(20, 14, 60, 2, "З")
    (receiver,) = office.receivers
    assert (receiver.short, dict(receiver.longer), receiver.at_once, receiver.letter) == (
        "Виплати",
        {"baby-grant": 40},
        2,
        "Д",
    )
    assert office.takers("baby-grant") == ("specialist",)
    assert office.takers("something-else") == office.takers(None) == ("",)


BOOKINGS = [
    ('short: "Виплати", ', "", "specialist", "додайте short"),
    ("longer: {baby-grant: 40}", "longer: {baby-grand: 40}", "longer.baby-grand", "можливо, «baby-grant»"),
    ('  visits: {minutes: 20, hall: 2, letter: "З"}\n', "", "specialist", "не веде запису"),
    ("minutes: 20", "minutes: 7", "minutes", "5"),
    ('letter: "З"', 'letter: "Z"', "letter", ""),
    ('short: "Виплати"', f'short: "{"Виплати " * 4}"', "short", "20"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), BOOKINGS)
def test_bookings_that_cannot_be_are_refused(
    tiny: TinyBase, old: str, new: str, field: str, words: str
) -> None:
    assert BOOKED.count(old) == 1
    tiny.change("offices", "  step_free: true\n", f"  step_free: true\n{BOOKED.replace(old, new)}")
    found = [one for one in tiny.errors() if one.field.endswith(field)]
    assert [words in one.message for one in found] == [True], [one.message for one in tiny.errors()]


def test_whoever_goes_first_does_so_by_a_decision_that_is_named(tiny: TinyBase) -> None:
    tiny.write("communities/sample/priorities.yaml", PRIORITY)
    (found,) = tiny.errors()
    assert (found.file, found.field) == ("communities/sample/priorities.yaml", "pregnancy.source")
    tiny.write("communities/sample/sources.yaml", 'act_order: {title: {uk: "порядок прийому"}}\n')
    (ground,) = tiny.library().visit_grounds
    assert (ground.id, ground.label, ground.who, ground.source.text) == (
        "pregnancy",
        "Вагітність",
        "вагітні жінки",
        "порядок прийому, п. 5",
    )


# ---- notices


def pinned(library: Library, moment: str) -> list[str]:
    return [notice.id for notice in library.notices(datetime.fromisoformat(moment).replace(tzinfo=KYIV))]


def test_notices_stand_from_their_beginning_to_their_end_the_heaviest_first(tiny: TinyBase) -> None:
    tiny.write("communities/sample/notices.yaml", NOTICE)
    library = tiny.library()
    assert pinned(library, "2026-11-25T23:59") == []
    assert pinned(library, "2026-11-26T00:00") == ["shut"]
    assert pinned(library, "2026-11-26T08:00") == ["grant", "shut"]
    assert pinned(library, "2026-11-26T23:59") == ["grant", "shut"]
    assert pinned(library, "2026-11-27T17:59") == ["shut"]
    assert pinned(library, "2026-11-27T18:00") == []
    grant, shut = library.notices(datetime(2026, 11, 26, 9, tzinfo=KYIV))
    assert grant.text.replace("\u00a0", " ") == "Виплата тепер 50 000 грн."
    assert (grant.entries, grant.offices, grant.link) == ({"baby-grant"}, {"pfu"}, "https://example.org/a")
    assert (shut.weight, shut.entries, shut.offices, shut.link) == (3, frozenset(), frozenset(), None)


NOTICES = [
    ("from: 2026-11-26, to", "from: 2026-11-28, to", "shut.to", "кінець раніше"),
    ("2026-11-27 18:00", "2026-02-30 18:00", "shut.to", "мить пишіть"),
    (
        "Завтра води не буде",
        "Завтра " + "немає " * 40 + "води",
        "shut.text.uk",
        "в оголошенні вміщується 200",
    ),
    ("Завтра води", "Дають 700 грн. Води", "shut.text.uk", "сума «700 грн»"),
    ("Завтра води", "Дають 5 тис. грн. Води", "shut.text.uk", "сума «5 тис. грн»"),
    ("Завтра води", "Дають {grnt}. Води", "shut.text.uk", "можливо, «grant»"),
    ("[baby-grant]", "[baby-grand]", "grant.entries.0", "можливо, «baby-grant»"),
    ("[pfu]", "[pfuu]", "grant.offices.0", "можливо, «pfu»"),
    ("weight: 3", "weight: 0", "shut.weight", "не менше"),
    ("https://example.org", "example.org", "grant.link", "вигляду"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), NOTICES)
def test_a_notice_that_cannot_be_is_refused(
    tiny: TinyBase, old: str, new: str, field: str, words: str
) -> None:
    assert NOTICE.count(old) == 1
    tiny.write("communities/sample/notices.yaml", NOTICE.replace(old, new))
    assert (field, True) in [(one.field, words in one.message) for one in tiny.errors()], tiny.errors()


def test_a_sum_that_the_parameters_have_may_stand_in_a_notice(tiny: TinyBase) -> None:
    said = NOTICE.replace("{grant}", "50 тисяч")
    tiny.write("communities/sample/notices.yaml", said)
    assert tiny.errors() == []


def test_a_notice_whose_day_is_past_is_to_be_taken_away(tiny: TinyBase) -> None:
    tiny.write("communities/sample/notices.yaml", NOTICE)
    reading = read_content(tiny.content)
    notices = reading.base.communities["sample"].notices

    def over(on: date) -> list[str]:
        found = check_over(notices, lambda registry, name: reading.place("sample", registry, name), on)
        return [problem.field for problem in found]

    assert over(date(2026, 11, 26)) == []
    assert over(date(2026, 11, 27)) == ["grant.to"]
    assert over(date(2026, 11, 28)) == ["shut.to", "grant.to"]


# ---- the contract


def test_two_offices_for_one_matter_need_a_fill_or_a_branch(tiny: TinyBase) -> None:
    tiny.change("overlay", "    fill:\n      where.pfu_office: {office: second_pfu}\n", "")
    line = tiny.change("offices", 'phone: "222", serves: []', 'phone: "222", serves: [pfu_office]')
    (found,) = tiny.errors()
    assert (found.file, found.line, found.field) == (
        "communities/sample/offices.yaml",
        line,
        "second_pfu.serves",
    )
    assert found.message == (
        "«pfu_office» має і «pfu», і «second_pfu»: напишіть у fill, куди йти (baby-grant), "
        "або назвіть одну філією (branch_of)"
    )
    tiny.change("offices", 'phone: "222",', 'phone: "222", branch_of: pfu,')
    assert tiny.errors() == []
    (first, _) = tiny.library().offices("pfu_office")
    assert first.id == "pfu"


@pytest.mark.parametrize(
    ("branch", "words"), [("pfuu", "можливо, «pfu»"), ("second_pfu", "яка сама не філія")]
)
def test_a_branch_belongs_to_an_office_that_is_none(tiny: TinyBase, branch: str, words: str) -> None:
    tiny.change("offices", 'phone: "222",', f'phone: "222", branch_of: {branch},')
    (found,) = tiny.errors()
    assert found.field == "second_pfu.branch_of"
    assert words in found.message


@pytest.mark.parametrize("field", ["eligible", "variants", "amount", "deadlines", "documents", "calc"])
def test_the_rules_of_a_national_entry_are_not_a_community_s(tiny: TinyBase, field: str) -> None:
    line = tiny.change("overlay", "    fill:", f"    {field}: 5\n    fill:")
    (found,) = tiny.errors()
    assert (found.file, found.line, found.field) == (
        "communities/sample/overlay.yaml",
        line,
        f"entries.0.{field}",
    )
    assert "громада не змінює; можна fill, add, hide" in found.message


CLASHES = [
    (
        "parameters",
        'grant: {title: {uk: "Своя"}, unit: UAH, values: [{from: 2026-01-01, value: 1, source: law, '
        "known_through: 2027-01-01}]}\n",
        "grant",
    ),
    ("sources", 'law: {title: {uk: "Рішення"}}\n', "law"),
    (
        "hotlines",
        'help_line: {title: {uk: "Лінія"}, numbers: ["1"], hours: {uk: "щодня"}, checked_on: 2026-11-24, '
        "trust: low}\n",
        "help_line",
    ),
]


@pytest.mark.parametrize(("registry", "text", "name"), CLASHES)
def test_a_national_name_is_not_taken(tiny: TinyBase, registry: str, text: str, name: str) -> None:
    tiny.write(f"communities/sample/{registry}.yaml", text)
    found = [one for one in tiny.errors() if one.file == f"communities/sample/{registry}.yaml"]
    assert [(one.field, "є в національній базі" in one.message) for one in found] == [(name, True)]


def own_entry(tiny: TinyBase, **changes: str) -> None:
    text = (tiny.content / "national/benefits/service/later-aid.yaml").read_text(encoding="utf-8")
    text = (
        text.replace("later-aid", "local-aid").replace("щось згодом", "місцеве").replace('"Згодом"', '"Своя"')
    )
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    tiny.write("communities/sample/benefits/service/local-aid.yaml", text)
    tiny.change("overlay", "entries:", "local_benefits: [local-aid]\nentries:")


def test_a_local_entry_takes_no_phrase_label_or_alias_of_a_national_one(tiny: TinyBase) -> None:
    own_entry(tiny, **{"місцеве": "гроші за народження", "Своя": "Доплата до доходу"})
    wrong = {(one.field, one.message) for one in tiny.errors()}
    assert wrong == {
        ("phrasings.uk.0", "фраза «гроші за народження» вже є в картці «baby-grant»"),
        ("label.uk", "кнопка «доплата до доходу» вже є в картці «income-aid»"),
    }


def test_a_local_entry_under_a_national_id_is_refused(tiny: TinyBase) -> None:
    text = (tiny.content / "national/benefits/service/later-aid.yaml").read_text(encoding="utf-8")
    tiny.write("communities/sample/benefits/service/later-aid.yaml", text)
    tiny.change("overlay", "entries:", "local_benefits: [later-aid]\nentries:")
    assert any("її не замінюють" in one.message for one in tiny.errors())


def test_a_hidden_entry_is_not_filled(tiny: TinyBase) -> None:
    tiny.change("overlay", "    fill:", '    hide: {reason: {uk: "немає"}}\n    fill:')
    assert [one.field for one in tiny.errors()] == ["entries.0.hide"]


ADDED = [
    ("{doc: application}", "doc", "уже є в переліку"),
    ("{doc: income_paper}, {doc: income_paper}", "doc", "уже є в переліку"),
    ('{doc: income_paper, when: "applicant.rol = mother", when_text: {uk: "якщо"}}', "when", "можливо"),
    ('{doc: income_paper, when: "applicant.role = mother"}', "0", "лише разом"),
]


@pytest.mark.parametrize(("papers", "field", "words"), ADDED)
def test_a_paper_that_is_added_is_new_and_its_condition_is_one(
    tiny: TinyBase, papers: str, field: str, words: str
) -> None:
    tiny.change("grant", "closed_list: true", "closed_list: false")
    tiny.change("overlay", "    fill:", f"    add: {{documents: [{papers}]}}\n    fill:")
    (found,) = tiny.errors()
    assert found.field.startswith("entries.0.add.documents.")
    assert found.field.endswith(field)
    assert words in found.message


def test_cases_hold_where_a_community_asks_for_one_paper_more(tiny: TinyBase) -> None:
    tiny.change("grant", "closed_list: true", "closed_list: false")
    tiny.change(
        "cases", "because: [], variant", "because: [], documents: [application, birth_certificate], variant"
    )
    tiny.change("overlay", "    fill:", "    add: {documents: [{doc: income_paper}]}\n    fill:")
    assert tiny.errors() == []


def test_an_overlay_that_breaks_a_national_case_is_refused(tiny: TinyBase) -> None:
    """A sum that is open to communities may be another one, but not against the cases of the entry."""
    own = (
        'grant: {title: {uk: "Своя"}, unit: UAH, values: [{from: 2020-01-01, value: VALUE, source: law, '
        "known_through: 2027-01-01}]}\n"
    )
    text = (tiny.content / "national/parameters/all.yaml").read_text(encoding="utf-8")
    assert text.startswith("grant:\n") or "\ngrant:\n" in text
    tiny.write("parameters", text.replace("grant:\n", "grant:\n  local: fill\n", 1))
    tiny.write("communities/sample/parameters.yaml", own.replace("VALUE", "50000"))
    assert tiny.errors() == []
    tiny.write("communities/sample/parameters.yaml", own.replace("VALUE", "60000"))
    (found,) = tiny.errors()
    assert found.file == "national/benefits/families/baby-grant.cases.yaml"
    assert found.message.startswith("sample, «мати, дитина цього року»: виходить low 60000")


# ---- the sample community


def test_every_open_channel_has_an_office_in_the_sample_community() -> None:
    base = read_content(CONTENT).base
    served = {matter for office in base.communities["zrazkova"].offices.values() for matter in office.serves}
    opened = {where.channel for entry in base.entries.values() for where in entry.where if where.local}
    assert opened <= served


def test_the_sample_community_shows_everything() -> None:
    own = read_content(CONTENT).base.communities["zrazkova"]
    assert len(own.entries) >= 3
    assert all(own.cases[name] for name in own.entries)
    assert all(office.phone.startswith("0 (00) 000-00-") for office in own.offices.values())
    assert {office.address is None for office in own.offices.values()} == {True, False}
    assert any(office.reception for office in own.offices.values())
    assert own.calendar.closed_on
    assert own.calendar.open_on
    assert own.calendar.shortened_on
    assert own.notices
    assert own.priorities
    assert any(office.visits and office.visits.hall for office in own.offices.values())
