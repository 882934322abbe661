"""The contract every channel keeps: one suite, each test over each channel."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.channel import (
    Acknowledgement,
    Caller,
    ChannelUnavailable,
    LinksToChat,
    NotAuthentic,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    ReplyWindowClosed,
    Request,
    SendError,
    UnreadableBody,
)
from conversations.messages import (
    Attachment,
    AttachmentKind,
    Author,
    AuthorKind,
    Card,
    CardLine,
    CardSource,
    Choice,
    ConversationRef,
    IncomingMessage,
    Location,
    MessageKind,
    OutgoingMessage,
    Pin,
    Reply,
)
from tests.contract.case import Case
from tests.contract.cases import CASES

PAYLOADS = Path(__file__).parent / "payloads"
PRIVATE = "мій-чоловік-б’є-мене-0671234567"

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\n .,!?«»"), min_size=1
)
choices = st.builds(
    Choice,
    id=st.from_regex(r"[A-Za-z0-9_:.\-]{1,40}", fullmatch=True),
    label=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=20
    ),
)
cards = st.builds(
    Card,
    title=words,
    answer=words,
    lines=st.lists(st.builds(CardLine, label=words, value=words), max_size=4).map(tuple),
    items=st.lists(words, max_size=12).map(tuple),
    maybe=st.lists(words, max_size=3).map(tuple),
    note=st.none() | words,
    source=st.none() | st.builds(CardSource, text=words, url=st.none() | st.just("https://zakon.example/1")),
)
files = st.builds(
    Attachment,
    kind=st.sampled_from(AttachmentKind),
    content_hash=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    media_type=st.just("application/octet-stream"),
    size=st.integers(0, 50_000_000),
    name=st.none() | words,
)
pins = st.builds(
    Pin,
    location=st.builds(Location, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180)),
    title=words,
    address=words,
    link=st.just("https://map.example/here"),
)
replies = st.builds(
    Reply,
    text=words | words.map(lambda text: text * 400),
    choices=st.lists(choices, max_size=20, unique_by=lambda choice: choice.id).map(tuple),
    card=st.none() | cards,
    attachments=st.lists(files, max_size=3).map(tuple),
    pin=st.none() | pins,
)
authors = st.sampled_from(
    [
        Author(kind=AuthorKind.BOT),
        Author(kind=AuthorKind.SPECIALIST, id="7", name="Марія Зразкова"),
        Author(kind=AuthorKind.SPECIALIST, id="8"),
    ]
)
every_channel = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
every_refusal = pytest.mark.parametrize(
    ("case", "way"),
    [(case, way) for case in CASES for way in case.unproven],
    ids=[f"{case.name}: {way}" for case in CASES for way in case.unproven],
)
every_failure = pytest.mark.parametrize(
    ("case", "failure"),
    [(case, failure) for case in CASES for failure in case.failures],
    ids=[f"{case.name}: {failure}" for case in CASES for failure in case.failures],
)
every_echo = pytest.mark.parametrize(
    ("case", "echo"),
    [(case, echo) for case in CASES for echo in case.echoes],
    ids=[f"{case.name}: {echo}" for case in CASES for echo in case.echoes],
)
every_payload = pytest.mark.parametrize(
    ("case", "file"),
    [(case, file) for case in CASES for file in sorted((PAYLOADS / case.name).glob("*.json"))],
    ids=lambda value: value.stem if isinstance(value, Path) else value.name,
)


def caller(case: Case) -> Caller:
    return case.channel.authenticate(case.proven(b""))


def message(case: Case, text: str, key: str = "key-00000001") -> IncomingMessage:
    (event,) = case.channel.parse(case.written(text, key), caller(case))
    assert isinstance(event, IncomingMessage)
    return event


def outgoing(case: Case, reply: Reply, author: Author) -> OutgoingMessage:
    ref = ConversationRef(community="zrazkova", channel=case.name, bot=case.name, address=case.person)
    return OutgoingMessage(ref=ref, reply=reply, author=author)


@every_channel
def test_is_known_by_its_name(case: Case) -> None:
    assert case.channel.name == case.name


@every_channel
def test_recognises_the_same_person_each_time(case: Case) -> None:
    first, second = caller(case), caller(case)
    assert first == second
    assert first.bot


@every_refusal
def test_refuses_who_does_not_prove_to_be_who_they_say(case: Case, way: str) -> None:
    body = case.written(PRIVATE, "key-00000001")
    with pytest.raises(NotAuthentic) as refusal:
        case.channel.authenticate(case.unproven[way](body))
    assert PRIVATE not in str(refusal.value)
    assert not any(secret in str(refusal.value) for secret in case.secrets)


@every_payload
def test_reads_a_recorded_payload(case: Case, file: Path) -> None:
    recorded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    body = recorded["body"]
    raw = body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
    if reason := recorded.get("unreadable"):
        with pytest.raises(UnreadableBody) as fault:
            case.channel.parse(raw, caller(case))
        assert str(fault.value) == reason
        return
    events = case.channel.parse(raw, caller(case))
    seen = [event.model_dump(mode="json", exclude={"ref", "sent_at", "type"}) for event in events]
    wanted = recorded["events"]
    assert len(seen) == len(wanted)
    for event, expected in zip(seen, wanted, strict=True):
        assert {name: event[name] for name in expected} == expected


@every_channel
def test_every_event_says_where_and_when(case: Case) -> None:
    event = message(case, "скільки платять")
    assert event.ref.community == "zrazkova"
    assert event.ref.channel == case.name
    assert event.ref.address == case.person
    assert event.sent_at.tzinfo is not None
    assert event.sent_at <= datetime(2100, 1, 1, tzinfo=UTC)


@every_channel
def test_a_repeat_has_the_same_key_and_another_message_another(case: Case) -> None:
    first = message(case, "так", "key-00000001")
    again = message(case, "так", "key-00000001")
    other = message(case, "так", "key-00000002")
    assert first == again
    assert other.event_key != first.event_key


@every_channel
def test_an_empty_text_is_an_event(case: Case) -> None:
    event = message(case, "")
    assert (event.kind, event.text) == (MessageKind.TEXT, "")


@every_channel
def test_a_very_long_text_is_cut_between_words(case: Case) -> None:
    event = message(case, "допомога " * 2_000)
    assert 9_900 <= len(event.text) <= 10_000
    assert event.text.endswith("допомога…")


@every_channel
@given(text=st.text(st.characters(exclude_characters="\n\t")))
def test_any_text_arrives_storable(case: Case, text: str) -> None:
    try:
        event = message(case, text)
    except UnreadableBody:
        # Half a surrogate pair is not UTF-8, so such a body may be refused whole.
        assert any("\ud800" <= character <= "\udfff" for character in text)
        return
    event.text.encode()
    assert "\x00" not in event.text


@every_channel
@given(
    body=st.binary()
    | st.text().map(str.encode)
    | st.recursive(
        st.none()
        | st.booleans()
        | st.floats()
        | st.text()
        | st.sampled_from(["text", "press", "file", "location"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["key", "kind", "text", "choice_id", "files", "location", "latitude"])
                | st.text(),
                inner,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_garbage_is_unreadable_or_nothing_and_never_another_error(case: Case, body: bytes) -> None:
    try:
        events = case.channel.parse(body, caller(case))
    except UnreadableBody:
        return
    for event in events:
        assert event.event_key


@every_channel
def test_a_deeply_nested_body_is_unreadable_or_nothing(case: Case) -> None:
    body = b"[" * 200_000
    with pytest.raises(UnreadableBody):
        case.channel.parse(body, caller(case))


@every_channel
def test_an_unknown_event_gives_none_or_is_unreadable_and_is_acknowledged(case: Case) -> None:
    body = case.unknown
    request = case.proven(body)
    try:
        events = case.channel.parse(body, case.channel.authenticate(request))
    except UnreadableBody:
        events = ()
    assert not events
    assert case.channel.acknowledge(request, events).status == 200


@every_channel
def test_what_is_stored_is_acknowledged(case: Case) -> None:
    body = case.written("так", "key-00000001")
    request = case.proven(body)
    answer = case.channel.acknowledge(request, case.channel.parse(body, caller(case)))
    assert isinstance(answer, Acknowledgement)
    assert answer.status == 200


@every_channel
@given(reply=replies, author=authors)
def test_any_reply_renders_within_the_limits(case: Case, reply: Reply, author: Author) -> None:
    can = case.channel.capabilities
    payloads = case.channel.render(outgoing(case, reply, author))
    assert payloads
    for payload in payloads:
        assert json.loads(json.dumps(payload)) == payload
        assert case.pin(payload) is not None or 1 <= len(case.words(payload)) <= can.text_limit
        buttons = case.buttons(payload)
        assert len(buttons) <= can.choices_limit
        for button in buttons:
            assert 1 <= len(button["label"]) <= can.label_limit
            assert len(button["id"].encode()) <= can.choice_id_limit
    said = "".join("".join(case.words(payload) for payload in payloads).split())
    assert "".join(reply.text.split()) in said
    offered = {button["id"] for payload in payloads for button in case.buttons(payload)}
    for choice in reply.choices:
        assert choice.id in offered or choice.label in said
    places = [place for payload in payloads if (place := case.pin(payload)) is not None]
    if reply.pin is None or not can.pins:
        assert not places
        assert reply.pin is None or reply.pin.link in said
    else:
        assert places == [(reply.pin.location.latitude, reply.pin.location.longitude)]


@every_channel
@given(reply=replies)
def test_a_button_pressed_gives_back_its_choice(case: Case, reply: Reply) -> None:
    ids = {choice.id for choice in reply.choices}
    for payload in case.channel.render(outgoing(case, reply, Author(kind=AuthorKind.BOT))):
        for button in case.buttons(payload):
            assert case.pressed, "a channel with buttons must say how they are pressed"
            (event,) = case.channel.parse(case.pressed(button, "key-00000001"), caller(case))
            assert isinstance(event, IncomingMessage)
            assert event.kind is MessageKind.PRESS
            assert event.choice_id in ids
            assert event.choice_id == button["id"]


@every_channel
@given(choice=choices)
def test_a_typed_label_arrives_as_it_is(case: Case, choice: Choice) -> None:
    assert message(case, choice.label).text == choice.label


@every_channel
def test_a_channel_without_buttons_numbers_them_and_the_number_arrives(case: Case) -> None:
    offered = (Choice(id="a:subsidy:d", label="Документи"), Choice(id="m:person", label="Покликати людину"))
    payloads = case.channel.render(
        outgoing(case, Reply(text="Що саме?", choices=offered), Author(kind=AuthorKind.BOT))
    )
    if case.channel.capabilities.numbered_choices:
        assert case.words(payloads[-1]).endswith(
            "1. Документи\n2. Покликати людину\nНапишіть номер або слово."
        )
    else:
        assert [dict(button) for button in case.buttons(payloads[-1])] == [
            {"id": choice.id, "label": choice.label} for choice in offered
        ]
    assert message(case, "2").text == "2"


@every_channel
async def test_sending_gives_an_id(case: Case) -> None:
    reply = outgoing(case, Reply(text="Добрий день!"), Author(kind=AuthorKind.BOT))
    for payload in case.channel.render(reply):
        sent = await case.channel.send(reply.ref, payload, datetime.now(UTC))
        assert sent.external_id


@every_failure
async def test_every_failure_of_the_vendor_is_one_error(case: Case, failure: str) -> None:
    assert case.wire
    answer, expected = case.failures[failure]
    reply = outgoing(case, Reply(text=PRIVATE), Author(kind=AuthorKind.BOT))
    case.wire.answer = answer
    try:
        for payload in case.channel.render(reply):
            with pytest.raises(SendError) as fault:
                await case.channel.send(reply.ref, payload, datetime.now(UTC))
            assert type(fault.value) is expected
            told = f"{fault.value} {fault.value!r}"
            assert str(fault.value).strip()
            assert not any(never in told for never in (PRIVATE, *case.secrets))
    finally:
        case.wire.answer = None


def test_every_vendor_may_fail_in_each_of_the_ways_it_can() -> None:
    for case in CASES:
        if case.wire is None:
            continue
        found = {expected for _, expected in case.failures.values()}
        assert {RecipientUnreachable, RateLimited, ChannelUnavailable, ReplyRejected} <= found
        if case.channel.capabilities.reply_window:
            assert ReplyWindowClosed in found


@every_channel
async def test_every_request_to_the_vendor_has_a_time_out(case: Case) -> None:
    if case.wire is None:
        return
    case.wire.asked.clear()
    reply = outgoing(case, Reply(text="Добрий день!"), Author(kind=AuthorKind.BOT))
    for payload in case.channel.render(reply):
        await case.channel.send(reply.ref, payload, datetime.now(UTC))
    assert case.wire.asked
    assert all(0 < asked.patience <= 60 for asked in case.wire.asked)


@every_channel
async def test_the_address_of_the_chat_carries_what_it_should(case: Case) -> None:
    if not isinstance(case.channel, LinksToChat):
        pytest.skip("a chat that has no address of its own")
    link = await case.channel.chat_link("topic-housing-subsidy")
    assert link is not None
    assert re.fullmatch(r"(https|viber)://[!-~]+=topic-housing-subsidy", link)
    # Known once, it is known without the vendor.
    assert case.wire
    case.wire.answer = ChannelUnavailable("no connection to the vendor")
    try:
        assert await case.channel.chat_link("topic-housing-subsidy") == link
    finally:
        case.wire.answer = None


@every_failure
async def test_a_vendor_that_does_not_tell_the_address_is_no_error(case: Case, failure: str) -> None:
    if not isinstance(case.channel, LinksToChat):
        pytest.skip("a chat that has no address of its own")
    assert case.wire
    case.wire.answer, _ = case.failures[failure]
    try:
        link = await case.channel.chat_link("topic-housing-subsidy")
    finally:
        case.wire.answer = None
    assert link is None or "topic-housing-subsidy" in link


@every_channel
async def test_a_place_is_sent_before_the_words_whose_buttons_stay(case: Case) -> None:
    pin = Pin(
        location=Location(latitude=49.5001, longitude=31.5001),
        title="Управління соцзахисту",
        address="м. Зразків, вул. Липова, 12",
        link="https://map.example/here",
    )
    button = Choice(id="o:department-main", label="вул. Липова, 12")
    reply = outgoing(case, Reply(text="Ось місце.", choices=(button,), pin=pin), Author(kind=AuthorKind.BOT))
    payloads = case.channel.render(reply)
    assert "Ось місце." in case.words(payloads[-1])
    if case.channel.capabilities.pins:
        assert case.pin(payloads[0]) == (49.5001, 31.5001)
        assert pin.link not in case.words(payloads[-1])
    else:
        assert pin.link in case.words(payloads[-1])
    if not case.channel.capabilities.numbered_choices:
        assert [one["id"] for one in case.buttons(payloads[-1])] == [button.id]
        assert not any(case.buttons(payload) for payload in payloads[:-1])
    for payload in payloads:
        assert (await case.channel.send(reply.ref, payload, datetime.now(UTC))).external_id


@every_echo
def test_an_echo_of_our_own_words_gives_nothing(case: Case, echo: str) -> None:
    assert not case.channel.parse(case.echoes[echo], caller(case))


@every_channel
async def test_neither_secrets_nor_words_reach_a_log(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bodies = [
        case.written(PRIVATE, "key-00000001"),
        case.written(PRIVATE, "a bad key \x01"),
        json.dumps({"key": PRIVATE, "kind": "text", "text": PRIVATE, PRIVATE: 1}).encode(),
        json.dumps({"key": "key-00000001", "kind": "press", "choice_id": PRIVATE}).encode(),
        PRIVATE.encode("utf-16"),
    ]
    faults: list[UnreadableBody] = []
    for body in bodies:
        request: Request = case.proven(body)
        try:
            events = case.channel.parse(body, case.channel.authenticate(request))
            case.channel.acknowledge(request, events)
        except UnreadableBody as fault:
            faults.append(fault)
    reply = outgoing(case, Reply(text=PRIVATE), Author(kind=AuthorKind.BOT))
    for payload in case.channel.render(reply):
        await case.channel.send(reply.ref, payload)
    assert faults
    # A chained error would bring the citizen's words into a traceback.
    assert all(fault.__suppress_context__ or fault.__context__ is None for fault in faults)
    told = "\n".join([caplog.text, *(str(fault) for fault in faults)])
    for never in (PRIVATE, *case.secrets):
        assert never not in told
