"""Where everything stands in «На що я маю право?»: what is due, what is possible, what is refused and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.dialogue import buttons, cards
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from conversations.messages import Card, Choice, Reply
from knowledge_base.answers import EntryCard
from knowledge_base.rules.comparing import Truth
from knowledge_base.screener import Finding, Findings

ENTRY = "benefits-overview"
"""The entry under which everything is assessed at once."""
LONGEST_LIST = 900
"""Characters of a list in a packet: a text may not be filled with more than a thousand."""
PAGE = 6
"""Entries on one screen: so many doors leave room for the ways on."""
TITLE_ROOM = 60
REASON_ROOM = 80


@dataclass(frozen=True)
class Overview:
    """The findings on the stage. `more`: whether another question could still decide something."""

    scene: Scene
    findings: Findings
    more: bool

    def in_a_line(self) -> list[str]:
        """`Уже видно: так — 2, можливо — 9, ні — 31.`"""
        sure, possible, refused = self._sure(), self._possible(), self._refused()
        return [say("screener-stands", sure=len(sure), possible=len(possible), refused=len(refused))]

    def reply(self, lead: Sequence[str] = ()) -> Reply:
        """What one is entitled to and what is possible, each with its door."""
        return self.page(0, lead)

    def page(self, number: int, lead: Sequence[str] = ()) -> Reply:
        """One screen of what is sure and possible; a number past the end begins anew."""
        sure, listed = self._sure(), [*self._sure(), *self._possible()]
        if not listed:
            return self._nothing(lead)
        pages = -(-len(listed) // PAGE)
        here = number % pages
        shown = listed[here * PAGE : (here + 1) * PAGE]
        head = self._head(sure) if here == 0 else say("screener-goes-on")
        first = [self._line(one) for one in shown if one in sure]
        maybe = [self._line(one) for one in shown if one not in sure]
        end = [say("screener-decides")] if here == pages - 1 or first else []
        heading = say("screener-possible" if first else "screener-possible-only")
        lines = [*first, *([heading] if maybe else []), *maybe]
        text = cards.fit("\n".join([*lead, head]), lines, end)
        structure = Card(
            title=self._title(),
            answer=head.rstrip(":"),
            items=tuple(first),
            maybe=tuple(maybe),
            note="\n".join([*lead, *end]) or None,
        )
        onward = buttons.button(f"s:more:{here + 1}", "more-of-it") if pages > 1 else None
        return Reply(text=text, choices=(*self._doors(shown, onward), *buttons.row()), card=structure)

    def refused(self, number: int) -> Reply:
        """One screen of what is refused, each with its first reason."""
        listed = self._refused()
        pages = max(1, -(-len(listed) // PAGE))
        here = number % pages
        lines = [self._why_not(one) for one in listed[here * PAGE : (here + 1) * PAGE]]
        head = say("screener-refused", count=len(listed))
        text = cards.fit(head, lines, [])
        onward = buttons.button(f"s:no:{here + 1}", "more-of-it") if pages > 1 else None
        back = buttons.button("s:more:0", "back-to-list")
        choices = (*buttons.own(onward, back, self._edit()), *buttons.row())
        structure = Card(title=self._title(), answer=head.rstrip(":"), items=tuple(lines))
        return Reply(text=text, choices=choices, card=structure)

    def in_words(self) -> str:
        """For a specialist: `так: …; можливо: …`."""
        parts = [
            say(name, list=cards.clip(", ".join(self._name(one) for one in several), LONGEST_LIST))
            for name, several in (("packet-all-yes", self._sure()), ("packet-all-maybe", self._possible()))
            if several
        ]
        return "; ".join(parts) or say("packet-all-none")

    # ---- what stands where

    def _sure(self) -> list[Finding]:
        return [one for one in self.findings.of(Truth.YES) if self._card(one)]

    def _possible(self) -> list[Finding]:
        """What an answer may still decide, then what a person decides."""
        several = (*self.findings.of(Truth.UNKNOWN), *self.findings.of(Truth.SPECIALIST))
        return [one for one in several if self._card(one)]

    def _refused(self) -> list[Finding]:
        return [one for one in self.findings.of(Truth.NO) if self._card(one)]

    def _card(self, one: Finding) -> EntryCard | None:
        return self.scene.card(one.entry)

    # ---- words

    def _head(self, sure: list[Finding]) -> str:
        return say("screener-sure", count=len(sure)) if sure else say("screener-none-sure")

    def _nothing(self, lead: Sequence[str]) -> Reply:
        text = "\n".join([*lead, say("screener-nothing")])
        return Reply(text=text, choices=(*self._doors([], None), *buttons.row()))

    def _line(self, one: Finding) -> str:
        return f"{self._name(one)}: {one.amount}" if one.amount else self._name(one)

    def _why_not(self, one: Finding) -> str:
        name = self._name(one)
        if one.reason is None:
            return name
        return say("screener-why-not", title=name, reason=cards.clip(one.reason, REASON_ROOM).rstrip("."))

    def _name(self, one: Finding) -> str:
        card = self._card(one)
        return cards.clip(card.title, TITLE_ROOM) if card else one.entry

    def _title(self) -> str:
        card = self.scene.card(ENTRY)
        return card.title if card else say("button-rights-all")

    # ---- buttons

    def _doors(self, shown: Sequence[Finding], onward: Choice | None) -> tuple[Choice, ...]:
        """Each entry's card, then the ways on: more of them, more questions, why not the rest."""
        doors = [buttons.entry(card) for one in shown if (card := self._card(one))]
        ask = buttons.button(f"i:{ENTRY}:more", "ask-more") if self.more else None
        refused = buttons.button("s:no:0", "why-not-rest") if self._refused() else None
        ways = [way for way in (onward, ask, refused, self._edit()) if way is not None]
        room = buttons.OWN_BUTTONS - len(doors)
        return buttons.own(*doors, *ways[: max(room, 0)])

    @staticmethod
    def _edit() -> Choice | None:
        return buttons.button(f"i:{ENTRY}:edit", "not-right")
