"""How an interview goes on: what is asked next, what an answer changes, what is read back, what it comes to.

`Talk` is one interview in its setting, of one entry or of all at once; every function takes it and makes the turn.
The skill `interview` hears.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bots.dialogue import asking, buttons, cards, memory
from bots.dialogue.overview import ENTRY, Overview
from bots.dialogue.result import Result
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, State, Step, Told, Turn
from conversations.messages import Choice, Reply
from knowledge_base import language
from knowledge_base.answers import DocumentList, EntryCard
from knowledge_base.assessor import Assessor
from knowledge_base.questioner import Questioner
from knowledge_base.rules.assessment import Assessment
from knowledge_base.rules.closure import ANY_CHILD
from knowledge_base.rules.facts import Contradiction, Known
from knowledge_base.rules.interview import Goal, Question
from knowledge_base.rules.values import Range, Value
from knowledge_base.screener import Screener
from knowledge_base.understanding.meaning import Facet

SKILL = "interview"
ASK, DONE, CONFIRM, CONSENT, DIFFERS, EDIT = "ask", "done", "confirm", "consent", "differs", "edit"
HEALTH = "health"
NOT_KNOWN, REFUSED = "not_known", "refused"
"""Why a question was skipped."""
IN_A_SENTENCE = 2
"""So many facts are read back in one sentence; more of them in a list."""
OWN_BIRTH = "applicant.birth_date"
SIZE, INCOME = "household.size", "household.income_month"
"""Facts that are read back as people say them."""
ENOUGH_AFTER = 7
"""Questions after which it is offered to stop and see."""


@dataclass(frozen=True)
class Talk(ABC):
    """An interview as it goes on: the entry it stands under, whoever asks, and the step's own memory."""

    scene: Scene
    card: EntryCard
    assessor: Questioner
    state: State
    facts: dict[str, Any]

    @abstractmethod
    def result(self, lead: Sequence[str]) -> Reply:
        """What it comes to so far. Raises Contradiction."""

    @abstractmethod
    def reply(self, question: Question, lead: Sequence[str]) -> Reply:
        """The question as a message."""

    @property
    def skipped(self) -> tuple[str, ...]:
        return tuple(self.facts.get("skipped", ()))

    @property
    def asked(self) -> list[list[str]]:
        """Facts answered, question by question, the last one last."""
        return [list(names) for names in self.facts.get("asked", ())]

    @property
    def known(self) -> Known:
        return memory.known(self.state, self.assessor, self.scene.now)

    @property
    def question(self) -> Question | None:
        return asking.load(self.facts.get("question"), self.assessor)

    def having(self, **changed: Any) -> Talk:
        """The same with parts of the step's memory changed."""
        return replace(self, facts={**self.facts, **changed})

    def told(self, answers: dict[str, Told]) -> Talk:
        """The same with facts told now."""
        return replace(self, state=memory.remember(self.state, answers))

    def turn(self, name: str, *replies: Reply, kind: Kind = Kind.INTERVIEW) -> Turn:
        step = Step(SKILL, name, {**self.facts, "entry": self.card.id})
        state = replace(
            self.state,
            step=step,
            misunderstood=0,
            topic=self.card.id,
            facet=Facet.ELIGIBILITY,
            paused=None,
        )
        return self.scene.turn(kind, *replies, state=state, topic=self.card.id, facet=Facet.ELIGIBILITY)


@dataclass(frozen=True)
class EntryTalk(Talk):
    """The interview of one entry: whether one is entitled to it."""

    assessor: Assessor

    def result(self, lead: Sequence[str]) -> Reply:
        return self.outcome().reply(lead)

    def outcome(self) -> Result:
        """What the entry comes to. Raises Contradiction."""
        known = self.known
        own = personal(self.scene, self.card, self.state)
        return Result(self.scene, own, self.assessor, known, self.assessor.assess(known))

    def reply(self, question: Question, lead: Sequence[str]) -> Reply:
        asked = self.asked
        many = len(asked) >= ENOUGH_AFTER and len(asked) % ENOUGH_AFTER == 0
        lines = [*lead, *([say("interview-enough")] if many else [])]
        last = self._is_last(question)
        reply = asking.reply(self.assessor, question, lines, back=bool(asked), last=last)
        return reply.model_copy(update={"choices": (enough_button(), *reply.choices)}) if many else reply

    def _is_last(self, question: Question) -> bool:
        """Whether nothing is asked after any answer to this question, and after none."""
        answers = asking.possible_answers(question, self.assessor.fact(question.fact).fact)
        if question.left > asking.FEW_LEFT or not (answers or question.goal is Goal.AMOUNT):
            return False
        known, papers = self.known, bool(self.facts.get("papers"))
        told = [replace(known, facts={**known.facts, question.fact: answer}) for answer in answers]
        unanswered = [*self.skipped, question.fact]
        try:
            return not any(self.assessor.next(one, self.skipped, documents=papers) for one in told) and (
                self.assessor.next(known, unanswered, documents=papers) is None
            )
        except Contradiction:
            return False


@dataclass(frozen=True)
class ScreenerTalk(Talk):
    """One interview over everything one may be entitled to: «На що я маю право?»."""

    assessor: Screener

    @property
    def known(self) -> Known:
        """What was told, and what the situations that were not chosen say."""
        return self.assessor.supposing(super().known)

    def result(self, lead: Sequence[str]) -> Reply:
        return self.overview().reply(lead)

    def overview(self) -> Overview:
        """Where everything stands. Raises Contradiction."""
        more = self.assessor.next(self.known, self.skipped) is not None
        return Overview(self.scene, self.assessor.findings(self.known), more=more)

    def reply(self, question: Question, lead: Sequence[str]) -> Reply:
        stands = self._stands() if self._has_moved() else []
        reply = asking.reply(self.assessor, question, [*lead, *stands], back=bool(self.asked))
        enough = (enough_button(),) if self.asked else ()
        childless = (asking.childless_button(),) if self._may_be_of_nobody(question) else ()
        return reply.model_copy(update={"choices": (*enough, *childless, *reply.choices)})

    def _may_be_of_nobody(self, question: Question) -> bool:
        """Whether it is about children, and nobody has said yet that there are any."""
        known = self.known
        told = known.facts.keys() & {ANY_CHILD, memory.CHILD} or known.children
        return question.kind != "ticks" and not told and self.assessor.is_of_children(question.fact)

    def _has_moved(self) -> bool:
        """Whether the last answer is the first one, or has changed where anything stands: a line that never
        changes is not read.
        """
        if len(self.asked) < 2:
            return bool(self.asked)
        before = replace(self, state=memory.forget(self.state, self.asked[-1]))
        return before._stands() != self._stands()

    def _stands(self) -> list[str]:
        """The counts alone: whether more can be asked is not worked out for them."""
        return Overview(self.scene, self.assessor.findings(self.known), more=False).in_a_line()


def start(scene: Scene, card: EntryCard) -> Turn | None:
    """Begin, or go on with what is known already; None for an entry without rules."""
    talk = talk_of(scene, card, {"skipped": [], "asked": []})
    if not isinstance(talk, EntryTalk):
        return None
    lead = [say("interview-start", title=cards.inside(card.title))]
    if talk.assessor.opening:
        lead.append(talk.assessor.opening)
    return begin(talk, lead)


def begin(talk: Talk, lead: Sequence[str]) -> Turn:
    """The first question, after what was told some time ago is confirmed."""
    talk = replace(talk, state=replace(talk.state, paused=None))
    if talk.state.whose == "kin":
        lead = [*lead, say("interview-of-kin")]
    aged = memory.to_confirm(talk.state, talk.assessor, talk.scene.now)
    if not aged:
        return go_on(talk, lead)
    said = memory.unconfirmed(talk.state, talk.assessor, talk.scene.now)
    return confirm(talk.having(aged=[*aged, *said]))


def go_on(talk: Talk, lead: Sequence[str] = ()) -> Turn:
    """The next question, or the result where nothing more can be found out; what was said on the way comes first."""
    if said := memory.unconfirmed(talk.state, talk.assessor, talk.scene.now):
        return read_back(talk.having(aged=list(said)), lead)
    try:
        question = talk.assessor.next(talk.known, talk.skipped, documents=bool(talk.facts.get("papers")))
    except Contradiction as fault:
        return differs(talk, fault)
    if question is None:
        return conclude(talk, lead)
    needs_consent = any(talk.assessor.fact(name).fact.consent for name in question.facts)
    if needs_consent and HEALTH not in talk.state.consents:
        choices = (
            buttons.button("i:agree", "agree"),
            buttons.button("i:decline", "skip-health"),
            *buttons.row(),
        )
        text = "\n".join([*lead, say("interview-consent")])
        return talk.having(question=None).turn(CONSENT, Reply(text=text, choices=choices))
    return ask(talk.having(question=asking.dump(question), misheard=0), question, lead)


def ask(talk: Talk, question: Question, lead: Sequence[str] = ()) -> Turn:
    lines = list(lead)
    of_children = question.fact.startswith("child.") and question.fact != memory.CHILD
    if of_children and len(talk.state.children) > 1 and not talk.facts.get("together"):
        lines.append(say("interview-children"))
        talk = talk.having(together=True)
    try:
        return talk.turn(ASK, talk.reply(question, lines))
    except Contradiction as fault:
        return differs(talk, fault)


def enough_button() -> Choice:
    return buttons.button("i:end", "enough")


def conclude(talk: Talk, lead: Sequence[str] = ()) -> Turn:
    try:
        reply = talk.result(lead)
    except Contradiction as fault:
        return differs(talk, fault)
    return talk.having(question=None).turn(DONE, reply, kind=Kind.ANSWER)


def result(scene: Scene, card: EntryCard, state: State | None = None) -> Result | None:
    """What an entry comes to for this person so far; None where nothing was told that counts, or it contradicts."""
    assessor = scene.knowledge.assessor(card.id, scene.now)
    if assessor is None:
        return None
    known = memory.known(state or scene.state, assessor, scene.now)
    if not set(assessor.facts) & set(known.facts) and not known.children:
        return None
    try:
        return Result(scene, card, assessor, known, assessor.assess(known))
    except Contradiction:
        return None


def personal(scene: Scene, card: EntryCard, state: State | None = None) -> EntryCard:
    """The card with the list of papers this very person needs, as far as it is known from what they told."""
    if card.documents is None:
        return card
    so_far = result(scene, card, state)
    if so_far is None or not (so_far.found.documents or so_far.found.possible_documents):
        return card
    return replace(card, documents=_own_papers(so_far.found, card.documents))


def _own_papers(found: Assessment, whole: DocumentList) -> DocumentList:
    """The personal list out of the entry's whole one: sure, possible, and nothing that is not needed."""
    lines = {line.id: line for line in (*whole.sure, *whole.possible)}
    sure = tuple(lines[name] for name in found.documents if name in lines)
    possible = tuple(lines[name] for name in found.possible_documents if name in lines)
    needed = {*found.documents, *found.possible_documents}
    checked = tuple(one for one in whole.checked if one.id in needed)
    return replace(whole, sure=sure, possible=possible, checked=checked)


def papers_open(scene: Scene, card: EntryCard) -> bool:
    """Whether more questions could settle which of the possible papers are needed."""
    assessor = scene.knowledge.assessor(card.id, scene.now)
    if assessor is None:
        return False
    known = memory.known(scene.state, assessor, scene.now)
    try:
        return bool(assessor.next(known, (), documents=True))
    except Contradiction:
        return False


def talk_of(scene: Scene, card: EntryCard, facts: dict[str, Any]) -> Talk | None:
    """The interview that stands under a card, as far as it came; None under one that has no rules."""
    if card.id == ENTRY:
        screener = scene.knowledge.screener(scene.now, scene.state.situations)
        return ScreenerTalk(scene, card, screener, scene.settled, facts)
    assessor = scene.knowledge.assessor(card.id, scene.now)
    return None if assessor is None else EntryTalk(scene, card, assessor, scene.settled, facts)


def open_talk(scene: Scene, card: EntryCard | None = None) -> Talk | None:
    """The open interview, or the paused one; of `card` where one is named, then begun anew if it is neither."""
    for step in (scene.state.step, scene.state.paused):
        if step is None or step.skill != SKILL:
            continue
        entry = scene.card(str(step.facts.get("entry")))
        if entry is not None and (card is None or entry.id == card.id):
            return talk_of(scene, entry, dict(step.facts))
    return talk_of(scene, card, {"skipped": [], "asked": []}) if card is not None else None


def talk_of_step(scene: Scene, step: Step) -> Talk | None:
    entry = scene.card(str(step.facts.get("entry")))
    return talk_of(scene, entry, dict(step.facts)) if entry is not None else None


def children(talk: Talk, births: tuple[Range, ...]) -> Turn:
    approximate = not all(birth.exact for birth in births)
    if len(births) == 1:
        answer = memory.told(births[0], talk.scene.now, approximate=approximate)
        state = memory.remember(talk.state, {memory.CHILD: answer})
    else:
        state = memory.remember_children(talk.state, births, talk.scene.now, approximate=approximate)
    days = list(dict.fromkeys(talk.assessor.value(memory.CHILD, birth) for birth in births))
    talk = replace(talk, state=state).having(asked=[*talk.asked, [memory.CHILD]])
    told = say("interview-children-told", count=len(births), dates=len(days), list=", ".join(days))
    return go_on(talk, [told])


def answered(talk: Talk, values: dict[str, Value], *, approximate: bool = False) -> Turn:
    now = talk.scene.now
    answers = {name: memory.told(value, now, approximate=approximate) for name, value in values.items()}
    talk = talk.told(answers).having(
        asked=[*talk.asked, list(values)],
        skipped=[name for name in talk.skipped if name not in values],
    )
    lead = []
    if approximate:
        said = "; ".join(f"{talk.assessor.value(name, value)}" for name, value in values.items())
        lead = [say("interview-about", list=said)]
    return go_on(talk, lead)


def ticked(talk: Talk, question: Question, numbers: Iterable[int]) -> Turn:
    chosen = set(numbers)
    values = {
        tick.fact: tick.ticked if number in chosen else tick.clear
        for number, tick in enumerate(question.ticks, 1)
    }
    return answered(talk, values)


def skip(talk: Talk, names: Iterable[str], *, refused: bool = False) -> Turn:
    """«Не знаю» is an answer: not asked again, and told where to look. `refused`: known, but not to be said."""
    gone = list(names)
    because = dict.fromkeys(gone, REFUSED if refused else NOT_KNOWN)
    talk = talk.having(skipped_because={**talk.facts.get("skipped_because", {}), **because})
    hint = next((card.hint for name in gone if (card := talk.assessor.fact(name)).hint), None)
    lead = [say("interview-hint", hint=hint)] if hint else [say("interview-skipped")]
    talk = replace(talk, state=memory.forget(talk.state, gone))
    return go_on(talk.having(skipped=[*talk.skipped, *gone], asked=[*talk.asked, gone]), lead)


def corrected(talk: Talk, name: str, value: Value) -> Turn:
    """One fact is mended; of those that were just read back, the rest is right."""
    talk = _settled(talk, [one for one in talk.facts.get("aged", ()) if one != name])
    talk = talk.told({name: memory.told(value, talk.scene.now)})
    talk = talk.having(skipped=[one for one in talk.skipped if one != name])
    said = f"{talk.assessor.fact(name).label}: {talk.assessor.value(name, value)}"
    return go_on(talk, [say("interview-corrected", list=said)])


def why(talk: Talk, question: Question) -> Turn:
    reasons = dict.fromkeys(talk.assessor.fact(name).why for name in question.facts[:2])
    return ask(talk, question, [say("interview-why", why=" ".join(reasons))])


def again(talk: Talk, question: Question, word: str) -> Turn:
    return ask(talk, question, [word])


def confirm(talk: Talk) -> Turn:
    """What was told some time ago is read back before it decides."""
    names = [name for name in talk.facts.get("aged", ()) if told_in_words(talk, name)]
    lines = [f"{number}. {told_in_words(talk, name)}" for number, name in enumerate(names, 1)]
    text = "\n".join([say("interview-confirm"), *lines, say("interview-confirm-ask")])
    choices = (buttons.button("i:ok", "still-so"), buttons.button("i:fix", "fix"), *buttons.row())
    return talk.having(listed=names).turn(CONFIRM, Reply(text=text, choices=choices))


def read_back(talk: Talk, lead: Sequence[str]) -> Turn:
    """What was said on the way, in one message, before it decides: «З ваших слів: … Так?»"""
    names = list(talk.facts.get("aged", ()))
    said = [_said_in_words(talk, name) for name in names]
    if len(names) <= IN_A_SENTENCE:
        lines = [say("interview-said", list=", ".join(said))]
    else:
        listed = [f"{number}. {words}" for number, words in enumerate(said, 1)]
        lines = [say("interview-said-list"), *listed, say("interview-said-ask")]
    choices = (buttons.button("i:ok", "still-so"), buttons.button("i:fix", "fix"), *buttons.row())
    reply = Reply(text="\n".join([*lead, *lines]), choices=choices)
    return talk.having(listed=names, question=None).turn(CONFIRM, reply)


def _said_in_words(talk: Talk, name: str) -> str:
    """`вас двоє`, `разом приблизно від 10 000 до 12 000 грн на місяць`, `група інвалідності — друга група`."""
    value = told_value(talk, name) or ""
    ages = _ages(talk, name)
    if ages and name == memory.CHILD:
        return say("said-children", count=len(ages), list=", ".join(ages))
    if ages and name == OWN_BIRTH:
        return say("said-age", list=ages[0])
    if name == SIZE and value.isdigit():
        return say("said-size", count=int(value))
    if name == INCOME:
        return say("said-income-about" if talk.state.told[name].approximate else "said-income", list=value)
    return say("said-fact", label=talk.assessor.fact(name).label, list=value)


def _ages(talk: Talk, name: str) -> list[str]:
    """The ages that days of birth come to, the youngest first; none where one is not to be told in a number."""
    fact = talk.assessor.known_fact(name)
    if fact is None or fact.type != "date":
        return []
    kept = [child[name] for child in talk.state.children if name in child] if name == memory.CHILD else []
    kept = kept or [talk.state.told[name]]
    births = [memory.unpack(one.value, fact) for one in kept]
    ages = [_age(birth, talk.scene.today) for birth in reversed(births) if isinstance(birth, Range)]
    told = [age for age in ages if age is not None]
    return told if len(told) == len(births) else []


def _age(birth: Range, today: date) -> str | None:
    """`4 роки`, `5 місяців`; None where it was not an age that was told."""
    low, high = birth.low, birth.high
    if not isinstance(low, date) or not isinstance(high, date) or low == high:
        return None
    months = {
        (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day) for day in (low, high)
    }
    years = {age // 12 for age in months}
    if len(months) == 1 and max(months) < 24:
        return language.plural(max(months), "місяць")
    return language.plural(max(years), "рік") if len(years) == 1 else None


def is_read_back(talk: Talk) -> bool:
    """Whether what is to be confirmed was said on the way, and stands in a sentence without numbers."""
    names = talk.facts.get("aged", ())
    return 0 < len(names) <= IN_A_SENTENCE and not any(memory.outright(talk.state, name) for name in names)


def confirmed(talk: Talk) -> Turn:
    return go_on(_settled(talk, list(talk.facts.get("aged", ()))))


def _settled(talk: Talk, names: Sequence[str]) -> Talk:
    """The same with these facts as answered; what was read back can be mended later."""
    state = memory.confirm(talk.state, names, talk.scene.now)
    known = dict.fromkeys([*talk.facts.get("read_back", ()), *names])
    return replace(talk, state=state).having(aged=[], read_back=list(known))


def edit(talk: Talk, names: Sequence[str] | None = None) -> Turn:
    """A list of what was told, to choose by number what to mend."""
    used = set(talk.assessor.facts)
    mine = names if names is not None else [name for name in talk.assessor.facts if name in used]
    listed = [name for name in mine if told_in_words(talk, name)]
    if not listed:
        start_again = buttons.named(f"i:{talk.card.on_button}:more", say("button-answer-more"))
        reply = Reply(text=say("interview-edit-none"), choices=(*buttons.own(start_again), *buttons.row()))
        return talk.turn(DONE, reply)
    lines = [f"{number}. {told_in_words(talk, name)}" for number, name in enumerate(listed, 1)]
    text = "\n".join([say("interview-edit"), *lines])
    return talk.having(listed=listed).turn(EDIT, Reply(text=text, choices=buttons.row()))


def mended(talk: Talk, names: list[str]) -> Turn:
    """These facts are asked anew, the rest is confirmed."""
    rest = [name for name in talk.facts.get("listed", ()) if name not in names]
    talk = _settled(replace(talk, state=memory.forget(talk.state, names)), rest)
    talk = talk.having(skipped=[name for name in talk.skipped if name not in names])
    if len(names) == 1 and not memory.unconfirmed(talk.state, talk.assessor, talk.scene.now):
        question = Question("fact", names[0], Goal.OUTCOME, left=1)
        return ask(talk.having(question=asking.dump(question), misheard=0), question)
    return go_on(talk)


def told_in_words(talk: Talk, name: str) -> str | None:
    """`дохід усіх разом за місяць: від 10 000 до 12 000 грн`."""
    said = told_value(talk, name)
    return f"{talk.assessor.fact(name).label}: {said}" if said is not None else None


def told_value(talk: Talk, name: str) -> str | None:
    """`від 10 000 до 12 000 грн`; None for a fact nothing was told of."""
    fact = talk.assessor.known_fact(name)
    if fact is None:
        return None
    kept = [talk.state.told[name]] if name in talk.state.told else []
    if name == memory.CHILD and talk.state.children:
        kept = [child[name] for child in talk.state.children if name in child]
    values = [value for one in kept if (value := memory.unpack(one.value, fact)) is not None]
    return ", ".join(talk.assessor.value(name, value) for value in values) or None


def differs(talk: Talk, fault: Contradiction) -> Turn:
    """Two answers that exclude each other: which is right?"""
    asked = [name for names in talk.asked for name in names]
    involved = [name for name in dict.fromkeys((fault.fact, *fault.by)) if told_in_words(talk, name)]
    if len(involved) < 2:
        # The other side is not something that was told: the last answer is asked anew.
        last = involved or asked[-1:]
        return go_on(replace(talk, state=memory.forget(talk.state, last or list(talk.state.told))))
    involved.sort(key=lambda name: asked.index(name) if name in asked else -1)
    old, new = involved[:-1], involved[-1]
    first = ", ".join(text for name in old if (text := told_in_words(talk, name)))
    second = told_in_words(talk, new) or ""
    text = say("interview-differs", first=f"1. {first}", second=f"2. {second}")
    choices = (buttons.button("i:first", "first"), buttons.button("i:second", "second"), *buttons.row())
    facts = talk.having(old=old, new=new)
    return facts.turn(DIFFERS, Reply(text=text, choices=choices))


def decided(talk: Talk, *, keep_old: bool) -> Turn:
    old, new = list(talk.facts.get("old", ())), talk.facts.get("new")
    gone = [new] if keep_old and new else old
    return go_on(replace(talk, state=memory.forget(talk.state, gone)))
