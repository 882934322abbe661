"""The figures of an evaluation, counted by hand on a few messages."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge_base.understanding.evaluate import Row, measure, summary


def row(
    label: str | None, decision: str, *ranked: tuple[str, float], also: tuple[str, ...] = (), **more: Any
) -> Row:
    asked = {"id": "x", "text": "…", "label": label, "also": list(also), **more}
    answered = {
        "decision": decision,
        "ranked": [{"id": i, "confidence": c} for i, c in ranked],
        "facet": "amount",
    }
    return Row(asked, answered, 0.002)


A, B, C = ("a", 0.9), ("b", 0.1), ("c", 0.0)
ROWS = [
    row("a", "answer", A, B, C, lang="uk", set="persona", facet="amount"),
    row("b", "answer", A, B, C, lang="uk", set="persona", facet="where"),
    row("b", "answer", A, B, C, also=("a",), lang="ru", set="persona"),
    row("c", "clarify", A, B, C, lang="ru", set="faq"),
    row("d", "clarify", A, B, C),
    row("a", "handoff", A, B, C),
    row("out-of-scope", "answer", A, B, C),
    row("out-of-scope", "referral", A, B, C),
    row("out-of-scope", "clarify", A, B, C),
    row("handoff", "handoff", A, B, C),
    row("danger", "danger", A, B, C),
    row("danger", "answer", A, B, C),
    row("a", "danger", A, B, C),
    row(None, "answer", A),
]


def test_figures() -> None:
    figures = measure(ROWS)
    assert figures.messages == 14
    assert figures.top1 == pytest.approx(4 / 7)
    assert figures.top3 == pytest.approx(6 / 7)
    assert figures.right_direct == pytest.approx(2 / 7)
    assert figures.wrong_direct == pytest.approx(4 / 13)
    assert figures.menus_hold == pytest.approx(1 / 7)
    assert figures.menus_miss == pytest.approx(1 / 7)
    assert figures.handed_over == pytest.approx(1 / 7)
    assert figures.answered_as_ours == pytest.approx(1 / 3)
    assert figures.menus_outside == pytest.approx(1 / 3)
    assert figures.handed_outside == 0
    assert figures.persons_right == 1
    assert figures.danger_recall == pytest.approx(1 / 2)
    assert figures.false_alarms == pytest.approx(1 / 11)
    assert figures.facet == pytest.approx(1 / 2)
    assert figures.milliseconds == pytest.approx(2.0)
    # Eleven first topics at .9, four of them right.
    assert figures.calibration_error == pytest.approx(0.9 - 4 / 11)


def test_nothing_has_no_figures() -> None:
    figures = measure([])
    assert (figures.messages, figures.top1, figures.milliseconds) == (0, None, None)
    assert summary([])


def test_the_summary_has_a_column_a_group() -> None:
    head, *lines = summary(ROWS).splitlines()
    assert head.split("  ")[-1].strip() == "lang uk"
    for group in ("all", "set faq", "set persona", "lang ru", "lang uk"):
        assert group in head
    assert any(line.startswith("wrong direct") for line in lines)
