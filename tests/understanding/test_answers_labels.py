"""Every label of every option of the real base, typed as it stands, is that option and no other."""

from __future__ import annotations

from datetime import date

from knowledge_base.checks import CONTENT
from knowledge_base.rules.reading import read_content
from knowledge_base.rules.values import options
from knowledge_base.understanding.answers import Heard, hear

TODAY = date(2026, 11, 25)


def test_a_label_is_its_option() -> None:
    heard: dict[str, Heard | None] = {}
    tried = 0
    for name, fact in read_content(CONTENT).base.facts.items():
        for option, text in (fact.options or {}).items():
            tried += 1
            found = hear(text.uk, fact, TODAY)
            if found != Heard(options(option)):
                heard[f"{name}: {text.uk}"] = found
    assert tried > 60
    assert heard == {}
