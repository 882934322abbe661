"""Plays a person before the screener through the engine: what is offered is pressed, the rest is said in words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from benchmarks.screener.people import BIRTH, Person
from bots.app.conversation import reference
from bots.dialogue import asking, inquiry, memory
from bots.dialogue.turn import State, Turn
from bots.turns.minds import Mind
from bots.turns.rehearsal import Rehearsal
from conversations.messages import IncomingMessage, MessageKind
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.interview import Question
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Options, Range, Value, meet, within
from knowledge_base.screener import Findings, Screener

TURNS_AT_MOST = 300
ASKS = "на що я маю право?"
NOT_KNOWN = "не знаю"


@dataclass(frozen=True)
class Asked:
    """One question as it was asked, what was answered, and where everything stood after it.

    `facts`: of the dictionary; `delicate`: awkward to tell, or about health.
    """

    text: str
    facts: tuple[str, ...]
    delicate: bool
    answer: str
    milliseconds: float
    after: Findings


@dataclass(frozen=True)
class Play:
    """A whole interview. `opening`: milliseconds of the turn that asks the first question.

    `misheard`: answers after which the same thing was asked again, and what else went wrong.
    """

    person: Person
    first: Findings
    opening: float
    asked: tuple[Asked, ...]
    misheard: tuple[str, ...]

    def stands(self, answers: int | None = None) -> Findings:
        """Where everything stands after so many answers, or after all."""
        told = self.asked[:answers]
        return told[-1].after if told else self.first

    def differences(self) -> Iterator[tuple[str, Truth, Truth]]:
        """Entries that end otherwise than the reader of the law expects: id, expected, found."""
        for one in self.stands().every:
            expected = self.person.expected.get(one.entry)
            if expected is not None and expected is not one.outcome:
                yield one.entry, expected, one.outcome


class Player:
    """One person and the bot, alone. The engine is the house's own; the clock stands still."""

    def __init__(self, mind: Mind, person: Person, now: datetime) -> None:
        self._person = person
        self._now = now
        self._mind = mind
        self._rehearsal = Rehearsal(mind, lambda: now, state=State(greeted=True))
        self._said = 0
        self.transcript: list[tuple[str, str]] = []
        """Who said what: `Г` the citizen, `П` the bot."""

    def play(self) -> Play:
        """From «на що я маю право?» to where nothing more is asked."""
        turn, opening = self._begin()
        first, asked, misheard = self._stands(), list[Asked](), list[str]()
        while (question := self._question()) is not None and len(asked) < TURNS_AT_MOST:
            text = turn.replies[-1].text
            answer = self._answer(question, turn)
            turn, took = self._timed(answer)
            if self._question() == question:
                misheard.append(f"{question.fact}: {answer}")
                turn, took = self._timed(NOT_KNOWN)
            turn = self._past(turn, misheard)
            asked.append(Asked(text, question.facts, self._delicate(question), answer, took, self._stands()))
        return Play(self._person, first, opening, tuple(asked), tuple(misheard))

    def _begin(self) -> tuple[Turn, float]:
        self._timed(ASKS)
        self._timed(f"[s:{self._person.whose}]")
        for situation in self._person.situations:
            self._timed(f"[s:on:{situation}]")
        turn, opening = self._timed("[s:go]")
        return self._past(turn, []), opening

    def _past(self, turn: Turn, misheard: list[str]) -> Turn:
        """Past what is no question: health is agreed to; of two answers that exclude each other the first stays."""
        while (step := self._rehearsal.state.step) is not None:
            if step.name == inquiry.CONSENT:
                turn, _ = self._timed("[i:agree]")
            elif step.name == inquiry.DIFFERS:
                misheard.append(turn.replies[-1].text.replace("\n", " "))
                turn, _ = self._timed("[i:first]")
            else:
                break
        return turn

    # ---- answers

    def _answer(self, question: Question, turn: Turn) -> str:
        """A button's id in brackets where one says it, words where none does."""
        if question.kind == "ticks":
            return self._ticked(question)
        childless = asking.childless_button()
        if not self._person.births and childless in turn.replies[-1].choices:
            return f"[{childless.id}]"
        if question.fact == BIRTH and self._person.births:
            return ", ".join(_in_words(birth) for birth in self._person.births)
        mine = self._person.value(question.fact)
        if mine is None:
            return NOT_KNOWN
        fact = self._screener.fact(question.fact).fact
        pressed = self._pressed(question, mine, fact, turn)
        if pressed is not None:
            return pressed
        if isinstance(mine, Options):
            labels = dict(self._screener.fact(question.fact).options)
            return labels.get(str(next(iter(mine.members))), NOT_KNOWN) if mine.exact else NOT_KNOWN
        return NOT_KNOWN if question.kind == "threshold" else _in_words(mine)

    def _ticked(self, question: Question) -> str:
        mine = [self._person.value(tick.fact) for tick in question.ticks]
        if all(one is None for one in mine):
            return NOT_KNOWN
        numbers = [
            str(number)
            for number, (tick, value) in enumerate(zip(question.ticks, mine, strict=True), 1)
            if value is not None and meet(tick.ticked, value) is not None
        ]
        return " ".join(numbers) or "[i:ticks:none]"

    def _pressed(self, question: Question, mine: Value, fact: Fact, turn: Turn) -> str | None:
        head = f"i:{asking.key_of(question.fact)}:"
        for choice in turn.replies[-1].choices:
            if not choice.id.startswith(head):
                continue
            means = asking.answer_of(choice.id.removeprefix(head), fact)
            if means is not None and within(mine, means):
                return f"[{choice.id}]"
        return None

    # ---- the engine

    def _timed(self, words: str) -> tuple[Turn, float]:
        event = self._event(words)
        start = time.perf_counter()
        turn = self._rehearsal.say(event)
        took = (time.perf_counter() - start) * 1000
        self.transcript.append(("Г", words))
        self.transcript += [("П", reply.text) for reply in turn.replies]
        return turn, took

    def _event(self, words: str) -> IncomingMessage:
        self._said += 1
        pressed = words.startswith("[")
        return IncomingMessage(
            ref=reference(self._mind.knowledge.community.id),
            event_key=str(self._said),
            kind=MessageKind.PRESS if pressed else MessageKind.TEXT,
            choice_id=words.strip("[]") if pressed else None,
            text="" if pressed else words,
            sent_at=self._now,
        )

    @property
    def _screener(self) -> Screener:
        return self._mind.knowledge.screener(self._now, self._rehearsal.state.situations)

    def _question(self) -> Question | None:
        step = self._rehearsal.state.step
        if step is None or step.skill != inquiry.SKILL or step.name != inquiry.ASK:
            return None
        return asking.load(step.facts.get("question"), self._screener)

    def _stands(self) -> Findings:
        told = memory.known(self._rehearsal.state, self._screener, self._now)
        return self._screener.findings(self._screener.supposing(told))

    def _delicate(self, question: Question) -> bool:
        facts = [self._screener.fact(name).fact for name in question.facts]
        return any(fact.sensitive or fact.consent is not None for fact in facts)


def _in_words(value: Value) -> str:
    """As people write a number, a day, or a range of them."""
    assert isinstance(value, Range)
    if value.exact:
        return _point_in_words(value.low)
    return f"від {_point_in_words(value.low)} до {_point_in_words(value.high)}"


def _point_in_words(point: object) -> str:
    return f"{point:%d.%m.%Y}" if isinstance(point, date) else f"{point}"
