"""Messenger: what is particular to it, alone with an invented vendor's answers. Over the network: the next file."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.messenger.api import GraphApi
from adapters.messenger.channel import MessengerChannel, opened
from adapters.messenger.connecting import Connection
from adapters.messenger.settings import MessengerSettings
from adapters.supplies import ChannelSettingsFault
from adapters.transport import Answer
from conversations.channel import (
    Channel,
    ChannelUnavailable,
    Connects,
    FetchesFiles,
    Payload,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    ReplyWindowClosed,
    Request,
    SendError,
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
    Choice,
    ConversationRef,
    IncomingMessage,
    OutgoingMessage,
    Reply,
)
from tests.contract.case_messenger import (
    HUB,
    PAGE,
    PERSON,
    VERIFY,
    batch,
    failures,
    item,
    messenger,
    messenger_case,
    posted,
    supplied,
    well,
)
from tests.contract.wire import FakeWire

REF = ConversationRef(community="zrazkova", channel="messenger", bot=PAGE, address=PERSON)
BOT = Author(kind=AuthorKind.BOT)
MARIIA = Author(kind=AuthorKind.SPECIALIST, id="7", name="Марія Зразкова")
PAYLOADS = Path(__file__).parents[1] / "contract" / "payloads" / "messenger"


def rendered(reply: Reply, author: Author = BOT) -> list[Payload]:
    channel = messenger(FakeWire(well=well))
    return list(channel.render(OutgoingMessage(ref=REF, reply=reply, author=author)))


def photo(size: int = 100, media_type: str = "image/jpeg") -> Attachment:
    return Attachment(
        kind=AttachmentKind.PHOTO, content_hash="0" * 64, media_type=media_type, size=size, name="схема.jpg"
    )


# Settings.


def test_keeps_what_the_vendor_has() -> None:
    channel: Channel = messenger(FakeWire(well=well))
    assert isinstance(channel, FetchesFiles)
    assert isinstance(channel, ShowsSigns)
    assert isinstance(channel, Connects)


def test_nothing_set_is_no_channel() -> None:
    assert opened({"TELEGRAM_TOKEN": "1:a"}, supplied(FakeWire(well=well))) is None


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MESSENGER_PAGE_TOKEN", "", "MESSENGER_PAGE_TOKEN"),
        ("MESSENGER_PAGE_ID", "my-page", "MESSENGER_PAGE_ID"),
        ("MESSENGER_API_BASE", "http://graph.facebook.com", "must be an https address"),
        ("MESSENGER_API_BASE", "ftp://127.0.0.1", "must be an https address"),
        ("MESSENGER_VERSION", "25", "MESSENGER_VERSION"),
        ("MESSENGER_HUMAN_AGENT", "perhaps", "MESSENGER_HUMAN_AGENT"),
        ("MESSENGER_PER_SECOND", "nan", "MESSENGER_PER_SECOND: Input should be"),
        ("MESSENGER_PAGETOKEN", "x", "did you mean MESSENGER_PAGE_TOKEN?"),
    ],
)
def test_a_wrong_setting_is_named_and_never_shown(name: str, value: str, told: str) -> None:
    with pytest.raises(ChannelSettingsFault) as fault:
        messenger(FakeWire(well=well), **{name: value})
    assert told in str(fault.value)
    assert "EAAG" not in str(fault.value)


@pytest.mark.parametrize("human_agent", ["true", "false"])
def test_the_pace_is_what_the_settings_say(human_agent: str) -> None:
    wire = FakeWire(well=well)
    assert messenger(wire, MESSENGER_HUMAN_AGENT=human_agent).capabilities.pace == 20
    faster = messenger(wire, MESSENGER_HUMAN_AGENT=human_agent, MESSENGER_PER_SECOND="40").capabilities
    assert faster.pace == 40
    assert (faster.specialist_window is not None) == (human_agent == "true")


def test_the_verify_token_is_derived_where_none_is_set() -> None:
    channel = messenger(FakeWire(well=well), MESSENGER_VERIFY_TOKEN="")
    token = supplied(FakeWire(well=well)).derived("messenger")
    query = {"hub.mode": "subscribe", "hub.challenge": "7", "hub.verify_token": token}
    assert channel.authenticate(Request(method="GET", query=query)).bot == PAGE


def test_neither_token_nor_secret_is_shown_by_any_part() -> None:
    token, secret, verify = messenger_case().secrets
    settings = MessengerSettings(
        page_id=PAGE,
        page_token=SecretStr(token),
        app_secret=SecretStr(secret),
        verify_token=SecretStr(verify),
    )
    api = GraphApi(FakeWire(well=well), settings.api_base, settings.version, PAGE, token, secret)
    shown = repr(settings) + repr(api) + repr(Connection(api, supplied(FakeWire(well=well)), None, verify))
    assert not any(hidden in shown for hidden in (token, secret, verify))


# Coming in.


def test_the_signature_is_the_one_openssl_makes() -> None:
    body = b'{"object":"page","entry":[{"id":"1","time":1458692752478,"messaging":[]}]}'
    channel = messenger(FakeWire(well=well), MESSENGER_APP_SECRET="app-secret-of-the-vector")
    vector = "sha256=0e677c607db8baa12895a44f47f4ec576efdf7fce96a08ab36f2848a457fb9e9"
    assert channel.authenticate(posted(body, **{HUB: vector})).bot == PAGE


def test_the_handshake_gives_no_events_and_its_challenge_back() -> None:
    channel = messenger(FakeWire(well=well))
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}
    request = Request(method="GET", query=query)
    events = channel.parse(request.body, channel.authenticate(request))
    answer = channel.acknowledge(request, events)
    assert events == ()
    assert (answer.status, answer.body, answer.media_type) == (200, b"1158201444", "text/plain")


@pytest.mark.parametrize("name", messenger_case().echoes)
def test_our_own_echoes_give_nothing(name: str) -> None:
    case = messenger_case()
    assert not case.channel.parse(case.echoes[name], case.channel.authenticate(posted(b"")))


def test_without_our_apps_id_our_mark_tells_our_echoes() -> None:
    case = messenger_case()
    channel = messenger(FakeWire(well=well), MESSENGER_APP_ID="")
    caller = channel.authenticate(posted(b""))
    assert not channel.parse(case.echoes["by our mark"], caller)
    assert len(channel.parse(case.echoes["by our app's number"], caller)) == 1


def test_a_person_can_not_pass_for_an_echo() -> None:
    channel = messenger(FakeWire(well=well))
    said = item(sender=PERSON, message={"mid": "m_1", "is_echo": True, "text": "я колега"})
    assert not channel.parse(batch(said), channel.authenticate(posted(b"")))


def test_stamps_in_seconds_and_nonsense_are_understood() -> None:
    channel = messenger(FakeWire(well=well))
    moments = []
    for stamp in (1458692752478, "1458692752478", 1458692752, "1527459824", -5, 10**40, "⁴", None):
        said = {**item(message={"mid": "m_1", "text": "так"}), "timestamp": stamp}
        (event,) = channel.parse(batch(said), channel.authenticate(posted(b"")))
        assert isinstance(event, IncomingMessage)
        moments.append(event.sent_at)
    assert moments[0] == moments[1] == datetime(2016, 3, 23, 0, 25, 52, 478000, tzinfo=UTC)
    assert moments[2] == datetime(2016, 3, 23, 0, 25, 52, tzinfo=UTC)
    assert moments[3] == datetime(2018, 5, 27, 22, 23, 44, tzinfo=UTC)
    assert all(moment.year == 2026 for moment in moments[4:])


def test_a_batch_of_a_thousand_is_read_in_order() -> None:
    channel = messenger(FakeWire(well=well))
    items = [
        {**item(message={"mid": f"m_{number}", "text": str(number)}), "timestamp": 1795510800000 + number}
        for number in range(1000)
    ]
    random.Random(4).shuffle(items)
    events = channel.parse(batch(*items), channel.authenticate(posted(b"")))
    assert [event.text for event in events if isinstance(event, IncomingMessage)] == [
        str(number) for number in range(1000)
    ]


def _mutated(value: Any, dice: random.Random) -> Any:
    """The same with one or several of its parts replaced, dropped or doubled."""
    strange: tuple[Any, ...] = (
        None,
        True,
        0,
        -1,
        10**40,
        1.5,
        "",
        "\ud800",
        "\x00",
        [],
        {},
        [[]],
        "x" * 5000,
        float("nan"),
    )
    if dice.random() < 0.02:
        return dice.choice(strange)
    if isinstance(value, dict):
        return {
            (key if dice.random() > 0.02 else dice.choice(["id", "mid", "text", "message"])): _mutated(
                inner, dice
            )
            for key, inner in value.items()
            if dice.random() > 0.02
        }
    if isinstance(value, list):
        return [_mutated(inner, dice) for inner in value for _ in range(dice.choice((1, 1, 1, 2)))]
    return value


def test_mutated_webhooks_are_events_that_can_be_stored_or_unreadable() -> None:
    """A few thousand here; the long run of a hundred thousand is the same with another number."""
    channel = messenger(FakeWire(well=well))
    caller = channel.authenticate(posted(b""))
    recorded = [json.loads(file.read_text(encoding="utf-8"))["body"] for file in sorted(PAYLOADS.iterdir())]
    dice = random.Random(20261124)
    read = 0
    for number in range(6_000):
        body = json.dumps(_mutated(recorded[number % len(recorded)], dice)).encode()
        try:
            events = channel.parse(body, caller)
        except UnreadableBody:
            continue
        for event in events:
            event.model_dump_json().encode()
            assert 1 <= len(event.event_key) <= 200
            assert event.ref.address != PAGE
            read += 1
    assert read > 2_000


# Going out.


def test_a_text_with_buttons_is_one_request_with_our_mark() -> None:
    offered = (Choice(id="a:subsidy:d", label="Документи"), Choice(id="m:person", label="Покликати людину"))
    assert rendered(Reply(text="Що саме?", choices=offered)) == [
        {
            "method": "messages",
            "message": {
                "text": "Що саме?",
                "quick_replies": [
                    {"content_type": "text", "title": "Документи", "payload": "a:subsidy:d"},
                    {"content_type": "text", "title": "Покликати людину", "payload": "m:person"},
                ],
                "metadata": "pryimalnia",
            },
            "human": False,
        }
    ]


def test_buttons_come_under_the_last_message_of_all() -> None:
    choices = (Choice(id="m:menu", label="Меню"),)
    payloads = rendered(Reply(text="Ось схема.", choices=choices, attachments=(photo(),)))
    assert [list(payload["message"]) for payload in payloads] == [
        ["attachment", "metadata"],
        ["text", "quick_replies", "metadata"],
    ]
    assert [
        next(iter(payload["message"])) for payload in rendered(Reply(text="Ось.", attachments=(photo(),)))
    ] == [
        "text",
        "attachment",
    ]


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        (photo(), "image"),
        (photo(size=8_000_001), "file"),
        (photo(media_type="application/octet-stream"), "file"),
        (photo().model_copy(update={"kind": AttachmentKind.VOICE, "media_type": "audio/mpeg"}), "audio"),
        (photo().model_copy(update={"kind": AttachmentKind.VOICE, "media_type": "application/ogg"}), "file"),
        (photo().model_copy(update={"kind": AttachmentKind.VIDEO, "media_type": "video/mp4"}), "video"),
        (photo().model_copy(update={"kind": AttachmentKind.DOCUMENT}), "file"),
    ],
)
def test_a_file_goes_as_what_the_vendor_can_show(file: Attachment, shown: str) -> None:
    payload = rendered(Reply(text="Ось.", attachments=(file,)))[-1]
    assert payload["message"]["attachment"] == {"type": shown, "payload": {}}
    assert payload["file"]["content_hash"] == file.content_hash


def test_a_file_too_large_is_named_in_words() -> None:
    (payload,) = rendered(Reply(text="Ось.", attachments=(photo(size=25_000_001),)))
    assert "схема.jpg" in payload["message"]["text"]


def _card(url: str | None) -> Card:
    return Card(title="Субсидія", answer="Так.", source=CardSource(text="Постанова КМУ", url=url))


def test_a_cards_source_opens_by_a_button_beside_the_same_words() -> None:
    text = "Так.\n\nДжерело: постанова КМУ."
    choices = (Choice(id="m:menu", label="Меню"),)
    (payload,) = rendered(Reply(text=text, choices=choices, card=_card("https://zakon.example/1")))
    template = payload["message"]["attachment"]["payload"]
    assert template["text"] == text
    assert template["buttons"] == [
        {"type": "web_url", "url": "https://zakon.example/1", "title": "Відкрити джерело"}
    ]
    assert len(template["buttons"][0]["title"]) <= 20
    assert payload["message"]["quick_replies"] == payload["plain"]["quick_replies"]
    assert payload["plain"]["text"] == text


@pytest.mark.parametrize("url", [None, "http://zakon.example/1", "javascript:alert(1)"])
def test_a_card_without_an_address_to_open_is_a_text(url: str | None) -> None:
    (payload,) = rendered(Reply(text="Так.", card=_card(url)))
    assert payload["message"]["text"] == "Так."


def test_a_card_too_long_for_a_template_is_a_text() -> None:
    (payload,) = rendered(Reply(text="а" * 641, card=_card("https://zakon.example/1")))
    assert payload["message"]["text"] == "а" * 641


def test_a_specialists_long_words_leave_room_for_the_name() -> None:
    payloads = rendered(Reply(text="слово " * 700), MARIIA)
    assert all(payload["persona"] == "Марія Зразкова" and payload["human"] for payload in payloads)
    assert all(len("Марія Зразкова:\n" + payload["message"]["text"]) <= 2_000 for payload in payloads)
    assert [payload.get("introduces") for payload in payloads] == [True, *[None] * (len(payloads) - 1)]


def test_a_specialist_without_a_name_is_still_a_person() -> None:
    (payload,) = rendered(Reply(text="Вітаю."), Author(kind=AuthorKind.SPECIALIST, id="8"))
    assert payload["human"]
    assert "persona" not in payload


# Sending.


async def send(channel: MessengerChannel, author: Author = BOT, age: timedelta | None = None) -> None:
    message = OutgoingMessage(ref=REF, reply=Reply(text="Добрий день!"), author=author)
    heard_at = None if age is None else datetime.now(UTC) - age
    for payload in channel.render(message):
        await channel.send(REF, payload, heard_at)


async def test_the_request_is_signed_and_tells_no_more_than_it_must() -> None:
    wire = FakeWire(well=well)
    await send(
        messenger(wire, MESSENGER_PAGE_TOKEN="EAAGtoken", MESSENGER_APP_SECRET="app-secret-of-the-vector")
    )
    (asked,) = wire.asked
    assert (asked.method, asked.url) == ("POST", f"https://graph.facebook.com/v25.0/{PAGE}/messages")
    assert asked.query == {
        "access_token": "EAAGtoken",
        "appsecret_proof": "f56ca827fb79a58f945a23d85ddce0e96123076e9c822fcf5d750c8693a1055d",
    }
    assert asked.json_body == {
        "recipient": {"id": PERSON},
        "messaging_type": "RESPONSE",
        "message": {"text": "Добрий день!", "metadata": "pryimalnia"},
    }


@pytest.mark.parametrize("name", failures())
async def test_every_answer_of_the_vendor_is_one_of_the_five_errors(name: str) -> None:
    answer, error = failures()[name]
    with pytest.raises(SendError) as raised:
        await send(messenger(FakeWire(well=well, answer=answer)))
    assert type(raised.value) is error


def refusal(code: int, message: str, subcode: int = 0) -> Answer:
    error = {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode}
    return Answer(400, json.dumps({"error": error}, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refusal(100, "(#100) Param id must be valid."), "(#100) Param id must be valid. (100)"),
        (refusal(551, "(#551) This person isn't available.", 1545041), "(551/1545041)"),
        (refusal(100, f'(#100) No user {PERSON} said "мене б\'ють"'), "error 100"),
        (refusal(100, f'(#100) No user {PERSON} said "help"'), "(#100) No user … said … (100)"),
        (refusal(100, "x" * 900), "… (100)"),
    ],
)
async def test_the_vendors_reason_is_told_without_a_persons_words(answer: Answer, told: str) -> None:
    with pytest.raises((ReplyRejected, RecipientUnreachable)) as raised:
        await send(messenger(FakeWire(well=well, answer=answer)))
    assert told in str(raised.value)
    assert PERSON not in str(raised.value)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60.0),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "999999"}, 86_400.0),
        ({"retry-after": "Wed, 21 Oct"}, 60.0),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 5}, {}]}'}, 300.0),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 1e400}]}'}, 60.0),
        ({"x-business-use-case-usage": "[1]"}, 60.0),
    ],
)
async def test_patience_is_what_the_vendor_asks_for(headers: dict[str, str], seconds: float) -> None:
    answer = Answer(400, refusal(613, "(#613) Slow down.").body, headers)
    with pytest.raises(RateLimited) as limited:
        await send(messenger(FakeWire(well=well, answer=answer)))
    assert limited.value.retry_after == seconds


@pytest.mark.parametrize(
    ("answer", "uncertain"),
    [
        (refusal(1, "unknown"), False),
        (refusal(1, "Received invalid JSON reply.", 1357046), True),
        (refusal(100, "Invalid appsecret_proof provided in the API argument"), False),
        (Answer(200, b"<html>"), True),
        (Answer(504, b"<html>"), True),
        (Answer(502, b"<html>"), False),
    ],
)
async def test_what_may_have_arrived_is_uncertain(answer: Answer, uncertain: bool) -> None:
    with pytest.raises(ChannelUnavailable) as away:
        await send(messenger(FakeWire(well=well, answer=answer)))
    assert away.value.uncertain is uncertain


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("author", "agent", "age", "kind"),
    [
        (BOT, "", None, "RESPONSE"),
        (BOT, "", 23 * HOUR, "RESPONSE"),
        (BOT, "", 25 * HOUR, None),
        (BOT, "true", 25 * HOUR, None),
        (MARIIA, "", 25 * HOUR, None),
        (MARIIA, "true", 23 * HOUR, "RESPONSE"),
        (MARIIA, "true", 25 * HOUR, "MESSAGE_TAG"),
        (MARIIA, "true", 7 * DAY - HOUR, "MESSAGE_TAG"),
        (MARIIA, "true", 7 * DAY + HOUR, None),
    ],
)
async def test_the_window_is_known_before_anything_is_asked(
    author: Author, agent: str, age: timedelta | None, kind: str | None
) -> None:
    wire = FakeWire(well=well)
    channel = messenger(wire, MESSENGER_HUMAN_AGENT=agent)
    if kind is None:
        with pytest.raises(ReplyWindowClosed):
            await send(channel, author, age)
        assert not wire.asked
        return
    await send(channel, author, age)
    body = wire.asked[-1].json_body
    assert isinstance(body, dict)
    assert body["messaging_type"] == kind
    assert body.get("tag") == ("HUMAN_AGENT" if kind == "MESSAGE_TAG" else None)


def test_the_window_of_specialists_is_longer_only_where_meta_allows_it() -> None:
    assert messenger(FakeWire(well=well)).capabilities.specialist_window is None
    allowed = messenger(FakeWire(well=well), MESSENGER_HUMAN_AGENT="true").capabilities
    assert (allowed.reply_window, allowed.specialist_window) == (DAY, 7 * DAY)


async def test_a_file_gone_from_the_store_is_refused_without_asking() -> None:
    wire = FakeWire(well=well)
    payload = rendered(Reply(text="Ось.", attachments=(photo(),)))[-1]
    with pytest.raises(ReplyRejected):
        await messenger(wire).send(REF, payload)
    assert not wire.asked


@pytest.mark.parametrize(
    "address",
    [
        "http://cdn.fbsbx.com/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://10.0.0.1/a.jpg",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.jpg",
        "https://[fd00::1]/a.jpg",
        "https://[::ffff:10.0.0.1]/a.jpg",
        "https://2130706433/a.jpg",
        "https://0x7f.1/a.jpg",
        "https://127.1/a.jpg",
        "https://localhost/a.jpg",
        "https://localhost./a.jpg",
        "https://redis.internal/a.jpg",
        "https://postgres/a.jpg",
        "https://someone@cdn.fbsbx.com/a.jpg",
        "https://cdn.fbsbx.com:6379/a.jpg",
        "https://[cdn/a.jpg",
        "file:///etc/passwd",
        "",
    ],
)
async def test_a_file_is_fetched_from_the_public_network_alone(address: str) -> None:
    wire = FakeWire(well=well)
    with pytest.raises(ReplyRejected):
        await messenger(wire).fetch_file(address)
    assert not wire.asked


async def test_a_file_is_fetched_without_our_token() -> None:
    wire = FakeWire(well=well, answer=Answer(200, b"\x89PNG"))
    address = "https://cdn.fbsbx.com/v/%D0%94%D0%BE%D0%B2.pdf?oh=1"
    file = await messenger(wire).fetch_file(address)
    assert (file.content, file.name) == (b"\x89PNG", "Дов.pdf")
    assert (wire.asked[0].url, wire.asked[0].query) == (address, {})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(403), ReplyRejected),
        (Answer(404), ReplyRejected),
        (Answer(500), ChannelUnavailable),
        (Answer(429), ChannelUnavailable),
        (Answer(302, headers={"location": "https://169.254.169.254/"}), ReplyRejected),
        (Answer(302, headers={"location": "https://cdn.fbsbx.com/again"}), ReplyRejected),
        (Answer(302), ReplyRejected),
    ],
)
async def test_a_file_that_does_not_come_is_gone_or_asked_for_again(
    answer: Answer, error: type[SendError]
) -> None:
    wire = FakeWire(well=well, answer=answer)
    with pytest.raises(error):
        await messenger(wire).fetch_file("https://cdn.fbsbx.com/a.jpg")
    assert len(wire.asked) <= 4
    assert all(asked.url.startswith("https://cdn.fbsbx.com/") for asked in wire.asked)
