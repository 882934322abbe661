"""Telegram: what is particular to it, through the channel's public methods and against the emulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.supplies import ChannelSettingsFault
from adapters.telegram.channel import opened
from adapters.telegram.render import CAPABILITIES, units
from adapters.transport import HttpTransport
from conversations.channel import (
    ChannelUnavailable,
    ConnectFault,
    NotAuthentic,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    Request,
    Sign,
)
from conversations.messages import (
    AttachmentKind,
    Card,
    CardLine,
    CardSource,
    Choice,
    ConversationRef,
    IncomingMessage,
    Location,
    MessageKind,
    OutgoingMessage,
    Reply,
)
from tests.adapters.telegram_stage import (
    BOT,
    CHOICES,
    JPEG,
    MARIA,
    PUBLIC,
    TOKEN,
    Desk,
    Shelf,
    Stage,
    channel_at,
    pulled,
    staged,
    supplies,
)
from tests.emulators.telegram_rules import caption_of, keyboard_of, text_of
from tests.emulators.telegram_rules import units as counted

SECRET_HEADER = "x-telegram-bot-api-secret-token"
REF = ConversationRef(community="zrazkova", channel="telegram", bot="7000000001", address="700000001")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as opened_stage:
        await opened_stage.vendor.open_chat("olena")
        yield opened_stage


OFFLINE = channel_at("http://127.0.0.1:9", HttpTransport(), Shelf())


def rendered(reply: Reply, **more: Any) -> list[dict[str, Any]]:
    message = OutgoingMessage(ref=REF, reply=reply, author=more.pop("author", BOT), **more)
    return [dict(payload) for payload in OFFLINE.render(message)]


# --- settings and proof -----------------------------------------------------------------------------------------


def test_without_its_settings_there_is_no_channel() -> None:
    assert opened({"VIBER_TOKEN": "x", "TELEGRAM_TOKEN": ""}, supplies(HttpTransport(), Shelf())) is None


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"TELEGRAM_TOKEN": "7000000001:short"}, "TELEGRAM_TOKEN: it is not a whole token"),
        ({"TELEGRAM_TOKEN": f" {TOKEN}"}, "TELEGRAM_TOKEN: it is not a whole token"),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": "таємниця"}, "TELEGRAM_SECRET: Telegram allows"),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_SECRET": "s" * 257}, "TELEGRAM_SECRET: Telegram allows"),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_BASE": "telegram"}, "TELEGRAM_API_BASE: it is not an addr"),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_TOKN": "x"}, "did you mean TELEGRAM_TOKEN?"),
        ({"TELEGRAM_API_BASE": "https://api.telegram.org"}, "TELEGRAM_TOKEN"),
    ],
)
def test_a_wrong_setting_is_named_and_not_shown(environment: dict[str, str], words: str) -> None:
    with pytest.raises(ChannelSettingsFault) as fault:
        opened(environment, supplies(HttpTransport(), Shelf()))
    assert words in str(fault.value)
    assert not any(value.strip() in str(fault.value) for value in environment.values() if len(value) > 8)


def test_the_secret_is_derived_where_none_is_set() -> None:
    given_by_house = supplies(HttpTransport(), Shelf())
    channel = channel_at("http://127.0.0.1:9", HttpTransport(), Shelf())
    secret = given_by_house.derived("telegram")
    proven = Request(method="POST", headers={SECRET_HEADER: secret})
    assert channel.authenticate(proven).bot == "7000000001"
    with pytest.raises(NotAuthentic):
        channel.authenticate(Request(method="POST", headers={SECRET_HEADER: secret[:-1] + "g"}))
    assert TOKEN not in repr(channel.__dict__)


def test_it_pulls_without_an_address_telegram_could_call() -> None:
    for public_url, pulls in ((PUBLIC, False), ("", True), ("http://192.0.2.7:8080", True)):
        channel = channel_at("http://127.0.0.1:9", HttpTransport(), Shelf(), public_url)
        assert channel.pulling is pulls


# --- what a citizen sees ----------------------------------------------------------------------------------------


async def test_a_reply_arrives_with_its_buttons(stage: Stage) -> None:
    sent = await stage.say("olena", Reply(text="Що саме вас цікавить?", choices=CHOICES))
    (shown,) = stage.vendor.screen("olena")
    assert (shown.text, shown.buttons) == (
        "Що саме вас цікавить?",
        ("Документи", "Меню", "Покликати людину"),
    )
    assert sent[0].external_id == str(stage.vendor.phone("olena").messages[-1].message_id)


def test_short_buttons_stand_side_by_side() -> None:
    (payload,) = rendered(Reply(text="?", choices=CHOICES))
    rows = payload["fields"]["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [
        ["Документи", "Меню"],
        ["Покликати людину"],
    ]


def test_links_are_not_previewed_and_nothing_is_left_to_a_default() -> None:
    (payload,) = rendered(Reply(text="Дивіться https://zakon.example/1"))
    assert payload == {
        "method": "sendMessage",
        "fields": {
            "chat_id": 700000001,
            "text": "Дивіться https://zakon.example/1",
            "link_preview_options": {"is_disabled": True},
        },
    }


def test_a_card_stands_out_by_entities_beside_the_plain_text() -> None:
    card = Card(
        title="Субсидія",
        answer="Так, <встигаєте> 👍.",
        lines=(CardLine(label="Скільки", value="1 000 грн"), CardLine(label="Де", value="ЦНАП")),
        source=CardSource(text="Джерело: постанова № 848.", url="https://zakon.example/848?a=1&b=2"),
    )
    text = "Так, <встигаєте> 👍.\n\nСкільки: 1 000 грн\nДе: ЦНАП\n\nДжерело: постанова № 848."
    (payload,) = rendered(Reply(text=text, card=card))
    coded = text.encode("utf-16-le")
    marked = [
        (entity["type"], coded[2 * entity["offset"] :][: 2 * entity["length"]].decode("utf-16-le"))
        for entity in payload["fields"]["entities"]
    ]
    assert payload["fields"]["text"] == text
    assert marked == [
        ("bold", "Так, <встигаєте> 👍."),
        ("bold", "Скільки:"),
        ("bold", "Де:"),
        ("text_link", "Джерело: постанова № 848."),
    ]
    assert payload["fields"]["entities"][-1]["url"] == "https://zakon.example/848?a=1&b=2"


async def test_a_specialists_name_stands_above_their_words(stage: Stage) -> None:
    await stage.say("olena", "Бачу ваше питання.", MARIA)
    assert stage.vendor.screen("olena")[0].text == "Марія Зразкова:\nБачу ваше питання."
    assert stage.vendor.phone("olena").messages[-1].entities == [{"type": "bold", "offset": 0, "length": 15}]


async def test_emoji_count_twice_and_nothing_is_lost(stage: Stage) -> None:
    text = "👨‍👩‍👧 " * 900
    sent = await stage.say("olena", Reply(text=text, choices=CHOICES), MARIA)
    shown = stage.vendor.screen("olena")
    assert len(sent) == len(shown) > 1
    assert "".join(part.text for part in shown).replace(" ", "") == f"МаріяЗразкова:\n{text}".replace(" ", "")
    assert [bool(part.buttons) for part in shown] == [False] * (len(shown) - 1) + [True]


@settings(deadline=None, max_examples=60)
@given(
    text=st.text(st.sampled_from("аї 😀\n.<&"), min_size=1, max_size=80).map(lambda part: f"ї{part}" * 80),
    labels=st.lists(st.text(st.sampled_from("аб😀"), min_size=1, max_size=20), max_size=40),
    card=st.booleans(),
    files=st.integers(0, 3),
    edit=st.booleans(),
)
def test_everything_rendered_is_within_what_telegram_takes(
    text: str, labels: list[str], card: bool, files: int, edit: bool
) -> None:
    shelf = Shelf()
    reply = Reply(
        text=text,
        choices=tuple(
            Choice(id=f"{index}:".ljust(40, "x"), label=label) for index, label in enumerate(labels)
        ),
        card=Card(title="Т", answer=text[:10], lines=(CardLine(label="ї", value="а"),)) if card else None,
        attachments=tuple(
            shelf.lay(b"%PDF", AttachmentKind.DOCUMENT, "application/pdf", None) for _ in range(files)
        ),
    )
    for payload in rendered(reply, author=MARIA, instead_of="17" if edit else None):
        fields = payload["fields"]
        assert len(keyboard_of(fields)) <= CAPABILITIES.choices_limit
        if "file" in payload:
            caption_of(fields)
        else:
            assert counted(text_of(fields)) <= units(fields["text"]) <= 4096


async def test_a_phone_and_a_place_are_shared_by_one_press(stage: Stage) -> None:
    choices = (
        Choice(id="c:phone", label="Мій номер", asks="phone"),
        Choice(id="c:place", label="Де я", asks="location"),
        Choice(id="c:no", label="Не треба"),
    )
    desk = Desk(stage.polling())
    async with pulled(desk):
        await stage.say("olena", Reply(text="Куди зателефонувати?", choices=choices))
        for label in ("Мій номер", "Де я", "Не треба"):
            await stage.vendor.press("olena", label)
        _, phone, place, words = await desk.heard(4)
    assert isinstance(phone, IncomingMessage)
    assert isinstance(place, IncomingMessage)
    assert isinstance(words, IncomingMessage)
    assert (phone.kind, phone.phone) == (MessageKind.CONTACT, "380670000001")
    assert place.location == Location(latitude=49.2331, longitude=28.4682)
    assert (words.kind, words.text) == (MessageKind.TEXT, "Не треба")


async def test_sharing_is_asked_in_a_message_of_its_own(stage: Stage) -> None:
    (first,) = await stage.say("olena", "Як відповісти?")
    choices = (Choice(id="c:phone", label="Мій номер", asks="phone"),)
    await stage.say(
        "olena", Reply(text="Куди зателефонувати?", choices=choices), instead_of=first.external_id
    )
    assert [shown.text for shown in stage.vendor.screen("olena")] == [
        "Як відповісти?",
        "Куди зателефонувати?",
    ]


# --- edits ------------------------------------------------------------------------------------------------------


async def test_a_message_takes_anothers_place(stage: Stage) -> None:
    (first,) = await stage.say("olena", Reply(text="☐ довідка", choices=CHOICES))
    (second,) = await stage.say(
        "olena", Reply(text="☑ довідка", choices=CHOICES), instead_of=first.external_id
    )
    (shown,) = stage.vendor.screen("olena")
    assert (shown.text, shown.edited) == ("☑ довідка", True)
    assert second == first


async def test_what_did_not_change_is_there_already(stage: Stage) -> None:
    (first,) = await stage.say("olena", Reply(text="☐ довідка", choices=CHOICES))
    (again,) = await stage.say(
        "olena", Reply(text="☐ довідка", choices=CHOICES), instead_of=first.external_id
    )
    assert again == first
    assert len(stage.vendor.screen("olena")) == 1


@pytest.mark.parametrize("target", ["locked", "gone", "a file", "no number"])
async def test_what_can_not_be_edited_is_said_anew(stage: Stage, target: str) -> None:
    (first,) = await stage.say("olena", "☐ довідка")
    place = first.external_id
    if target == "locked":
        stage.vendor.lock("olena")
    elif target == "gone":
        place = "999999"
    elif target == "no number":
        place = "web"
    else:
        file = stage.shelf.lay(b"%PDF-1.7", AttachmentKind.DOCUMENT, "application/pdf", "перелік.pdf")
        ((place),) = [sent.external_id for sent in await stage.say("olena", _with(file))]
    (second,) = await stage.say("olena", Reply(text="☑ довідка", choices=CHOICES), instead_of=place)
    last = stage.vendor.screen("olena")[-1]
    assert (last.text, last.buttons[:1], last.edited) == ("☑ довідка", ("Документи",), False)
    assert second.external_id not in {first.external_id, place}


async def test_a_long_edit_goes_on_below(stage: Stage) -> None:
    (first,) = await stage.say("olena", "☐ довідка")
    await stage.say("olena", Reply(text="слово " * 1_000, choices=CHOICES), instead_of=first.external_id)
    shown = stage.vendor.screen("olena")
    assert [part.edited for part in shown] == [True, False]
    assert [len(part.buttons) for part in shown] == [0, 3]


async def test_an_edit_for_who_blocked_us_is_not_tried_twice(stage: Stage) -> None:
    (first,) = await stage.say("olena", "☐ довідка")
    await stage.vendor.block("olena")
    with pytest.raises(RecipientUnreachable):
        await stage.say("olena", "☑ довідка", instead_of=first.external_id)
    assert [method for method, _ in stage.vendor.calls] == ["sendmessage", "editmessagetext"]


# --- errors -----------------------------------------------------------------------------------------------------


async def test_too_many_is_obeyed_with_its_seconds(stage: Stage) -> None:
    stage.vendor.refuse_next(429, "Too Many Requests: retry after 17", retry_after=17)
    with pytest.raises(RateLimited) as patience:
        await stage.say("olena", "Добрий день!")
    assert patience.value.retry_after == 17


@pytest.mark.parametrize(("seconds", "obeyed"), [(-5, 1.0), (10**12, 86_400.0)])
async def test_a_wait_nobody_can_keep_is_bounded(stage: Stage, seconds: int, obeyed: float) -> None:
    stage.vendor.refuse_next(429, "Too Many Requests", retry_after=seconds)
    with pytest.raises(RateLimited) as patience:
        await stage.say("olena", "Добрий день!")
    assert patience.value.retry_after == obeyed


async def test_who_blocked_us_or_is_gone_or_never_wrote_can_not_be_reached(stage: Stage) -> None:
    await stage.vendor.block("olena")
    with pytest.raises(RecipientUnreachable, match=r"bot was blocked by the user \(403\)"):
        await stage.say("olena", "Добрий день!")
    await stage.vendor.unblock("olena")
    assert await stage.say("olena", "Добрий день!")
    stage.vendor.delete_account("olena")
    with pytest.raises(RecipientUnreachable, match=r"user is deactivated \(403\)"):
        await stage.say("olena", "Добрий день!")
    with pytest.raises(RecipientUnreachable, match=r"chat not found \(400\)"):
        await stage.say("taras", "Добрий день!")


async def test_a_refused_payload_says_why_without_what_was_said(stage: Stage) -> None:
    payload = {
        "method": "sendMessage",
        "fields": {"chat_id": stage.vendor.address("olena"), "text": "ї" * 5_000},
    }
    with pytest.raises(ReplyRejected, match=r"message is too long \(400\)"):
        await stage.channel.send(stage.ref("olena"), payload)


@pytest.mark.parametrize(
    ("status", "uncertain"), [(500, False), (502, False)], ids=["out of order", "a gateway"]
)
async def test_a_vendor_out_of_order_is_tried_again(stage: Stage, status: int, uncertain: bool) -> None:
    stage.vendor.refuse_next(status, "Internal Server Error")
    with pytest.raises(ChannelUnavailable) as away:
        await stage.say("olena", "Добрий день!")
    assert away.value.uncertain is uncertain
    assert await stage.say("olena", "Добрий день!")


async def test_garbage_after_a_sending_may_mean_it_arrived(stage: Stage) -> None:
    stage.vendor.babble_next(b"<html>")
    with pytest.raises(ChannelUnavailable) as away:
        await stage.say("olena", "Добрий день!")
    assert away.value.uncertain


async def test_a_refused_token_is_said_and_never_shown(stage: Stage) -> None:
    other = channel_at(stage.vendor.base, stage.transport, stage.shelf, token="7000000001:" + "b" * 35)
    (payload,) = other.render(OutgoingMessage(ref=REF, reply=Reply(text="так"), author=BOT))
    with pytest.raises(ChannelUnavailable, match=r"the token is refused \(401\)"):
        await other.send(REF, payload)


async def test_a_vendor_that_is_not_there_is_away_for_sure() -> None:
    transport = HttpTransport()
    channel = channel_at("http://127.0.0.1:9", transport, Shelf())
    (payload,) = channel.render(OutgoingMessage(ref=REF, reply=Reply(text="так"), author=BOT))
    with pytest.raises(ChannelUnavailable) as away:
        await channel.send(REF, payload)
    await transport.close()
    assert not away.value.uncertain
    assert TOKEN not in str(away.value)


# --- files ------------------------------------------------------------------------------------------------------


def _with(*files: Any, text: str = "Ось бланк заяви.", choices: tuple[Choice, ...] = ()) -> Reply:
    return Reply(text=text, attachments=files, choices=choices)


@pytest.mark.parametrize(
    ("kind", "media_type", "content", "method"),
    [
        (AttachmentKind.PHOTO, "image/jpeg", JPEG, "sendphoto"),
        (AttachmentKind.PHOTO, "image/heic", b"heic", "senddocument"),
        (AttachmentKind.DOCUMENT, "application/pdf", b"%PDF-1.7", "senddocument"),
        (AttachmentKind.VOICE, "audio/ogg", b"OggS", "sendvoice"),
        (AttachmentKind.VOICE, "audio/wav", b"RIFF", "senddocument"),
        (AttachmentKind.VIDEO, "video/mp4", b"ftyp", "sendvideo"),
        (AttachmentKind.VIDEO, "video/webm", b"webm", "senddocument"),
    ],
)
async def test_a_file_goes_up_with_its_words_and_buttons(
    stage: Stage, kind: AttachmentKind, media_type: str, content: bytes, method: str
) -> None:
    file = stage.shelf.lay(content, kind, media_type, 'бланк "заяви".bin')
    (sent,) = await stage.say("olena", _with(file, choices=CHOICES), MARIA)
    (shown,) = stage.vendor.screen("olena")
    assert shown.text == "Марія Зразкова:\nОсь бланк заяви."
    assert shown.files == ("бланк 'заяви'.bin",)
    assert len(shown.buttons) == 3
    assert stage.vendor.shown_files("olena") == [content]
    assert stage.vendor.calls[-1][0] == method
    assert sent.external_id.isdecimal()


async def test_several_files_follow_their_words(stage: Stage) -> None:
    files = [stage.shelf.lay(b"%PDF" + name.encode(), AttachmentKind.DOCUMENT, "a/b", name) for name in "абв"]
    await stage.say("olena", _with(*files, choices=CHOICES))
    shown = stage.vendor.screen("olena")
    assert [(part.text, part.files) for part in shown] == [
        ("Ось бланк заяви.", ()),
        ("", ("а",)),
        ("", ("б",)),
        ("", ("в",)),
    ]
    assert [len(part.buttons) for part in shown] == [0, 0, 0, 3]


async def test_words_too_long_for_a_caption_stand_above_the_file(stage: Stage) -> None:
    file = stage.shelf.lay(JPEG, AttachmentKind.PHOTO, "image/jpeg", None)
    await stage.say("olena", _with(file, text="😀" * 600))
    assert [(len(part.text), part.files) for part in stage.vendor.screen("olena")] == [
        (600, ()),
        (0, ("file",)),
    ]


async def test_a_picture_telegram_can_not_show_goes_as_a_document(stage: Stage) -> None:
    broken = stage.shelf.lay(b"no picture", AttachmentKind.PHOTO, "image/jpeg", "довідка.jpg")
    await stage.say("olena", _with(broken))
    assert stage.vendor.shown_files("olena") == [b"no picture"]
    assert [method for method, _ in stage.vendor.calls] == ["sendphoto", "senddocument"]


@pytest.mark.parametrize("edit", [False, True])
async def test_formatting_never_costs_the_message(stage: Stage, edit: bool) -> None:
    (first,) = await stage.say("olena", "☐ довідка")
    stage.vendor.refuse_next(400, "Bad Request: wrong HTTP URL", times=2 if edit else 1)
    await stage.say("olena", "Бачу ваше питання.", MARIA, instead_of=first.external_id if edit else None)
    assert stage.vendor.screen("olena")[-1].text == "Марія Зразкова:\nБачу ваше питання."
    assert stage.vendor.phone("olena").messages[-1].entities == []


async def test_the_first_refusal_is_the_one_that_is_told(stage: Stage) -> None:
    stage.vendor.refuse_next(400, "Bad Request: the first")
    stage.vendor.refuse_next(400, "Bad Request: the second")
    with pytest.raises(ReplyRejected, match="the first"):
        await stage.say("olena", "Бачу ваше питання.", MARIA)


async def test_a_file_that_is_no_longer_kept_is_rejected(stage: Stage) -> None:
    file = stage.shelf.lay(JPEG, AttachmentKind.PHOTO, "image/jpeg", None)
    stage.shelf.files.clear()
    with pytest.raises(ReplyRejected, match="no longer kept"):
        await stage.say("olena", _with(file))
    assert stage.vendor.calls == []


async def test_a_file_larger_than_telegram_takes_is_named_in_words() -> None:
    file = (
        Shelf().lay(b"", AttachmentKind.VIDEO, "video/mp4", "дах.mp4").model_copy(update={"size": 50_000_001})
    )
    (payload,) = rendered(_with(file))
    assert payload["method"] == "sendMessage"
    assert "«дах.mp4»" in payload["fields"]["text"]


async def test_a_file_comes_down(stage: Stage) -> None:
    handle = await stage.vendor.send_photo("olena", JPEG)
    fetched = await stage.channel.fetch_file(handle)
    assert fetched.content == JPEG
    assert fetched.name
    assert fetched.name.endswith(".jpg")
    document = await stage.vendor.send_file("olena", "document", b"%PDF-1.7", name="дов ідка#1?.pdf")
    assert (await stage.channel.fetch_file(document)).content == b"%PDF-1.7"


async def test_a_file_over_20_mb_is_not_handed_out(stage: Stage) -> None:
    handle = await stage.vendor.send_file("olena", "video", b"v" * (20 * 2**20 + 1), media_type="video/mp4")
    with pytest.raises(ReplyRejected, match=r"file is too big \(400\)"):
        await stage.channel.fetch_file(handle)


async def test_a_file_that_is_gone_away_or_late(stage: Stage) -> None:
    with pytest.raises(ReplyRejected, match="invalid file_id"):
        await stage.channel.fetch_file("unknown")
    handle = await stage.vendor.send_photo("olena", JPEG)
    stage.vendor.refuse_next(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    with pytest.raises(ChannelUnavailable):
        await stage.channel.fetch_file(handle)
    stage.vendor.refuse_next(429, "Too Many Requests", retry_after=3)
    with pytest.raises(ChannelUnavailable, match="retry after 3 s"):
        await stage.channel.fetch_file(handle)
    stage.vendor.refuse_next(403, "Forbidden")
    with pytest.raises(ReplyRejected):
        await stage.channel.fetch_file(handle)
    stage.vendor.babble_next(b'{"ok": true, "result": {"file_path": "photos/gone.jpg"}}')
    with pytest.raises(ReplyRejected, match=r"the file is gone \(404\)"):
        await stage.channel.fetch_file(handle)
    stage.vendor.babble_next(b'{"ok": true, "result": {}}')
    with pytest.raises(ReplyRejected):
        await stage.channel.fetch_file(handle)


# --- signs ------------------------------------------------------------------------------------------------------


async def test_typing_is_shown_and_seen_is_not_telegrams(stage: Stage) -> None:
    await stage.channel.show(stage.ref("olena"), Sign.TYPING)
    await stage.channel.show(stage.ref("olena"), Sign.SEEN)
    assert stage.vendor.actions == [(int(stage.vendor.address("olena")), "typing")]
    assert len(stage.vendor.calls) == 1
    await stage.vendor.block("olena")
    with pytest.raises(RecipientUnreachable):
        await stage.channel.show(stage.ref("olena"), Sign.TYPING)


# --- connecting -------------------------------------------------------------------------------------------------


async def test_connecting_sets_everything_up(stage: Stage) -> None:
    status = await stage.channel.connect()
    updates = stage.vendor.updates
    assert (status.account, status.webhook) == ("@zrazkova_bot", f"{PUBLIC}/webhooks/zrazkova/telegram")
    assert updates.secret == supplies(stage.transport, stage.shelf).derived("telegram")
    commands = [
        {"command": "menu", "description": "Показати меню"},
        {"command": "person", "description": "Написати спеціалісту"},
    ]
    assert stage.vendor.commands == {"": commands, "uk": commands}
    assert stage.vendor.menu_button == {"type": "commands"}
    assert "Зразкова громада" in stage.vendor.descriptions["description"]
    assert "Зразкова громада" in stage.vendor.descriptions["short_description"]
    asked = dict(stage.vendor.calls)["setwebhook"]
    assert asked["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert asked["drop_pending_updates"] is False


async def test_a_long_name_of_a_community_still_fits(stage: Stage) -> None:
    long = replace(supplies(stage.transport, stage.shelf), name="Дуже довга назва громади " * 40)
    channel = opened({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_BASE": stage.vendor.base}, long)
    assert channel is not None
    await channel.connect()
    assert stage.vendor.descriptions["short_description"].endswith("…")


async def test_connecting_without_a_public_address_takes_the_webhook_away(stage: Stage) -> None:
    await stage.channel.connect()
    status = await stage.polling().connect()
    assert status.webhook is None
    assert stage.vendor.updates.url == ""
    assert "deletewebhook" in dict(stage.vendor.calls)


async def test_the_status_shows_what_waits_and_the_last_error(stage: Stage) -> None:
    async with staged(
        webhook="https://chat.example/x", names={"https://chat.example": "http://127.0.0.1:9"}, speed=1
    ) as broken:
        await broken.vendor.write("olena", "так")
        await broken.vendor.write("olena", "ні")
        async with asyncio.timeout(3):
            await broken.vendor.updates.failed.wait()
        status = await broken.channel.status()
    assert status.waiting == 2
    assert status.error == "Connection refused"
    assert status.error_at is not None
    assert status.error_at.tzinfo is not None


async def test_a_wrong_token_is_to_be_mended_at_botfather(stage: Stage) -> None:
    other = channel_at(stage.vendor.base, stage.transport, stage.shelf, token="7000000001:" + "b" * 35)
    for verb in (other.connect, other.status):
        with pytest.raises(ConnectFault) as fault:
            await verb()
        assert "@BotFather" in fault.value.mend
        assert "bbbb" not in str(fault.value)


async def test_an_address_telegram_does_not_take_is_to_be_mended(stage: Stage) -> None:
    channel = channel_at(
        stage.vendor.base, stage.transport, stage.shelf, public_url="https://chat.example:8080"
    )
    with pytest.raises(ConnectFault) as fault:
        await channel.connect()
    assert "ports 80, 88, 443 or 8443" in fault.value.reason
    assert "https://" in fault.value.mend


async def test_a_vendor_out_of_reach_is_said_so() -> None:
    transport = HttpTransport()
    channel = channel_at("http://127.0.0.1:9", transport, Shelf())
    with pytest.raises(ConnectFault, match="can't be reached"):
        await channel.status()
    await transport.close()


async def test_a_vendor_that_says_nonsense_is_said_so(stage: Stage) -> None:
    stage.vendor.babble_next(b'{"ok": true, "result": 5}')
    with pytest.raises(ConnectFault, match="who the bot is"):
        await stage.channel.status()
    stage.vendor.babble_next(
        b'{"ok": true, "result": {"url": 1, "pending_update_count": "?", "last_error_date": 1e99}}',
        method="getWebhookInfo",
    )
    status = await stage.channel.status()
    assert (status.webhook, status.waiting, status.error, status.error_at) == (None, None, None, None)
