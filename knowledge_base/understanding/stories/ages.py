"""Ages and days of birth in a story: the writer's own, and those of their own children."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from knowledge_base.rules.facts import CHILDREN_AT_MOST
from knowledge_base.rules.values import Range
from knowledge_base.understanding.answers import hear_children
from knowledge_base.understanding.answers.vocabulary import CARDINALS, COLLECTIVES, MEASURES
from knowledge_base.understanding.answers.words import folded
from knowledge_base.understanding.said import CHILD, OWN_BIRTH, Age, Births, Said
from knowledge_base.understanding.stories.clauses import Clause, Story, Word

_LONGEST_LIFE = 110
_YOUNGEST_WRITER = 12
_AGED = 50
"""From so many years on a bare «78 років» beside «сама» is an age."""
_YEAR_OF = re.compile(
    r"\b(?P<year>19[0-9]{2}|200[0-9]|201[0-4])\s?-?(?:го|й|ого)?\s*(?:(?:року|рік|г|р|года|год)\.?\s*)?"
    r"(?:народження|рождения|народж|рожд|р\.?\s?н|н\.р)",
    re.IGNORECASE,
)
_YEAR_SHORT = frozenset({"р", "л"})
_AND = folded("і та й плюс ще")
_HALVES = folded("пів півроку полгода півтора полтора півтори")
SOME_DAY, _LATER = date(2026, 1, 1), date(2100, 1, 1)
"""Any days: whether words tell of ages does not hang on them. A birth after the one is before the other."""


def own_birth(story: Story) -> Iterator[Said]:
    """«Мені 78 років», «я 1956 року народження»."""
    before: Clause | None = None
    for clause in story.clauses:
        if not clause.asked and not clause.holds("denies") and not clause.holds("unsure"):
            told = _own_age(clause) or _bare_age(story, clause, before)
            if told is not None:
                years, first, last = told
                yield Said(OWN_BIRTH, Age(years), clause.words[first].start, clause.words[last - 1].end)
            yield from _own_year(story, clause)
        before = clause


def births(story: Story) -> Iterator[Said]:
    """«Двоє дітей, 4 і 7», «малому п'ять місяців»: children of the writer's own, not grown yet."""
    read_to = 0
    for place, clause in enumerate(story.clauses if story.children else ()):
        if _of_anothers_children(clause):
            return
        run = None if clause.asked or not clause.holds("child") else _run(story, place)
        if run is None:
            continue
        start, ages_from, end = run
        alone = _is_one_child(clause) and end <= clause.words[-1].end
        count = 1 if alone else _how_many(clause, start)
        words = story.text[ages_from:end]
        if start < read_to:
            continue
        read_to = end
        born = hear_children(words, SOME_DAY, count=count) or hear_children(words, _LATER, count=count)
        if born and len(born) <= CHILDREN_AT_MOST and count in (None, len(born)):
            exact = all(birth.exact for birth in born)
            said = Said(CHILD, Births(words, len(born)), start, end, "child", not exact)
            if said.on(SOME_DAY) or not hear_children(words, SOME_DAY, count=count):
                yield said


def _number(words: Sequence[Word], place: int) -> tuple[int, int] | None:
    """A whole number under a thousand at a place, and the place after it."""
    if place >= len(words):
        return None
    text = words[place].text
    if text.isdigit():
        return (int(text), place + 1) if len(text) <= 3 else None
    total = CARDINALS.get(text)
    if total is None or total >= 100:
        return None
    following = CARDINALS.get(words[place + 1].text) if place + 1 < len(words) else None
    if 20 <= total < 100 and total % 10 == 0 and following is not None and 0 < following < 10:
        return total + following, place + 2
    return total, place + 1


def _own_age(clause: Clause) -> tuple[int, int, int] | None:
    """«Мені вже 78 років»: the years, and the first and the last place (exclusive)."""
    words = clause.words
    if clause.of_others or clause.holds("child"):
        return None
    for place, word in enumerate(words):
        if "to_me" not in word.lists:
            continue
        after = place + 1
        while after < len(words) and "already" in words[after].lists:
            after += 1
        number = _number(words, after)
        if number is None or not _YOUNGEST_WRITER <= number[0] <= _LONGEST_LIFE:
            continue
        end = number[1]
        if end == len(words):
            return number[0], place, end
        if MEASURES.get(words[end].text) == "year" or words[end].text in _YEAR_SHORT:
            return number[0], place, end + 1
        if "self" in words[end].lists or words[end].text in _AND:
            return number[0], place, end
    return None


def _bare_age(story: Story, clause: Clause, before: Clause | None) -> tuple[int, int, int] | None:
    """«Сама, 78 років»: years and nothing else, beside somebody who speaks of themselves alone."""
    if story.others or story.children or before is None or before.sentence != clause.sentence:
        return None
    number = _number(clause.words, 0)
    if number is None or not _AGED <= number[0] <= _LONGEST_LIFE or len(clause.words) != number[1] + 1:
        return None
    is_years = MEASURES.get(clause.words[number[1]].text) == "year"
    return (number[0], 0, len(clause.words)) if is_years and before.holds("lonely") else None


def _own_year(story: Story, clause: Clause) -> Iterator[Said]:
    """«Я 1956 року народження»."""
    first, last = clause.words[0], clause.words[-1]
    found = _YEAR_OF.search(story.text[first.start : last.end + 6])
    others = clause.of_others or clause.holds("child")
    mine = clause.holds("self") or (not story.others and not story.children)
    if found is not None and mine and not others:
        year = int(found["year"])
        days = Range(date(year, 1, 1), date(year, 12, 31))
        yield Said(OWN_BIRTH, days, first.start + found.start(), min(first.start + found.end(), last.end))


def _of_anothers_children(clause: Clause) -> bool:
    """From here on children may be somebody else's: a grandchild, a sister's, those of a daughter who gave birth."""
    hers = clause.holds("birth_of_hers") and not clause.lists.isdisjoint(("gave_birth", "a_child", "parent"))
    return clause.holds("far") or hers


def _is_one_child(clause: Clause) -> bool:
    """«Малій рік і вісім» is of one, whatever the numbers may say of two."""
    named = [word for word in clause.words if "child" in word.lists]
    return len(named) == 1 and "one_child" in named[0].lists


def _how_many(clause: Clause, start: int) -> int | None:
    """«двоє дітей», «з двома дітьми»: the number right before the children, in a run that begins at a character."""
    child = next(at for at, word in enumerate(clause.words) if "child" in word.lists)
    if not child or clause.words[child - 1].start < start:
        return None
    before = clause.words[child - 1].text
    return int(before) if before.isdigit() else COLLECTIVES.get(before) or CARDINALS.get(before)


def _run(story: Story, place: int) -> tuple[int, int, int] | None:
    """Where words that tell of children begin, where their ages do, and where both end; None where others mix in."""
    clause = story.clauses[place]
    words = clause.words
    if clause.of_others:
        return None
    child = next(at for at, word in enumerate(words) if "child" in word.lists)
    start = child
    while start and _fits_an_age(words[start - 1]) and "age_bars" not in words[start - 1].lists:
        start -= 1
    if start and "before_child" in words[start - 1].lists:
        return None
    end = child + 1
    while (
        end < len(words)
        and _fits_an_age(words[end])
        and ("age_bars" not in words[end].lists or "beside_age" in words[end].lists)
    ):
        end += 1
    if end < len(words) and not _may_follow(words, end):
        return None
    length = any(word.lists & {"child_with"} for word in words[start:end])
    aged_here = any(_is_aged(word) for word in words[child:end])
    if (length and aged_here) or (end < len(words) and not aged_here):
        return None
    if not clause.holds("dative_child") and aged_here and end < len(words) and words[end].text not in _AND:
        # «Син 5 років сидить» tells how long, not how old.
        return None
    last = words[end - 1].end
    following = place + 1
    while end == len(words) and following < len(story.clauses) and _goes_on(story.clauses[following], clause):
        last = story.clauses[following].words[-1].end
        following += 1
    counted = _how_many(clause, words[start].start) is not None and last > words[child].end
    return words[start].start, words[child].end if counted else words[start].start, last


def _fits_an_age(word: Word) -> bool:
    return "child" in word.lists or "beside_age" in word.lists or _is_aged(word)


def _is_aged(word: Word) -> bool:
    """A number, or a measure of time."""
    measure = MEASURES.get(word.text)
    numeral = (
        word.text[0].isdigit() or word.text in CARDINALS or word.text in COLLECTIVES or word.text in _HALVES
    )
    return numeral or measure in ("year", "month", "week")


def _may_follow(words: Sequence[Word], place: int) -> bool:
    return "self" in words[place].lists or words[place].text in _AND


def _goes_on(clause: Clause, first: Clause) -> bool:
    """A clause of nothing but ages: «двоє дітей, 4 і 7»."""
    plain = all(_fits_an_age(word) and "age_bars" not in word.lists for word in clause.words)
    close = clause.sentence - first.sentence <= 1
    others = clause.asked or clause.holds("self")
    return plain and close and not others and any(_is_aged(word) for word in clause.words)
