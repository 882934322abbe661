"""The shapes the engine speaks in: what it hears, what it may see, what it remembers and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from bots.dialogue.sheet import CalendarEntry, Sheet
from conversations.messages import Choice, IncomingMessage, InternalEvent, Reply
from knowledge_base.understanding.meaning import Danger, Facet, Meaning

STATE_VERSION = 1


class Kind(StrEnum):
    """What a turn did, as other programs read it. Values are a promise."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    INTERVIEW = "interview"
    CHECKLIST = "checklist"
    HANDOFF = "handoff"
    REFERRAL = "referral"
    MENU = "menu"
    OFFICES = "offices"
    APPOINTMENT = "appointment"
    STATUS = "status"
    DANGER = "danger"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True)
class Heard:
    """One event of a conversation and, where it holds free text, its reading."""

    event: IncomingMessage | InternalEvent
    meaning: Meaning | None = None


@dataclass(frozen=True)
class TicketView:
    """The open ticket of this conversation."""

    number: str
    status: Literal["waiting", "taken"]
    ahead: int
    promised_at: datetime | None = None


@dataclass(frozen=True)
class QueueView:
    """The queue as it stands: the number a new ticket will bear, people ahead, and an honest time.

    `wait_minutes` is the usual wait in working hours, None when nobody knows yet. `promised_at` is when a person
    answers at the latest; `open_now` whether specialists work at this moment, `opens_at` when they next do. `pause` is
    why they do not in office hours: alarm, power, other.
    """

    number: str
    ahead: int
    open_now: bool
    promised_at: datetime
    wait_minutes: int | None = None
    opens_at: datetime | None = None
    pause: str | None = None


@dataclass(frozen=True)
class StoredView:
    """What is stored about this person."""

    messages: int
    files: int
    tickets: int
    since: datetime | None


@dataclass(frozen=True)
class SamePersonView:
    """The last question whether this person writes from another chat too. `state` is how it stands, seen from here:

    `open`, to be answered here; `waits`, confirmed here and not there yet; `other`, confirmed there and not here yet;
    `joined`; `over`, answered otherwise or too late.
    """

    question: str = ""
    code: str = ""
    state: Literal["open", "waits", "other", "joined", "over"] = "over"


ApplicationState = Literal[
    "submitted", "accepted", "needs_papers", "approved", "refused", "paid", "stopped", "closed"
]


@dataclass(frozen=True)
class ApplicationStatus:
    """An application as the register has it. `matter` is an entry's id or words; `amount` in kopiykas.

    `as_of` is when the register last said so; `proof` shows within the house that its code was known; `follow` is the
    key by which this conversation follows it, None where it does not; `steps` are earlier states, the latest first,
    where the history was asked for.
    """

    number: str
    shown: str
    matter: str
    state: ApplicationState
    since: date
    as_of: datetime
    amount: int | None = None
    period_from: date | None = None
    period_to: date | None = None
    reason: str = ""
    next_step: str = ""
    papers: str = ""
    proof: str = ""
    follow: str | None = None
    steps: tuple[tuple[ApplicationState, date], ...] = ()


@dataclass(frozen=True)
class FindApplication:
    """The application of a number and a code, as somebody typed them: a try, and they are counted."""

    number: str
    code: str = field(repr=False)


@dataclass(frozen=True)
class SeeApplication:
    """The application whose code was shown in this conversation before. `follow`: and follow it from now on."""

    number: str
    proof: str
    follow: bool = False


@dataclass(frozen=True)
class FollowedApplications:
    """Every application this conversation follows."""


AboutApplications = FindApplication | SeeApplication | FollowedApplications


@dataclass(frozen=True)
class ApplicationsView:
    """The answer to one look at the register. `outcome`: found; wrong, whatever is wrong; limit, no more today.

    `full`: this conversation follows as many as it may.
    """

    asked: AboutApplications
    outcome: Literal["found", "wrong", "limit"]
    found: tuple[ApplicationStatus, ...] = ()
    full: bool = False


@dataclass(frozen=True)
class VisitView:
    """A visit of this conversation that is yet to be, or was cancelled.

    `receiver` is HALL ("") for whoever is free, `hall` its number on the board. `reminded_at`: when we remind next.
    """

    number: int
    office: str
    receiver: str
    starts_at: datetime
    ends_at: datetime
    room: str | None = None
    matter: str | None = None
    hall: str = ""
    name: str = ""
    for_other: bool = False
    state: str = "booked"
    sequence: int = 0
    confirmed: bool = False
    priority: str | None = None
    uid: str = ""
    reminded_at: datetime | None = None


@dataclass(frozen=True)
class VisitsView:
    """The visits of this conversation, earliest first, cancelled ones too.

    `full`: nothing more can be booked before one of them is over or cancelled. `delay_minutes` is how late people with
    a booking are usually called, None where nobody knows.
    """

    visits: tuple[VisitView, ...] = ()
    full: bool = False
    delay_minutes: int | None = None

    def numbered(self, number: int) -> VisitView | None:
        """The visit of this number; None for somebody else's."""
        return next((visit for visit in self.visits if visit.number == number), None)


@dataclass(frozen=True)
class FreeTimes:
    """Asks for the free times of these receivers of an office, for visits about a matter."""

    office: str
    receivers: tuple[str, ...]
    matter: str | None = None


@dataclass(frozen=True)
class TimesView:
    """The free times that were asked for: when, and with whom; earliest first. `till` is the last day that is open."""

    asked: FreeTimes
    times: tuple[tuple[datetime, str], ...]
    till: date


@dataclass(frozen=True)
class BookVisit:
    """Books a time of an office with one of these receivers; `waiting` is the offer that it answers."""

    office: str
    receivers: tuple[str, ...]
    matter: str | None
    starts_at: datetime
    name: str
    phone: str | None = None
    for_other: bool = False
    waiting: str | None = None


@dataclass(frozen=True)
class MoveVisit:
    """Gives a visit of this conversation another time."""

    number: int
    receivers: tuple[str, ...]
    starts_at: datetime


@dataclass(frozen=True)
class ChangeVisit:
    """Changes a visit of this conversation: cancel it, confirm it, or mark on what ground its person goes first."""

    number: int
    what: Literal["cancel", "confirm", "priority"]
    ground: str | None = None


VisitDeed = BookVisit | MoveVisit | ChangeVisit
"""Done when it is asked for, in the turn's own transaction; what came of it decides the words."""


@dataclass(frozen=True)
class DeedView:
    """What came of a deed: the visit as it is now, or why it was not done.

    `refusal`: taken, not_open, too_many, too_often, gone.
    """

    asked: VisitDeed
    visit: VisitView | None = None
    refusal: str | None = None


@dataclass(frozen=True)
class QuietView:
    """When an office is usually freer: a weekday (0 = Monday), and which part of it."""

    weekday: int
    part: Literal["morning", "noon", "evening"]


@dataclass(frozen=True)
class BusyView:
    """How busy one office is. What nobody knows is None.

    `waiting` people now and `wait_minutes` for who would come now; `usual_minutes` is the usual wait at this hour of
    this weekday. `in_chat`: there is nothing known of its hall, these are people who wait for an answer in the chat.
    """

    waiting: int | None = None
    wait_minutes: int | None = None
    usual_minutes: int | None = None
    quiet: QuietView | None = None
    in_chat: bool = False


@dataclass(frozen=True)
class View:
    """What the engine may see beyond the message.

    `queue`, `stored`, `same_person`, `applications` and `busy`, by office, are None until a Lookup asks.

    `people_only`: in this channel the bot gives no answers. `closes_at` is until when the channel lets us answer.
    `carries_files`: a file can be made and sent here. `writes_until` is until when the bot may write here first, None
    without a limit. `visits`, `times` and `deed` are what was asked for last. `has_applications`: the community has a
    register of them. `checked` are the papers for which a register is asked instead.
    """

    owner: Literal["bot", "queue", "specialist"] = "bot"
    ticket: TicketView | None = None
    queue: QueueView | None = None
    stored: StoredView | None = None
    people_only: bool = False
    closes_at: datetime | None = None
    carries_files: bool = True
    same_person: SamePersonView | None = None
    writes_until: datetime | None = None
    visits: VisitsView | None = None
    times: TimesView | None = None
    deed: DeedView | None = None
    busy: Mapping[str, BusyView] | None = None
    has_applications: bool = False
    applications: ApplicationsView | None = None
    checked: frozenset[str] = frozenset()


class Lookup(StrEnum):
    """What a skill may ask the runtime to put into the view before it is asked again."""

    QUEUE = "queue"
    STORED = "stored"
    SAME_PERSON = "same_person"
    VISITS = "visits"
    BUSY = "busy"


@dataclass(frozen=True)
class Step:
    """An open question: which skill waits, for what, and the facts it needs to go on. Values are JSON."""

    skill: str
    name: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What a person told of one fact: options by id, or `[low, high]` of a range, as text; who said it and when.

    `approximate`: in round figures, to be read back once. `said`: told on the way, not in answer to a question; it
    decides nothing before it is read back and confirmed.
    """

    value: tuple[str | None, ...]
    by: Literal["citizen", "specialist"]
    at: datetime
    approximate: bool = False
    said: bool = False


Whose = Literal["self", "kin"]
"""Whose matter it is: the writer's own, or somebody close's."""


@dataclass(frozen=True)
class Spot:
    """Where the person is or lives, in degrees (WGS 84): a place of the community by its id, or a point they shared."""

    latitude: float
    longitude: float
    at: datetime
    locality: str | None = None


@dataclass(frozen=True)
class Aside:
    """What is kept of the person that is not spoken of now; see `State`."""

    told: dict[str, Told] = field(default_factory=dict)
    children: tuple[dict[str, Told], ...] = ()
    papers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    situations: tuple[str, ...] | None = None


@dataclass(frozen=True)
class AskedApplication:
    """The application that is spoken of: its number, how it was typed, and the proof once its code was shown."""

    number: str
    typed: str = ""
    proof: str = ""


@dataclass(frozen=True)
class State:
    """What the engine remembers of a conversation. An unknown version starts over politely.

    `asked` is what the person last asked in their own words, for the packet of a specialist.
    `offered` are the buttons under the last reply, so that a typed label or number means the button.
    `told` are facts about the person and their household, `children` those of each child, oldest first.
    `paused` is an interview that waits behind another question. `papers` are the papers a person has, by entry.
    `consents` name what the person agreed to be asked about. `situations` in life are theirs; None: not asked yet.
    `whose` matter these are, and `aside` the same of the other person. `noticed`: when a notice was last shown.
    `booking` is a booking that waits behind another question.
    `near` are the topics that words could have meant when one of them was answered, for «ні, я про іншу»; `past` those
    of the last answers, the latest first. `spot` is where they are, for what is nearest. `application` is the one whose
    state was asked for last.
    """

    version: int = STATE_VERSION
    greeted: bool = False
    topic: str | None = None
    facet: Facet | None = None
    step: Step | None = None
    misunderstood: int = 0
    danger: Danger | None = None
    quiet: bool = False
    last_at: datetime | None = None
    asked: str = ""
    offered: tuple[Choice, ...] = ()
    told: dict[str, Told] = field(default_factory=dict)
    children: tuple[dict[str, Told], ...] = ()
    paused: Step | None = None
    papers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    consents: tuple[str, ...] = ()
    situations: tuple[str, ...] | None = None
    whose: Whose = "self"
    aside: Aside = field(default_factory=Aside)
    noticed: dict[str, date] = field(default_factory=dict)
    near: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    booking: Step | None = None
    spot: Spot | None = None
    application: AskedApplication | None = None


@dataclass(frozen=True)
class OpenTicket:
    """Call a person. `reason` is why ('asked', 'unknown', 'personal', 'danger', 'call_back', 'file', 'dissatisfied').

    `told` are facts about the matter that the person told: a name and a value each, in words. `office` is the place
    they asked about just before.
    """

    number: str
    reason: str
    question: str
    promised_at: datetime | None = None
    topic: str | None = None
    danger: Danger | None = None
    phone: str | None = None
    call_at: str | None = None
    told: tuple[tuple[str, str], ...] = ()
    office: str | None = None


@dataclass(frozen=True)
class CancelTicket:
    """The person no longer needs a specialist."""


@dataclass(frozen=True)
class RaiseDanger:
    """A ticket is open already and danger was heard: to the top, everyone on duty alerted."""

    danger: Danger


@dataclass(frozen=True)
class RateTicket:
    """A word about the consultation: 'yes', 'partly' or 'no', and one sentence if given."""

    number: str
    value: Literal["yes", "partly", "no"] | None = None
    comment: str | None = None


@dataclass(frozen=True)
class EraseStored:
    """Erase what is stored about this person: everything, or only files. `code` is what the person was shown."""

    scope: Literal["all", "files"]
    code: str


@dataclass(frozen=True)
class NoteUnanswered:
    """What the editor may learn from: a question without an answer, or what was chosen from the topics offered for it.

    `reason`: `unknown`, nothing was understood; `not_ours`; `no_part`, the entry does not tell what was asked;
    `menu`, one of the topics offered was `chosen`; `menu_missed`, none of them was right.
    """

    question: str
    ranked: tuple[str, ...] = ()
    reason: Literal["unknown", "not_ours", "no_part", "menu", "menu_missed"] = "unknown"
    chosen: str | None = None


@dataclass(frozen=True)
class AnswerSamePerson:
    """What the person says to the question whether the other conversation is theirs too."""

    question: str
    yes: bool


@dataclass(frozen=True)
class WaitForTime:
    """The person wants to know of a time that becomes free within these days, both included."""

    office: str
    receivers: tuple[str, ...]
    matter: str | None
    from_day: date
    till_day: date


@dataclass(frozen=True)
class WaitNoLonger:
    """The person waits for no time any more; one that is held for them is free."""


@dataclass(frozen=True)
class StopFollowing:
    """The person is no longer to be told of an application; `key` is that of the following."""

    key: str


Effect = (
    OpenTicket
    | CancelTicket
    | RaiseDanger
    | RateTicket
    | EraseStored
    | NoteUnanswered
    | AnswerSamePerson
    | WaitForTime
    | WaitNoLonger
    | StopFollowing
)


@dataclass(frozen=True)
class Turn:
    """What came of one event. `topic` is what the replies are about; `knowledge_version` answered.

    `sheet` is to be made into a file that goes with the last reply; where it can't be, the engine is asked again with a
    view that carries no files.
    """

    state: State
    kind: Kind
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    topic: str | None = None
    facet: Facet | None = None
    knowledge_version: str = ""
    sheet: Sheet | CalendarEntry | None = None


Outcome = Turn | Lookup | AboutApplications | FreeTimes | VisitDeed
"""What `respond` returns: a turn, or what it must see, or have done, first."""
