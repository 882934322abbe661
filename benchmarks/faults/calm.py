"""A calm day: what each press and each question is answered with when nothing is broken, learnt from the reception."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.faults import books
from benchmarks.faults.citizens import OPENER, Answers, Citizen, Post, write
from benchmarks.faults.messengers import MESSENGERS, Ask
from benchmarks.faults.stage import Stage
from bots.dialogue.buttons import LETTER_OF
from knowledge_base.understanding.meaning import Facet

RUNS = 2
"""Each thing is asked this often in other company: an answer that depends on what was said before is of no use."""

PATIENCE = 300.0
FIRST_PERSON = 1
RATE = 60.0

OF_THIS_HOUR = ("Зараз відчинено", "Зараз зачинено")
"""What an office's card says of its door: by the end of a long run it says something else."""

QUESTIONS = (
    "які документи на субсидію",
    "які документи на допомогу при народженні дитини",
    "скільки платять при народженні дитини",
    "де оформити субсидію",
    "які документи на допомогу на поховання",
    "скільки платять на поховання",
    "какие документы на субсидию",
    "скільки платять внутрішньо переміщеним особам",
)


def candidates(entries: Sequence[str]) -> list[Ask]:
    """Every topic's button for everything that can be asked about it, and questions in words."""
    presses = [Ask(f"a:{entry}:{LETTER_OF[facet]}") for entry in entries for facet in Facet]
    return [*presses, *(Ask(words, press=False) for words in QUESTIONS)]


async def learnt(stage: Stage, asks: Sequence[Ask], chance: random.Random) -> Mapping[str, Answers]:
    """By channel, what is answered always the same and with texts that nothing else is answered with.

    Raises RuntimeError where a calm day does not end.
    """
    post = Post(stage.doors, chance)
    nothing: Answers = dict.fromkeys([OPENER, *asks], ())
    citizens = [
        Citizen(messenger, FIRST_PERSON + run, [OPENER, *chance.sample(list(asks), len(asks))], nothing)
        for messenger in MESSENGERS.values()
        for run in range(RUNS)
    ]
    scripts = [list(one.script) for one in citizens]
    await write(citizens, post, RATE, chance, 0.0)
    await post.close()
    if not await settled(stage.database_url, PATIENCE):
        raise RuntimeError("the reception was not done with a calm day's messages")
    written = await books.read(stage.database_url)
    told: dict[str, dict[Ask, set[tuple[str, ...]]]] = {name: {} for name in MESSENGERS}
    for citizen, script in zip(citizens, scripts, strict=True):
        book = written[citizen.messenger.name, citizen.address]
        asked = {one.key: ask for one, ask in zip(citizen.written, script, strict=True)}
        for key, answer in book.answers().items():
            told[citizen.messenger.name].setdefault(asked[key], set()).add(answer)
    return {name: _usable(answers) for name, answers in told.items()}


async def settled(url: str, patience: float) -> bool:
    """Wait until nothing is to be done any more; False where that takes too long."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not await books.unfinished(url):
            return True
        await asyncio.sleep(0.25)
    return False


def _usable(told: Mapping[Ask, set[tuple[str, ...]]]) -> Answers:
    certain = {ask: next(iter(answers)) for ask, answers in told.items() if len(answers) == 1}
    # A text that stands in two different answers would not tell which of them it is.
    uses = Counter(text for answer in set(certain.values()) for text in set(answer))
    return {
        ask: answer
        for ask, answer in certain.items()
        if answer
        and len(set(answer)) == len(answer)
        and all(uses[text] == 1 and not any(words in text for words in OF_THIS_HOUR) for text in answer)
    }
