"""Who may reach what: every route by every role, other communities' ids, foreign forms, and markup in every field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conversations import transcript
from conversations.attachments import FolderStore
from conversations.channel import FileRefused
from conversations.messages import Attachment, AttachmentKind, MessageKind
from handover import tables
from handover.accounts import accounts, second_factor
from handover.accounts.permissions import Role
from handover.assignment import teams
from handover.assignment.teams import Terms
from handover.tickets import leading, tickets
from handover.workplace.files import served
from handover.workplace.routes import routes
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, PASSWORD, account, actions, said, waiting
from tests.handover.test_handover_hall import booked

ROOT = Path(__file__).parents[2]

ANYBODY = None
"""Asked for before anyone is signed in."""

ALL = frozenset(Role)
CONSULT = ALL - {Role.EDITOR}
HEADS = frozenset({Role.HEAD, Role.ADMINISTRATOR})
LEADS = HEADS | {Role.SENIOR}
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

CHAT = "/workplace/conversations/{conversation_id}"
ONE = "/workplace/accounts/{account_id}"
TEAM = "/workplace/teams/{team_id}"
FACTOR = "/workplace/me/second-factor"
VISITS = "/workplace/visits"
VISIT = f"{VISITS}/{{visit_id}}"

# Every route of the workplace has its line here: who of those signed in may reach it.
WHO: dict[tuple[str, str], frozenset[Role] | None] = {
    ("GET", "/workplace/login"): ANYBODY,
    ("POST", "/workplace/login"): ANYBODY,
    ("GET", "/workplace/login/code"): ANYBODY,
    ("POST", "/workplace/login/code"): ANYBODY,
    ("GET", "/workplace/static/{name}"): ANYBODY,
    ("GET", "/workplace/vendor/{name}"): ANYBODY,
    ("POST", "/workplace/logout"): ALL,
    ("GET", "/workplace"): ALL,
    ("GET", "/workplace/queue"): ALL,
    ("GET", "/workplace/events"): ALL,
    ("GET", "/workplace/news"): CONSULT,
    ("GET", CHAT): ALL,
    ("GET", f"{CHAT}/live"): ALL,
    ("GET", f"{CHAT}/window"): ALL,
    ("GET", f"{CHAT}/print"): ALL,
    ("GET", "/workplace/files/{content_hash}"): ALL,
    ("POST", f"{CHAT}/take"): CONSULT,
    ("POST", f"{CHAT}/reply"): CONSULT,
    ("POST", f"{CHAT}/note"): ALL,
    ("POST", f"{CHAT}/transfer"): CONSULT,
    ("POST", f"{CHAT}/return"): CONSULT,
    ("POST", f"{CHAT}/hand-back"): CONSULT,
    ("POST", f"{CHAT}/resolve"): CONSULT,
    ("POST", f"{CHAT}/danger-card"): CONSULT,
    ("POST", f"{CHAT}/unmask"): CONSULT,
    ("GET", "/workplace/me"): ALL,
    ("POST", "/workplace/me/password"): ALL,
    ("POST", "/workplace/me/sessions"): ALL,
    ("GET", FACTOR): ALL,
    ("GET", f"{FACTOR}/qr.svg"): ALL,
    ("POST", FACTOR): ALL,
    ("POST", f"{FACTOR}/confirm"): ALL,
    ("POST", f"{FACTOR}/codes"): ALL,
    ("POST", f"{FACTOR}/remove"): ALL,
    ("GET", "/workplace/channels"): ADMINISTRATORS,
    ("POST", "/workplace/channels/connect"): ADMINISTRATORS,
    ("POST", "/workplace/channels/people-only"): ADMINISTRATORS,
    ("GET", "/workplace/accounts"): ADMINISTRATORS,
    ("POST", "/workplace/accounts"): ADMINISTRATORS,
    ("POST", "/workplace/accounts/second-factor"): ADMINISTRATORS,
    ("GET", ONE): ADMINISTRATORS,
    ("POST", ONE): ADMINISTRATORS,
    ("POST", f"{ONE}/disable"): ADMINISTRATORS,
    ("POST", f"{ONE}/enable"): ADMINISTRATORS,
    ("POST", f"{ONE}/password"): ADMINISTRATORS,
    ("POST", f"{ONE}/reset-second-factor"): ADMINISTRATORS,
    ("GET", "/workplace/journal"): HEADS,
    ("GET", "/workplace/retention"): HEADS,
    ("GET", "/workplace/hours"): HEADS,
    ("POST", "/workplace/hours/week"): HEADS,
    ("POST", "/workplace/hours/day"): HEADS,
    ("POST", "/workplace/hours/day/drop"): HEADS,
    ("POST", "/workplace/pause/begin"): LEADS,
    ("POST", "/workplace/pause/end"): LEADS,
    ("POST", "/workplace/pause/notice"): HEADS,
    ("GET", "/workplace/desk"): CONSULT,
    ("POST", "/workplace/desk"): CONSULT,
    ("GET", "/workplace/desk/papers"): CONSULT,
    ("GET", "/workplace/desk/calls"): CONSULT,
    ("POST", "/workplace/desk/calls/{call_id}/{deed}"): CONSULT,
    ("GET", "/workplace/desk/book"): CONSULT,
    ("POST", "/workplace/desk/book"): CONSULT,
    ("POST", f"{CHAT}/resend"): CONSULT,
    ("POST", f"{CHAT}/withdraw"): CONSULT,
    ("POST", f"{CHAT}/draft"): ALL,
    ("POST", f"{CHAT}/files"): CONSULT,
    ("POST", f"{CHAT}/files/remove"): CONSULT,
    ("POST", f"{CHAT}/presence"): ALL,
    ("GET", f"{CHAT}/base"): ALL,
    ("GET", "/workplace/ready-answers"): ALL,
    ("POST", "/workplace/ready-answers/add"): ALL,
    ("POST", "/workplace/ready-answers/{answer_id}/change"): ALL,
    ("POST", "/workplace/ready-answers/{answer_id}/remove"): ALL,
    ("POST", f"{CHAT}/snooze"): CONSULT,
    ("POST", f"{CHAT}/wake"): CONSULT,
    ("POST", f"{CHAT}/reopen"): CONSULT,
    ("POST", f"{CHAT}/pass"): CONSULT,
    ("POST", f"{CHAT}/start"): CONSULT,
    ("POST", f"{CHAT}/kept/withdraw"): CONSULT,
    ("POST", f"{CHAT}/part"): CONSULT,
    ("POST", f"{CHAT}/same-person"): CONSULT,
    ("GET", "/workplace/shift"): CONSULT,
    ("POST", "/workplace/shift"): CONSULT,
    ("POST", "/workplace/shift/hand-over"): CONSULT,
    ("POST", "/workplace/views"): ALL,
    ("POST", "/workplace/views/forget"): ALL,
    ("GET", "/workplace/teams"): HEADS,
    ("GET", TEAM): HEADS,
    ("POST", TEAM): HEADS,
    ("POST", f"{TEAM}/disband"): HEADS,
    ("GET", "/workplace/teams/people/{account_id}"): HEADS,
    ("POST", "/workplace/teams/people/{account_id}"): HEADS,
    ("GET", "/workplace/reports"): LEADS,
    ("GET", "/workplace/reports/check"): LEADS,
    ("GET", "/workplace/reports/unanswered"): LEADS,
    ("POST", "/workplace/reports/recount"): LEADS,
    ("GET", "/workplace/reports/report.xlsx"): LEADS,
    ("GET", "/workplace/reports/{part}.csv"): LEADS,
    ("GET", "/workplace/applications"): CONSULT,
    ("POST", "/workplace/applications/code"): CONSULT,
    ("GET", "/workplace/applications/import"): HEADS,
    ("POST", "/workplace/applications/import"): HEADS,
    ("GET", "/workplace/applications/import/{import_id}"): HEADS,
    ("POST", "/workplace/applications/import/{import_id}/begin"): HEADS,
    ("POST", "/workplace/applications/import/{import_id}/stop"): HEADS,
    ("GET", "/workplace/applications/import/{import_id}/errors.csv"): HEADS,
    ("POST", f"{CHAT}/register"): CONSULT,
    ("GET", "/workplace/board"): LEADS,
    ("GET", "/workplace/board/part"): LEADS,
    ("GET", VISITS): CONSULT,
    ("GET", f"{VISITS}/part"): CONSULT,
    ("POST", f"{VISITS}/place"): CONSULT,
    ("POST", f"{VISITS}/next"): CONSULT,
    ("GET", f"{VISITS}/walk-in"): CONSULT,
    ("POST", f"{VISITS}/walk-in"): CONSULT,
    ("GET", f"{VISITS}/book"): CONSULT,
    ("POST", f"{VISITS}/book"): CONSULT,
    ("GET", f"{VISITS}/week"): CONSULT,
    ("GET", f"{VISITS}/absences"): HEADS,
    ("POST", f"{VISITS}/absences"): HEADS,
    ("POST", f"{VISITS}/absences/drop"): HEADS,
    ("POST", f"{VISITS}/absences/tell"): HEADS,
    ("GET", VISIT): CONSULT,
    ("GET", f"{VISIT}/slip"): CONSULT,
    ("GET", f"{VISIT}/move"): CONSULT,
    ("POST", f"{VISIT}/move"): CONSULT,
    ("GET", f"{VISIT}/cancel"): CONSULT,
    ("POST", f"{VISIT}/cancel"): CONSULT,
    ("POST", f"{VISIT}/{{deed}}"): CONSULT,
}
SIGNED_IN = {route: who for route, who in WHO.items() if who is not ANYBODY}


@pytest.fixture
def database_url(sqlite_url: Callable[..., str]) -> str:
    """What a route allows does not hang on the database."""
    return sqlite_url(again=True)


@pytest.fixture
async def ids(reception, now):
    """A conversation with a file, a visit, and an account, of the reception's own community."""
    kept = await reception.store.put(PIXEL, name="довідка.png")
    ticket = await waiting(reception.database, now)
    chat = ticket.conversation_id
    message = said("x", "", now, kind=MessageKind.PHOTO, attachments=(kept,))
    async with reception.database.write() as db:
        await transcript.hear(db, chat, message, now)
    other = await account(reception.database, "colleague")
    async with reception.database.write() as db:
        team = await teams.create(db, COMMUNITY, Terms("Субсидії"), now)
        visit = await booked(db, now)
    return {
        "conversation_id": chat,
        "account_id": other.id,
        "content_hash": kept.content_hash,
        "name": "workplace.css",
        "team_id": team.id,
        "part": "channels",
        "answer_id": "nothing",
        "call_id": "nothing",
        "deed": "take",
        "visit_id": visit,
        "import_id": "nothing",
    }


def address(path, ids):
    shown = path.format(**(ids | {"deed": "no-show"} if "visit_id" in path else ids))
    if path == "/workplace/events":
        return f"{shown}?conversation={ids.get('heard', 'nothing')}"
    return f"{shown}?conversation={ids['conversation_id']}" if "content_hash" in path else shown


async def ask(client, method, where, csrf="", **headers):
    headers = {"Origin": ORIGIN, **headers}
    if method == "GET":
        return await client.get(where, headers=headers)
    return await client.post(
        where, data={"csrf": csrf, "text": "х", "summary": "х", "own": "yes"}, headers=headers
    )


def test_every_route_is_in_the_table(reception):
    there = {
        (method, route.path)
        for route in routes(reception.house).routes
        for method in getattr(route, "methods", ())
    }
    assert there == set(WHO)


@pytest.mark.parametrize("role", list(Role))
async def test_every_route_lets_in_exactly_the_roles_of_the_table(reception, ids, role):
    person = await reception.signed_in("person", role)
    csrf = await person.csrf()
    # Signing out comes last: nothing answers after it.
    for (method, path), who in sorted(SIGNED_IN.items(), key=lambda line: line[0][1] == "/workplace/logout"):
        answer = await ask(person.client, method, address(path, ids), csrf)
        if role in who:
            assert answer.status_code not in (401, 403, 405, 500), (method, path, answer.text[-600:])
            if answer.status_code == 303 and path != "/workplace/logout":
                assert "/workplace/login" not in answer.headers["location"], path
        else:
            assert answer.status_code == 403, (method, path)
            assert "Ваша роль цього не дозволяє" in answer.text


async def test_without_a_session_every_route_leads_to_sign_in(reception, ids):
    async with reception.stranger() as client:
        for method, path in SIGNED_IN:
            answer = await ask(client, method, address(path, ids))
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/workplace/login?next="), path
            part = await ask(client, method, address(path, ids), **{"HX-Request": "true"})
            assert part.status_code == 401, (method, path)


async def test_an_id_of_another_community_is_nowhere_on_any_route(reception, ids):
    stranger = await reception.signed_in("far", Role.ADMINISTRATOR, community="another")
    csrf = await stranger.csrf()
    heard = {**ids, "heard": ids["conversation_id"]}
    before = await actions(reception.database)
    with_ids = [
        route
        for route in SIGNED_IN
        if re.search(r"conversation_id|account_id|content_hash|team_id|visit_id|events", route[1])
    ]
    assert len(with_ids) >= 20
    for method, path in with_ids:
        answer = await ask(stranger.client, method, address(path, heard), csrf)
        if path in (ONE, TEAM) and method == "POST":
            answer = await stranger.client.post(
                address(path, heard),
                data={
                    "csrf": csrf,
                    "name": "х",
                    "position": "х",
                    "role": "head",
                    "accept": "3",
                    "return": "15",
                },
                headers={"Origin": ORIGIN},
            )
        assert answer.status_code == 404, (method, path, answer.status_code)
    assert await actions(reception.database) == before
    iryna = await reception.signed_in("iryna")
    moved = await iryna.act(ids["conversation_id"], "take")
    assert moved.status_code == 200
    passed = await iryna.act(ids["conversation_id"], "transfer", to=stranger.account.id)
    assert passed.status_code == 422


async def test_no_form_is_taken_without_its_sessions_token_or_from_another_site(reception, ids):
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    other = await reception.signed_in("other", Role.ADMINISTRATOR)
    csrf, foreign = await admin.csrf(), await other.csrf()
    before = await actions(reception.database)
    forms = [path for method, path in WHO if method == "POST"]
    for path in forms:
        where = address(path, ids)
        for origin in ("https://elsewhere.test", "null"):
            answer = await ask(admin.client, "POST", where, csrf, Origin=origin)
            assert (answer.status_code, "чужої сторінки" in answer.text) == (403, True), (path, origin)
        cross = await ask(admin.client, "POST", where, csrf, **{"Sec-Fetch-Site": "cross-site"})
        assert cross.status_code == 403, path
        if WHO["POST", path] is ANYBODY:
            continue
        for token in ("", foreign, "ї"):
            answer = await ask(admin.client, "POST", where, token)
            assert answer.status_code == 403, (path, token)
    assert await actions(reception.database) == before


PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script\x0c>alert(1)</script>",
    "<script/src=//x.test></script>",
    "<img src=x onerror=alert(1)>",
    "<img/src/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<body onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<iframe src=javascript:alert(1)>",
    "<object data=javascript:alert(1)>",
    "<embed src=//x.test>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    '<a href="java\tscript:alert(1)">x</a>',
    "<form action=//x.test><input name=csrf>",
    "<base href=//x.test>",
    "<meta http-equiv=refresh content='0;url=//x.test'>",
    "<link rel=stylesheet href=//x.test>",
    "<style>*{background:url(//x.test)}</style>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<textarea></textarea><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "` onclick=alert(1)",
    "{{ 7*7 }}{% raw %}",
    "${alert(1)}<%= 7*7 %>",
    "<div hx-get=/workplace/logout hx-trigger=load>",
    "<b hx-on:click=alert(1) data-hx-post=/workplace/logout>x</b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<script>alert(1)</script>",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
]


class Shape(HTMLParser):
    """The elements of a page and the names of their attributes: what somebody's words must not change."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Any] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, [name for name, _ in attrs]))

    def handle_endtag(self, tag):
        self.elements.append(f"/{tag}")


async def conversation_of(reception, iryna, words, now):
    """A conversation that has these words wherever a person or a colleague can write some."""
    database = reception.database
    ticket = await waiting(database, now, words, told=((words, words),), call_at=words, reason="asked")
    chat = ticket.conversation_id
    file = Attachment(
        kind=AttachmentKind.DOCUMENT,
        content_hash="0" * 64,
        media_type="application/pdf",
        size=1000,
        name=words,
    )
    message = said("x", words, now, author_name=words, attachments=(file,), kind=MessageKind.DOCUMENT)
    async with database.write() as db:
        await transcript.hear(db, chat, message, now)
        await leading.note(db, chat, iryna.account, words, now)
        await leading.take(db, COMMUNITY, ticket.id, iryna.account, now)
        await leading.transfer(db, COMMUNITY, ticket.id, iryna.account, await other_of(db), now, reason=words)
        await leading.return_to_queue(db, COMMUNITY, ticket.id, replace(iryna.account, role=Role.HEAD), now)
        await leading.take(db, COMMUNITY, ticket.id, iryna.account, now)
        await leading.resolve(db, COMMUNITY, ticket.id, iryna.account, words, now)
        await tickets.open_ticket(
            db,
            community=COMMUNITY,
            conversation_id=chat,
            number=await tickets.next_number(db, COMMUNITY, now),
            question=words,
            now=now,
            reason="danger",
            danger="hunger",
            told=((words, words),),
            call_at=words,
        )
    return chat


async def other_of(db):
    return await accounts.by_login(db, "colleague")


async def test_words_never_change_a_page_whatever_they_look_like(reception, now):
    assert len(PAYLOADS) >= 30
    iryna = await reception.signed_in("iryna")
    admin = await reception.signed_in("admin", Role.ADMINISTRATOR)
    await account(reception.database, "colleague")
    shapes = {}
    for words in ("звичайні слова", *PAYLOADS):
        chat = await conversation_of(reception, iryna, words.replace("\0", ""), now)
        pages = [
            f"/workplace/conversations/{chat}",
            f"/workplace/conversations/{chat}/live",
            "/workplace?view=waiting",
        ]
        for at, where in enumerate(pages):
            page = (await iryna.get(where)).text
            shape = Shape(page).elements
            assert not [one for one in shape if any(name.startswith("on") for name in one[1])], words
            # Nothing but this conversation waits, so the same page with other words has the same shape.
            assert shapes.setdefault(at, shape) == shape, (words, where)
        made = await admin.client.post(
            "/workplace/accounts",
            data={
                "csrf": await admin.csrf(),
                "login": "ї",
                "name": words,
                "position": words,
                "role": "head",
            },
            headers={"Origin": ORIGIN},
        )
        assert shapes.setdefault("form", Shape(made.text).elements) == Shape(made.text).elements, words
        async with reception.database.write() as db:
            await tickets.erase(db, chat, now)


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff"
    "ff7f00090003fd2a86e38a0000000049454e44ae426082"
)
UPLOADS = [
    b"<html><script>alert(1)</script>",
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    b"\xef\xbb\xbf<html>",
    b"MZ\x90\x00" + b"\0" * 60,
    b"\x7fELF" + b"\0" * 60,
    b"#!/bin/sh\nrm -rf /",
    b"PK\x03\x04" + b"\0" * 60,
    b"Rar!\x1a\x07\x00",
    b"{\\rtf1}",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    b"alert(1)",
    b"BM" + b"<script>alert(1)</script>",
]


@pytest.mark.parametrize("content", UPLOADS, ids=lambda content: repr(content[:12]))
@pytest.mark.parametrize("name", ["photo.jpg", "довідка.pdf"])
async def test_what_only_pretends_to_be_a_photo_or_a_paper_is_refused(tmp_path, content, name):
    with pytest.raises(FileRefused):
        await FolderStore(tmp_path, 1_000_000).put(content, name=name)
    assert list(tmp_path.rglob("*.*")) == []


@pytest.mark.parametrize(
    "tail", [b"<script>alert(1)</script>", b"<html><body onload=alert(1)>", b"PK\x03\x04evil"]
)
@pytest.mark.parametrize("head", [PIXEL, b"GIF89a", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0"])
async def test_a_file_of_two_kinds_is_only_ever_saved_or_shown_never_run(tmp_path, head, tail):
    store = FolderStore(tmp_path, 1_000_000)
    kept = await store.put(head + tail, name='evil".html')
    answer = served(await store.get(kept.content_hash), kept, None)
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.media_type in ("image/png", "image/gif", "image/jpeg", "application/octet-stream")


async def test_a_type_that_can_run_is_named_as_bytes_even_if_the_log_says_so():
    for media_type in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/pdf"):
        evil = Attachment(
            kind=AttachmentKind.DOCUMENT, content_hash="0" * 64, media_type=media_type, size=1, name="x"
        )
        assert served(b"x", evil, None).media_type == "application/octet-stream"


async def test_no_secret_lies_open_in_the_database(reception):
    """What a stolen copy of the database gives: no password, no token, no code."""
    iryna = await reception.signed_in("iryna")
    fields = {"csrf": await iryna.csrf(), "password": PASSWORD}
    await iryna.client.post(FACTOR, data=fields, headers={"Origin": ORIGIN})
    async with reception.database.read() as db:
        seed = await second_factor.unconfirmed(db, iryna.account.id, reception.wall.now)
    secret = second_factor.derived(reception.house.secret, iryna.account.id, seed)
    code = second_factor.code_at(secret, second_factor.step_at(reception.wall.now))
    confirmed = await iryna.client.post(
        f"{FACTOR}/confirm", data={"csrf": await iryna.csrf(), "code": code}, headers={"Origin": ORIGIN}
    )
    recovery = re.findall(r"<li>([a-z0-9-]{19})</li>", confirmed.text)
    half = await reception.stranger().post("/workplace/login", data={"login": "iryna", "password": PASSWORD})
    secrets = [
        PASSWORD,
        iryna.client.cookies["pryimalnia_workplace"],
        half.cookies["pryimalnia_code"],
        secret.hex(),
        second_factor.typed(secret).replace(" ", ""),
        *recovery,
        *(one.replace("-", "") for one in recovery),
    ]
    async with reception.database.read() as db:
        rows = [
            str(row)
            for table in tables.metadata.sorted_tables
            for row in (await db.execute(table.select())).all()
        ]
    assert len(recovery) == 10
    assert [one for one in secrets if any(one in row for row in rows)] == []


def test_every_threat_names_a_test_that_is_there():
    said_tests = re.findall(
        r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    )
    assert len(said_tests) >= 40
    for path, name in said_tests:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), f"{path}::{name}"
