"""The ear for stories: facts that a free message states on the way, while it tells or asks something else.

Precision before recall: a fact that may be about somebody else, that is denied, asked, supposed, past or only wished
for is left out, and is asked about later. Patterns and word lists: `content/national/understanding/said.yaml`.
A message is read clause by clause; whose a clause is follows from its own words and from who else the message names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from knowledge_base.rules.values import Range, Value, exactly
from knowledge_base.understanding.answers.words import folded
from knowledge_base.understanding.normalise import Normaliser
from knowledge_base.understanding.phrases import Found, PhraseBook
from knowledge_base.understanding.said import CARED, CHILD, Said, Whose
from knowledge_base.understanding.stories.ages import SOME_DAY, births, own_birth
from knowledge_base.understanding.stories.amounts import (
    is_a_pension,
    is_a_size,
    is_of_all,
    people,
    size_of,
    sum_of,
)
from knowledge_base.understanding.stories.clauses import Clause, Cutter, Story
from knowledge_base.understanding.stories.patterns import Rule, is_meant, patterns

GROUP = "applicant.disability_group"
_CARES = folded("доглядаю ухаживаю досматриваю доглядаємо")
_PENSIONS = folded("пенсії пенсии пенсий пенсій")


class StoryEar:
    """Hears what is said. Immutable, thread-safe; `hear` is pure and takes any text."""

    def __init__(self, normalise: Normaliser) -> None:
        """Raises LexiconError for word lists or patterns of another shape."""
        self._cutter = Cutter(normalise)
        self._book = PhraseBook(patterns(), normalise, forgiving=False)

    def hear(self, text: str) -> tuple[Said, ...]:
        """Every fact stated, in the order of the patterns; each fact once."""
        story = self._cutter.cut(text)
        return _settled([*self._by_patterns(story), *own_birth(story), *births(story)])

    def _by_patterns(self, story: Story) -> Iterator[Said]:
        cared = _cared(story)
        for clause in story.clauses:
            if clause.asked:
                continue
            for found in self._book.find([word.text for word in clause.words]):
                if found.says.fact == GROUP and cared is not None and cared.sentence == clause.sentence:
                    if _of_cared(clause, found):
                        yield _said(clause, found, found.says.says, of="cared")
                    continue
                if is_meant(story, clause, found):
                    yield from self._value(story, clause, found)

    def _value(self, story: Story, clause: Clause, found: Found[Rule]) -> Iterator[Said]:
        rule = found.says
        match rule.reads:
            case None:
                yield _said(clause, found, rule.says, of="child" if rule.guard == "child" else "self")
            case "people":
                count = people(clause, found)
                if count is not None and is_a_size(clause, found):
                    yield _said(clause, found, exactly(count))
            case "pension":
                one = sum_of(story, clause)
                if one is not None and not clause.holds("spends") and is_a_pension(clause, found, one):
                    yield _said(clause, found, one.range(whole=True), approximate=one.approximate)
            case "income":
                yield from self._income(story, clause, found)
            case "debt":
                one = sum_of(story, clause)
                if one is not None and clause.holds("utilities"):
                    # How much of it is old is not said.
                    upper = one.range(whole=True).high
                    yield _said(clause, found, Range(Decimal(0), upper), approximate=True)

    def _income(self, story: Story, clause: Clause, found: Found[Rule]) -> Iterator[Said]:
        one = sum_of(story, clause)
        if one is None or clause.holds("spends") or not is_of_all(clause, found):
            return
        value = one.range(whole=True)
        plain_pensions = clause.words[found.start].text in _PENSIONS and found.end - found.start == 1
        if one.each:
            size = size_of(self._book, story)
            if size is None or not isinstance(value.low, Decimal) or not isinstance(value.high, Decimal):
                return
            value = Range(value.low * size, value.high * size)
        elif plain_pensions:
            return
        yield _said(clause, found, value, approximate=one.approximate or one.each)


def _said(
    clause: Clause,
    found: Found[Rule],
    value: Value | None,
    *,
    of: Whose = "self",
    approximate: bool = False,
) -> Said:
    assert value is not None
    return Said(
        CARED if of == "cared" else found.says.fact,
        value,
        clause.words[found.start].start,
        clause.words[found.end - 1].end,
        of,
        approximate,
    )


def _cared(story: Story) -> Clause | None:
    """The clause in which the writer says that they care for somebody grown."""
    for clause in story.clauses:
        cares = any(word.text in _CARES for word in clause.words)
        if cares and not clause.asked and clause.of_others:
            return clause if not clause.holds("denies") and not clause.holds("past") else None
    return None


def _of_cared(clause: Clause, found: Found[Rule]) -> bool:
    """A group told in the sentence of the care, and not of the writer: «доглядаю маму, перша група»."""
    span = (found.start, found.end)
    wrong = clause.beyond(span, "denies", "past", "unsure", "child")
    own = clause.beyond(span, "self") and not any(word.text in _CARES for word in clause.words)
    return not wrong and not own


def _settled(said: Sequence[Said]) -> tuple[Said, ...]:
    """Each fact once; one that was said in two ways that differ is not known."""
    kept: dict[str, Said] = {}
    unclear: set[str] = set()
    for one in said:
        before = kept.setdefault(one.fact, one)
        if before.value != one.value:
            unclear.add(one.fact)
    size, births = kept.get("household.size"), kept.get(CHILD)
    if size is not None and births is not None and isinstance(size.value, Range):
        count = len(births.on(SOME_DAY))
        if isinstance(size.value.low, Decimal) and size.value.low <= count:
            unclear.add("household.size")
    several = births is not None and len(births.on(SOME_DAY)) > 1
    if several:
        # Which of them it is was not said.
        unclear.add("child.has_disability")
    return tuple(one for name, one in kept.items() if name not in unclear)
