"""Texts read lately are not read again; secrets and stories are not kept, and what was read goes with its base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.turns.minds import Mind, Remembered
from bots.turns.think import think
from conversations import inbox
from knowledge_base.understanding.meaning import Meaning
from tests.turns.world import COMMUNITY, StubUnderstanding, World, message


class CountingUnderstanding(StubUnderstanding):
    """Keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, texts: Sequence[str]) -> list[Meaning]:
        self.asked += texts
        return super().read(texts)


async def asked(reception: World, *texts: str, first: int) -> None:
    async with reception.runtime.database.write() as db:
        heard = [
            message(text, key=f"{first + n}", address=f"person {first + n}") for n, text in enumerate(texts)
        ]
        await inbox.accept(db, heard, reception.clock())
    await think(reception.runtime)


def read_texts(reception: World, mode: str) -> float:
    value = reception.runtime.measures.registry.get_sample_value(
        "pryimalnia_texts_understood_total", {"mode": mode}
    )
    return value or 0


async def test_the_same_words_of_many_people_are_read_once(reception: World) -> None:
    understanding = CountingUnderstanding()
    minds = reception.runtime.minds
    minds.replace(COMMUNITY, replace(minds[COMMUNITY], understanding=understanding))
    await asked(reception, "субсидія", "дякую", "субсидія", first=1)
    await asked(reception, "субсидія", "хто ви", first=10)
    assert sorted(understanding.asked) == ["дякую", "субсидія", "хто ви"]
    assert (read_texts(reception, "words"), read_texts(reception, "cached")) == (3, 2)


async def test_another_base_reads_everything_anew(reception: World) -> None:
    understanding = CountingUnderstanding()
    minds = reception.runtime.minds
    for number in (1, 2):
        minds.replace(COMMUNITY, Mind(minds[COMMUNITY].knowledge, understanding))
        await asked(reception, "субсидія", first=number)
    assert understanding.asked == ["субсидія", "субсидія"]


def test_a_secret_and_a_long_story_are_not_kept() -> None:
    remembered = Remembered()
    remembered.keep("4149 4993 1234 5678", Meaning(masked="…", secret="card"))
    remembered.keep("я" * (Remembered.LONGEST + 1), Meaning(masked="я"))
    assert len(remembered) == 0


def test_only_so_many_are_kept_and_those_asked_for_stay() -> None:
    remembered = Remembered()
    remembered.keep("перше", Meaning(masked="перше"))
    for number in range(Remembered.ROOM):
        remembered.keep(f"{number}", Meaning(masked=f"{number}"))
        remembered.recall("перше")
    assert len(remembered) == Remembered.ROOM
    assert remembered.recall("перше") == Meaning(masked="перше")
    assert remembered.recall("0") is None
