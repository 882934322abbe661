"""Plays a dialogue: makes events of a script's lines, looks up what the engine asks for, applies effects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.dialogue.engine import respond
from bots.dialogue.state import dump_state, load_state
from bots.dialogue.turn import (
    AboutApplications,
    AnswerSamePerson,
    ApplicationsView,
    BusyView,
    CancelTicket,
    Effect,
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
    StopFollowing,
    StoredView,
    TicketView,
    Turn,
    View,
    VisitDeed,
)
from bots.turns.rehearsed_visits import RehearsedVisits
from conversations.messages import (
    Attachment,
    AttachmentKind,
    ConversationRef,
    IncomingMessage,
    InternalEvent,
    Location,
    MessageKind,
)
from knowledge_base.answers import Knowledge
from knowledge_base.understanding.meaning import Meaning

from .fake_knowledge import FakeKnowledge
from .invented_register import InventedRegister
from .reader import read

REF = ConversationRef(community="zrazkova", channel="web", bot="web", address="a1")
NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # Tuesday, 12:00 in Kyiv
SIGN = re.compile(r"\[(\w+)(?::(.*))?\]", re.DOTALL)
FILES = {
    "photo": (MessageKind.PHOTO, AttachmentKind.PHOTO),
    "voice": (MessageKind.VOICE, AttachmentKind.VOICE),
    "video": (MessageKind.OTHER, AttachmentKind.VIDEO),
    "document": (MessageKind.DOCUMENT, AttachmentKind.DOCUMENT),
}
LOOKUPS_AT_MOST = 4
"""How much one turn may ask to see, or to have done, before it answers."""
WORDLESS = {"sticker": MessageKind.STICKER, "other": MessageKind.OTHER}


def message(text: str = "", kind: MessageKind = MessageKind.TEXT, **more: Any) -> IncomingMessage:
    """A citizen's message with the parts no test cares about."""
    return IncomingMessage(ref=REF, event_key="k1", kind=kind, text=text, sent_at=NOON, **more)


def heard(event: IncomingMessage | InternalEvent) -> Heard:
    """The event with the reading of its words, as the runtime makes it."""
    if isinstance(event, IncomingMessage) and event.kind is not MessageKind.PRESS:
        return Heard(event, read(event.text))
    return Heard(event)


@dataclass
class Stage:
    """One conversation on a stage. The state travels through JSON between turns, as it does in the house."""

    knowledge: Knowledge = field(default_factory=FakeKnowledge)
    now: datetime = NOON
    state: State = field(default_factory=State)
    view: View = field(default_factory=View)
    queue: QueueView | None = None
    stored: StoredView = field(default_factory=lambda: StoredView(12, 2, 1, NOON - timedelta(days=21)))
    same_person: SamePersonView = field(default_factory=SamePersonView)
    visits: RehearsedVisits = field(default_factory=RehearsedVisits)
    busy: Mapping[str, BusyView] = field(default_factory=dict)
    last: Turn | None = None
    register: InventedRegister | None = None

    def line(self, words: str) -> Turn:
        """Play one line of a citizen: words, or a sign like `[photo]`, `[button:Меню]`, `[press:m:menu]`."""
        return self.play(heard(self._event(words)))

    def house(self, name: str, facts: dict[str, Any]) -> Turn:
        """Play one event of the house; who answers changes with it."""
        turn = self.play(Heard(InternalEvent(name=name, facts=facts, at=self.now)))
        if name in {"ticket_taken", "ticket_transferred", "specialist_writes_first"}:
            ticket = self.view.ticket or TicketView("26-0007", "taken", 0)
            self.view = View(owner="specialist", ticket=replace(ticket, status="taken"))
        elif name == "same_person_asked":
            self.same_person = SamePersonView(facts.get("question", ""), facts.get("code", ""), "open")
        elif name == "confirmed_in_the_other_chat":
            self.same_person = replace(self.same_person, state="other")
        elif name == "ticket_returned":
            self.view = replace(self.view, owner="queue")
        elif name in {"handed_back", "ticket_resolved"}:
            self.view = View()
        return turn

    def play(self, event: Heard) -> Turn:
        state = load_state(dump_state(self.state))
        outcome = respond(state, event, self.knowledge, self.view, self.now)
        view = self.view
        for _ in range(LOOKUPS_AT_MOST):
            if isinstance(outcome, Turn):
                break
            view = self._looked_up(outcome, view)
            outcome = respond(state, event, self.knowledge, view, self.now)
        assert isinstance(outcome, Turn)
        self.state, self.last = outcome.state, outcome
        for effect in outcome.effects:
            self._apply(effect)
        return outcome

    def _looked_up(self, lookup: Lookup | AboutApplications | FreeTimes | VisitDeed, view: View) -> View:
        if isinstance(lookup, FindApplication | SeeApplication | FollowedApplications):
            seen = self.register.look(lookup) if self.register else ApplicationsView(lookup, "wrong")
            return replace(view, applications=seen)
        if isinstance(lookup, FreeTimes):
            return self.visits.free(view, lookup, self.knowledge, self.now)
        if not isinstance(lookup, Lookup):
            return self.visits.do(view, lookup, self.knowledge, self.now)
        if lookup is Lookup.VISITS:
            return self.visits.own(view)
        if lookup is Lookup.BUSY:
            return replace(view, busy=self.busy)
        if lookup is Lookup.SAME_PERSON:
            return replace(view, same_person=self.same_person)
        if lookup is Lookup.STORED:
            return replace(view, stored=self.stored)
        queue = self.queue or QueueView("26-0007", 3, True, self.now + timedelta(minutes=30), 12)
        return replace(view, queue=queue)

    def _apply(self, effect: Effect) -> None:
        match effect:
            case OpenTicket():
                ticket = TicketView(effect.number, "waiting", 2, effect.promised_at)
                self.view = replace(self.view, owner="queue", ticket=ticket)
            case CancelTicket():
                self.view = replace(self.view, owner="bot", ticket=None)
            case EraseStored("all", _):
                self.stored = StoredView(0, 0, 0, None)
            case AnswerSamePerson(_, yes):
                after = {"open": "waits", "other": "joined"} if yes else {}
                self.same_person = replace(self.same_person, state=after.get(self.same_person.state, "over"))
            case StopFollowing(key) if self.register:
                self.register.stop(key)
            case _:
                pass

    def _event(self, words: str) -> IncomingMessage:
        sign = SIGN.fullmatch(words)
        if not sign:
            return message(words)
        name, rest = sign.group(1), sign.group(2) or ""
        match name:
            case "press":
                return message(kind=MessageKind.PRESS, choice_id=rest)
            case "button":
                return message(kind=MessageKind.PRESS, choice_id=self._offered(rest))
            case "location":
                latitude, longitude = map(float, rest.split(","))
                place = Location(latitude=latitude, longitude=longitude)
                return message(kind=MessageKind.LOCATION, location=place)
            case "contact":
                return message(kind=MessageKind.CONTACT, phone=rest)
            case "empty":
                return message("   ")
            case "long":
                return message("тралала " * 1250)
            case "photo" | "voice" | "video" | "document":
                kind, attached = FILES[name]
                file = Attachment(kind=attached, content_hash="0" * 64, media_type="image/jpeg", size=9)
                return message(rest, kind=kind, attachments=(file,))
            case _:
                return message(kind=WORDLESS[name])

    def _offered(self, label: str) -> str:
        assert self.last is not None
        offered = {choice.label: choice.id for reply in self.last.replies for choice in reply.choices}
        return offered[label]


def meaning(text: str, **parts: Any) -> Meaning:
    """A reading with chosen parts."""
    return replace(read(text), **parts)
