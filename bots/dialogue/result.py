"""What an interview comes to, as messages: yes, no and why, perhaps, or a person decides; and how it was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.dialogue import buttons, cards
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_TARGET
from conversations.messages import CardLine, Choice, Reply
from knowledge_base.answers import EntryCard
from knowledge_base.assessor import Assessor, Reason
from knowledge_base.language import day, day_in_figures
from knowledge_base.rules.assessment import Assessment
from knowledge_base.rules.comparing import Truth
from knowledge_base.rules.facts import Contradiction, Known
from knowledge_base.understanding.meaning import Facet

SHOWN_NEEDS = 3
SHOWN_SOURCES = 2
REASON_WORDS = {
    Truth.YES: "reason-yes",
    Truth.NO: "reason-no",
    Truth.UNKNOWN: "reason-unknown",
    Truth.SPECIALIST: "reason-specialist",
}
PAYMENTS = frozenset({"cash", "subsidy"})
STATUS_KINDS = frozenset({"status"})
SERVICE_KINDS = frozenset({"service", "discount"})


@dataclass(frozen=True)
class Result:
    """An assessed entry on the stage: who asks, about what, and what it came to."""

    scene: Scene
    card: EntryCard
    assessor: Assessor
    known: Known
    found: Assessment

    def reply(self, lead: Sequence[str] = ()) -> Reply:
        """The result with its buttons; `lead` are lines before it."""
        match self.found.outcome:
            case Truth.YES:
                return self._yes(lead)
            case Truth.NO:
                return self._no(lead)
            case Truth.SPECIALIST:
                return self._specialist(lead)
        return self._unknown(lead)

    def because(self) -> Reply:
        """«Чому так?»: each condition with its truth, of a refusal what refuses, and the acts they stand on."""
        reasons = self._all_reasons()
        shown = [reason for reason in reasons if reason.truth is self.found.outcome is Truth.NO] or reasons
        lines = [say(REASON_WORDS[reason.truth], reason=reason.text) for reason in shown]
        if any(reason.truth is Truth.UNKNOWN for reason in reasons if reason not in shown):
            lines.append(say("reasons-rest"))
        sources = list(dict.fromkeys(reason.source for reason in shown if reason.source))[:SHOWN_SOURCES]
        end = [say("reasons-source"), *sources] if sources else []
        text = cards.fit(say("reasons-head"), lines, [*end, *self._checked()])
        structure = cards.structure(
            self.card, say("reasons-head").rstrip(":"), items=lines, note="\n".join(end)
        )
        choices = buttons.own(self._how(), self._papers_button(), self._edit())
        return Reply(text=text, choices=(*choices, *buttons.row()), card=structure)

    def how(self) -> Reply:
        """«Як рахували?»: the named steps with their values, and the sum."""
        steps = self.assessor.steps(self.found)
        amount = self._amount()
        if not steps:
            return Reply(text=say("steps-none"), choices=(*buttons.own(self._because()), *buttons.row()))
        items = [f"{step.label}: {step.value}" for step in steps]
        total = [say("steps-total", amount=amount)] if amount else []
        wide = self.found.amount is not None and not self.found.amount.exact
        note = [*self._stale(), *([say("steps-wide")] if wide else [])]
        text = cards.fit(say("steps-head"), [*items, *total, *note], cards.tail(self.card))
        structure = cards.structure(
            self.card, say("steps-head").rstrip(":"), items=items, note="\n".join([*total, *note])
        )
        choices = buttons.own(self._papers_button(), self._because(), self._edit())
        return Reply(text=text, choices=(*choices, *buttons.row()), card=structure)

    def _yes(self, lead: Sequence[str]) -> Reply:
        lines = [*self._sum_line(), *self._when_lines(), *self._where_line(), *self._papers_line()]
        estimate = self.assessor.is_estimate(self.found)
        authority = self.assessor.decides(self.found) or "other"
        decides = say("result-estimate" if estimate else "result-decides", authority=authority)
        notes = [*self._stale(), decides]
        choices = (self._papers_button(), self._how(), self._because(), self._where(), self._edit())
        return self._told(say("result-yes"), lines, notes, choices, lead)

    def _no(self, lead: Sequence[str]) -> Reply:
        refusals = self.assessor.refusals(self.found)
        if not refusals:
            return self._told(say("result-closed"), [], [], (), lead)
        head = say("result-no", kind=_kind(self.card))
        notes = [say("result-reason", reason=refusals[0].rstrip("."))]
        notes += [say("result-no-more", reason=reason.rstrip(".")) for reason in refusals[1:2]]
        notes += self._nearest()
        other = self._instead()
        if other is not None:
            notes.append(say("result-instead", title=cards.clip(other.title, 80)))
        door = buttons.entry(other) if other is not None else buttons.life()
        return self._told(head, [], [*notes, *self._stale()], (door, self._because(), self._edit()), lead)

    def _unknown(self, lead: Sequence[str]) -> Reply:
        labels = [self.assessor.fact(name).label for name in self._asked_in_words()[:SHOWN_NEEDS]]
        lines = [*self._sum_line(), *self._when_lines()]
        notes = [say("result-need", list=", ".join(labels))] if labels else []
        more = buttons.button(f"i:{self.card.on_button}:more", "answer-more")
        choices = (more, self._papers_button(), self._because(), self._edit())
        return self._told(
            say("result-unknown"), lines, [*notes, *self._hints(), *self._stale()], choices, lead
        )

    def _specialist(self, lead: Sequence[str]) -> Reply:
        refusals = self.assessor.refusals(self.found)
        lines = [*self._sum_line(), *self._when_lines()]
        choices = (buttons.person(), self._papers_button(), self._because(), self._edit())
        reason = [say("result-reason", reason=refusals[0].rstrip("."))] if refusals else []
        notes = [*reason, say("result-specialist-call")]
        return self._told(say("result-specialist"), lines, notes, choices, lead)

    def _told(
        self,
        head: str,
        lines: Sequence[CardLine],
        notes: Sequence[str],
        choices: Sequence[Choice | None],
        lead: Sequence[str],
    ) -> Reply:
        body = [f"{line.label}: {line.value}" if line.label else line.value for line in lines]
        first = "\n".join([*lead, head])
        text = cards.fit(first, [*body, *notes], cards.tail(self.card), TEXT_TARGET)
        note = "\n".join([*lead, *notes])
        structure = cards.structure(
            self.card, head, lines=[line for line in lines if line.label], note=note or None
        )
        return Reply(text=text, choices=buttons.own(*choices) + self._row(choices), card=structure)

    @staticmethod
    def _row(choices: Sequence[Choice | None]) -> tuple[Choice, ...]:
        """Menu and a person, who may stand first already."""
        shown = {choice.id for choice in choices if choice is not None}
        return tuple(choice for choice in buttons.row() if choice.id not in shown)

    # ---- lines

    def _amount(self) -> str | None:
        if self.found.stale:
            return None
        amount = self.assessor.amount(self.found)
        if amount is None or self.found.amount is None:
            return None
        rough = not self.found.amount.exact or self.assessor.is_estimate(self.found)
        return say("result-about", amount=amount) if rough else amount

    def _sum_line(self) -> list[CardLine]:
        amount = self._amount()
        return [CardLine(label=say("line-amount"), value=amount)] if amount else []

    def _when_lines(self) -> list[CardLine]:
        last = self.assessor.last_day(self.found)
        if last is not None:
            until = CardLine(label=say("line-when"), value=say("result-until", date=day(last)))
            return [until] if last >= self.found.on else []
        return [CardLine(label=say("line-when"), value=self.card.when)] if self.card.when else []

    def _where_line(self) -> list[CardLine]:
        return [CardLine(label=say("line-where"), value=self.card.where)] if self.card.where else []

    def _papers_line(self) -> list[CardLine]:
        count = cards.documents_count(self.card)
        return [CardLine(label=say("line-documents"), value=count)] if count else []

    def _stale(self) -> list[str]:
        since = self.assessor.stale_since(self.found)
        if since is None:
            return []
        words = "result-stale-limits" if self.found.outcome is Truth.NO else "result-stale"
        return [say(words, year=str(self.found.on.year), date=day(since))]

    def _checked(self) -> list[str]:
        """The day the sources were checked, without naming the first of them again."""
        if self.card.source is None:
            return []
        return [say("reasons-checked", checked=day_in_figures(self.card.source.checked_on))]

    def _nearest(self) -> list[str]:
        """The nearest yes: by waiting, or by a fact that nobody would bend."""
        from_day = self.assessor.possible_from(self.known)
        if from_day is not None:
            return [say("result-possible-from", date=day(from_day))]
        near = self.assessor.nearest(self.known, self.found)
        if near is None:
            return []
        name = {None: "answer", True: "more", False: "less"}[near.above]
        return [say(f"result-nearest-{name}", label=near.label, limit=near.limit)]

    def _hints(self) -> list[str]:
        found = (self.assessor.fact(name).hint for name in self._asked_in_words())
        first = next((hint for hint in found if hint), None)
        return [say("interview-hint", hint=first)] if first else []

    def _asked_in_words(self) -> tuple[str, ...]:
        return self.found.need

    def _instead(self) -> EntryCard | None:
        """What is worth checking instead: the payment for the same situation in life that fits best so far."""
        found: dict[str, tuple[int, EntryCard]] = {}
        for event in self.scene.knowledge.life_events:
            for other in event.entries if self.card.id in event.entries else ():
                card = self.scene.card(other) if other not in found else None
                alike = card is not None and card.id != self.card.id and card.group == self.card.group
                if alike and card is not None and card.kind in PAYMENTS and (fitting := self._fitting(card)):
                    found[other] = fitting, card
        # Of several alike the first: the base names the most usual ones first.
        return max(found.values(), key=lambda one: one[0])[1] if found else None

    def _fitting(self, card: EntryCard) -> int:
        """How many conditions of another payment are met by what is known; 0 where it is refused already."""
        assessor = self.scene.knowledge.assessor(card.id, self.scene.now)
        told = {*self.known.facts, *(fact for child in self.known.children for fact in child)}
        if assessor is None or told.isdisjoint(assessor.facts):
            return 0
        try:
            found = assessor.assess(self.known)
        except Contradiction:
            return 0
        if found.outcome is Truth.NO:
            return 0
        return sum(reason.truth is Truth.YES for reason in assessor.reasons(found))

    def _all_reasons(self) -> list[Reason]:
        several = self.found.children or (self.found,)
        reasons = {
            (reason.id, reason.truth): reason for one in several for reason in self.assessor.reasons(one)
        }
        decisive = (Truth.NO, Truth.SPECIALIST, Truth.UNKNOWN, Truth.YES)
        return sorted(reasons.values(), key=lambda reason: decisive.index(reason.truth))

    # ---- buttons

    def _papers_button(self) -> Choice | None:
        papers = self.card.documents
        known = papers is not None and (papers.sure or papers.possible)
        return buttons.facet_of(self.card, Facet.DOCUMENTS) if known else None

    def _where(self) -> Choice | None:
        return buttons.facet_of(self.card, Facet.WHERE) if self.card.where else None

    def _because(self) -> Choice | None:
        return buttons.named(f"i:{self.card.on_button}:because", say("button-because"))

    def _how(self) -> Choice | None:
        if not self.assessor.steps(self.found):
            return None
        return buttons.named(f"i:{self.card.on_button}:how", say("button-how-counted"))

    def _edit(self) -> Choice | None:
        return buttons.named(f"i:{self.card.on_button}:edit", say("button-not-right"))


def _kind(card: EntryCard) -> str:
    if card.kind in STATUS_KINDS:
        return "status"
    return "service" if card.kind in SERVICE_KINDS else "benefit"
