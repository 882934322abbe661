"""What this process counts of its loops: numbers for Prometheus, never a word of a conversation.

`Measures` needs no wiring and keeps a registry of its own, so that several houses in one process never mix. Every
call is cheap, and most take a whole batch at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock
from time import monotonic
from typing import Literal, get_args

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

Loop = Literal["accept", "think", "deliver", "fetch", "pull", "tend", "assign", "count", "register"]
Refusal = Literal["signature", "unreadable", "overload", "database"]
Outcome = Literal["sent", "retry", "failed", "unknown", "rate-limited"]
Reading = Literal["words", "cached", "model"]

BATCH_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
SENDING_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
BATCH_SIZES = (1, 2, 5, 10, 25, 50, 100, 250)


class _Tally(Collector):
    """A counter by labels. Like `_Spread` it keeps bare numbers and becomes the library's metric when somebody asks:
    the library's own objects take 1 to 5 microseconds a call, too much for each sending."""

    def __init__(self, name: str, help_text: str, labels: Sequence[str]) -> None:
        self._name, self._help, self._labels = name, help_text, labels
        self._lock = Lock()
        self._counts: dict[tuple[str, ...], int] = {}

    def add(self, labels: tuple[str, ...], count: int = 1) -> None:
        with self._lock:
            self._counts[labels] = self._counts.get(labels, 0) + count

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(self._name, self._help, labels=self._labels)
        with self._lock:
            seen = list(self._counts.items())
        for labels, count in seen:
            family.add_metric(labels, count)
        yield family


class _Spread(Collector):
    """A histogram by labels."""

    def __init__(self, name: str, help_text: str, labels: Sequence[str], bounds: Sequence[float]) -> None:
        self._name, self._help, self._labels, self._bounds = name, help_text, labels, bounds
        self._lock = Lock()
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._sums: dict[tuple[str, ...], float] = {}

    def observe(self, labels: tuple[str, ...], value: float) -> None:
        place = bisect_left(self._bounds, value)
        with self._lock:
            counts = self._counts.get(labels)
            if counts is None:
                counts = self._counts[labels] = [0] * (len(self._bounds) + 1)
                self._sums[labels] = 0.0
            counts[place] += 1
            self._sums[labels] += value

    def collect(self) -> Iterator[Metric]:
        family = HistogramMetricFamily(self._name, self._help, labels=self._labels)
        with self._lock:
            seen = [(labels, list(counts), self._sums[labels]) for labels, counts in self._counts.items()]
        for labels, counts, total in seen:
            upto = accumulate(counts)
            buckets = [(str(float(bound)), float(next(upto))) for bound in self._bounds]
            family.add_metric(labels, [*buckets, ("+Inf", float(sum(counts)))], total)
        yield family


@dataclass(frozen=True)
class Beat:
    """When a loop last was well: `silent` seconds ago. `channel` is empty for a loop that serves them all."""

    loop: Loop
    channel: str
    silent: float


class Measures:
    """The numbers of one process. Safe to call from several threads; none of the calls raises or waits."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        self._beats: dict[tuple[Loop, str], float] = {}
        self._stumbled: set[tuple[Loop, str]] = set()
        self._database_refused: float | None = None
        self._accepted = self._tally("pryimalnia_events_accepted", "Events stored, each once.", ["channel"])
        self._repeats = self._tally(
            "pryimalnia_events_repeated", "Events that were known already.", ["channel"]
        )
        self._refused = self._tally(
            "pryimalnia_requests_refused", "Requests whose events were not taken.", ["channel", "reason"]
        )
        self._set_aside = self._tally(
            "pryimalnia_events_set_aside", "Events that could not be thought about.", ["channel"]
        )
        self._sizes = self._spread("pryimalnia_batch_items", "Items in a batch.", ["loop"], BATCH_SIZES)
        self._seconds = self._spread("pryimalnia_batch_seconds", "Time of a batch.", ["loop"], BATCH_SECONDS)
        self._failures = self._tally("pryimalnia_batches_failed", "Batches that failed as a whole.", ["loop"])
        self._stages = self._spread(
            "pryimalnia_stage_seconds", "Time of a stage of a batch.", ["loop", "stage"], BATCH_SECONDS
        )
        self._decisions = self._tally(
            "pryimalnia_decisions", "What the engine made of events.", ["channel", "decision"]
        )
        self._understood = self._tally(
            "pryimalnia_texts_understood", "Texts read, by what read them.", ["mode"]
        )
        self._sendings = self._tally(
            "pryimalnia_sendings", "Sendings, by what became of them.", ["channel", "outcome"]
        )
        self._sending_seconds = self._spread(
            "pryimalnia_sending_seconds", "Time of a sending.", ["channel"], SENDING_SECONDS
        )
        self._vendor_errors = self._tally(
            "pryimalnia_vendor_errors", "Faults of a vendor, by kind.", ["channel", "error"]
        )
        self.registry.register(_Beats(self))

    def _tally(self, name: str, help_text: str, labels: Sequence[str]) -> _Tally:
        tally = _Tally(name, help_text, labels)
        self.registry.register(tally)
        return tally

    def _spread(self, name: str, help_text: str, labels: Sequence[str], bounds: Sequence[float]) -> _Spread:
        spread = _Spread(name, help_text, labels, bounds)
        self.registry.register(spread)
        return spread

    def prepare(self, channels: Iterable[str]) -> None:
        """Show what may happen to these channels as 0: an alarm sees a first fault only where a 0 came before it."""
        for channel in channels:
            for per_channel in (self._accepted, self._repeats, self._set_aside):
                per_channel.add((channel,), 0)
            for reason in get_args(Refusal):
                self._refused.add((channel, reason), 0)
            for outcome in get_args(Outcome):
                self._sendings.add((channel, outcome), 0)
        for loop in get_args(Loop):
            self._failures.add((loop,), 0)

    def accepted(self, channel: str, new: int, repeats: int) -> None:
        """Events of a request or of a group of them that were stored, and those that were known already."""
        self._database_refused = None
        self._accepted.add((channel,), new)
        if repeats:
            self._repeats.add((channel,), repeats)

    def refused(self, channel: str, reason: Refusal) -> None:
        """A request that was not taken. An unreadable one is kept raw; of the others the sender has to come again."""
        if reason == "database":
            self._database_refused = self._clock()
        self._refused.add((channel, reason))

    def batch(self, loop: Loop, size: int, seconds: float) -> None:
        """A batch of `size` items that was done."""
        self._sizes.observe((loop,), size)
        self._seconds.observe((loop,), seconds)

    def failed(self, loop: Loop, channel: str = "") -> None:
        """A round that failed as a whole; what it had in hand will be tried again."""
        self._stumbled.add((loop, channel))
        self._failures.add((loop,))

    def stage(self, loop: Loop, name: str, seconds: float) -> None:
        """Where the time of a batch went: claim, read, load, respond, write, …"""
        self._stages.observe((loop, name), seconds)

    def decided(self, channel: str, decision: str, count: int = 1) -> None:
        """What the engine made of `count` events: the kind of their turns."""
        self._decisions.add((channel, decision), count)

    def set_aside(self, channel: str, count: int = 1) -> None:
        """Events that can't be thought about; a person has to look."""
        self._set_aside.add((channel,), count)

    def understood(self, mode: Reading, count: int) -> None:
        """Texts read by words alone, out of the cache, or with the model."""
        self._understood.add((mode,), count)

    def sent(self, channel: str, outcome: Outcome, seconds: float) -> None:
        """One sending and how long the vendor took."""
        self._sendings.add((channel, outcome))
        self._sending_seconds.observe((channel,), seconds)

    def vendor_error(self, channel: str, error_name: str) -> None:
        """A fault of the vendor, by the class of our error: ChannelUnavailable, RateLimited, …"""
        self._vendor_errors.add((channel, error_name))

    def beat(self, loop: Loop, channel: str = "") -> None:
        """A loop begins a round, with work or without. Its first beat says that it runs in this process.

        Where the round before failed as a whole this is no sign of life: a loop that only fails is as good as dead.
        """
        if (loop, channel) in self._stumbled:
            self._stumbled.discard((loop, channel))
        else:
            self._beats[loop, channel] = self._clock()

    def ended(self, loop: Loop, channel: str = "") -> None:
        """A loop that was asked to stop and did. One that dies says nothing, and its silence is seen."""
        self._beats.pop((loop, channel), None)

    def database_refused(self) -> float | None:
        """Seconds since the database last refused events; None where it took some since, or never did."""
        return None if self._database_refused is None else self._clock() - self._database_refused

    def beats(self) -> tuple[Beat, ...]:
        """Every loop of this process."""
        now = self._clock()
        return tuple(Beat(loop, channel, now - at) for (loop, channel), at in list(self._beats.items()))


class _Beats(Collector):
    """How long ago each loop was well, worked out when somebody asks."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "pryimalnia_loop_silent_seconds",
            "Since a loop last had a good round.",
            labels=["loop", "channel"],
        )
        for beat in self._measures.beats():
            family.add_metric([beat.loop, beat.channel], beat.silent)
        yield family
