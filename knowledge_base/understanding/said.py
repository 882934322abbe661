"""Facts that a free message states of its writer, their household or their own children, while it tells or asks.

Precision before recall: a fact that may be about somebody else, that is denied, asked, supposed, past or only wished
for is left out, and is asked about later. Patterns and word lists: `content/national/understanding/said.yaml`.
A message is read clause by clause; whose a clause is follows from its own words and from who else the message names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from knowledge_base.rules.facts import CHILDREN_AT_MOST
from knowledge_base.rules.values import Range, Value, exactly, options
from knowledge_base.understanding.answers import hear_children
from knowledge_base.understanding.answers.ages import born
from knowledge_base.understanding.answers.quantities import Quantity, read_quantities
from knowledge_base.understanding.answers.tokens import with_sums
from knowledge_base.understanding.answers.vocabulary import CARDINALS, COLLECTIVES, MEASURES
from knowledge_base.understanding.lexicon import LexiconError, section, word_list
from knowledge_base.understanding.normalise import Normaliser, spell
from knowledge_base.understanding.phrases import Found, PhraseBook

Whose = Literal["self", "child", "cared"]
CHILD = "child.birth_date"
OWN_BIRTH = "applicant.birth_date"
CARED = "cared.kind"
GROUP = "applicant.disability_group"
LONGEST_STORY = 2_000
"""Characters read: whoever writes more has said the facts before."""
GROWN = 18
"""Years from which a child counts as grown."""
_LONGEST_LIFE = 110
_YOUNGEST_WRITER = 12
_AGED = 50
"""From so many years on a bare «78 років» beside «сама» is an age."""
_LEAST_SUM, _GREATEST_PENSION = Decimal(500), Decimal(100_000)
_PLAIN_FROM = Decimal(1_000)
_CALENDAR = (Decimal(1_900), Decimal(2_100))
_KNOWN_WORDS = 20_000
_GUARDS = frozenset({"own", "mine", "status", "parent", "household", "family", "child"})
_READS = frozenset({"people", "pension", "income", "debt"})

_PIECE = re.compile(
    r"(?P<sign>[.!?;:\n()…]|,(?![0-9])|(?<=\s)[-–—](?=\s)|(?<=[^0-9]),)"
    r"|(?P<word>[^\W\d_]+(?:['’ʼ`´-][^\W\d_]+)*|[0-9]+(?:[.,/][0-9]+)*)"
)
_ENDS = frozenset(".!?;\n…")
_BREAKS = frozenset(
    spelled for word in ["а", "але", "но", "бо", "зато", "хоча", "хотя", "тому", "поэтому"] for spelled in spell(word)
)
_ROMAN = {"I": "1", "II": "2", "III": "3", "І": "1", "ІІ": "2", "ІІІ": "3"}
# The one spelling makes «і» and «є» of these.
_LOST, _HERS = frozenset({"їй", "її", "её", "ее"}), "неї"
_ENDING = re.compile(r"(?<=[0-9])-(?:га|я|а|ша|ї|у|го|ій|й|ма|ої|гої|гу|ю|ью|ая|ую)\b", re.IGNORECASE)
_OF_BIRTH = frozenset({"народження", "рождения", "народж", "рожд"})
_YEAR_OF = re.compile(
    r"\b(?P<year>19[0-9]{2}|200[0-9]|201[0-4])\s?-?(?:го|й|ого)?\s*(?:(?:року|рік|г|р|года|год)\.?\s*)?"
    r"(?:народження|рождения|народж|рожд|р\.?\s?н|н\.р)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Age:
    """How old somebody is, in whole years: days of birth follow from the day it is used on."""

    years: int


@dataclass(frozen=True)
class Births:
    """Words that tell of the ages of so many children."""

    words: str
    count: int


@dataclass(frozen=True)
class Said:
    """A fact as it was said, characters `start` to `end` (exclusive) of the message.

    `value`: in the rules' form; an `Age` and `Births` become days of birth on the day they are used (`on`).
    `of`: whom it is about; what is said of anybody else is not taken.
    """

    fact: str
    value: Value | Age | Births
    start: int
    end: int
    of: Whose = "self"
    approximate: bool = False

    def on(self, today: date) -> tuple[Value, ...]:
        """The value as it stands today: one, or of every child told of; none where it cannot be."""
        if isinstance(self.value, Age):
            days = born(today, Decimal(self.value.years), "year")
            return (Range(*days),) if days else ()
        if isinstance(self.value, Births):
            births = hear_children(self.value.words, today, count=self.value.count) or ()
            grown = born(today, Decimal(GROWN), "year")
            return tuple(one for one in births if grown is None or _later(one, grown[1]))
        return (self.value,)


def _later(birth: Range, than: date) -> bool:
    return isinstance(birth.high, date) and birth.high > than


class _Word(NamedTuple):
    """A word in the one spelling, where it stands, and the lists it is in."""

    text: str
    start: int
    end: int
    lists: frozenset[str]


@dataclass(frozen=True)
class _Clause:
    """Words between two signs. `sentence`: its number; `asked`: it asks or supposes; `lists`: all its words are in."""

    words: tuple[_Word, ...]
    sentence: int
    asked: bool
    lists: frozenset[str]

    def holds(self, name: str) -> bool:
        """Whether a word of a list stands here."""
        return name in self.lists

    def beyond(self, span: tuple[int, int], *names: str) -> bool:
        """Whether a word of any of these lists stands here outside of a span."""
        return not self.lists.isdisjoint(names) and any(
            not word.lists.isdisjoint(names) for word in (*self.words[: span[0]], *self.words[span[1] :])
        )

    @property
    def of_others(self) -> bool:
        """Whether somebody else is named here."""
        return "near" in self.lists or "far" in self.lists


@dataclass(frozen=True)
class _Story:
    """A message cut into clauses, and who is about."""

    text: str
    clauses: tuple[_Clause, ...]
    others: bool
    strangers: bool
    children: bool


@dataclass(frozen=True)
class _Rule:
    """What a pattern states. `says`: the fixed value; `reads`: how it is read off the clause."""

    fact: str
    guard: str
    says: Value | None
    reads: str | None
    allows: frozenset[str]
    bars: str | None
    beside: str | None


class Ear:
    """Hears what is said. Immutable, thread-safe; `hear` is pure and takes any text."""

    def __init__(self, normalise: Normaliser) -> None:
        """Raises LexiconError for a word list of another shape."""
        self._normalise = normalise
        self._exact, self._stems = _lists()
        self._book = PhraseBook(_patterns(), normalise, forgiving=False)
        self._lists_of = lru_cache(maxsize=_KNOWN_WORDS)(self._look_up)
        self._spelled = lru_cache(maxsize=_KNOWN_WORDS)(_spell_piece)

    def hear(self, text: str) -> tuple[Said, ...]:
        """Every fact stated, in the order of the dictionary's patterns; each fact once."""
        text = _ENDING.sub(_blanked, text[:LONGEST_STORY])
        story = self._cut(text)
        said = [*self._by_patterns(story), *self._own_birth(story), *self._births(story)]
        return _settled(said)

    # ---- cutting

    def _cut(self, text: str) -> _Story:
        clauses: list[_Clause] = []
        words: list[_Word] = []
        sentence, first_of_sentence = 0, 0

        def close() -> None:
            if words:
                lists = frozenset().union(*(word.lists for word in words))
                asked = "asks" in lists or "supposes" in lists
                clauses.append(_Clause(tuple(words), sentence, asked, lists))
                words.clear()

        for piece in _PIECE.finditer(text):
            if piece.lastgroup == "sign":
                close()
                if piece[0] in _ENDS:
                    self._end(clauses, first_of_sentence, asked=piece[0] == "?")
                    sentence, first_of_sentence = sentence + 1, len(clauses)
                continue
            for spelled in self._spelled(piece[0]):
                if spelled in _BREAKS:
                    close()
                lists = self._lists_of(spelled)
                if "near" in lists and "parent" in lists and words and words[-1].text == _I:
                    lists -= {"near"}  # «я мати двох дітей»
                words.append(_Word(spelled, piece.start(), piece.end(), lists))
        close()
        self._end(clauses, first_of_sentence, asked=False)
        return _Story(
            text=text,
            clauses=tuple(clauses),
            others=any(clause.of_others for clause in clauses),
            strangers=any(clause.holds("far") for clause in clauses),
            children=any(clause.holds("child") for clause in clauses),
        )

    @staticmethod
    def _end(clauses: list[_Clause], first: int, *, asked: bool) -> None:
        """A question mark asks of the last clause; «якщо» supposes all that follows it in the sentence."""
        supposed = False
        for place in range(first, len(clauses)):
            clause = clauses[place]
            supposed = supposed or clause.holds("supposes")
            last = asked and place == len(clauses) - 1
            if (supposed or last) and not clause.asked:
                clauses[place] = replace(clause, asked=True)

    def _look_up(self, word: str) -> frozenset[str]:
        spellings = {word, self._normalise.right(word)}
        exact = {name for spelling in spellings for name in self._exact.get(spelling, ())}
        return frozenset(exact | {name for stem, name in self._stems if word.startswith(stem)})

    # ---- patterns

    def _by_patterns(self, story: _Story) -> Iterator[Said]:
        cared = self._cared(story)
        for clause in story.clauses:
            if clause.asked:
                continue
            for found in self._book.find([word.text for word in clause.words]):
                if found.says.fact == GROUP and cared is not None and cared.sentence == clause.sentence:
                    if self._of_cared(clause, found):
                        yield self._said(clause, found, found.says.says, of="cared")
                    continue
                if self._is_meant(story, clause, found):
                    yield from self._value(story, clause, found)

    def _value(self, story: _Story, clause: _Clause, found: Found[_Rule]) -> Iterator[Said]:
        rule = found.says
        match rule.reads:
            case None:
                yield self._said(clause, found, rule.says, of="child" if rule.guard == "child" else "self")
            case "people":
                people = _people(clause, found)
                if people is not None and _is_a_size(clause, found):
                    yield self._said(clause, found, exactly(people))
            case "pension":
                one = _sum_of(story, clause)
                if one is not None and not clause.holds("spends") and _is_a_pension(clause, found, one):
                    yield self._said(clause, found, one.range(whole=True), approximate=one.approximate)
            case "income":
                yield from self._income(story, clause, found)
            case "debt":
                one = _sum_of(story, clause)
                if one is not None and clause.holds("utilities"):
                    # How much of it is old is not said.
                    upper = one.range(whole=True).high
                    yield self._said(clause, found, Range(Decimal(0), upper), approximate=True)

    def _income(self, story: _Story, clause: _Clause, found: Found[_Rule]) -> Iterator[Said]:
        one = _sum_of(story, clause)
        if one is None or clause.holds("spends"):
            return
        value = one.range(whole=True)
        plain_pensions = clause.words[found.start].text in _PENSIONS and found.end - found.start == 1
        if one.each:
            size = _size_of(self._book, story)
            if size is None or not isinstance(value.low, Decimal) or not isinstance(value.high, Decimal):
                return
            value = Range(value.low * size, value.high * size)
        elif plain_pensions:
            return
        yield self._said(clause, found, value, approximate=one.approximate or one.each)

    @staticmethod
    def _said(
        clause: _Clause,
        found: Found[_Rule],
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

    # ---- whose words they are

    def _is_meant(self, story: _Story, clause: _Clause, found: Found[_Rule]) -> bool:
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
        closes = sums or all(
            "beside" in word.lists or word.text.isdigit() for word in clause.words[found.end :]
        )
        if rule.guard == "mine" or not opens or not closes:
            return False
        if rule.guard in ("status", "parent"):
            # What a message opens with is said of the writer: «Вдова, чоловік загинув».
            return not story.others or (clause is story.clauses[0] and not story.strangers)
        return not story.others and not story.children

    @staticmethod
    def _cared(story: _Story) -> _Clause | None:
        """The clause in which the writer says that they care for somebody grown."""
        for clause in story.clauses:
            cares = any(word.text in _CARES for word in clause.words)
            if cares and not clause.asked and clause.of_others:
                return clause if not clause.holds("denies") and not clause.holds("past") else None
        return None

    @staticmethod
    def _of_cared(clause: _Clause, found: Found[_Rule]) -> bool:
        """A group told in the sentence of the care, and not of the writer: «доглядаю маму, перша група»."""
        span = (found.start, found.end)
        wrong = clause.beyond(span, "denies", "past", "unsure", "child")
        own = clause.beyond(span, "self") and not any(word.text in _CARES for word in clause.words)
        return not wrong and not own

    # ---- ages

    def _own_birth(self, story: _Story) -> Iterator[Said]:
        before: _Clause | None = None
        for clause in story.clauses:
            if not clause.asked and not clause.holds("denies") and not clause.holds("unsure"):
                told = _own_age(clause) or _bare_age(story, clause, before)
                if told is not None:
                    years, first, last = told
                    yield Said(OWN_BIRTH, Age(years), clause.words[first].start, clause.words[last - 1].end)
                yield from _own_year(story, clause)
            before = clause

    def _births(self, story: _Story) -> Iterator[Said]:
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
            births = hear_children(words, _SOME_DAY, count=count) or hear_children(words, _LATER, count=count)
            if births and len(births) <= CHILDREN_AT_MOST and count in (None, len(births)):
                exact = all(birth.exact for birth in births)
                said = Said(CHILD, Births(words, len(births)), start, end, "child", not exact)
                if said.on(_SOME_DAY) or not hear_children(words, _SOME_DAY, count=count):
                    yield said


_SOME_DAY, _LATER = date(2026, 1, 1), date(2100, 1, 1)
"""Any days: whether words tell of ages does not hang on them. A birth after the one is before the other."""
(_I,), (_US,) = spell("я"), spell("нас")
_AT = frozenset(spelled for word in ("у", "в") for spelled in spell(word))
_CARES = frozenset(
    spelled for word in ("доглядаю", "ухаживаю", "досматриваю", "доглядаємо") for spelled in spell(word)
)
_PENSIONS = frozenset(spelled for word in ("пенсії", "пенсии", "пенсий", "пенсій") for spelled in spell(word))
_INTO = frozenset(
    spelled for word in ("до", "про", "від", "з", "по", "без", "на", "для") for spelled in spell(word)
)


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _spell_piece(piece: str) -> tuple[str, ...]:
    if piece in _ROMAN:
        return (_ROMAN[piece],)
    return tuple(spell(_HERS if piece.lower() in _LOST else piece))


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
        count = len(births.on(_SOME_DAY))
        if isinstance(size.value.low, Decimal) and size.value.low <= count:
            unclear.add("household.size")
    several = births is not None and len(births.on(_SOME_DAY)) > 1
    if several:
        # Which of them it is was not said.
        unclear.add("child.has_disability")
    return tuple(one for name, one in kept.items() if name not in unclear)


def _number(words: Sequence[_Word], place: int) -> tuple[int, int] | None:
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


def _people(clause: _Clause, found: Found[_Rule]) -> Decimal | None:
    """How many people are told of within the words found; None where two numbers are."""
    numbers = {
        int(word.text) if word.text.isdigit() else COLLECTIVES.get(word.text) or CARDINALS.get(word.text)
        for word in clause.words[found.start : found.end]
        if word.text.isdigit() or word.text in COLLECTIVES or word.text in CARDINALS
    }
    only = numbers.pop() if len(numbers) == 1 else None
    return Decimal(only) if only is not None and 1 <= only <= 12 else None


def _is_a_size(clause: _Clause, found: Found[_Rule]) -> bool:
    """«Нас двоє» is; «у нас двоє», «нас двоє і мама», «нас двоє студентів», «нас п'ятеро ростила» are not."""
    if found.start and clause.words[found.start].text == _US and clause.words[found.start - 1].text in _AT:
        return False
    if clause.holds("not_a_size") or found.end == len(clause.words):
        return not clause.holds("not_a_size")
    following = clause.words[found.end]
    if following.text in _PERSONS:
        return True
    counted = MEASURES.get(following.text) is not None or following.text in _AND
    return not counted and not following.lists & {"near", "far", "child"}


_AND = frozenset(spelled for word in ("і", "та", "й", "плюс", "ще") for spelled in spell(word))
_PERSONS = frozenset(
    spelled for word in ("людей", "осіб", "чоловік", "человек", "чоловіка", "душ") for spelled in spell(word)
)


def _size_of(book: PhraseBook[_Rule], story: _Story) -> Decimal | None:
    """How many live together, said anywhere in the message: one number alone."""
    sizes: set[Decimal] = set()
    for clause in story.clauses:
        for found in book.find([word.text for word in clause.words]):
            if found.says.reads == "people" and not clause.asked and _is_a_size(clause, found):
                people = _people(clause, found)
                if people is not None:
                    sizes.add(people)
    return sizes.pop() if len(sizes) == 1 else None


def _sum_of(story: _Story, clause: _Clause) -> Quantity | None:
    """The one sum of money of a clause; None for none or several, or one that may be something else."""
    tokens = with_sums(story.text[clause.words[0].start : clause.words[-1].end])
    sums = []
    for one in read_quantities(tokens, money=True):
        in_money = one.measure in ("hryvnia", "rouble") or (one.measure is None and not one.people)
        if one.denied or not in_money:
            continue
        told = one.scaled or one.measure is not None
        if not told and (one.high < _PLAIN_FROM or _CALENDAR[0] <= one.high <= _CALENDAR[1]):
            continue
        sums.append(one)
    if len(sums) != 1 or sums[0].low < _LEAST_SUM:
        return None
    return sums[0]


_SUMS = frozenset({"pension", "income", "debt"})


def _speaks_of(story: _Story, name: str) -> bool:
    """Whether a word of a list stands anywhere in a message that denies nothing."""
    here = any(clause.holds(name) for clause in story.clauses)
    return here and not any(clause.holds("denies") for clause in story.clauses)


def _is_denied(clause: _Clause, span: tuple[int, int], allows: frozenset[str]) -> bool:
    if not clause.beyond(span, "denies", "past"):
        return False
    words = (*clause.words[: span[0]], *clause.words[span[1] :])
    return any("denies" in word.lists or "past" in word.lists for word in words if word.text not in allows)


def _is_a_pension(clause: _Clause, found: Found[_Rule], one: Quantity) -> bool:
    """«Пенсія 4200», not «1500 до пенсії», nor «по 5 тисяч»."""
    before = clause.words[found.start - 1].text if found.start else ""
    return before not in _INTO and not one.each and one.high <= _GREATEST_PENSION


def _own_age(clause: _Clause) -> tuple[int, int, int] | None:
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


_YEAR_SHORT = frozenset({"р", "л"})


def _bare_age(story: _Story, clause: _Clause, before: _Clause | None) -> tuple[int, int, int] | None:
    """«Сама, 78 років»: years and nothing else, beside somebody who speaks of themselves alone."""
    if story.others or story.children or before is None or before.sentence != clause.sentence:
        return None
    number = _number(clause.words, 0)
    if number is None or not _AGED <= number[0] <= _LONGEST_LIFE or len(clause.words) != number[1] + 1:
        return None
    is_years = MEASURES.get(clause.words[number[1]].text) == "year"
    return (number[0], 0, len(clause.words)) if is_years and before.holds("lonely") else None


def _own_year(story: _Story, clause: _Clause) -> Iterator[Said]:
    """«Я 1956 року народження»."""
    first, last = clause.words[0], clause.words[-1]
    found = _YEAR_OF.search(story.text[first.start : last.end + 6])
    others = clause.of_others or clause.holds("child")
    mine = clause.holds("self") or (not story.others and not story.children)
    if found is not None and mine and not others:
        year = int(found["year"])
        days = Range(date(year, 1, 1), date(year, 12, 31))
        yield Said(OWN_BIRTH, days, first.start + found.start(), min(first.start + found.end(), last.end))


def _of_anothers_children(clause: _Clause) -> bool:
    """From here on children may be somebody else's: a grandchild, a sister's, those of a daughter who gave birth."""
    hers = clause.holds("birth_of_hers") and (clause.holds("gave_birth") or clause.holds("a_child"))
    return clause.holds("far") or hers


def _is_one_child(clause: _Clause) -> bool:
    """«Малій рік і вісім» is of one, whatever the numbers may say of two."""
    named = [word for word in clause.words if "child" in word.lists]
    return len(named) == 1 and "one_child" in named[0].lists


def _how_many(clause: _Clause, start: int) -> int | None:
    """«двоє дітей», «з двома дітьми»: the number right before the children, in a run that begins at a character."""
    child = next(at for at, word in enumerate(clause.words) if "child" in word.lists)
    if not child or clause.words[child - 1].start < start:
        return None
    before = clause.words[child - 1].text
    return int(before) if before.isdigit() else COLLECTIVES.get(before) or CARDINALS.get(before)


def _run(story: _Story, place: int) -> tuple[int, int, int] | None:
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


def _fits_an_age(word: _Word) -> bool:
    return "child" in word.lists or "beside_age" in word.lists or _is_aged(word)


def _is_aged(word: _Word) -> bool:
    """A number, or a measure of time."""
    measure = MEASURES.get(word.text)
    numeral = (
        word.text[0].isdigit() or word.text in CARDINALS or word.text in COLLECTIVES or word.text in _HALVES
    )
    return numeral or measure in ("year", "month", "week")


_HALVES = frozenset(
    spelled
    for word in ("пів", "півроку", "полгода", "півтора", "полтора", "півтори", "півроку")
    for spelled in spell(word)
)


def _may_follow(words: Sequence[_Word], place: int) -> bool:
    return "self" in words[place].lists or words[place].text in _AND


def _goes_on(clause: _Clause, first: _Clause) -> bool:
    """A clause of nothing but ages: «двоє дітей, 4 і 7»."""
    plain = all(_fits_an_age(word) and "age_bars" not in word.lists for word in clause.words)
    close = clause.sentence - first.sentence <= 1
    return plain and close and not clause.asked and any(_is_aged(word) for word in clause.words)


# ---- content


def _lists() -> tuple[Mapping[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """Word -> the lists it is in; stems with their list."""
    exact: dict[str, list[str]] = {}
    stems: list[tuple[str, str]] = []
    for name, words in section("said", "words").items():
        for word in words:
            spelled = spell(word)
            if len(spelled) != 1:
                raise LexiconError(f"said.yaml: {name}: not one word: {word!r}")
            if word.endswith("*"):
                stems.append((spelled[0], name))
            else:
                exact.setdefault(spelled[0], []).append(name)
    return {word: tuple(names) for word, names in exact.items()}, tuple(stems)


_CLASS = re.compile(r"\$(\w+)")


def _patterns() -> list[tuple[str, _Rule]]:
    classes = section("said", "classes")

    def written_out(found: re.Match[str]) -> str:
        if found[1] not in classes:
            raise LexiconError(f"said.yaml: no class {found[0]}")
        return "|".join(classes[found[1]])

    facts = word_list("said").get("facts")
    if not isinstance(facts, list):
        raise LexiconError("said.yaml: facts: a list is expected")
    return [(_CLASS.sub(written_out, text), _rule(one)) for one in facts for text in one.get("says", ())]


def _rule(one: Mapping[str, object]) -> _Rule:
    fact, guard, reads, value = (one.get(key) for key in ("fact", "guard", "reads", "value"))
    if (
        guard not in _GUARDS
        or (reads is None) == (value is None)
        or (reads is not None and reads not in _READS)
    ):
        raise LexiconError(f"said.yaml: {fact}: a guard, and a value or a way to read it, are expected")
    allows = one.get("allows", [])
    words = (
        frozenset(spelled for word in allows if isinstance(word, str) for spelled in spell(word))
        if isinstance(allows, list)
        else frozenset()
    )
    return _Rule(
        fact=str(fact),
        guard=str(guard),
        says=_value(str(value)) if value is not None else None,
        reads=str(reads) if reads else None,
        allows=words,
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
