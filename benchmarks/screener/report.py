"""What is printed and written: a Markdown table of the people, and every entry that ends otherwise than expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.screener.playing import Play
from knowledge_base.rules.comparing import Truth
from knowledge_base.screener import Findings

STOPS = (5, 10, 15)
"""After so many answers it is looked where everything stands."""
GOAL = 0.7
"""The part of the entries that should be decided at the last of the stops."""
IN_WORDS = {Truth.YES: "yes", Truth.UNKNOWN: "possible", Truth.SPECIALIST: "specialist", Truth.NO: "no"}


@dataclass(frozen=True)
class Played:
    """One person's interview twice: when nobody had asked before, and again."""

    cold: Play
    warm: Play


def decided(found: Findings) -> int:
    """How many entries are settled: yes, no, or a person decides."""
    return sum(one.outcome is not Truth.UNKNOWN for one in found.every)


def table(played: Sequence[Played]) -> Iterator[str]:
    """The lines of the table, and whether the goal is reached."""
    yield (
        "| person | entries | "
        + " | ".join(f"after {stop}" for stop in STOPS)
        + (" | end | sure | right | questions | delicate | median ms | worst ms | cold ms |")
    )
    yield "| --- " * (len(STOPS) + 10) + "|"
    for one in played:
        yield _row(one)
    most = [one for one in played if _share(one.cold, STOPS[-1]) >= GOAL]
    yield ""
    yield (
        f"At {STOPS[-1]} answers {len(most)} of {len(played)} have {GOAL:.0%} decided;"
        f" mean {sum(_share(one.cold, STOPS[-1]) for one in played) / len(played):.0%}."
    )


def _row(one: Played) -> str:
    play, whole = one.cold, len(one.cold.first.every)
    warm = [asked.milliseconds for asked in one.warm.asked]
    cold = [one.cold.opening, *(asked.milliseconds for asked in one.cold.asked)]
    sure = [finding for finding in play.stands().every if finding.outcome is Truth.YES]
    judged = sum(finding.entry in play.person.expected for finding in play.first.every)
    return (
        f"| {play.person.id} | {whole} | "
        + " | ".join(f"{decided(play.stands(stop))} ({_share(play, stop):.0%})" for stop in STOPS)
        + f" | {decided(play.stands())} | {len(sure)} | {judged - len([*play.differences()])} of {judged}"
        + f" | {len(play.asked)} | {sum(asked.delicate for asked in play.asked)}"
        + f" | {median(warm):.0f} | {max(warm):.0f} | {max(cold):.0f} |"
    )


def _share(play: Play, stop: int) -> float:
    return decided(play.stands(stop)) / len(play.first.every)


def differences(played: Sequence[Played]) -> Iterator[str]:
    """A line an entry that ends otherwise than the hand list says; then answers that were not heard."""
    for one in played:
        person = one.cold.person
        for entry, expected, found in one.cold.differences():
            why = person.why.get(entry)
            yield (
                f"- {person.id}: {entry} is {IN_WORDS[found]}, expected {IN_WORDS[expected]}"
                + (f" ({why})" if why else "")
            )
        yield from (f"- {person.id}: not heard: {answer}" for answer in one.cold.misheard)


def as_json(played: Sequence[Played]) -> dict[str, Any]:
    """`{"goal": 0.7, "people": [{"id", "entries", "decided", "sure", "right", "judged", …}]}`."""
    return {"goal": GOAL, "people": [_person(one) for one in played]}


def _person(one: Played) -> dict[str, Any]:
    play = one.cold
    stands = {finding.entry: IN_WORDS[finding.outcome] for finding in play.stands().every}
    warm = [asked.milliseconds for asked in one.warm.asked]
    different = [*play.differences()]
    judged = sum(entry in play.person.expected for entry in stands)
    return {
        "id": play.person.id,
        "entries": len(stands),
        "decided": {str(stop): decided(play.stands(stop)) for stop in STOPS}
        | {"end": decided(play.stands())},
        "sure": [entry for entry, outcome in stands.items() if outcome == "yes"],
        "judged": judged,
        "right": judged - len(different),
        "differences": [
            {"entry": entry, "expected": IN_WORDS[expected], "found": IN_WORDS[found]}
            for entry, expected, found in different
        ],
        "questions": len(play.asked),
        "delicate": sum(asked.delicate for asked in play.asked),
        "not_heard": list(play.misheard),
        "milliseconds": {
            "median": median(warm),
            "worst": max(warm),
            "cold": max(play.opening, *(asked.milliseconds for asked in play.asked)),
        },
        "asked": [
            {"facts": list(asked.facts), "answer": asked.answer, "decided": decided(asked.after)}
            for asked in play.asked
        ],
    }
