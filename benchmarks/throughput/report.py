"""What is printed: a table a run, what the figures stand on, and the closing lines `ratio CHANNEL DATABASE VALUE`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.throughput.load import Outcome
from benchmarks.throughput.measuring import Figures, Full

STALE = "a button nobody knows"
NOT_REAL = {
    STALE: ("Ця кнопка вже не діє", "Такого номера немає"),
    "not understood": ("Поки не вдалося зрозуміти", "Повідомлення довге"),
}
"""How answers begin that are none, by what they mean."""

SHOWN = 3
LETTERS = 110

HONESTY = (
    "bottender is one process that stores nothing and sends the same words back; ours stores every webhook, line and",
    "message before it goes on, and answers from the knowledge base. All share this machine's cores: the bot, its",
    "databases, the stub of the vendors and the load. A turn: webhook, stored, answered, delivered to the stub.",
)


@dataclass(frozen=True)
class Run:
    """Everything one run measured: the floor in requests a second, the peer by channel, ours."""

    floor: float | None
    peers: Mapping[str, Figures]
    ours: Sequence[Figures]

    def ratios(self) -> dict[tuple[str, str], float]:
        """Ours to the peer, turns a second, by channel and database; nothing without the peer."""
        return {
            (one.channel, one.database): one.full.turns_per_second / peer.full.turns_per_second
            for one in self.ours
            if (peer := self.peers.get(one.channel))
        }

    def problems(self) -> list[str]:
        """What went wrong, a line each."""
        told = [*self.peers.values(), *self.ours]
        found = [f"{_name(one)}: {problem}" for one in told for problem in one.problems()]
        stale = {_name(one): not_real(one.arrivals)[STALE] for one in self.ours}
        return found + [f"{name}: {times} answers were to {STALE}" for name, times in stale.items() if times]


def table(run: Run) -> Iterator[str]:
    """The figures of a run."""
    yield (
        f"{'':<24}{'turns/s':>9}{'accepted/s':>12}{'half load p50/p99 ms':>22}{'full p50/p99 ms':>18}"
        f"{'CPU ms a turn':>15}{'MB':>7}{'others':>8}"
    )
    if run.floor is not None:
        yield f"{'FastAPI, only 200':<24}{'-':>9}{run.floor:>12.0f}"
    for one in (*run.peers.values(), *run.ours):
        bot = {name: ms for name, ms in one.full.cpu_ms.items() if name not in ("stub", "load")}
        yield (
            f"{_name(one):<24}{one.full.turns_per_second:>9.0f}{one.accepted_per_second:>12.0f}"
            f"{_pair(one.half):>22}{_pair(one.full.outcome):>18}"
            f"{sum(bot.values()):>15.2f}{sum(_of_bot(one.megabytes)):>7.0f}{one.full.others:>8.0%}"
        )


def details(one: Figures) -> Iterator[str]:
    """What stands behind a row: CPU and memory by process, stages, modes, growth, real answers."""
    yield f"{_name(one)}: {one.full.turns_per_second:.0f} turns/s"
    yield f"  CPU ms a turn     {_joined(one.full.cpu_ms, '.2f')}"
    yield f"  megabytes         {_joined(one.megabytes, '.0f')}"
    outcome, burst = one.full.outcome, one.burst
    per_turn, longest = 1 + outcome.more / outcome.answered, outcome.answer_ms["max"]
    yield f"  messages a turn   {per_turn:.2f}; 503 {outcome.refused} times; the longest turn {longest:.0f} ms"
    if burst is not None and burst.answering:
        drained = f"{burst.answered / burst.answering:.0f} turns/s until the last was delivered"
        yield f"  burst             {burst.accepted} webhooks at once, {drained}; 503 {burst.refused} times"
    if one.grown is not None:
        yield f"  grown             {_growth(one.full, one.grown, one.grown_people)}"
    if one.full.modes:
        yield f"  understanding     {', '.join(f'{mode} {share:.0%}' for mode, share in one.full.modes.items())}"
    if one.full.batches:
        yield f"  items a batch     {_joined(one.full.batches, '.1f')}"
    if one.full.stages:
        yield f"  stages, ms a turn {_joined(one.full.stages, '.3f')}"
    if one.database:
        yield f"  answers           {_answers(one.arrivals)}"
        for text in samples(one.arrivals):
            yield f"    «{text}»"
    if one.profile is not None:
        yield from (f"  {line}" for line in one.profile.lines())


def medians(runs: Sequence[Run]) -> Iterator[str]:
    """The median of each figure over several runs."""
    rows: dict[str, list[Figures]] = defaultdict(list)
    for run in runs:
        for one in (*run.peers.values(), *run.ours):
            rows[_name(one)].append(one)
    title = f"medians of {len(runs)} runs"
    yield f"{title:<24}{'turns/s':>9}{'accepted/s':>12}{'half load p99 ms':>18}{'least..most':>14}"
    for name, several in rows.items():
        turns = [one.full.turns_per_second for one in several]
        accepted = median(one.accepted_per_second for one in several)
        late = [one.half.answer_ms["p99"] for one in several if one.half and one.half.answer_ms]
        shown = f"{median(late):.0f}" if late else "-"
        yield f"{name:<24}{median(turns):>9.0f}{accepted:>12.0f}{shown:>18}{f'{min(turns):.0f}..{max(turns):.0f}':>14}"


def closing(ratios: Iterable[Mapping[tuple[str, str], float]]) -> list[str]:
    """`ratio CHANNEL DATABASE VALUE`: the median of the runs' ratios, two decimals, in the order of the first run."""
    of_runs = list(ratios)
    pairs = of_runs[0] if of_runs else {}
    return [
        f"ratio {channel} {database} {median(run[channel, database] for run in of_runs):.2f}"
        for channel, database in pairs
    ]


def samples(arrivals: Mapping[str, Any]) -> list[str]:
    """Three different answers as they were delivered, on one line each and cut."""
    told: dict[str, str] = {}
    for body in reversed(arrivals["samples"]):
        text = " / ".join(line for line in (text_of(json.loads(body)) or "").splitlines() if line.strip())
        told.setdefault(text[:20], text)
    return [text if len(text) <= LETTERS else f"{text[:LETTERS]}…" for text in list(told.values())[:SHOWN]]


def text_of(fields: Any) -> str | None:
    """The words of a message as a vendor gets it."""
    if not isinstance(fields, dict):
        return None
    if isinstance(fields.get("text"), str):
        return str(fields["text"])
    inner = (text_of(fields.get(name)) for name in ("message", "attachment", "payload"))
    return next((text for text in inner if text is not None), None)


def not_real(arrivals: Mapping[str, Any]) -> dict[str, int]:
    """How many answers were none, by what they mean."""
    return {
        what: sum(times for text, times in arrivals["openings"].items() if text.startswith(beginnings))
        for what, beginnings in NOT_REAL.items()
    }


def _answers(arrivals: Mapping[str, Any]) -> str:
    counted = ", ".join(f"{what} {times}" for what, times in not_real(arrivals).items())
    return f"{arrivals['messages']} messages that begin in {len(arrivals['openings'])} ways; {counted}"


def _growth(full: Full, grown: Full, people: int) -> str:
    def of_bot(one: Full) -> float:
        return sum(_of_bot(one.cpu_ms))

    cpu = f"CPU a turn {of_bot(full):.2f} -> {of_bot(grown):.2f} ms ({of_bot(grown) / of_bot(full):.2f} x)"
    rate = grown.turns_per_second / full.turns_per_second
    return f"{people} people: {grown.turns_per_second:.0f} turns/s ({rate:.2f} x), {cpu}"


def _of_bot(by_process: Mapping[str, float]) -> Iterator[float]:
    return (value for name, value in by_process.items() if name not in ("stub", "load"))


def _name(one: Figures) -> str:
    return f"{one.channel} {one.database}" if one.database else f"bottender {one.channel}"


def _pair(outcome: Outcome | None) -> str:
    if outcome is None or not outcome.answer_ms:
        return "-"
    return f"{outcome.answer_ms['p50']:.0f} / {outcome.answer_ms['p99']:.0f}"


def _joined(values: Mapping[str, float], form: str) -> str:
    return ", ".join(f"{name} {value:{form}}" for name, value in values.items())
