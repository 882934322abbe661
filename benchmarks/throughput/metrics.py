"""What our processes tell of themselves at `/metrics`: time by stage, sizes of batches, how texts were understood."""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Mapping

from prometheus_client.parser import text_string_to_metric_families

from benchmarks.throughput.faults import BenchFault

TOKEN = "a-metrics-token-of-the-benchmark"
PATIENCE = 10.0

Readings = Mapping[tuple[str, ...], float]
"""Value by the series' name and the values of its labels, in the order of the page."""

_STAGES = "pryimalnia_stage_seconds_sum"
_BATCHES = "pryimalnia_batch_seconds_sum"
_ITEMS, _TIMES = "pryimalnia_batch_items_sum", "pryimalnia_batch_items_count"
_UNDERSTOOD = "pryimalnia_texts_understood_total"
_NAMES = frozenset({_STAGES, _BATCHES, _ITEMS, _TIMES, _UNDERSTOOD})


def readings(ports: Iterable[int]) -> Readings:
    """What counts here, summed over these processes. Raises BenchFault where one does not tell."""
    told: dict[tuple[str, ...], float] = {}
    for port in ports:
        for series, value in parsed(_page(port)).items():
            told[series] = told.get(series, 0.0) + value
    return told


def parsed(page: str) -> dict[tuple[str, ...], float]:
    """The series of a page that count here."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name in _NAMES
    }


def grown(before: Readings, after: Readings) -> Readings:
    """What was added."""
    added = {series: value - before.get(series, 0.0) for series, value in after.items()}
    return {series: value for series, value in added.items() if value > 0}


def stages(growth: Readings, turns: int) -> dict[str, float]:
    """Milliseconds a turn by loop and stage, in the order of the page; `think` alone is the whole of its batches."""
    return {
        " ".join(series[1:]): seconds * 1000 / turns
        for name in (_BATCHES, _STAGES)
        for series, seconds in growth.items()
        if series[0] == name
    }


def batches(growth: Readings) -> dict[str, float]:
    """How many items a batch of each loop had, on the mean."""
    return {
        loop: items / growth[_TIMES, loop]
        for (name, *labels), items in growth.items()
        if name == _ITEMS and growth.get((_TIMES, loop := labels[0]))
    }


def modes(growth: Readings) -> dict[str, float]:
    """The share of each way of understanding among the texts that were read."""
    counted = {series[1]: times for series, times in growth.items() if series[0] == _UNDERSTOOD}
    total = sum(counted.values())
    return {mode: times / total for mode, times in counted.items()}


def _page(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as away:
        raise BenchFault(f"/metrics on port {port} gives no answer ({type(away).__name__})") from away
    finally:
        connection.close()
    if answer.status != 200:
        raise BenchFault(f"/metrics on port {port} answers {answer.status}")
    return body
