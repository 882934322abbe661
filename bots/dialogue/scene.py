"""What a skill is given: the conversation as it stands and, with a citizen's message, its reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bots.dialogue.turn import Effect, Kind, Spot, State, Turn, View
from conversations.messages import IncomingMessage, Reply
from knowledge_base.answers import DocumentLine, EntryCard, Knowledge
from knowledge_base.understanding.meaning import Facet, Meaning

QUESTION_LIMIT = 500
MORE_LIKELY_THAN_NOT = 0.5
SHARED_FOR = timedelta(hours=12)
"""How long people are taken to be where they shared that they are; where they live they stay."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A conversation as it stands: what is remembered, what is known, what may be seen, and the moment."""

    state: State
    knowledge: Knowledge
    view: View
    now: datetime

    @property
    def phone(self) -> str:
        """The reception's phone: it stands at every dead end."""
        return self.knowledge.community.reception.phone

    @property
    def local_now(self) -> datetime:
        return self.local(self.now)

    @property
    def today(self) -> date:
        return self.local_now.date()

    def local(self, moment: datetime) -> datetime:
        """A moment by the community's clock."""
        return moment.astimezone(ZoneInfo(self.knowledge.community.timezone))

    @property
    def spot(self) -> Spot | None:
        """Where the person lives, or was when they last shared it, unless that was long ago."""
        spot = self.state.spot
        if spot is None or spot.locality is not None:
            return spot
        return spot if self.now - spot.at <= SHARED_FOR else None

    @property
    def open_topic(self) -> str | None:
        """The topic the conversation is about, if this base still knows it."""
        return self.known(self.state.topic) if self.state.topic else None

    @property
    def ticket_waits(self) -> bool:
        """Whether a person has been called already."""
        return self.view.ticket is not None or self.view.owner != "bot"

    def known(self, entry_id: str) -> str | None:
        """The entry an id or alias stands for in this base."""
        return self.knowledge.resolve(entry_id)

    def card(self, entry_id: str) -> EntryCard | None:
        """The entry's card; None for an id this base doesn't know."""
        known = self.known(entry_id)
        card = self.knowledge.card(known, self.now) if known else None
        return self._without_checked(card) if card is not None and self.view.checked else card

    def _without_checked(self, card: EntryCard) -> EntryCard:
        """The card without the papers that a register is asked for instead; they stand apart."""
        papers = card.documents
        if papers is None:
            return card

        def checked(paper: DocumentLine) -> bool:
            return paper.register_check and paper.id in self.view.checked

        return replace(
            card,
            documents=replace(
                papers,
                sure=tuple(one for one in papers.sure if not checked(one)),
                possible=tuple(one for one in papers.possible if not checked(one)),
                checked=tuple(one for one in (*papers.sure, *papers.possible) if checked(one)),
            ),
        )

    @property
    def settled(self) -> State:
        """The state after a turn that was understood and asks nothing: no open step, no failed tries."""
        return replace(self.state, step=None, misunderstood=0)

    def turn(
        self,
        kind: Kind,
        *replies: Reply,
        state: State | None = None,
        topic: str | None = None,
        facet: Facet | None = None,
        effects: Sequence[Effect] = (),
    ) -> Turn:
        """A turn in this setting; without `state` the conversation is settled."""
        return Turn(
            state=self.settled if state is None else state,
            kind=kind,
            replies=replies,
            effects=tuple(effects),
            topic=topic,
            facet=facet,
            knowledge_version=self.knowledge.version,
        )


@dataclass(frozen=True, kw_only=True)
class Scene(Setting):
    """One message of a citizen in its setting. `meaning` reads the words it holds."""

    event: IncomingMessage
    meaning: Meaning

    @property
    def words(self) -> str:
        """What was written, with secrets masked."""
        return self.meaning.masked.strip()

    @property
    def likely(self) -> str | None:
        """The topic that is meant more likely than not, as it was read."""
        top = next(iter(self.meaning.ranked), None)
        return top.topic if top is not None and top.confidence > MORE_LIKELY_THAN_NOT else None

    @property
    def question(self) -> str:
        """What was written, short enough for a packet."""
        return self.words[:QUESTION_LIMIT]
