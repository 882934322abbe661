"""The phone desk as its template shows it: what was looked for, a card, the interview, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from handover.calls.callers import Caller
from handover.calls.interview import CHILD, DONT_KNOW, LOWER, NO, REFUSED, UPPER, YES, Interview, key_of
from handover.tickets.wording import danger_word
from knowledge_base.answers import DocumentLine, DocumentList, EntryCard, Knowledge, Office
from knowledge_base.assessor import Assessor, Reason
from knowledge_base.language import day, day_in_figures, plural
from knowledge_base.questioner import FactCard, Questioner
from knowledge_base.rules.assessment import Assessment
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction
from knowledge_base.rules.interview import Question
from knowledge_base.screener import Finding
from knowledge_base.understanding.meaning import Facet, Meaning

FOUND_AT_MOST = 6
UNLIKELY = 0.05
LONGEST_FINDINGS = 900

OUTCOMES = {
    Truth.YES: ("ok", "check", "Так: за сказаним умови виконано"),
    Truth.NO: ("bad", "cross", "Ні"),
    Truth.SPECIALIST: ("soon", "person", "Вирішує спеціаліст"),
    Truth.UNKNOWN: ("", "question", "Можливо"),
}
REASONS = {
    Truth.NO: ("cross", "Ні"),
    Truth.SPECIALIST: ("person", "Вирішує спеціаліст"),
    Truth.UNKNOWN: ("question", "Ще не відомо"),
    Truth.YES: ("check", "Так"),
}
FACETS = {
    Facet.ELIGIBILITY: "Хто має право",
    Facet.AMOUNT: "Скільки",
    Facet.WHERE: "Де",
    Facet.HOW: "Як подати",
    Facet.DEADLINE: "Строки",
    Facet.REFUSAL: "Якщо відмовили",
    Facet.STATUS: "Стан заяви",
}
FAULTS = {
    "not_heard": "Це не схоже на відповідь. Запишіть простіше, як у прикладі.",
    "vague": "Запишіть хоча б приблизно: «від … до …».",
    "future": "Цей день ще не настав.",
    "no_such_day": "Такого дня в календарі немає.",
    "too_late": "Цей день запізній.",
    "too_early": "Цей день заранній.",
    "too_small": "Так мало бути не може.",
    "too_great": "Так багато бути не може.",
    "negative": "Менше за нуль бути не може.",
    "not_whole": "Тут потрібне ціле число.",
    "old_question": "Питання вже інше: ось воно.",
}
EXAMPLES = {
    "number": "Наприклад: двоє",
    "money": "Наприклад: десь 10–14 тисяч",
    "date": "Наприклад: 15.03.1958 або 68 років",
}


@dataclass(frozen=True)
class Hit:
    """A topic one may open."""

    id: str
    title: str
    headline: str


@dataclass(frozen=True)
class Alarm:
    """Danger that is heard in the words: what, and whom to ring."""

    danger: str
    numbers: Sequence[str]


@dataclass(frozen=True)
class Search:
    """The left of the desk: hits for the words or of a life event; without either, the life events themselves."""

    words: str
    title: str
    hits: Sequence[Hit]
    events: Sequence[tuple[str, str]]
    situations: Sequence[tuple[str, str, bool]]
    alarm: Alarm | None


@dataclass(frozen=True)
class CardView:
    """A card with its live figures. `lines` are words and values, `texts` longer answers, in a person's own order."""

    id: str
    title: str
    official: str | None
    headline: str
    lines: Sequence[tuple[str, str]]
    texts: Sequence[tuple[str, str]]
    papers: PapersView | None
    source: str | None
    cautions: Sequence[str]


@dataclass(frozen=True)
class PapersView:
    """The list of papers; `own` says that it is of this very caller."""

    sure: Sequence[str]
    possible: Sequence[str]
    closed: bool
    own: bool


@dataclass(frozen=True)
class AnswerButton:
    value: str
    label: str
    key: str


@dataclass(frozen=True)
class TickLine:
    fact: str
    text: str


@dataclass(frozen=True)
class QuestionView:
    """A question with quick answers; `typed`: it may be answered in words, `example` how, and `only` in words."""

    key: str
    text: str
    why: str
    answers: Sequence[AnswerButton]
    ticks: Sequence[TickLine]
    typed: bool
    only: bool
    example: str
    left: str | None
    consent: bool


@dataclass(frozen=True)
class ReasonLine:
    icon: str
    word: str
    text: str
    source: str | None


@dataclass(frozen=True)
class ResultView:
    """What one entry comes to: a state, its reasons, and the lines of the answer."""

    kind: str
    icon: str
    title: str
    lines: Sequence[tuple[str, str]]
    reasons: Sequence[ReasonLine]
    steps: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class FindingGroup:
    title: str
    rows: Sequence[tuple[Hit, str]]


@dataclass(frozen=True)
class InterviewView:
    """The right of the desk. `differs`: answers that exclude each other; nothing is asked or decided then."""

    facts: Sequence[tuple[str, str, str]]
    question: QuestionView | None
    differs: str | None
    result: ResultView | None
    groups: Sequence[FindingGroup]
    passed_over: str | None


@dataclass(frozen=True)
class Desk:
    """Everything the desk shows but the forms of filing."""

    caller: Caller
    search: Search
    card: CardView | None
    interview: InterviewView | None
    fault: str | None = None
    words: str = ""


@dataclass(frozen=True)
class Line:
    """What the base knows of a caller's matter: the entry's own interview, or that of many entries."""

    knowledge: Knowledge
    caller: Caller
    now: datetime

    @cached_property
    def card(self) -> EntryCard | None:
        """The card that is open, if this base still has it."""
        topic = self.caller.topic and self.knowledge.resolve(self.caller.topic)
        return self.knowledge.card(topic, self.now) if topic else None

    @cached_property
    def interview(self) -> Interview | None:
        """The open card's own, else that of the situations; None where nothing can be asked."""
        questioner = self._questioner()
        if questioner is None:
            return None
        again = self.caller.page.get("again")
        return Interview(questioner, self.today, self.caller.told, self.caller.skipped, again)

    @property
    def today(self) -> date:
        """The community's own day."""
        return self.now.astimezone(ZoneInfo(self.knowledge.community.timezone)).date()

    def _questioner(self) -> Questioner | None:
        if self.card is not None:
            return self.knowledge.assessor(self.card.id, self.now)
        if self.caller.situations:
            return self.knowledge.screener(self.now, self.caller.situations)
        return None

    def question(self) -> Question | None:
        """What is asked now; None where nothing is, or where answers contradict each other."""
        if self.interview is None:
            return None
        try:
            return self.interview.question()
        except Contradiction:
            return None

    def assessment(self) -> Assessment | None:
        """What the open entry comes to; None without rules, or where answers contradict each other."""
        if self.interview is None or not isinstance(self.interview.questioner, Assessor):
            return None
        try:
            return self.interview.assessment()
        except Contradiction:
            return None

    def told(self) -> list[tuple[str, str]]:
        """What is filed of the interview: facts, and what they come to, in words."""
        if self.interview is None or not self.interview.told:
            return []
        facts = [(label, value) for _, label, value in self.interview.in_words()]
        return [*facts, ("перевірка права", self._outcome())] if facts else []

    def _outcome(self) -> str:
        interview = self.interview
        assert interview is not None
        try:
            if not isinstance(interview.questioner, Assessor):
                return _findings_in_words(interview, self.knowledge, self.now)
            found = interview.assessment()
        except Contradiction:
            return "сказане не сходиться"
        reason = "; ".join(interview.questioner.refusals(found))
        match found.outcome:
            case Truth.YES:
                return "так, за сказаним умови виконано"
            case Truth.NO:
                return f"ні: {reason}"
            case Truth.SPECIALIST:
                return f"вирішує спеціаліст: {reason}"
        missing = (interview.questioner.fact(name).label for name in found.need)
        return f"бракує: {', '.join(missing)}"


def _findings_in_words(interview: Interview, knowledge: Knowledge, now: datetime) -> str:
    found = interview.findings()
    parts = []
    for word, outcome in (
        ("так", Truth.YES),
        ("можливо", Truth.UNKNOWN),
        ("вирішує спеціаліст", Truth.SPECIALIST),
    ):
        titles = ", ".join(knowledge.card(one.entry, now).title for one in found.of(outcome))
        if titles:
            parts.append(f"{word}: {titles}")
    said = "; ".join(parts) or "нічого з перевіреного"
    return said if len(said) <= LONGEST_FINDINGS else f"{said[: LONGEST_FINDINGS - 1]}…"


def desk(line: Line, meaning: Meaning | None, *, fault: str | None = None, words: str = "") -> Desk:
    """The desk for a caller. `meaning` reads the words that are looked for."""
    return Desk(
        caller=line.caller,
        search=_search(line, meaning),
        card=_card(line) if line.card is not None else None,
        interview=_interview(line) if line.interview is not None else None,
        fault=None if fault is None else FAULTS.get(fault, FAULTS["not_heard"]),
        words=words,
    )


# ---- search


def _search(line: Line, meaning: Meaning | None) -> Search:
    knowledge, caller = line.knowledge, line.caller
    events = knowledge.life_events
    event = next((one for one in events if one.id == caller.page.get("life")), None)
    words = caller.page.get("look_for", "")
    if meaning is not None:
        title, ids = "Знайдено", ranked(knowledge, meaning, words, line.now)
    elif event is not None:
        title, ids = event.label, list(event.entries)
    else:
        title, ids = "Життєві ситуації", []
    return Search(
        words=words,
        title=title,
        hits=[_hit(knowledge.card(entry, line.now)) for entry in ids],
        events=[] if ids or meaning is not None else [(one.id, one.label) for one in events],
        situations=[
            (one.id, one.asked, one.id in caller.situations) for one in events if one.asked is not None
        ],
        alarm=_alarm(knowledge, meaning),
    )


def ranked(knowledge: Knowledge, meaning: Meaning, words: str, now: datetime) -> list[str]:
    """Topics that are named as it is written, then those that are meant; the best is shown however unlikely."""
    asked = words.casefold().strip()
    cards = (knowledge.card(entry, now) for entry in knowledge.entry_ids)
    named = [card.id for card in cards if asked in card.title.casefold() or asked in card.label.casefold()]
    likely = [one for one in meaning.ranked if one.confidence >= UNLIKELY] or meaning.ranked[:1]
    meant = [topic for one in likely if (topic := knowledge.resolve(one.topic)) is not None]
    return list(dict.fromkeys([*meant[:1], *named, *meant]))[:FOUND_AT_MOST]


def _hit(card: EntryCard) -> Hit:
    return Hit(card.id, card.title, card.headline.split("\n", 1)[0])


def _alarm(knowledge: Knowledge, meaning: Meaning | None) -> Alarm | None:
    if meaning is None or meaning.danger is None:
        return None
    numbers = list(dict.fromkeys(knowledge.danger_numbers(meaning.danger).values()))
    return Alarm(danger_word(meaning.danger.value), numbers)


# ---- the card


def _card(line: Line) -> CardView:
    card, knowledge, now = line.card, line.knowledge, line.now
    assert card is not None
    lines = [
        ("Хто отримує", card.who),
        ("Скільки", card.amount or card.last_amount),
        ("Коли подати", card.when),
        ("Де", None if card.doors else card.where),
    ]
    where = [("Де", _place(door.words, door.office)) for door in card.doors]
    texts = [
        (word, text)
        for facet, word in FACETS.items()
        if facet in card.facets and (text := knowledge.facet_text(card.id, facet, now)) is not None
    ]
    return CardView(
        id=card.id,
        title=card.title,
        official=card.official,
        headline=card.headline,
        lines=[*((word, value) for word, value in lines if value), *where],
        texts=texts,
        papers=papers(line),
        source=_source(card),
        cautions=list(_cautions(card)),
    )


def _place(words: str, office: Office | None) -> str:
    if office is None:
        return words
    named = words if office.name in words else f"{words}, {office.name}"
    return f"{named}, {office.address}, {office.phone}"


def _source(card: EntryCard) -> str | None:
    if card.source is None:
        return None
    return f"Джерело: {card.source.text.rstrip('. ')}. Перевірено {day_in_figures(card.source.checked_on)}."


def _cautions(card: EntryCard) -> Iterator[str]:
    if card.stale_year:
        yield f"На {card.stale_year} рік ще не підтверджено."
    if card.overdue:
        yield "Картку давно не перевіряли: звірте з джерелом."
    if card.doubt:
        yield card.doubt


def papers(line: Line) -> PapersView | None:
    """The papers this very caller needs, as far as it is known; else the whole list of the card."""
    card = line.card
    if card is None or card.documents is None:
        return None
    found = line.assessment() if line.caller.told else None
    whole: DocumentList = card.documents
    sure, possible, own = whole.sure, whole.possible, False
    if found is not None and (found.documents or found.possible_documents):
        known = {paper.id: paper for paper in (*whole.sure, *whole.possible)}
        sure = tuple(known[name] for name in found.documents if name in known)
        possible = tuple(known[name] for name in found.possible_documents if name in known)
        own = True
    needed = [_paper(one, with_case=not own) for one in sure]
    return PapersView(needed, [_paper(one) for one in possible], whole.closed, own)


def _paper(paper: DocumentLine, *, with_case: bool = True) -> str:
    """A paper in words; in which case it is needed matters only to whoever does not know."""
    parts = [paper.name]
    if paper.condition and with_case:
        parts.append(f", {paper.condition}")
    if paper.note:
        parts.append(f": {paper.note}")
    if paper.where_to_get:
        parts.append(f". Де взяти: {paper.where_to_get}")
    return "".join(parts)


# ---- the interview


def _interview(line: Line) -> InterviewView:
    interview = line.interview
    assert interview is not None
    skipped = interview.passed_over()
    passed_over = f"Без відповіді: {', '.join(skipped)}" if skipped else None
    facts = interview.in_words()
    try:
        question = interview.question()
        result, groups = None, []
        if isinstance(interview.questioner, Assessor):
            result = _result(interview, interview.questioner, line)
        else:
            groups = _groups(interview, line)
    except Contradiction as fault:
        involved = {fault.fact, *fault.by}
        named = [f"{label}: {value}" for name, label, value in facts if name in involved]
        said = "; ".join(named) or "останні відповіді"
        return InterviewView(
            facts, None, f"Ці відповіді не сходяться: {said}. Змініть одну з них.", None, (), None
        )
    shown = None if question is None else question_view(interview.questioner, question)
    return InterviewView(facts, shown, None, result, groups, passed_over)


def question_view(questioner: Questioner, question: Question) -> QuestionView:
    """A question in words, with what answers it at one press."""
    left = f"Лишилося приблизно {plural(question.left, 'питання')}" if question.left > 1 else None
    if question.kind == "ticks":
        lines = [TickLine(tick.fact, questioner.tick_line(tick)) for tick in question.ticks]
        why = " ".join(dict.fromkeys(questioner.fact(name).why for name in question.facts[:2]))
        consent = any(questioner.fact(name).fact.consent for name in question.facts)
        return QuestionView(
            key_of(question),
            "Чи стосується людини щось із цього?",
            why,
            _keyed([(DONT_KNOW, "Не знає")], first=0),
            lines,
            typed=False,
            only=False,
            example="",
            left=left,
            consent=consent,
        )
    card = questioner.fact(question.fact)
    text, answers = _asked(questioner, card, question)
    ways = [(DONT_KNOW, "Не знає"), *([(REFUSED, "Не хоче казати")] if card.fact.sensitive else [])]
    return QuestionView(
        key_of(question),
        text,
        card.why,
        [*_keyed(answers, first=1), *_keyed(ways, first=0)],
        (),
        not answers or question.kind == "threshold",
        not answers,
        "Наприклад: двоє, 4 і 7 років" if card.id == CHILD else EXAMPLES.get(card.fact.type, ""),
        left,
        card.fact.consent is not None,
    )


def _asked(questioner: Questioner, card: FactCard, question: Question) -> tuple[str, list[tuple[str, str]]]:
    if question.kind == "threshold" and question.than is not None:
        limit = questioner.limit(card.id, question.than)
        with_limit = question.parts[0].high == question.than
        of_days = isinstance(question.than, date)
        more, less = ("Пізніше", "раніше") if of_days else ("Більше", "менше")
        label = f"{card.label[:1].upper()}{card.label[1:]}"
        lower = f"{limit} або {less}" if with_limit else f"{less.capitalize()} ніж {limit}"
        upper = f"{more} ніж {limit}" if with_limit else f"{limit} або {more.lower()}"
        return f"{label}: {lower[:1].lower()}{lower[1:]} чи {upper[:1].lower()}{upper[1:]}?", [
            (LOWER, lower),
            (UPPER, upper),
        ]
    if card.fact.type == "bool":
        return card.ask, [(YES, "Так"), (NO, "Ні")]
    if card.fact.type == "choice":
        return card.ask, list(card.options)
    return card.ask, []


def _keyed(answers: Sequence[tuple[str, str]], *, first: int) -> list[AnswerButton]:
    """Answers with the digits that press them: those of the question from 1, «не знає» 0."""
    return [
        AnswerButton(value, label, str(first + at) if first + at <= 9 and (first or at == 0) else "")
        for at, (value, label) in enumerate(answers)
    ]


def _result(interview: Interview, assessor: Assessor, line: Line) -> ResultView | None:
    """What it comes to; nothing before anything was told."""
    if not interview.told:
        return None
    found = interview.assessment()
    kind, icon, title = OUTCOMES[found.outcome]
    several = found.children or (found,)
    reasons = {(one.id, one.truth): one for each in several for one in assessor.reasons(each)}
    ordered = sorted(reasons.values(), key=lambda one: list(REASONS).index(one.truth))
    return ResultView(
        kind,
        icon,
        title,
        list(_lines(interview, assessor, found, line)),
        [_reason(one) for one in ordered],
        [(step.label, step.value) for step in assessor.steps(found)],
    )


def _reason(one: Reason) -> ReasonLine:
    icon, word = REASONS[one.truth]
    return ReasonLine(icon, word, one.text, one.source)


def _lines(
    interview: Interview, assessor: Assessor, found: Assessment, line: Line
) -> Iterator[tuple[str, str]]:
    amount = assessor.amount(found)
    if amount is not None and found.outcome is not Truth.NO:
        about = found.amount is not None and (not found.amount.exact or assessor.is_estimate(found))
        yield "Скільки", f"приблизно {amount}" if about else amount
    since = assessor.stale_since(found)
    if since is not None:
        yield "Увага", f"останнє відоме — станом на {day(since)}, далі ще не підтверджено"
    last = assessor.last_day(found)
    if last is not None and found.outcome is not Truth.NO:
        yield "Подати до", day(last) if last >= line.today else f"{day(last)}: строк минув"
    if found.outcome in (Truth.NO, Truth.SPECIALIST):
        yield from (("Причина", reason) for reason in assessor.refusals(found))
    if found.outcome is Truth.NO:
        possible = assessor.possible_from(interview.known)
        near = assessor.nearest(interview.known, found)
        if possible is not None:
            yield "Стане можливо", f"з {day(possible)}"
        elif near is not None:
            side = {True: "понад ", False: "до ", None: ""}[near.above]
            yield "Було б так", f"{near.label}: {side}{near.limit}"
    if found.outcome is Truth.UNKNOWN and found.need:
        yield "Бракує", ", ".join(assessor.fact(name).label for name in found.need)


def _groups(interview: Interview, line: Line) -> list[FindingGroup]:
    found = interview.findings()
    groups = []
    for title, outcome in (
        ("Так, за сказаним", Truth.YES),
        ("Вирішує спеціаліст", Truth.SPECIALIST),
        ("Можливо", Truth.UNKNOWN),
        ("Ні", Truth.NO),
    ):
        rows = [(_hit(line.knowledge.card(one.entry, line.now)), _said(one)) for one in found.of(outcome)]
        if rows:
            groups.append(FindingGroup(f"{title}: {len(rows)}", rows))
    return groups


def _said(one: Finding) -> str:
    return one.amount or one.reason or ""
