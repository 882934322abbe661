"""What becomes of a message given to Viber: the vendor's every answer is one outcome."""

from __future__ import annotations

import json

import pytest

from adapters.transport import Answer
from conversations.channel import ChannelUnavailable, RateLimited, SendError, Sent
from conversations.messages import OutgoingMessage, Reply
from tests.adapters.viber_stage import BOT, channel_with, ref
from tests.contract.case import NOW
from tests.contract.case_viber import PERSON, TOKEN, good_mood, told, viber_case
from tests.contract.wire import FakeWire


async def sending(answer: Answer | Exception | None) -> tuple[FakeWire, Sent | SendError]:
    wire = FakeWire(well=good_mood, answer=answer)
    channel = channel_with(wire)
    (payload,) = channel.render(OutgoingMessage(ref=ref(), reply=Reply(text="Так."), author=BOT))
    try:
        return wire, await channel.send(ref(), payload, NOW)
    except SendError as fault:
        return wire, fault


async def test_the_token_goes_in_the_header_alone() -> None:
    wire, sent = await sending(None)
    (asked,) = wire.asked
    assert asked.url == "https://chatapi.viber.com/pa/send_message"
    assert asked.headers["X-Viber-Auth-Token"] == TOKEN
    assert isinstance(asked.json_body, dict)
    assert asked.json_body["receiver"] == PERSON
    assert TOKEN not in json.dumps(asked.json_body)
    assert asked.patience > 0
    assert sent == Sent("5741311803571721087", "1")


@pytest.mark.parametrize("failure", viber_case().failures)
async def test_every_failure_is_one_error_that_tells_no_secret(failure: str) -> None:
    answer, wanted = viber_case().failures[failure]
    _, fault = await sending(answer)
    assert type(fault) is wanted
    assert TOKEN not in str(fault)
    assert "<html>" not in str(fault)


async def test_a_specialist_reads_vibers_own_reason() -> None:
    reasons = [
        str((await sending(answer))[1])
        for answer in (
            told(6, "receiverNotSubscribed"),
            told(3, f"no account has {TOKEN}"),
            told(2, "invalidAuthToken"),
            Answer(503),
        )
    ]
    assert reasons == [
        "receiverNotSubscribed (6)",
        "no account has … (3)",
        "the token is refused",
        "HTTP 503",
    ]


async def test_only_what_may_have_arrived_is_uncertain() -> None:
    uncertain = {
        name: fault.uncertain
        for name, (answer, _) in viber_case().failures.items()
        if isinstance(fault := (await sending(answer))[1], ChannelUnavailable)
    }
    assert {name for name, maybe in uncertain.items() if maybe} == {
        "taken without a token",
        "a status that is no number",
        "a list",
        "a page of a proxy",
        "an empty answer",
        "an answer of half a megabyte of brackets",
        "HTTP 504",
        "no answer in time",
    }


async def test_patience_is_what_viber_asks_or_long_enough_for_a_person_to_reply() -> None:
    for answer, seconds in (
        (told(12, "tooManyRequests"), 600.0),
        (Answer(429, b"", {"retry-after": "7"}), 7.0),
        (Answer(429, b"", {"retry-after": "soon"}), 60.0),
    ):
        _, fault = await sending(answer)
        assert isinstance(fault, RateLimited)
        assert fault.retry_after == seconds
