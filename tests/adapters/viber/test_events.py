"""What Viber tells us: messages, receipts, mutated callbacks, and the welcome in the answer."""

from __future__ import annotations

import json
import logging
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.channel import Request, UnreadableBody
from conversations.messages import DeliveryReceipt, IncomingMessage, Reply
from tests.adapters.viber_stage import PAYLOADS, channel_with, parsed, recorded, rendered
from tests.contract.case import NOW
from tests.contract.case_viber import viber_case


def test_tokens_keep_all_their_digits() -> None:
    for token in (2**63 - 1, 4912661846655238145, 5741311803571721087):
        (message,) = parsed({**recorded("text"), "message_token": token})
        assert message.event_key == f"message:{token}"
        (receipt,) = parsed({**recorded("delivered"), "message_token": token})
        assert isinstance(receipt, DeliveryReceipt)
        assert receipt.external_id == str(token)


def test_two_people_of_one_token_are_two_receipts_and_a_second_device_is_none() -> None:
    (first,) = parsed(recorded("seen"))
    (again,) = parsed({**recorded("seen"), "timestamp": 1_764_000_007_000})
    (other,) = parsed({**recorded("seen"), "user_id": "zzzzzzzzzzzzzzzzzzzzzz=="})
    assert first.event_key == again.event_key != other.event_key


def test_a_moment_is_taken_from_viber_where_it_can_be() -> None:
    for stamp, moment in (
        (1_764_000_000_000, datetime(2025, 11, 24, 16, 0, tzinfo=UTC)),
        (4977069964384421269, NOW),
        ("1764000000000", NOW),
        (-1, NOW),
        (True, NOW),
    ):
        (message,) = parsed({**recorded("text"), "timestamp": stamp})
        assert isinstance(message, IncomingMessage)
        assert message.sent_at == moment


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A recorded callback with one to three of its values replaced by anything, or taken away."""
    body = deepcopy(recorded(draw(st.sampled_from(BODIES))))
    anything: st.SearchStrategy[Any] = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=8)
        | st.lists(st.integers(), max_size=2)
        | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
    )
    for _ in range(draw(st.integers(1, 3))):
        inside = body
        while True:
            name = draw(st.sampled_from(sorted(inside)))
            deeper = inside[name]
            if not isinstance(deeper, dict) or not deeper or draw(st.booleans()):
                break
            inside = deeper
        if draw(st.booleans()) and len(inside) > 1:
            del inside[name]
        else:
            inside[name] = draw(anything)
    return json.dumps(body).encode()


BODIES = sorted(
    file.stem
    for file in PAYLOADS.glob("*.json")
    if isinstance(json.loads(file.read_text(encoding="utf-8"))["body"], dict)
)


@given(body=mutated())
def test_a_mutated_callback_is_read_or_unreadable_and_answered(body: bytes) -> None:
    case = viber_case()
    request = case.proven(body)
    caller = case.channel.authenticate(request)
    try:
        events = case.channel.parse(body, caller)
    except UnreadableBody:
        events = ()
    assert len(events) <= 1
    assert all(0 < len(event.event_key) <= 200 for event in events)
    assert case.channel.acknowledge(request, events).status == 200


def test_viberbot_never_gets_to_log_what_people_say(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    parsed(recorded("text"))
    rendered(Reply(text="таємниця"))
    assert not [record for record in caplog.records if record.name.startswith("viber")]


def answer_to(body: dict[str, Any]) -> dict[str, Any] | None:
    channel = channel_with(VIBER_NAME="Приймальня")
    raw = json.dumps(body).encode()
    said = channel.acknowledge(Request(method="POST", body=raw), parsed(body))
    assert said.status == 200
    if not said.body:
        return None
    assert said.media_type == "application/json"
    answer = json.loads(said.body)
    assert isinstance(answer, dict)
    return answer


def test_a_newcomer_is_welcomed_in_the_answer_with_the_topic_of_their_link() -> None:
    answer = answer_to(recorded("conversation-started"))
    assert answer is not None
    assert "receiver" not in answer
    assert answer["type"] == "text"
    assert answer["sender"] == {"name": "Приймальня"}
    assert answer["text"].startswith("Добрий день!")
    assert answer["keyboard"]["Buttons"][0]["ActionBody"] == "=>a:housing-subsidy:o Субсидія"


@pytest.mark.parametrize(
    "context", [None, "", "promo", "topic-", "topic-" + "x" * 61, "topic-<b>", 7, ["topic-a"]]
)
def test_another_context_is_welcomed_without_a_topic(context: object) -> None:
    answer = answer_to({**recorded("conversation-started"), "context": context})
    assert answer is not None
    assert [button["ActionBody"] for button in answer["keyboard"]["Buttons"]] == [
        "=>m:menu Меню",
        "=>m:person Покликати людину",
    ]


@pytest.mark.parametrize("name", ["conversation-started-again", "text", "subscribed", "webhook"])
def test_nobody_else_gets_words_in_the_answer(name: str) -> None:
    assert answer_to(recorded(name)) is None
