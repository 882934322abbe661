"""The loops against specialists who take: think, deliver and take at once, each on connections of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.races import doors
from tests.races.doors import House
from tests.races.duels import MORE, PEOPLE, VIOLATIONS, Judge, Reception, Take, Timing, asking, taking

TIMING = Timing("seed", spread=0.5, close=0.2)


def test_the_bot_is_silent_from_the_take_on_whoever_is_faster(house: House, tmp_path: Path) -> None:
    receptions = [
        Reception.at(house.door(number), f"worker-{number}", tmp_path / "files") for number in range(2)
    ]
    addresses = [f"citizen-{number}" for number in range(house.worth(40))]
    over, takes, judge = asyncio.Event(), list[Take](), Judge()

    async def everybody() -> None:
        wishes = (taking(house.door(2 + place), duels, by, TIMING) for place, by in enumerate(PEOPLE))
        taken, _ = await asyncio.gather(doors.together(*wishes), asking(receptions[0], duels, TIMING))
        takes.extend(take for each in taken for take in each)
        over.set()

    async def round_of_duels() -> None:
        await doors.together(everybody(), *(reception.work(over.is_set) for reception in receptions))
        await receptions[0].hear(addresses, MORE)
        await receptions[1].finish()
        sendings = [sending for reception in receptions for sending in reception.witness.sendings]
        await judge.judge(house.door(0), duels, takes, sendings)

    duels = house.run(receptions[0].prepare(addresses))
    receptions[0].witness.sendings.clear()
    house.run(round_of_duels())
    assert {what: judge.broken[what] for what in VIOLATIONS} == dict.fromkeys(VIOLATIONS, 0)
    assert judge.counts.total() == len(addresses)
