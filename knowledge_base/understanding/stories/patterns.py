"""The patterns of what is stated, and whose words they must be; from `content/national/understanding/said.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from knowledge_base.rules.values import Value, exactly, options
from knowledge_base.understanding.answers.words import folded
from knowledge_base.understanding.lexicon import LexiconError, section, word_list
from knowledge_base.understanding.phrases import Found
from knowledge_base.understanding.stories.clauses import Clause, Story

_GUARDS = frozenset({"own", "mine", "status", "parent", "household", "family", "child"})
_READS = frozenset({"people", "pension", "income", "debt"})
_SUMS = frozenset({"pension", "income", "debt"})


@dataclass(frozen=True)
class Rule:
    """What a pattern states. `says`: the fixed value; `reads`: how it is read off the clause."""

    fact: str
    guard: str
    says: Value | None
    reads: str | None
    allows: frozenset[str]
    bars: str | None
    beside: str | None


def is_meant(story: Story, clause: Clause, found: Found[Rule]) -> bool:
    """Whether the words found are the writer's own statement, as the rule wants it."""
    rule, span = found.says, (found.start, found.end)
    sums = rule.reads in _SUMS
    if (rule.bars and clause.holds(rule.bars)) or (rule.beside and not _speaks_of(story, rule.beside)):
        return False
    if _is_denied(clause, span, rule.allows) or (not sums and clause.beyond(span, "unsure")):
        return False
    other = clause.beyond(span, "near", "far")
    if rule.guard == "household":
        return not other or rule.reads == "people"
    if other:
        return False
    opens = all("beside" in word.lists for word in clause.words[: found.start])
    if rule.guard in ("family", "child"):
        # «Пенсія дитині з інвалідністю» names a matter, not a child.
        return not story.strangers and (rule.guard == "family" or opens or clause.holds("self"))
    if rule.guard != "parent" and clause.beyond(span, "child"):
        return False
    if clause.holds("self"):
        return True
    closes = sums or all("beside" in word.lists or word.text.isdigit() for word in clause.words[found.end :])
    if rule.guard == "mine" or not opens or not closes:
        return False
    if rule.guard in ("status", "parent"):
        # What a message opens with is said of the writer: «Вдова, чоловік загинув».
        return not story.others or (clause is story.clauses[0] and not story.strangers)
    return not story.others and not story.children


def _speaks_of(story: Story, name: str) -> bool:
    """Whether a word of a list stands anywhere in a message that denies nothing."""
    here = any(clause.holds(name) for clause in story.clauses)
    return here and not any(clause.holds("denies") for clause in story.clauses)


def _is_denied(clause: Clause, span: tuple[int, int], allows: frozenset[str]) -> bool:
    if not clause.beyond(span, "denies", "past"):
        return False
    words = (*clause.words[: span[0]], *clause.words[span[1] :])
    return any("denies" in word.lists or "past" in word.lists for word in words if word.text not in allows)


_CLASS = re.compile(r"\$(\w+)")


def patterns() -> list[tuple[str, Rule]]:
    classes = section("said", "classes")

    def written_out(found: re.Match[str]) -> str:
        if found[1] not in classes:
            raise LexiconError(f"said.yaml: no class {found[0]}")
        return "|".join(classes[found[1]])

    facts = word_list("said").get("facts")
    if not isinstance(facts, list):
        raise LexiconError("said.yaml: facts: a list is expected")
    return [(_CLASS.sub(written_out, text), _rule(one)) for one in facts for text in one.get("says", ())]


def _rule(one: Mapping[str, object]) -> Rule:
    fact, guard, reads, value = (one.get(key) for key in ("fact", "guard", "reads", "value"))
    if (
        guard not in _GUARDS
        or (reads is None) == (value is None)
        or (reads is not None and reads not in _READS)
    ):
        raise LexiconError(f"said.yaml: {fact}: a guard, and a value or a way to read it, are expected")
    allows = one.get("allows", [])
    if not isinstance(allows, list):
        raise LexiconError(f"said.yaml: {fact}: allows: a list of words is expected")
    return Rule(
        fact=str(fact),
        guard=str(guard),
        says=_value(str(value)) if value is not None else None,
        reads=str(reads) if reads else None,
        allows=folded(" ".join(map(str, allows))),
        bars=_name(one, "bars"),
        beside=_name(one, "beside"),
    )


def _name(one: Mapping[str, object], key: str) -> str | None:
    """A word list that an entry names."""
    name = one.get(key)
    if name is not None and name not in section("said", "words"):
        raise LexiconError(f"said.yaml: {one.get('fact')}: {key}: no list {name!r}")
    return None if name is None else str(name)


def _value(text: str) -> Value:
    if text.isdigit():
        return exactly(Decimal(text))
    return options({"yes": True, "no": False}.get(text, text))
