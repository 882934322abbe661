"""Viber: what is particular to it, through the channel's doors and against the emulator over a real connection."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import socket
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from viberbot import Api, BotConfiguration
from viberbot.api.messages import TextMessage

from adapters.supplies import ChannelSettingsFault, MenuItem, Supplies
from adapters.transport import Answer, HttpTransport, Transport
from adapters.viber.channel import ViberChannel, opened
from conversations.channel import (
    ChannelUnavailable,
    ConnectFault,
    Connects,
    FetchesFiles,
    NotAuthentic,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    Request,
    SendError,
    Sent,
    ShowsSigns,
    UnreadableBody,
)
from conversations.messages import (
    Attachment,
    AttachmentKind,
    Author,
    AuthorKind,
    Card,
    CardSource,
    ChannelEvent,
    Choice,
    ConversationRef,
    DeliveryReceipt,
    DeliveryState,
    IncomingMessage,
    MessageKind,
    OutgoingMessage,
    ReachChange,
    Reply,
)
from tests.contract.case_viber import NoFiles, good_mood, link, told, viber_case
from tests.contract.wire import FakeWire
from tests.emulators.viber import ViberServer

TOKEN = "4d5e6f7a8b9c0d1e-2f3a4b5c6d7e8f90-a1b2c3d4e5f60718"
PERSON = "01234567890A="
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads" / "viber"
PDF = b"%PDF-1.7 a form"

MENU = Choice(id="m:menu", label="Меню")
HUMAN = Choice(id="m:person", label="Покликати людину")
OFFICES = Choice(id="m:offices", label="Адреси, години")
BOT = Author(kind=AuthorKind.BOT)
MARIIA = Author(kind=AuthorKind.SPECIALIST, id="7", name="Марія Зразкова")


def welcome(link: str | None) -> Reply:
    about = (Choice(id="a:housing-subsidy:o", label="Субсидія"),) if link == "topic-housing-subsidy" else ()
    return Reply(text="Добрий день! Напишіть своє питання.", choices=(*about, MENU, HUMAN))


def supplies_with(transport: Transport | None = None, public: str = "https://chat.example") -> Supplies:
    return Supplies(
        community="zrazkova",
        name="Управління соціального захисту Зразкової громади",
        public_url=public,
        secret=b"a-secret-of-the-house",
        transport=transport or FakeWire(well=good_mood),
        store=NoFiles(),
        menu=(MenuItem(MENU, "menu", "…"), MenuItem(HUMAN, "person", "…"), MenuItem(OFFICES, "offices", "…")),
        welcome=welcome,
        link=link if public else lambda file: None,
        clock=lambda: NOW,
    )


def channel_with(
    transport: Transport | None = None, public: str = "https://chat.example", **set_to: str
) -> ViberChannel:
    return built(supplies_with(transport, public), **set_to)


def built(supplies: Supplies, **set_to: str) -> ViberChannel:
    channel = opened({"VIBER_TOKEN": TOKEN, **set_to}, supplies)
    assert channel is not None
    return channel


def ref(person: str = PERSON) -> ConversationRef:
    return ConversationRef(community="zrazkova", channel="viber", bot="viber", address=person)


def rendered(reply: Reply, author: Author = BOT, channel: ViberChannel | None = None) -> list[dict[str, Any]]:
    outgoing = OutgoingMessage(ref=ref(), reply=reply, author=author)
    payloads = (channel or channel_with()).render(outgoing)
    assert {payload["method"] for payload in payloads} == {"send_message"}
    return [dict(payload["body"]) for payload in payloads]


def form(size: int = len(PDF), **changed: Any) -> Attachment:
    fields = {
        "kind": AttachmentKind.DOCUMENT,
        "content_hash": hashlib.sha256(PDF).hexdigest(),
        "media_type": "application/pdf",
        "size": size,
        "name": "Заява.pdf",
    }
    return Attachment(**{**fields, **changed})


# -------------------------------------------------------------------- settings


def test_without_settings_there_is_no_channel() -> None:
    assert opened({"TELEGRAM_TOKEN": "1:A"}, supplies_with()) is None


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"VIBER_NAME": "Громада"}, "VIBER_TOKEN"),
        ({"VIBER_TOKEN": "short"}, "VIBER_TOKEN"),
        ({"VIBER_TOKEN": TOKEN, "VIBER_NAME": "Д" * 29}, "VIBER_NAME"),
        ({"VIBER_TOKEN": TOKEN, "VIBER_API_BASE": "chatapi.viber.com"}, "VIBER_API_BASE"),
        ({"VIBER_TOKEN": TOKEN, "VIBER_AVATR": "https://a.example/a.png"}, "VIBER_AVATAR"),
    ],
)
def test_a_wrong_setting_is_named(variables: dict[str, str], words: str) -> None:
    with pytest.raises(ChannelSettingsFault, match=words) as fault:
        opened(variables, supplies_with())
    assert TOKEN not in str(fault.value)


def test_keeps_the_protocols_the_vendor_has() -> None:
    channel = channel_with()
    assert isinstance(channel, FetchesFiles)
    assert isinstance(channel, Connects)
    assert not isinstance(channel, ShowsSigns)


def test_the_price_after_a_day_is_what_the_settings_say() -> None:
    free = channel_with().capabilities
    paid = channel_with(VIBER_PRICE="0,0196 €").capabilities
    assert (free.price, paid.price) == (None, "0,0196 €")
    assert paid.paid_from(NOW) == NOW + timedelta(hours=24)
    assert paid.closes_at(NOW, AuthorKind.SPECIALIST) is None


# -------------------------------------------------------------------- who calls

GOLDEN_TOKEN = "44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3"
GOLDEN_BODY = b'{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}'
GOLDEN_SIGNATURE = "d21b343448c8aee33b8e93768ef6ceb64a6ba6163099973a2b8bd028fea510ef"


@pytest.mark.parametrize(
    "proof",
    [
        {"headers": {"x-viber-content-signature": GOLDEN_SIGNATURE}},
        {"query": {"sig": GOLDEN_SIGNATURE}},
        {"headers": {"x-viber-content-signature": GOLDEN_SIGNATURE}, "query": {"sig": "0" * 64}},
    ],
)
def test_the_signature_of_the_official_libraries_is_taken(proof: dict[str, Any]) -> None:
    channel = channel_with(VIBER_TOKEN=GOLDEN_TOKEN)
    caller = channel.authenticate(Request(method="POST", body=GOLDEN_BODY, **proof))
    assert channel.parse(GOLDEN_BODY, caller) == ()


def test_one_changed_byte_is_refused() -> None:
    channel = channel_with(VIBER_TOKEN=GOLDEN_TOKEN)
    headers = {"x-viber-content-signature": GOLDEN_SIGNATURE}
    for body in (GOLDEN_BODY + b"\n", GOLDEN_BODY.replace(b":", b": ", 1), b""):
        with pytest.raises(NotAuthentic):
            channel.authenticate(Request(method="POST", headers=headers, body=body))


# -------------------------------------------------------------------- what they say


def recorded(name: str) -> dict[str, Any]:
    body = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))["body"]
    assert isinstance(body, dict)
    return body


def parsed(body: dict[str, Any], channel: ViberChannel | None = None) -> list[ChannelEvent]:
    channel = channel or channel_with()
    raw = json.dumps(body).encode()
    return list(channel.parse(raw, viber_case().channel.authenticate(viber_case().proven(raw))))


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


# -------------------------------------------------------------------- the welcome


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


# -------------------------------------------------------------------- what we say


def grid(*labels: str) -> list[int]:
    choices = tuple(Choice(id=f"c:{index}", label=label) for index, label in enumerate(labels))
    (body,) = rendered(Reply(text="?", choices=choices))
    return [button["Columns"] for button in body["keyboard"]["Buttons"]]


def test_short_labels_stand_two_in_a_row_and_long_ones_alone() -> None:
    assert grid("Так", "Ні") == [3, 3]
    assert grid("Так", "Ні", "Не знаю") == [3, 3, 6]
    assert grid("Покликати людину", "Так", "Ні") == [6, 3, 3]
    assert grid("Так", "Покликати людину", "Ні") == [6, 6, 6]
    assert grid(*["Покликати людину"] * 12) == [6] * 12


def test_a_thirteenth_button_is_said_in_words() -> None:
    choices = tuple(Choice(id=f"c:{index}", label=f"Відповідь номер {index}") for index in range(13))
    (body,) = rendered(Reply(text="Що саме?", choices=choices))
    assert len(body["keyboard"]["Buttons"]) == 12
    assert body["text"].endswith("13. Відповідь номер 12\nНапишіть номер або слово.")


def test_a_press_is_silent_and_a_label_is_no_mark_up() -> None:
    (body,) = rendered(Reply(text="?", choices=(Choice(id="c:1", label="<b>a & b"),)))
    (button,) = body["keyboard"]["Buttons"]
    assert button["Silent"] is True
    assert button["Text"] == '<font color="#1A1A1A">&lt;b&gt;a &amp; b</font>'
    # Needs API level 4 and is what clients do without it.
    assert "InputFieldState" not in body["keyboard"]
    assert "min_api_version" not in body


def test_the_phone_shares_its_number_and_place_by_buttons_of_their_own() -> None:
    share = Choice(id="p:share", label="Дати свій номер", asks="phone")
    near = Choice(id="o:near", label="Показати, де я", asks="location")
    (body,) = rendered(Reply(text="?", choices=(share, MENU)))
    assert [button["ActionType"] for button in body["keyboard"]["Buttons"]] == ["share-phone", "reply"]
    assert all(button["ActionBody"] for button in body["keyboard"]["Buttons"])
    assert (body["min_api_version"], body["tracking_data"]) == (3, "phone")
    (body,) = rendered(Reply(text="?", choices=(near, MENU)))
    assert [button["ActionType"] for button in body["keyboard"]["Buttons"]] == ["location-picker", "reply"]
    assert (body["min_api_version"], body["tracking_data"]) == (3, "talk")


def test_the_bots_words_without_buttons_keep_the_first_doors_open() -> None:
    (body,) = rendered(Reply(text="Записано."))
    assert [button["ActionBody"] for button in body["keyboard"]["Buttons"]] == [
        "=>m:menu Меню",
        "=>m:person Покликати людину",
    ]
    (body,) = rendered(Reply(text="Добрий день!"), MARIIA)
    assert "keyboard" not in body


def test_buttons_come_once_with_the_last_message() -> None:
    bodies = rendered(Reply(text="Допомога. " * 1_500, choices=(MENU,), attachments=(form(),)))
    assert [body["type"] for body in bodies] == ["text", "text", "text", "file"]
    assert ["keyboard" in body for body in bodies] == [False, False, False, True]


def test_a_specialist_signs_with_their_name() -> None:
    long_name = replace_name(MARIIA, "Марія-Магдалина Зразкова-Прикладенко")
    nameless = Author(kind=AuthorKind.SPECIALIST, id="8")
    channel = channel_with(VIBER_NAME="Приймальня", VIBER_AVATAR="https://chat.example/a.png")
    senders = [
        rendered(Reply(text="Так."), author, channel)[0]["sender"]
        for author in (BOT, MARIIA, long_name, nameless)
    ]
    assert [sender["name"] for sender in senders] == [
        "Приймальня",
        "Марія Зразкова",
        "Марія-Магдалина…",
        "Приймальня",
    ]
    assert {sender["avatar"] for sender in senders} == {"https://chat.example/a.png"}


def replace_name(author: Author, name: str) -> Author:
    return author.model_copy(update={"name": name})


def test_without_a_name_the_communitys_own_is_cut_to_fit() -> None:
    (body,) = rendered(Reply(text="Так."))
    assert body["sender"] == {"name": "Управління соціального…"}


def test_the_act_behind_a_card_is_a_link_under_the_text() -> None:
    url = "https://zakon.example/show/2811-20"
    card = Card(title="Субсидія", answer="Так", source=CardSource(text="Постанова 848", url=url))
    (body,) = rendered(Reply(text="Субсидія. Постанова 848.", card=card))
    assert body["text"] == f"Субсидія. Постанова 848.\n{url}"
    (body,) = rendered(Reply(text=f"Див. {url}", card=card))
    assert body["text"] == f"Див. {url}"
    full = "д" * 6_000
    (body,) = rendered(Reply(text=full, card=card))
    assert body["text"] == full


def test_the_fullest_message_stays_within_thirty_kilobytes() -> None:
    choices = tuple(Choice(id="c" * 38 + f"{index:02}", label="<&🙂" * 6) for index in range(12))
    (body,) = rendered(Reply(text="🙂" * 6_000, choices=choices), MARIIA)
    request = {"receiver": "r" * 100, **body}
    assert len(json.dumps(request, ensure_ascii=False).encode()) <= 30_000


def test_a_photo_is_a_picture_where_viber_takes_it_as_one() -> None:
    photo = form(kind=AttachmentKind.PHOTO, media_type="image/jpeg", name="Схема.jpg")
    _, body = rendered(Reply(text="Ось.", attachments=(photo,)))
    assert (body["type"], body["media"], body["text"]) == ("picture", link(photo), "")
    assert None not in body.values()
    big = photo.model_copy(update={"size": 1_000_001})
    _, body = rendered(Reply(text="Ось.", attachments=(big,)))
    assert (body["type"], body["size"], body["file_name"]) == ("file", 1_000_001, "Схема.jpg")


def test_a_file_without_a_name_gets_one_with_an_ending_and_a_long_one_keeps_its_own() -> None:
    _, body = rendered(Reply(text="Ось.", attachments=(form(name=None),)))
    assert body["file_name"] == "файл.pdf"
    _, body = rendered(Reply(text="Ось.", attachments=(form(name="з" * 300 + ".pdf"),)))
    assert len(body["file_name"]) == 256
    assert body["file_name"].endswith("з.pdf")


def test_without_a_public_address_a_file_is_named_in_words() -> None:
    channel = channel_with(public="")
    (body,) = rendered(Reply(text="Ось.", attachments=(form(),)), channel=channel)
    assert "«Заява.pdf»" in body["text"]
    assert not channel.capabilities.file_kinds


# -------------------------------------------------------------------- what became of it


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


# -------------------------------------------------------------------- against the emulator


@dataclass
class House:
    """A door for callbacks and a channel behind it, as the house joins them."""

    viber: ViberServer
    channel: ViberChannel
    address: str
    events: dict[str, ChannelEvent] = field(default_factory=dict)
    takes: list[int] = field(default_factory=list)
    proofs: list[tuple[bytes, str, str]] = field(default_factory=list)
    refused: int = 0

    async def take(self, request: web.Request) -> web.Response:
        """Store each event once, then acknowledge; `takes` are the statuses of the next answers."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request("POST", headers, dict(request.query), body=await request.read())
        self.proofs.append((asked.body, headers["x-viber-content-signature"], asked.query["sig"]))
        try:
            caller = self.channel.authenticate(asked)
        except NotAuthentic:
            self.refused += 1
            return web.Response(status=403)
        if self.takes:
            return web.Response(status=self.takes.pop(0))
        events = self.channel.parse(asked.body, caller)
        self.events.update({event.event_key: event for event in events})
        answer = self.channel.acknowledge(asked, events)
        return web.Response(status=answer.status, body=answer.body, content_type=answer.media_type)

    async def give(self, request: web.Request) -> web.Response:
        """A stored file, for whoever has its address."""
        return web.Response(body=PDF, content_type="application/pdf")

    async def say(self, reply: Reply, author: Author = BOT, person: str = PERSON) -> list[Sent]:
        message = OutgoingMessage(ref=ref(person), reply=reply, author=author)
        return [
            await self.channel.send(message.ref, payload, NOW) for payload in self.channel.render(message)
        ]

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events.values() if isinstance(event, kind)]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A connected house."""
    viber = ViberServer(TOKEN)
    await viber.start()
    transport = HttpTransport()
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        supplies = replace(
            supplies_with(transport, address),
            link=lambda file: f"{address}/files/{file.content_hash}.pdf",
        )
        served = House(viber, built(supplies, VIBER_API_BASE=viber.base), address)
        app.router.add_post("/webhooks/zrazkova/viber", served.take)
        app.router.add_get("/files/{name}", served.give)
        await runner.setup()
        await web.SockSite(runner, door).start()
        try:
            await served.channel.connect()
            yield served
        finally:
            await viber.stop()
            await transport.close()
            await runner.cleanup()


async def test_connecting_sets_the_webhook_its_events_and_names(house: House) -> None:
    status = await house.channel.status()
    assert status.account == "Приймальня Зразкова (viber://pa?chatURI=zrazkova), 0 subscribers"
    assert status.webhook == f"{house.address}/webhooks/zrazkova/viber"
    assert status.error is None
    (asked,) = [body for method, body in house.viber.requests if method == "set_webhook"]
    assert asked["send_name"] is True
    assert set(asked["event_types"]) == {
        "delivered",
        "seen",
        "failed",
        "subscribed",
        "unsubscribed",
        "conversation_started",
    }
    assert [(status, event["event"]) for status, event in house.viber.callbacks] == [(200, "webhook")]


async def test_a_newcomer_is_welcomed_presses_and_is_answered(house: House) -> None:
    await house.viber.open_chat(PERSON, "topic-housing-subsidy")
    assert house.events == {}
    (welcomed,) = house.viber.screen(PERSON)
    assert welcomed.buttons == ("Субсидія", "Меню", "Покликати людину")
    await house.viber.press(PERSON, "Субсидія")
    (press,) = house.told(IncomingMessage)
    assert (press.kind, press.choice_id, press.text) == (
        MessageKind.PRESS,
        "a:housing-subsidy:o",
        "Субсидія",
    )
    assert press.author_name == "Особа 1"
    await house.say(Reply(text="Субсидія допомагає платити за комунальні."))
    shown = house.viber.screen(PERSON)[-1]
    assert shown.text == "Субсидія допомагає платити за комунальні."
    assert shown.buttons == ("Меню", "Покликати людину")
    with pytest.raises(KeyError):
        await house.viber.press(PERSON, "Субсидія")


async def test_a_label_typed_by_hand_is_a_text(house: House) -> None:
    await house.viber.open_chat(PERSON)
    await house.viber.write(PERSON, "Меню")
    (message,) = house.told(IncomingMessage)
    assert (message.kind, message.text, message.choice_id) == (MessageKind.TEXT, "Меню", None)


async def test_coming_back_by_a_link_is_a_start_and_no_second_welcome(house: House) -> None:
    await house.viber.write(PERSON, "Добрий день")
    await house.viber.open_chat(PERSON, "topic-housing-subsidy")
    start = house.told(IncomingMessage)[-1]
    assert (start.kind, start.start) == (MessageKind.START, "topic-housing-subsidy")
    assert house.viber.screen(PERSON) == ()


async def test_who_subscribes_is_reachable_and_who_leaves_is_not(house: House) -> None:
    await house.viber.subscribe(PERSON)
    await house.say(Reply(text="Так."))
    await house.viber.unsubscribe(PERSON)
    assert [change.reachable for change in house.told(ReachChange)] == [True, False]
    with pytest.raises(RecipientUnreachable, match=r"receiverNotSubscribed \(6\)"):
        await house.say(Reply(text="Так."))
    house.viber.leave_viber(PERSON)
    with pytest.raises(RecipientUnreachable, match=r"\(5\)"):
        await house.say(Reply(text="Так."))


async def test_receipts_name_the_message_by_the_id_of_its_sending(house: House) -> None:
    await house.viber.write(PERSON, "так")
    house.viber.phone(PERSON).devices = 2
    (sent,) = await house.say(Reply(text="Записано."), MARIIA)
    await house.viber.settle()
    await house.viber.look(PERSON)
    receipts = house.told(DeliveryReceipt)
    # Two devices told it, once is enough.
    assert [receipt.state for receipt in receipts] == [DeliveryState.DELIVERED, DeliveryState.SEEN]
    assert {receipt.external_id for receipt in receipts} == {sent.external_id}
    assert int(sent.external_id) > 2**53
    assert house.viber.screen(PERSON)[-1].sender == "Марія Зразкова"


async def test_a_message_within_the_day_and_after_it_are_billed_differently(house: House) -> None:
    await house.viber.subscribe(PERSON)
    (charged,) = await house.say(Reply(text="Є новина."))
    await house.viber.write(PERSON, "дякую")
    (free,) = await house.say(Reply(text="Прошу."))
    assert charged.billing
    assert free.billing
    assert charged.billing != free.billing


async def test_what_a_phone_refuses_comes_back_as_failed_with_its_reason(house: House) -> None:
    await house.viber.write(PERSON, "так")
    lost = form(content_hash="0" * 64, size=7)
    _, sent = await house.say(Reply(text="Ось.", attachments=(lost,)))
    await house.viber.settle()
    (failed,) = [receipt for receipt in house.told(DeliveryReceipt) if receipt.state is DeliveryState.FAILED]
    assert (failed.external_id, failed.reason) == (sent.external_id, "size is not the file's")


async def test_a_file_goes_out_by_its_address(house: House) -> None:
    await house.viber.write(PERSON, "бланк")
    await house.say(Reply(text="Ось бланк.", attachments=(form(),)), MARIIA)
    await house.viber.settle()
    assert [shown.files for shown in house.viber.screen(PERSON)] == [(), ("Заява.pdf",)]
    assert list(house.viber.downloads.values()) == [PDF]


async def test_a_file_comes_in_while_viber_keeps_it(house: House) -> None:
    await house.viber.send_file(PERSON, "file", PDF, "довідка.pdf")
    (message,) = house.told(IncomingMessage)
    (remote,) = message.remote_files
    assert (message.kind, remote.name, remote.size) == (MessageKind.DOCUMENT, "довідка.pdf", len(PDF))
    assert (await house.channel.fetch_file(remote.handle)).content == PDF
    house.viber.expire()
    with pytest.raises(ReplyRejected):
        await house.channel.fetch_file(remote.handle)


async def test_no_address_inside_our_own_network_is_fetched(house: House) -> None:
    for handle in (f"{house.address}/files/x", "http://169.254.169.254/latest", "http://localhost:5432/"):
        with pytest.raises(ReplyRejected, match="not an address"):
            await house.channel.fetch_file(handle)


async def test_a_vendor_that_does_not_give_a_file_now_is_asked_again() -> None:
    for answer, error in ((Answer(500), ChannelUnavailable), (Answer(404), ReplyRejected)):
        channel = channel_with(FakeWire(well=good_mood, answer=answer))
        with pytest.raises(error):
            await channel.fetch_file("https://dl-media.viber.example/1.jpg")


async def test_the_number_is_given_by_our_button_and_a_card_is_not_asked_for(house: House) -> None:
    await house.viber.write(PERSON, "подзвоніть мені")
    await house.viber.share_contact(PERSON, "Сусідка", "380671112233")
    assert house.told(IncomingMessage)[-1].phone is None
    share = Choice(id="p:share", label="Дати свій номер", asks="phone")
    await house.say(Reply(text="На який номер?", choices=(share, MENU)))
    await house.viber.press(PERSON, "Дати свій номер")
    given = house.told(IncomingMessage)[-1]
    assert (given.kind, given.phone) == (MessageKind.CONTACT, house.viber.phone(PERSON).number)
    await house.say(Reply(text="Записано."))
    await house.viber.share_contact(PERSON, "Сусідка", "380671112233")
    assert house.told(IncomingMessage)[-1].phone is None


async def test_a_desktop_and_an_old_phone_do_without_the_sharing_buttons(house: House) -> None:
    share = Choice(id="p:share", label="Дати свій номер", asks="phone")
    await house.viber.write(PERSON, "подзвоніть мені")
    house.viber.phone(PERSON).desktop = True
    await house.say(Reply(text="На який номер?", choices=(share,)))
    await house.viber.press(PERSON, "Дати свій номер")
    press = house.told(IncomingMessage)[-1]
    assert (press.kind, press.choice_id, press.phone) == (MessageKind.PRESS, "p:share", None)
    house.viber.phone(PERSON).api_version = 2
    with pytest.raises(ReplyRejected, match=r"\(13\)"):
        await house.say(Reply(text="На який номер?", choices=(share,)))


async def test_the_place_is_given_by_our_button(house: House) -> None:
    await house.viber.write(PERSON, "де ви")
    await house.say(
        Reply(text="Де ви?", choices=(Choice(id="o:near", label="Показати, де я", asks="location"),))
    )
    await house.viber.press(PERSON, "Показати, де я")
    assert house.told(IncomingMessage)[-1].kind is MessageKind.LOCATION


async def test_a_repeated_callback_has_the_same_key(house: House) -> None:
    house.takes = [500, 503]
    await house.viber.write(PERSON, "скільки платять")
    assert house.events == {}
    await house.viber.settle()
    (message,) = house.told(IncomingMessage)
    tries = [
        (status, event["message_token"])
        for status, event in house.viber.callbacks
        if event["event"] == "message"
    ]
    assert [status for status, _ in tries] == [500, 503, 200]
    assert {f"message:{token}" for _, token in tries} == {message.event_key}


async def test_an_answer_that_got_lost_doubles_nothing(house: House) -> None:
    await house.viber.write(PERSON, "так")
    _, event = house.viber.callbacks[-1]
    await house.viber.tell(event)
    assert len(house.told(IncomingMessage)) == 1


async def test_a_stranger_who_does_not_know_the_token_is_refused(house: House) -> None:
    stranger = ViberServer("another-token-of-another-bot", f"{house.address}/webhooks/zrazkova/viber")
    await stranger.start()
    await stranger.write(PERSON, "так")
    await stranger.stop()
    assert house.refused == 1
    assert house.events == {}


async def test_a_hundred_messages_without_a_reply_are_enough(house: House) -> None:
    await house.viber.write(PERSON, "так")
    for number in range(100):
        await house.say(Reply(text=f"Повідомлення {number}"), MARIIA)
    with pytest.raises(RateLimited):
        await house.say(Reply(text="Ще одне"), MARIIA)
    await house.viber.write(PERSON, "годі")
    await house.say(Reply(text="Гаразд."), MARIIA)
    await house.viber.settle()


async def test_a_vendor_that_fails_once_is_told_apart_and_the_next_sending_arrives(house: House) -> None:
    await house.viber.write(PERSON, "так")
    house.viber.refuse_next(http=500)
    house.viber.refuse_next(raw=b"<html>")
    house.viber.refuse_next(verdict=(12, "Too many requests"))
    for error in (ChannelUnavailable, ChannelUnavailable, RateLimited):
        with pytest.raises(error):
            await house.say(Reply(text="Так."))
    await house.say(Reply(text="Так."))
    assert [shown.text for shown in house.viber.screen(PERSON)] == ["Так."]


async def test_an_unknown_event_is_answered_and_gives_nothing(house: House) -> None:
    await house.viber.tell({"event": "client_status", "user_id": PERSON, "status": {"code": 0}})
    assert house.viber.callbacks[-1][0] == 200
    assert house.events == {}


# -------------------------------------------------------------------- connecting that fails


async def refused_connection(channel: ViberChannel) -> ConnectFault:
    with pytest.raises(ConnectFault) as fault:
        await channel.connect()
    assert TOKEN not in str(fault.value)
    return fault.value


async def test_connecting_says_what_to_mend() -> None:
    away = FakeWire(well=good_mood, answer=ChannelUnavailable("no connection to the vendor"))
    cases = {
        "PRYIMALNIA_PUBLIC_URL": channel_with(public=""),
        "VIBER_TOKEN": channel_with(FakeWire(well=good_mood, answer=told(2, "invalidAuthToken"))),
        "must be running": channel_with(FakeWire(well=good_mood, answer=told(1, "invalidUrl"))),
        "list of errors": channel_with(FakeWire(well=good_mood, answer=told(3, "badData"))),
        "VIBER_API_BASE": channel_with(away),
    }
    for mend, channel in cases.items():
        assert mend in (await refused_connection(channel)).mend


async def test_a_door_that_is_closed_fails_the_webhook(house: House) -> None:
    house.takes = [503]
    fault = await refused_connection(house.channel)
    assert "got no 200" in fault.reason
    assert house.address in fault.reason


async def test_status_tells_what_is_not_as_it_was_set() -> None:
    def account(**fields: object) -> FakeWire:
        return FakeWire(well=good_mood, answer=told(0, "ok", name="Приймальня", **fields))

    here = "https://chat.example/webhooks/zrazkova/viber"
    errors = {
        "no webhook is set": account(webhook=""),
        "the webhook is not this server's": account(webhook="https://other.example/viber"),
        "Viber was not asked to tell: seen, failed": account(
            webhook=here, event_types=["conversation_started", "delivered"]
        ),
    }
    for error, wire in errors.items():
        assert (await channel_with(wire).status()).error == error
    fine = await channel_with(account(webhook=here, event_types=None, subscribers_count="many")).status()
    assert (fine.account, fine.error) == ("Приймальня", None)
    with pytest.raises(ConnectFault):
        await channel_with(FakeWire(well=good_mood, answer=told(7, "publicAccountBlocked"))).status()


# -------------------------------------------------------------------- the emulator, by other hands


@pytest.fixture
async def viber() -> AsyncIterator[ViberServer]:
    """The emulator with a person who has written, and no bot."""
    server = ViberServer(TOKEN)
    await server.start()
    try:
        await server.write(PERSON, "так")
        yield server
    finally:
        await server.stop()


async def test_the_official_library_sends_with_its_token_in_the_body(viber: ViberServer) -> None:
    api = Api(BotConfiguration(auth_token=TOKEN, name="Приймальня", avatar=""))
    api._request_sender._viber_bot_api_url = viber.base
    (token,) = await asyncio.to_thread(api.send_messages, PERSON, [TextMessage(text="Так.")])
    assert token > 2**53
    assert [shown.text for shown in viber.screen(PERSON)] == ["Так."]
    assert (await asyncio.to_thread(api.get_account_info))["subscribers_count"] == 1
    with pytest.raises(Exception, match="status: 6"):
        await asyncio.to_thread(
            api.send_messages, viber.phone("passer-by==").person, [TextMessage(text="Так.")]
        )


async def test_the_official_library_takes_the_emulators_signature(house: House) -> None:
    await house.viber.write(PERSON, "субсидія")
    api = Api(BotConfiguration(auth_token=TOKEN, name="Приймальня", avatar=""))
    body, signature, in_address = house.proofs[-1]
    assert api.verify_signature(body, signature)
    assert signature == in_address


BUTTON = {"Columns": 6, "Rows": 1, "ActionType": "reply", "ActionBody": "x", "Text": "x"}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 0),
        ({"text": "д" * 7_001}, 3),
        ({"text": ""}, 4),
        ({"text": "🙂" * 7_000, "tracking_data": "т" * 1_500}, 3),
        ({"tracking_data": "т" * 4_001}, 3),
        ({"sender": {"name": "Д" * 29}}, 3),
        ({"sender": None}, 4),
        ({"receiver": None}, 4),
        ({"receiver": "nobody=="}, 5),
        ({"type": "voice"}, 3),
        ({"type": "file", "media": "https://a.example/a.pdf", "file_name": "a.pdf"}, 4),
        ({"type": "file", "media": "https://a.example/a", "file_name": "a", "size": 50_000_001}, 3),
        ({"min_api_version": 99}, 13),
        ({"keyboard": {"Buttons": [{**BUTTON, "ActionType": "share-phone"}]}}, 3),
        ({"keyboard": {"Buttons": [{**BUTTON, "ActionType": "share-phone"}]}, "min_api_version": 3}, 0),
    ],
)
async def test_the_emulator_answers_as_viber_does(
    viber: ViberServer, changed: dict[str, Any], status: int
) -> None:
    body = {"receiver": PERSON, "type": "text", "text": "Так.", "sender": {"name": "Приймальня"}, **changed}
    assert await asked(viber, body) == status


@pytest.mark.parametrize(
    "keyboard",
    [
        {"Buttons": []},
        {"Buttons": [{**BUTTON, "Columns": 7}]},
        {"Buttons": [{**BUTTON, "Rows": 3}]},
        {"Buttons": [{**BUTTON, "ActionBody": ""}]},
        {"Buttons": [BUTTON] * 13},
        {"Buttons": [{**BUTTON, "Text": "x" * 251}]},
        {"Buttons": [BUTTON], "InputFieldState": "hidden"},
        {"Buttons": [BUTTON], "BgColor": "white"},
    ],
)
async def test_the_emulators_phones_refuse_what_the_server_took(
    viber: ViberServer, keyboard: dict[str, Any]
) -> None:
    body = {"receiver": PERSON, "type": "text", "text": "Так.", "sender": {"name": "П"}, "keyboard": keyboard}
    assert await asked(viber, body) == 0
    assert viber.screen(PERSON) == ()


async def asked(viber: ViberServer, body: dict[str, Any]) -> int:
    transport = HttpTransport()
    try:
        answer = await transport.request(
            "POST", f"{viber.base}/send_message", headers={"X-Viber-Auth-Token": TOKEN}, json_body=body
        )
    finally:
        await transport.close()
    status = answer.json()["status"]
    assert isinstance(status, int)
    return status
