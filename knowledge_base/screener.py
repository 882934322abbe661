"""Everything one may be entitled to, assessed side by side: an interview over many entries at once.

At any moment each entry stands somewhere: sure, possible, a person decides, refused. The next question is the one
that decides most of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge_base.assessor import Assessor
from knowledge_base.questioner import Questioner
from knowledge_base.rules.assessment import Assessment
from knowledge_base.rules.closure import ANY_CHILD
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction, Known
from knowledge_base.rules.interview import Question
from knowledge_base.rules.screening import Screened, next_question
from knowledge_base.rules.values import Value


@dataclass(frozen=True)
class Finding:
    """What one entry comes to so far. `amount`: the sum in words; `reason`: why not, or why a person decides.

    `left`: how many facts may still change it.
    """

    entry: str
    outcome: Truth
    amount: str | None
    reason: str | None
    left: int


@dataclass(frozen=True)
class Findings:
    """What all of them come to, in the order of the base."""

    every: tuple[Finding, ...]

    def of(self, outcome: Truth) -> tuple[Finding, ...]:
        """Those that come to this, those nearest to being decided first."""
        return tuple(sorted((one for one in self.every if one.outcome is outcome), key=lambda one: one.left))


class Screener(Questioner):
    """Several entries on one day. Immutable but for what it remembers of assessments.

    `entries`: each entry's assessor and its rules made ready to stand among others. `raised`: delicate facts that
    the situations themselves have raised; `supposed`: what follows of the situations that are nobody's here.
    """

    def __init__(
        self,
        entries: Mapping[str, tuple[Assessor, Screened]],
        view: CommunityView,
        today: date,
        *,
        raised: Collection[str] = (),
        supposed: Mapping[str, Value] | None = None,
    ) -> None:
        super().__init__(view, today)
        self._entries = entries
        self._raised = frozenset(raised)
        self._supposed = dict(supposed or {})
        used = {name for _, screened in entries.values() for name in screened.facts}
        of_children = [screened for _, screened in entries.values() if screened.is_for_a_child]
        if of_children or any(view.facts[name].person == "child" for name in used):
            used.add(ANY_CHILD)
        self._facts = tuple(name for name in view.facts if name in used)
        self._of_children = {name for screened in of_children for name in screened.facts} - {
            name for _, screened in entries.values() if not screened.is_for_a_child for name in screened.facts
        }

    @property
    def entries(self) -> tuple[str, ...]:
        """The ids of what is assessed."""
        return tuple(self._entries)

    @property
    def facts(self) -> tuple[str, ...]:
        return self._facts

    def is_of_children(self, fact: str) -> bool:
        """Whether it is asked for the sake of a child alone, or about one: without children it needs no answer."""
        return fact in self._of_children or (
            ANY_CHILD in self._facts and self._view.facts[fact].person == "child"
        )

    def next(
        self,
        known: Known,
        skipped: Collection[str],
        *,
        documents: bool = False,  # noqa: ARG002  # papers are each entry's own matter
    ) -> Question | None:
        """The next question; with `documents` too only about who is entitled."""
        screened = [one for _, one in self._entries.values()]
        return next_question(screened, known, self._view.facts, skipped=skipped, raised=self._raised)

    def supposing(self, known: Known) -> Known:
        """What is known, and what is supposed as long as it agrees with that."""
        supposed = {name: value for name, value in self._supposed.items() if name not in known.facts}
        while supposed:
            together = Known({**supposed, **known.facts}, known.children)
            try:
                for _, screened in self._entries.values():
                    screened.assess(together)
            except Contradiction as fault:
                at_fault = {fault.fact, *fault.by} & supposed.keys() or set(supposed)
                supposed = {name: value for name, value in supposed.items() if name not in at_fault}
            else:
                return together
        return known

    def findings(self, known: Known) -> Findings:
        """Where every entry stands. Raises Contradiction."""
        return Findings(
            tuple(
                self._finding(name, assessor, screened.assess(known))
                for name, (assessor, screened) in self._entries.items()
            )
        )

    @staticmethod
    def _finding(name: str, assessor: Assessor, found: Assessment) -> Finding:
        reasons = assessor.refusals(found) if found.outcome in (Truth.NO, Truth.SPECIALIST) else ()
        amount = assessor.amount(found) if found.outcome is Truth.YES and not found.stale else None
        return Finding(name, found.outcome, amount, reasons[0] if reasons else None, len(found.need))
