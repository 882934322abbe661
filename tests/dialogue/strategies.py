"""What hypothesis throws at the engine: any state, message, reading, view, base, and events of the house."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from bots.dialogue.engine import REPEATS
from bots.dialogue.turn import QueueView, State, Step, StoredView, TicketView, View
from conversations.messages import (
    Attachment,
    AttachmentKind,
    Choice,
    IncomingMessage,
    InternalEvent,
    Location,
    MessageKind,
)
from knowledge_base.understanding.meaning import (
    Command,
    Danger,
    Facet,
    Meaning,
    Ranked,
    SmallTalk,
    Verdict,
)

from .fake_knowledge import ENTRIES, NUMBERS, FakeKnowledge, with_long_list
from .stage import NOON, REF

_IDS = """
a:housing-subsidy:d a:subsidy:a a:office-info:o a:benefits-overview:o a:gone:o a:x
a:idp-registration:r c:other d:threat d:safe d:read d:own d:near d:alone d:evacuate d:left d:kids
d:adults d:harm d:erase d: e:all e:files e:keep f:person f:write f:erase h:add h:cancel
k:birth-benefit:all k:housing-subsidy:where k:idp-registration:all m:menu m:life m:life:child_born
m:life:veteran m:life:gone m:more:1 m:more:99999999 m:more:² m:person m:back m:offices m:data m:call
m:stop m:rights m:start o:branch o:gone p:any p:morning p:evening r:ask:26-1 r:more:26-1 r:skip:26-1
v:new v:go v:drop v:mine v:w v:unwait v:any v:days v:o:reception v:o:gone v:r:reception:x v:d:20261125 v:d:20269999
v:t:202611250900 v:t:202611251340 v:t:1 v:n:none v:mv:1 v:x:1 v:xy:1 v:keep:1 v:ok:1 v:cal:1 v:way:1 v:law:1
v:law:1:veteran v:law:1:gone v:mv:2 v:mv:² v:take:{q} v:pass:{q} v: v:cal v:zzz:1
r:yes:26-1 r:no: r:partly : zzz m u:yes:{q} u:no:{q} u:yes: u:no:gone
"""
QUESTION = "0123456789abcdef" * 2
KNOWN_IDS = [*_IDS.replace("{q}", QUESTION).split(), "", "a:" + "9" * 5000 + ":o"]
topics = st.sampled_from([*ENTRIES, "subsidy", "gone", "benefits-overview", "domestic-violence-help"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
words = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "",
            " ",
            "1",
            "2 і 3",
            "запишіть мене на завтра о 10",
            "на 31 лютого",
            "на годинку пізніше",
            "скасуйте запис",
            "99",
            "так",
            "067 123 45 67",
            "/start",
            "ні",
            "тралала " * 1250,
            "Субсидія",
        ]
    ),
)
json_values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.lists(st.text(max_size=6)), topics
)
facts = st.dictionaries(
    st.sampled_from(
        [
            *("entry", "have", "topics", "facet", "phone", "number", "list", "name", "position", "until"),
            *("danger", "words", "question", "code"),
        ]
    ),
    json_values,
    max_size=4,
)
steps = st.builds(
    Step,
    st.sampled_from([*REPEATS, "gone"]),
    st.sampled_from(
        ["have", "choose", "facet", "phone", "time", "value", "comment", "add", "photo", "voice", "x"]
    ),
    facts,
)
bookings = st.builds(
    Step,
    st.just("visits"),
    st.sampled_from(
        [
            *("matter", "office", "who", "day", "time", "name"),
            *("shown", "cancel", "reminded", "offered", "list"),
        ]
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "matter": topics | json_values,
            "office": st.sampled_from(["reception", "branch", "gone"]) | json_values,
            "receivers": st.sampled_from([[""], ["x"], []]) | json_values,
            "days": st.sampled_from([["2026-11-25"], ["9999-99-99"]]) | json_values,
            "part": st.sampled_from([[0, 720], [1]]) | json_values,
            "at": st.sampled_from(["10:00", "26:00"]) | json_values,
            "starts_at": st.sampled_from(["2026-11-25T08:00:00+00:00", "2026-11-25T08:00:00"]) | json_values,
            "name": json_values,
            "number": st.sampled_from([1, 2]) | json_values,
            "waiting": json_values,
            "for_other": st.booleans(),
        },
    ),
)
labels = st.sampled_from(["Так", "Ні", "Субсидія", "Меню", "Документи", "Стерти все"])
offered = st.lists(
    st.builds(
        Choice, id=st.sampled_from([i for i in KNOWN_IDS if i and len(i) < 40 and i.isascii()]), label=labels
    ),
    max_size=4,
    unique_by=lambda choice: choice.id,
)
states = st.builds(
    State,
    version=st.sampled_from([1, 1, 1, 7]),
    greeted=st.booleans(),
    topic=st.none() | topics,
    facet=st.none() | st.sampled_from(Facet),
    step=st.none() | steps | bookings,
    booking=st.none() | bookings,
    misunderstood=st.integers(0, 3),
    danger=st.sampled_from([None] * 10 + list(Danger)),
    quiet=st.booleans(),
    last_at=st.none() | moments,
    offered=offered.map(tuple),
)
meanings = st.builds(
    Meaning,
    masked=st.just("а розкажіть мені про це докладніше") | words,
    ranked=st.lists(st.builds(Ranked, topics, st.floats(0, 1)), min_size=1, max_size=6).map(tuple),
    verdict=st.sampled_from([Verdict.SURE, Verdict.SURE, *Verdict]),
    facet=st.none() | st.sampled_from(Facet),
    follow_up=st.booleans(),
    danger=st.sampled_from([None] * 20 + list(Danger)),
    command=st.sampled_from([None] * 20 + list(Command)),
    small_talk=st.sampled_from([None] * 10 + list(SmallTalk)),
    secret=st.none() | st.sampled_from(["card", "code"]),
    second=st.none() | topics,
)
attachments = st.builds(
    Attachment,
    kind=st.sampled_from(AttachmentKind),
    content_hash=st.just("0" * 64),
    media_type=st.just("x/y"),
    size=st.just(1),
)
messages = st.builds(
    IncomingMessage,
    ref=st.just(REF),
    event_key=st.text(max_size=8),
    kind=st.sampled_from([MessageKind.TEXT] * 8 + [MessageKind.PRESS] * 6 + list(MessageKind)),
    text=words,
    choice_id=st.sampled_from([*KNOWN_IDS, None]) | st.sampled_from(KNOWN_IDS) | st.text(max_size=60),
    attachments=st.lists(attachments, max_size=2).map(tuple),
    location=st.none() | st.builds(Location, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180)),
    phone=st.none() | st.sampled_from(["+380671234567", "", "12"]) | st.text(max_size=20),
    sent_at=st.just(NOON),
)
house = st.builds(
    InternalEvent,
    name=st.sampled_from(
        [
            "ticket_taken",
            "ticket_transferred",
            "ticket_returned",
            "handed_back",
            "specialist_writes_first",
            "ticket_resolved",
            "promise_late",
            "danger_card",
            "answer_withdrawn",
            "same_person_asked",
            "same_person_confirmed",
            "visit_reminder",
            "visit_offered",
            "visit_moved",
            "visit_cancelled",
            "?",
        ]
    ),
    facts=facts,
    at=st.just(NOON),
)
queues = st.builds(
    QueueView,
    number=st.sampled_from(["26-0007", "№7", ""]),
    ahead=st.integers(0, 2000),
    open_now=st.booleans(),
    promised_at=moments,
    wait_minutes=st.none() | st.integers(0, 9999),
    opens_at=st.none() | moments,
)
tickets = st.builds(
    TicketView,
    st.just("26-0001"),
    st.sampled_from(["waiting", "taken"]),
    st.integers(0, 50),
    st.none() | moments,
)
stored = st.builds(
    StoredView, st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99), st.none() | moments
)
views = st.builds(
    View,
    owner=st.sampled_from(["bot", "bot", "queue", "specialist"]),
    ticket=st.none() | tickets,
    carries_files=st.booleans(),
)
bases = st.sampled_from(
    [
        FakeKnowledge(),
        FakeKnowledge(numbers={}, life_events=(), places=()),
        FakeKnowledge(numbers={**NUMBERS, Danger.VIOLENCE: {"police": "1" * 700}}, retention_days=400),
        with_long_list(12),
        with_long_list(60),
        FakeKnowledge(entries={}),
        FakeKnowledge(
            entries={
                name: replace(
                    card,
                    headline="Довге речення. " * 90,
                    title="Назва " * 60,
                    label="Підпис довший за двадцять",
                )
                for name, card in ENTRIES.items()
            }
        ),
    ]
)
