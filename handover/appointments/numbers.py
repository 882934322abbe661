"""The numbers of visits: «запис № 214» of a community, «С 41» of a day in a hall. Connection first."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from conversations.database import upsert
from handover.appointments.tables import hall_numbers
from handover.counting import next_value
from knowledge_base.answers import Office, VisitRules

COUNTER = "appointment"


async def next_number(db: AsyncConnection, community: str) -> int:
    """The number of a new visit, 1 at first; two visits never get the same."""
    return await next_value(db, community, COUNTER)


async def next_hall_number(db: AsyncConnection, community: str, office: str, day: date, letter: str) -> int:
    """One more than the last number of this letter in this office on this day, 1 in the morning.

    Two callers never get the same. `letter` is one capital Cyrillic letter, `С` of «С 41».
    """
    statement = upsert(db, hall_numbers).values(
        community_id=community, office=office, day=day.isoformat(), letter=letter, value=1
    )
    result = await db.execute(
        statement.on_conflict_do_update(
            index_elements=[
                hall_numbers.c.community_id,
                hall_numbers.c.office,
                hall_numbers.c.day,
                hall_numbers.c.letter,
            ],
            set_={"value": hall_numbers.c.value + 1},
        ).returning(hall_numbers.c.value)
    )
    value: int = result.scalar_one()
    return value


def letter_of(office: Office, receiver: str) -> str:
    """The letter of a receiver's numbers in the hall, else the office's own."""
    own = next((one.letter for one in office.receivers if one.id == receiver), None)
    return own or (office.visits or VisitRules()).letter
