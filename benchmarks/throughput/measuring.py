"""The measurements: each subject is started afresh, warmed, loaded to its most, then to the half of that."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.throughput import metrics, servers, usage
from benchmarks.throughput.faults import BenchFault
from benchmarks.throughput.load import Outcome, Plan
from benchmarks.throughput.profiling import Profile, profiled
from benchmarks.throughput.servers import Bot, Databases, Stub
from benchmarks.throughput.vendors import Kind, Vendor

HALF_SECONDS = 15
"""How long the half of the load is held, at most as many turns as at full load."""

WARMING = 1_000
"""Echoes before the peer is measured: its just-in-time compiler needs them."""

LONG = 900.0
"""Seconds the newcomers of the grown reception may take."""

START = 120.0
"""Seconds the load may take to make its webhooks, over those of its plan."""

PYTHON_GROUPS = ("serve", "web", "worker")


@dataclass(frozen=True)
class Size:
    """How much is sent: turns a measurement, people who write, turns in hand, our workers, how many times to grow."""

    turns: int
    people: int
    window: int
    workers: int
    growth: int
    profile: bool


@dataclass(frozen=True)
class Full:
    """A subject at its most: turns a second, CPU milliseconds a turn by process, the share of the cores others took.

    Of ours also what it tells of itself, see `metrics`.
    """

    outcome: Outcome
    turns_per_second: float
    cpu_ms: Mapping[str, float]
    others: float
    stages: Mapping[str, float] = field(default_factory=dict)
    batches: Mapping[str, float] = field(default_factory=dict)
    modes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Figures:
    """What was measured of one subject. `database` is empty for a peer; megabytes by process after full load."""

    channel: str
    database: str
    full: Full
    half: Outcome | None
    burst: Outcome | None
    megabytes: Mapping[str, float]
    grown: Full | None = None
    grown_people: int = 0
    profile: Profile | None = None
    arrivals: Mapping[str, Any] = field(default_factory=dict)

    @property
    def accepted_per_second(self) -> float:
        """Webhooks answered 200 a second, sent as fast as they are taken."""
        told = self.burst or self.full.outcome
        return told.accepted / told.accepting if told.accepting else 0.0

    def problems(self) -> list[str]:
        """What went wrong on the way, a line each."""
        found = []
        for name, outcome in (
            ("full load", self.full.outcome),
            ("half load", self.half),
            ("burst", self.burst),
            ("grown", self.grown.outcome if self.grown else None),
        ):
            if outcome is None:
                continue
            if outcome.answered < outcome.accepted:
                found.append(f"{name}: {outcome.accepted - outcome.answered} turns without an answer in time")
            found += [f"{name}: {times} x {fault}" for fault, times in outcome.faults.items()]
        return found


class Numbers:
    """Numbers for webhooks, none twice."""

    def __init__(self) -> None:
        self._next = 1

    def take(self, count: int) -> int:
        """The first of as many."""
        first, self._next = self._next, self._next + count
        return first


def floor(size: Size) -> float:
    """Requests a second an empty FastAPI answers."""
    with servers.floor() as bot:
        outcome = _play(_plan(bot, None, "telegram", "echo", size.people, size.turns, Numbers()))
    if outcome.accepted < size.turns:
        raise BenchFault(f"the floor answered only {outcome.accepted} of {size.turns}: {outcome.faults}")
    return outcome.accepted / outcome.accepting


def peer(vendor: Vendor, size: Size) -> Figures:
    """Bottender's echo. Raises BenchFault."""
    with servers.stub() as stub, servers.bottender(vendor, stub.origin) as bot:
        numbers = Numbers()

        def plan(turns: int, **more: Any) -> Plan:
            return _plan(bot, stub, vendor.name, "echo", size.people, turns, numbers, **more)

        _whole(_play(plan(min(WARMING, size.turns), window=size.window)), "bottender's warming up")
        full = _full(bot, stub, plan(size.turns, window=size.window))
        half = _half(plan, full, size)
        held = usage.memory_megabytes(_groups(bot, stub))
        return Figures(vendor.name, "", full, half, None, held, arrivals=stub.report())


def ours(vendor: Vendor, databases: Databases | None, knowledge: Path, size: Size, *, grow: bool) -> Figures:
    """The reception, durable, on PostgreSQL and Redis where `databases`, else on SQLite. Raises BenchFault."""
    with ExitStack() as stack:
        stub = stack.enter_context(servers.stub())
        bot = stack.enter_context(servers.ours(vendor, stub.origin, knowledge, databases, size.workers))
        numbers = Numbers()

        def plan(turns: int, kind: Kind = "talk", people: int = size.people, **more: Any) -> Plan:
            return _plan(bot, stub, vendor.name, kind, people, turns, numbers, **more)

        # Everybody is greeted first: nobody presses a button before a word was said.
        _whole(_play(plan(size.people, "start", window=size.window, seconds=LONG)), "greeting the newcomers")
        watched = {name: pids for name, pids in bot.groups.items() if name in PYTHON_GROUPS}
        with profiled(watched) if size.profile else nullcontext() as profile:
            full = _full(bot, stub, plan(size.turns, window=size.window))
        half = _half(plan, full, size)
        burst = _play(plan(min(size.turns, size.people)))
        held = usage.memory_megabytes(_groups(bot, stub))
        grown, many = None, size.people * size.growth
        if grow and size.growth > 1:
            more = many - size.people
            newcomers = plan(more, "start", more, window=size.window, seconds=LONG, first_person=size.people)
            _whole(_play(newcomers), "greeting the newcomers of the grown reception")
            grown = _full(bot, stub, plan(size.turns, people=many, window=size.window))
        return Figures(
            vendor.name,
            "sqlite" if databases is None else "postgresql",
            full,
            half,
            burst,
            held,
            grown,
            many,
            profile,
            stub.report(),
        )


def _plan(
    bot: Bot,
    stub: Stub | None,
    vendor: str,
    kind: Kind,
    people: int,
    turns: int,
    numbers: Numbers,
    first_person: int = 0,
    **more: Any,
) -> Plan:
    return Plan(
        vendor=vendor,
        kind=kind,
        port=bot.port,
        path=bot.path,
        feed=stub.feed if stub else None,
        first_person=first_person,
        people=people,
        turns=turns,
        first_number=numbers.take(turns),
        **more,
    )


def _play(plan: Plan) -> Outcome:
    """The load in a process of its own. Raises BenchFault."""
    command = [sys.executable, "-m", "benchmarks.throughput.load"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(asdict(plan)).encode(),
            stdout=subprocess.PIPE,
            env=servers.bare_environment(),
            cwd=servers.ROOT,
            timeout=plan.seconds + START,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BenchFault(f"the load generator had no end within {plan.seconds + START:.0f} s") from None
    if done.returncode:
        raise BenchFault(f"the load generator ended with {done.returncode}; its words are above")
    return Outcome(**json.loads(done.stdout))


def _full(bot: Bot, stub: Stub, plan: Plan) -> Full:
    groups = _groups(bot, stub)
    told, used = metrics.readings(bot.metrics), usage.cpu_seconds(groups)
    began, busy, mine = time.monotonic(), usage.machine_busy(), usage.ended_children()
    outcome = _play(plan)
    took, busy, mine = time.monotonic() - began, usage.machine_busy() - busy, usage.ended_children() - mine
    spent = {name: now - used[name] for name, now in usage.cpu_seconds(groups).items()}
    others = max(0.0, busy - mine - sum(spent.values())) / took / usage.CORES
    growth = metrics.grown(told, metrics.readings(bot.metrics))
    if not outcome.answered:
        raise BenchFault(f"{plan.vendor}: no answer came at full load: {outcome.faults or 'nothing refused'}")
    spent["load"] = outcome.cpu
    return Full(
        outcome,
        outcome.answered / outcome.answering,
        {name: seconds * 1000 / outcome.answered for name, seconds in spent.items()},
        others,
        metrics.stages(growth, outcome.answered),
        metrics.batches(growth),
        metrics.modes(growth),
    )


def _half(plan: Any, full: Full, size: Size) -> Outcome:
    rate = full.turns_per_second / 2
    outcome: Outcome = _play(plan(max(1, min(size.turns, int(rate * HALF_SECONDS))), rate=rate))
    return outcome


def _whole(outcome: Outcome, what: str) -> None:
    """Raises BenchFault where not everything was answered: what follows would measure something else."""
    if outcome.answered < outcome.accepted or outcome.faults or not outcome.answered:
        raise BenchFault(
            f"{what}: {outcome.answered} of {outcome.accepted} were answered, faults {outcome.faults or 'none'}"
        )


def _groups(bot: Bot, stub: Stub) -> dict[str, Any]:
    return {**bot.groups, "stub": [stub.process.pid]}
