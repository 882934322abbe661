"""A person's matter for the specialist: the engine's memory and the rules of the base, as they stand now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bots.dialogue import inquiry, memory
from bots.dialogue.overview import ENTRY
from bots.dialogue.state import load_state
from bots.dialogue.turn import STATE_VERSION, State, Told
from handover.registers.sources import Register
from handover.tickets.packet import (
    NOTHING,
    AskedRegister,
    KnownFact,
    Lacking,
    Matter,
    Paper,
    Papers,
    PaperState,
    RuleTried,
    StatedBy,
)
from knowledge_base.answers import EntryCard, Knowledge
from knowledge_base.assessor import Assessor, Reason
from knowledge_base.rules.assessment import Assessment
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction
from knowledge_base.screener import Screener

_LACKING: Mapping[str | None, Lacking] = {inquiry.NOT_KNOWN: "not_known", inquiry.REFUSED: "not_told"}


def matter(
    knowledge: Knowledge,
    kept: Mapping[str, Any] | None,
    topic: str | None,
    now: datetime,
    registers: Mapping[str, Register] | None = None,
) -> Matter:
    """What is known of the matter. `kept` is the engine's memory as the log has it, `topic` that of the ticket.

    `registers` are those that can be asked instead of a paper, by its id.
    """
    state = load_state(kept)
    if state.version != STATE_VERSION:
        return NOTHING
    told = _Told(knowledge, state, topic, now, registers or {})
    rules, possible = told.overview() if ENTRY in told.entries else ((), ())
    return Matter(
        facts=tuple(sorted(told.facts(), key=lambda fact: fact.at)),
        kin=state.whose == "kin",
        rules=(*told.rules(), *rules),
        possible=possible,
        papers=told.papers(),
    )


@dataclass(frozen=True)
class _Told:
    """One conversation's memory beside the base."""

    knowledge: Knowledge
    state: State
    topic: str | None
    now: datetime
    registers: Mapping[str, Register]

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """The entries the conversation was about, those of interviews first."""
        steps = [step for step in (self.state.step, self.state.paused) if step is not None]
        asked = [str(step.facts.get("entry")) for step in steps if step.skill == inquiry.SKILL]
        named = [*asked, self.topic, self.state.topic, *self.state.papers]
        known = (self.knowledge.resolve(name) for name in named if name)
        return tuple(dict.fromkeys(entry for entry in known if entry is not None))

    @cached_property
    def screener(self) -> Screener:
        return self.knowledge.screener(self.now, self.state.situations)

    @cached_property
    def skipped(self) -> Mapping[str, Lacking]:
        """Facts that were asked for in vain, and why."""
        found: dict[str, Lacking] = {}
        for step in (self.state.paused, self.state.step):
            if step is not None and step.skill == inquiry.SKILL:
                because = step.facts.get("skipped_because", {})
                for name in step.facts.get("skipped", ()):
                    found[name] = _LACKING.get(because.get(name), "not_known")
        return found

    def facts(self) -> Iterator[KnownFact]:
        children = [child[memory.CHILD] for child in self.state.children if memory.CHILD in child]
        several: dict[str, list[Told]] = {name: [one] for name, one in self.state.told.items()}
        if children:
            several[memory.CHILD] = children
        for name, kept in several.items():
            fresh = [one for one in kept if self.now - one.at < memory.FACTS_EXPIRE_AFTER]
            fact = self.screener.known_fact(name)
            values = [memory.unpack(one.value, fact) for one in fresh] if fact is not None else []
            words = [self.screener.value(name, value) for value in values if value is not None]
            if words:
                yield KnownFact(
                    self.screener.fact(name).label,
                    ", ".join(words),
                    _stated_by(fresh),
                    max(one.at for one in fresh),
                    about=any(one.approximate for one in fresh),
                )

    def rules(self) -> Iterator[RuleTried]:
        for entry in self.entries:
            assessor = self.knowledge.assessor(entry, self.now)
            if assessor is not None:
                yield self._tried(self.knowledge.card(entry, self.now).title, assessor)

    def _tried(self, title: str, assessor: Assessor) -> RuleTried:
        try:
            found = self._assessed(assessor)
        except Contradiction:
            return RuleTried(title, None, differs=True)
        if found is None:
            return RuleTried(title, None)
        several = found.children or (found,)
        reasons = {(one.id, one.truth): one for each in several for one in assessor.reasons(each)}
        order = (Truth.NO, Truth.SPECIALIST, Truth.UNKNOWN, Truth.YES)
        ordered: list[Reason] = sorted(reasons.values(), key=lambda one: order.index(one.truth))
        undecided = found.outcome is Truth.UNKNOWN
        return RuleTried(
            title,
            found.outcome,
            assessor.refusals(found) if found.outcome in (Truth.NO, Truth.SPECIALIST) else (),
            tuple(
                (assessor.fact(name).label, self.skipped.get(name, "not_asked"))
                for name in (found.need if undecided else ())
            ),
            tuple(ordered),
        )

    def _assessed(self, assessor: Assessor) -> Assessment | None:
        """What the entry comes to; None where nothing was told that counts. Raises Contradiction."""
        known = memory.known(self.state, assessor, self.now)
        if not set(assessor.facts) & set(known.facts) and not known.children:
            return None
        return assessor.assess(known)

    def overview(self) -> tuple[tuple[RuleTried, ...], tuple[str, ...]]:
        """What everything together comes to: what is decided, and the titles of what is still possible."""
        try:
            found = self.screener.findings(
                self.screener.supposing(memory.known(self.state, self.screener, self.now))
            )
        except Contradiction:
            return (RuleTried(self.knowledge.card(ENTRY, self.now).title, None, differs=True),), ()
        decided = [
            RuleTried(
                self.knowledge.card(one.entry, self.now).title,
                outcome,
                (one.reason,) if one.reason else (),
            )
            for outcome in (Truth.YES, Truth.SPECIALIST, Truth.NO)
            for one in found.of(outcome)
            if one.entry not in self.entries
        ]
        possible = [self.knowledge.card(one.entry, self.now).title for one in found.of(Truth.UNKNOWN)]
        return tuple(decided), tuple(possible)

    def papers(self) -> Papers | None:
        for entry in self.entries:
            card = self.knowledge.card(entry, self.now)
            if card.documents is not None and (card.documents.sure or card.documents.possible):
                return self._papers(card)
        return None

    def _papers(self, card: EntryCard) -> Papers:
        whole = card.documents
        assert whole is not None
        lines = {line.id: line for line in (*whole.sure, *whole.possible)}
        needed = {line.id: line in whole.sure for line in lines.values()}
        assessor = self.knowledge.assessor(card.id, self.now)
        own = False
        try:
            found = self._assessed(assessor) if assessor is not None else None
        except Contradiction:
            found = None
        if found is not None and (found.documents or found.possible_documents):
            own = True
            needed = {name: True for name in found.documents if name in lines}
            needed |= {name: False for name in found.possible_documents if name in lines}
        have = set(self.state.papers.get(card.id, ()))

        def state(name: str) -> PaperState:
            return "have" if name in have else "need" if needed[name] else "maybe"

        def asked(name: str) -> AskedRegister | None:
            register = self.registers.get(name) if lines[name].register_check else None
            return AskedRegister(register.title, register.subject) if register is not None else None

        every = (
            Paper(lines[name].name, state(name), lines[name].where_to_get, name, asked(name))
            for name in needed
        )
        return Papers(card.title, own, tuple(every))


def _stated_by(several: list[Told]) -> StatedBy:
    """Of several births told at once, the least certain speaks for all."""
    if any(one.said for one in several):
        return "said"
    return "specialist" if all(one.by == "specialist" for one in several) else "asked"
