"""What the pages are made of: the policy, files with versions, and nothing inline."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from handover.workplace import words
from handover.workplace.files import part
from handover.workplace.pages import MissingVendor, Pages
from knowledge_base.language import plural
from tests.handover.handover_world import waiting

WORKPLACE = Path(words.__file__).parent


@pytest.mark.parametrize("template", sorted((WORKPLACE / "templates").iterdir()), ids=lambda path: path.name)
def test_no_template_has_a_style_a_script_or_a_handler_of_its_own(template):
    source = template.read_text()
    assert not re.search(r"\sstyle\s*=", source)
    assert not re.search(r"<style\b", source)
    assert not re.search(r"\son[a-z]+\s*=", source)
    assert not re.search(r"hx-on|javascript:|\|\s*safe\b", source)
    assert all(
        "src=" in tag and "></script>" in tag for tag in re.findall(r"<script[^<]*</?script>?", source)
    )
    assert "http://" not in source
    assert "https://" not in source


def test_no_stylesheet_or_script_reaches_outside():
    for path in (WORKPLACE / "static").iterdir():
        source = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in source, path.name
        assert "https://" not in source, path.name
        assert "@import" not in source, path.name
        assert not re.search(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", source), (
            path.name
        )


async def test_every_answer_carries_the_policy(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now)).conversation_id
    addresses = (
        "/workplace",
        "/workplace/login",
        "/workplace/nothing",
        f"/workplace/conversations/{chat}/live",
    )
    for address in addresses[:2] + addresses[3:]:
        policy = (await iryna.get(address)).headers["content-security-policy"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
        assert "unsafe" not in policy


async def test_files_of_the_pages_are_kept_for_ever_under_their_version(reception):
    async with reception.stranger() as browser:
        page = (await browser.get("/workplace/login")).text
        addresses = re.findall(r'"(/workplace/static/[^"#]+)', page)
        assert len(set(addresses)) >= 4
        for address in set(addresses):
            answer = await browser.get(address)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
        assert (await browser.get("/workplace/static/workplace.css")).headers["cache-control"] == "no-cache"
        for unknown in ("static/../guard.py", "static/nothing.css", "vendor/package.json", "vendor/htmx.js"):
            assert (await browser.get(f"/workplace/{unknown}")).status_code == 404
        assert (await browser.get("/workplace/vendor/htmx.min.js")).text == "// a script"


def test_every_icon_a_page_asks_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (WORKPLACE / "static" / "icons.svg").read_text()))
    asked = set(words.CHANNELS)
    for template in (WORKPLACE / "templates").iterdir():
        asked |= set(re.findall(r"icon\('([a-z0-9]+)'", template.read_text()))
        asked |= set(re.findall(r"#([a-z0-9]+)\"></use>", template.read_text()))
    assert asked - drawn == set()


def test_a_missing_script_stops_the_start_and_says_the_mend(tmp_path):
    with pytest.raises(MissingVendor, match="npm install"):
        Pages(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, None),
        ("bytes=0-3", (0, 3)),
        ("bytes=4-", (4, 9)),
        ("bytes=-2", (8, 9)),
        ("bytes=-50", (0, 9)),
        ("bytes=5-99", (5, 9)),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("lines=1-2", None),
    ],
)
def test_ranges(wanted, expected):
    assert part(b"0123456789", wanted) == expected


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=5-4", "bytes=-0"])
def test_ranges_outside_the_file_are_refused(wanted):
    with pytest.raises(ValueError, match=r"range|outside"):
        part(b"0123456789", wanted)


def test_plurals_times_and_sizes_are_said_as_people_say_them(now):
    space = words.HARD_SPACE
    assert [plural(n, "день") for n in (1, 3, 5, 11, 21, 22)] == [
        f"{n}{space}{word}"
        for n, word in ((1, "день"), (3, "дні"), (5, "днів"), (11, "днів"), (21, "день"), (22, "дні"))
    ]
    assert words.day(now, now) == "Сьогодні, вівторок"
    assert words.moment(now, now) == "10:30"
    assert words.size(1_887_436) == f"1,8{space}МБ"
    assert words.initials("Ірина Мельник") == "ІМ"
    assert words.span(timedelta(seconds=40)) == "менше хвилини"
    assert words.person(None, "viber") == "Людина з Viber"
    assert words.person("Галина", "web", "26-0007") == "Галина"
    assert words.person(None, "web", "26-0007") == "Людина, № 26\N{NON-BREAKING HYPHEN}0007"
