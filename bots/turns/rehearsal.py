"""One conversation in memory: the same engine, without a database, for the terminal, for evaluation and for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bots.dialogue.engine import respond
from bots.dialogue.turn import (
    AboutApplications,
    ApplicationsView,
    CancelTicket,
    EraseStored,
    FindApplication,
    FollowedApplications,
    FreeTimes,
    Heard,
    Lookup,
    OpenTicket,
    QueueView,
    SamePersonView,
    SeeApplication,
    State,
    StoredView,
    TicketView,
    Turn,
    View,
    VisitDeed,
)
from bots.turns.minds import Mind, words_of
from bots.turns.rehearsed_visits import RehearsedVisits
from conversations.messages import IncomingMessage, InternalEvent
from handover.calendars import hours

ANSWER_MINUTES = 30


@dataclass
class Rehearsal:
    """A citizen alone with the bot. Tickets are numbered but nobody takes them, so the bot goes on answering."""

    mind: Mind
    clock: Callable[[], datetime]
    state: State = field(default_factory=State)
    view: View = field(default_factory=View)
    heard: int = 0
    files: int = 0
    tickets: int = 0
    visits: RehearsedVisits = field(default_factory=RehearsedVisits)
    since: datetime | None = None

    def say(self, event: IncomingMessage | InternalEvent) -> Turn:
        """The bot's turn after one event."""
        now = self.clock()
        if isinstance(event, IncomingMessage):
            self.heard += 1
            self.files += len(event.attachments)
            self.since = self.since or now
        words = words_of(event)
        meaning = None if words is None else self.mind.understanding.read([words])[0]
        heard = Heard(event, meaning)
        outcome = respond(self.state, heard, self.mind.knowledge, self.view, now)
        view = self.view
        while not isinstance(outcome, Turn):
            view = self._look_up(outcome, view, now)
            outcome = respond(self.state, heard, self.mind.knowledge, view, now)
        self._apply(outcome)
        return outcome

    def _look_up(
        self, lookup: Lookup | AboutApplications | FreeTimes | VisitDeed, view: View, now: datetime
    ) -> View:
        if isinstance(lookup, FindApplication | SeeApplication | FollowedApplications):
            return replace(view, applications=ApplicationsView(lookup, "wrong"))
        if isinstance(lookup, FreeTimes):
            return self.visits.free(view, lookup, self.mind.knowledge, now)
        if not isinstance(lookup, Lookup):
            return self.visits.do(view, lookup, self.mind.knowledge, now)
        if lookup is Lookup.VISITS:
            return self.visits.own(view)
        if lookup is Lookup.STORED:
            return replace(view, stored=StoredView(self.heard, self.files, self.tickets, self.since))
        if lookup is Lookup.BUSY:
            return replace(view, busy={})
        if lookup is Lookup.SAME_PERSON:
            return replace(view, same_person=SamePersonView())
        office = self.mind.knowledge.community.reception
        calendar = hours.Calendar(office)
        open_now = hours.is_open(calendar, now)
        return replace(
            view,
            queue=QueueView(
                number=f"{now:%y}-{self.tickets + 1:04d}",
                ahead=0,
                open_now=open_now,
                promised_at=hours.promise(calendar, now, ANSWER_MINUTES),
                opens_at=None if open_now else hours.next_opening(calendar, now),
            ),
        )

    def _apply(self, turn: Turn) -> None:
        self.state = turn.state
        for effect in turn.effects:
            match effect:
                case OpenTicket():
                    self.tickets += 1
                    ticket = TicketView(effect.number, "waiting", 0, effect.promised_at)
                    self.view = View(owner="queue", ticket=ticket)
                case CancelTicket():
                    self.view = View()
                case EraseStored():
                    self.heard = self.files = self.tickets = 0
                    self.since = None
                    self.visits = RehearsedVisits()
                case _:
                    pass
