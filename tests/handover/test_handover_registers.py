"""Registers asked instead of papers: one form in the packet, on the record, nothing kept of whom it was about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from conversations.database import Database, metadata
from handover import tables
from handover.outside import SourceFault
from handover.registers.sources import SqlRegisters, sql_queries, sql_registers
from handover.tickets.packet import AskedRegister, Matter, Paper, Papers
from handover.workplace.routes import routes
from tests.handover.conftest import Reception
from tests.handover.handover_world import actions, waiting

SUBJECT = "19800101-12345"
MAP = """
residence:
  title: Реєстр територіальної громади
  documents: [residence_extract]
  subject: Номер запису (УНЗР)
  pattern: "[0-9]{8}-[0-9]{5}"
  query: SELECT as_of FROM meshkantsi WHERE unzr = :subject
"""
PAPERS = Matter(
    papers=Papers(
        "Субсидія",
        True,
        (
            Paper("Заява", "need", id="application"),
            Paper(
                "Витяг про прописку",
                "need",
                id="residence_extract",
                register=AskedRegister("Реєстр територіальної громади", "Номер запису (УНЗР)"),
            ),
        ),
    )
)


@pytest.fixture
async def outside(postgres_url: Callable[..., str]) -> AsyncIterator[Database]:
    """The community's register of who lives here."""
    database = Database(postgres_url(migrated=False))
    async with database.write() as db:
        await db.execute(text("CREATE TABLE meshkantsi (unzr text PRIMARY KEY, as_of timestamptz)"))
        await db.execute(
            text("INSERT INTO meshkantsi VALUES (:one, '2026-11-24 06:00+00')"), {"one": SUBJECT}
        )
    yield database
    await database.close()


@pytest.fixture
def registers(outside: Database, tmp_path: Path) -> SqlRegisters:
    path = tmp_path / "registers.yaml"
    path.write_text(MAP, encoding="utf-8")
    return sql_registers(str(outside._writer.url.render_as_string(hide_password=False)), path)


@pytest.fixture
def connected(reception: Reception, registers: SqlRegisters) -> Reception:
    """The workplace with the register, and a matter whose paper it stands for."""
    app = FastAPI()
    app.include_router(routes(replace(reception.house, registers=registers)))
    reception.vendors.matter = PAPERS
    reception.app = app
    return reception


async def test_a_paper_is_checked_and_the_answer_stands_in_the_packet(
    connected: Reception, now: datetime
) -> None:
    ticket = await waiting(connected.database, now)
    me = await connected.signed_in("iryna")
    page = await me.get(f"/workplace/conversations/{ticket.conversation_id}")
    assert page.text.count("Перевірити в реєстрі") == 1
    assert f"Консультація № {ticket.number}: Субсидія" in page.text
    done = await me.act(
        ticket.conversation_id,
        "register",
        part=False,
        paper="residence_extract",
        subject=f" {SUBJECT} ",
        reason="субсидія, прописка",
    )
    assert done.status_code == 303
    page = await me.get(f"/workplace/conversations/{ticket.conversation_id}")
    assert "У реєстрі є. Реєстр територіальної громади станом на" in page.text
    assert "register_checked" in await actions(connected.database, ticket.conversation_id)
    async with connected.database.read() as db:
        (facts,) = (
            await db.execute(select(tables.audit.c.facts).where(tables.audit.c.action == "register_checked"))
        ).scalars()
        everything = [
            str(tuple(row)) for table in metadata.sorted_tables for row in await db.execute(select(table))
        ]
    assert facts == {
        "register": "Реєстр територіальної громади",
        "paper": "residence_extract",
        "why": "субсидія, прописка",
    }
    assert SUBJECT not in "\n".join(everything)


async def test_who_is_not_there_is_not_there(connected: Reception, now: datetime) -> None:
    ticket = await waiting(connected.database, now)
    me = await connected.signed_in("iryna")
    await me.act(
        ticket.conversation_id,
        "register",
        part=False,
        paper="residence_extract",
        subject="19990101-00000",
        reason="субсидія",
    )
    page = await me.get(f"/workplace/conversations/{ticket.conversation_id}")
    assert "У реєстрі немає." in page.text


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"reason": " "}, 422, "підстави"),
        ({"subject": "Дячук Галина"}, 422, "Номер запису (УНЗР)"),
        ({"paper": "passport"}, 404, "не під’єднано"),
    ],
)
async def test_what_is_not_enough_asks_nobody(
    connected: Reception, now: datetime, fields: dict[str, str], status: int, says: str
) -> None:
    ticket = await waiting(connected.database, now)
    me = await connected.signed_in("iryna")
    sent = {"paper": "residence_extract", "subject": SUBJECT, "reason": "субсидія", **fields}
    answer = await me.act(ticket.conversation_id, "register", **sent)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert "register_checked" not in await actions(connected.database)


async def test_a_register_that_is_away_is_a_clear_word_and_nothing_is_kept(
    connected: Reception, outside: Database, now: datetime
) -> None:
    async with outside.write() as db:
        await db.execute(text("DROP TABLE meshkantsi"))
    ticket = await waiting(connected.database, now)
    me = await connected.signed_in("iryna")
    answer = await me.act(
        ticket.conversation_id,
        "register",
        paper="residence_extract",
        subject=SUBJECT,
        reason="субсидія",
    )
    assert answer.status_code == 503
    assert "зараз не відповідає, нічого не записано" in answer.text
    assert "register_checked" not in await actions(connected.database)
    page = await me.get(f"/workplace/conversations/{ticket.conversation_id}")
    assert "У реєстрі" not in page.text


async def test_where_no_register_is_connected_there_is_no_button(reception: Reception, now: datetime) -> None:
    papers = Papers("Субсидія", True, (Paper("Витяг про прописку", "need", id="residence_extract"),))
    reception.vendors.matter = Matter(papers=papers)
    ticket = await waiting(reception.database, now)
    me = await reception.signed_in("iryna")
    page = await me.get(f"/workplace/conversations/{ticket.conversation_id}")
    assert "Витяг про прописку" in page.text
    assert "Перевірити в реєстрі" not in page.text
    answer = await me.act(
        ticket.conversation_id, "register", paper="residence_extract", subject=SUBJECT, reason="субсидія"
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"query": "SELECT 1"}, "no :subject"),
        ({"pattern": "("}, "no regular expression"),
        ({"documents": "residence_extract"}, "a list"),
        ({"title": ""}, "lacks 'title'"),
    ],
)
def test_a_wrong_description_is_one_line(change: dict[str, object], says: str) -> None:
    right = {
        "title": "Реєстр",
        "documents": ["residence_extract"],
        "subject": "номер",
        "pattern": "[0-9]+",
        "query": "SELECT 1 FROM t WHERE n = :subject",
    }
    assert sql_queries({"one": right}, Path("map"))
    with pytest.raises(SourceFault, match=says):
        sql_queries({"one": {**right, **change}}, Path("map"))
    with pytest.raises(SourceFault, match="stands in one and in two"):
        sql_queries({"one": right, "two": right}, Path("map"))
