"""What the bot tells of the offices as the desk keeps them: who waits, who is away; asked in a real conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import insert

from handover.appointments.away import laid_over, of_every_office
from handover.appointments.tables import appointments, receiver_absences
from knowledge_base.answers import Absence, Interval, Receiver
from tests.dialogue.fake_knowledge import RECEPTION, FakeKnowledge

from .test_turns import hear, work
from .world import COMMUNITY, NOON, World, message

SPECIALIST = Receiver(
    "subsidies", "Спеціаліст із субсидій", (Interval(1, time(9), time(17)),), "у вівторок з 9:00 до 17:00"
)


def arrived(number: int, minutes: int) -> dict[str, object]:
    at = NOON - timedelta(minutes=minutes)
    return {
        "id": f"{number:032x}",
        "community_id": COMMUNITY,
        "number": number,
        "office": RECEPTION.id,
        "receiver": "",
        "kind": "walk_in",
        "state": "arrived",
        "day": "2026-11-24",
        "name": "Людина",
        "for_other": False,
        "sequence": 0,
        "created_at": at,
        "arrived_at": at,
    }


async def answered(reception: World, text: str, key: str) -> str:
    await hear(reception, message(text, key=key))
    await work(reception)
    return reception.texts()[-1].replace("\u00a0", " ")


async def test_the_answer_tells_who_waits_in_the_hall(reception: World) -> None:
    async with reception.runtime.database.write() as db:
        for number in (1, 2):
            await db.execute(insert(appointments).values(**arrived(number, 10 * number)))
    assert "Зараз у черзі 2 людини." in await answered(reception, "адреса на Зразковій", "k1")


async def test_the_answer_is_kept_for_a_moment_and_then_looked_up_anew(reception: World) -> None:
    async with reception.runtime.database.write() as db:
        await db.execute(insert(appointments).values(**arrived(1, 10)))
    assert "Зараз у черзі 1 людина." in await answered(reception, "адреса на Зразковій", "k1")
    async with reception.runtime.database.write() as db:
        await db.execute(insert(appointments).values(**arrived(2, 5)))
    assert "Зараз у черзі 1 людина." in await answered(reception, "адреса на Зразковій", "k2")
    reception.clock.move(timedelta(seconds=11))
    assert "Зараз у черзі 2 людини." in await answered(reception, "адреса на Зразковій", "k3")


async def test_without_a_hall_nothing_is_made_up(reception: World) -> None:
    said = await answered(reception, "адреса на Зразковій", "k1")
    assert "черз" not in said
    assert "чека" not in said


async def test_an_absence_that_the_desk_sets_is_laid_over_who_receives(reception: World) -> None:
    office = replace(RECEPTION, receivers=(SPECIALIST,))
    minds = reception.runtime.minds
    minds.replace(COMMUNITY, replace(minds[COMMUNITY], knowledge=FakeKnowledge(places=(office,))))
    assert "з 9:00 до 17:00" in await answered(reception, "хто приймає сьогодні", "k1")
    async with reception.runtime.database.write() as db:
        await db.execute(
            insert(receiver_absences).values(
                community_id=COMMUNITY,
                office=office.id,
                receiver=SPECIALIST.id,
                day="2026-11-24",
                from_minute=12 * 60,
                till_minute=1440,
                reason="навчання",
                set_by="",
                set_at=NOON,
            )
        )
    reception.clock.move(timedelta(seconds=11))
    said = await answered(reception, "хто приймає сьогодні", "k2")
    assert "з 9:00 до 12:00" in said
    assert "навчання" not in said


async def test_absences_are_read_from_a_day_on_and_laid_over_their_own_receiver(reception: World) -> None:
    async with reception.runtime.database.write() as db:
        for day, begins in (("2026-11-23", 0), ("2026-11-25", 540), ("2026-11-26", 0)):
            await db.execute(
                insert(receiver_absences).values(
                    community_id=COMMUNITY,
                    office=RECEPTION.id,
                    receiver=SPECIALIST.id,
                    day=day,
                    from_minute=begins,
                    till_minute=1440,
                    reason="",
                    set_by="",
                    set_at=datetime(2026, 11, 24, tzinfo=UTC),
                )
            )
    async with reception.runtime.database.read() as db:
        away = await of_every_office(db, COMMUNITY, date(2026, 11, 24))
    expected = (Absence(date(2026, 11, 25), time(9)), Absence(date(2026, 11, 26)))
    assert away == {RECEPTION.id: {SPECIALIST.id: expected}}
    other = replace(SPECIALIST, id="other")
    laid = laid_over(replace(RECEPTION, receivers=(SPECIALIST, other)), away)
    assert [one.away for one in laid.receivers] == [expected, ()]
    assert laid_over(RECEPTION, {}) is RECEPTION
