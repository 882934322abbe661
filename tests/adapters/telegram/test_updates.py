"""What comes from Telegram, by webhook and by long polling: order, repeats, answers, groups."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup

from conversations.channel import Acknowledgement, ChannelUnavailable, NotAuthentic, RateLimited, Request
from conversations.messages import IncomingMessage, Location, MessageKind, ReachChange, Reply
from tests.adapters.telegram_stage import (
    CHOICES,
    JPEG,
    PATIENCE,
    Desk,
    Stage,
    channel_at,
    opened_door,
    pulled,
    staged,
)
from tests.contract.case_telegram import TOKEN
from tests.contract.supplies import PUBLIC

GROUP = -1001700000005
PRIVATE_ONLY = "Тут не відповідаю: групу читають усі. Напишіть мені в особистий чат."


async def settle(stage: Stage) -> None:
    """Wait until Telegram has brought everything and its answers have been called."""
    await stage.vendor.settle()


def messages(desk: Desk) -> list[IncomingMessage]:
    return [event for event in desk.events if isinstance(event, IncomingMessage)]


# --- the webhook ------------------------------------------------------------------------------------------------


async def test_a_webhook_is_set_called_and_answered() -> None:
    async with staged() as stage:
        desk = Desk(stage.channel)
        async with opened_door(desk) as door:
            stage.vendor.names[PUBLIC] = door
            await stage.channel.connect()
            await stage.vendor.open_chat("olena", "topic-housing-subsidy")
            await settle(stage)
            await stage.say("olena", Reply(text="Що саме?", choices=CHOICES))
            await stage.vendor.press("olena", "Документи")
            await settle(stage)
    start, press = messages(desk)
    assert (start.kind, start.start) == (MessageKind.START, "topic-housing-subsidy")
    assert (press.kind, press.choice_id, press.text) == (MessageKind.PRESS, "a:subsidy:d", "Документи")
    shown = stage.vendor.phone("olena").messages[-1]
    assert press.pressed_in == str(shown.message_id)
    assert stage.vendor.answered() == 1
    assert stage.vendor.actions == [(int(start.ref.address), "typing")]
    assert start.ref.address == stage.vendor.address("olena")
    assert [attempt.status for attempt in stage.vendor.attempts] == [200, 200]


async def test_a_webhook_without_the_secret_is_refused() -> None:
    async with staged() as stage:
        desk = Desk(stage.channel)
        async with opened_door(desk) as door:
            stage.vendor.updates.set_webhook(
                "https://x", f"{door}/webhooks/zrazkova/telegram", "other", None, drop=False
            )
            await stage.vendor.write("olena", "так")
            async with asyncio.timeout(PATIENCE):
                await stage.vendor.updates.failed.wait()
    assert desk.events == []
    assert {attempt.status for attempt in stage.vendor.attempts} == {403}


async def test_a_failing_door_is_tried_again_by_the_schedule_and_holds_only_its_own_chat() -> None:
    failures = itertools.count()

    def trouble(request: Request) -> int | None:
        return 500 if b"olena-first" in request.body and next(failures) < 9 else None

    async with staged(speed=0.0005) as stage:
        desk = Desk(stage.channel, trouble)
        async with opened_door(desk) as door:
            stage.vendor.names[PUBLIC] = door
            await stage.channel.connect()
            await stage.say_hello("olena")
            await stage.vendor.write("olena", "olena-first")
            await stage.vendor.write("olena", "olena-second")
            await stage.vendor.press("olena", "Меню")
            await stage.vendor.write("taras", "taras-first")
            await settle(stage)
    words = [event.text for event in messages(desk)]
    assert words.index("taras-first") < words.index("olena-first") < words.index("olena-second")
    assert words.index("Меню") < words.index("olena-first")
    waits = [attempt.wait for attempt in stage.vendor.attempts if attempt.wait is not None]
    assert waits[:6] == [0, 2, 4, 8, 16, 32]
    assert all(60 <= wait <= 120 for wait in waits[6:])
    assert len(waits) == 9


async def test_a_door_that_asks_for_time_gets_it_up_to_an_hour() -> None:
    answers = iter((503, 503))
    async with staged(speed=0.00001) as stage:
        desk = Desk(stage.channel, lambda request: next(answers, None), headers={"Retry-After": "5000"})
        async with opened_door(desk) as door:
            stage.vendor.names[PUBLIC] = door
            await stage.channel.connect()
            await stage.vendor.write("olena", "так")
            await settle(stage)
    assert [attempt.wait for attempt in stage.vendor.attempts] == [3600, 3600, None]


async def test_presses_die_after_150_seconds_and_messages_after_a_day() -> None:
    async with staged(speed=0.0001) as stage:
        desk = Desk(stage.channel, lambda request: 500)
        async with opened_door(desk) as door:
            stage.vendor.names[PUBLIC] = door
            await stage.channel.connect()
            await stage.say_hello("olena")
            await stage.vendor.press("olena", "Меню")
            async with asyncio.timeout(PATIENCE):
                while not stage.vendor.updates.dropped:
                    await stage.vendor.updates.left()
            assert sum(attempt.wait or 0 for attempt in stage.vendor.attempts) > 150
    async with staged(speed=0.0000001) as stage:
        desk = Desk(stage.channel, lambda request: 500, headers={"Retry-After": "3600"})
        async with opened_door(desk) as door:
            stage.vendor.names[PUBLIC] = door
            await stage.channel.connect()
            await stage.vendor.write("olena", "так")
            await settle(stage)
    assert stage.vendor.updates.dropped
    assert len(stage.vendor.attempts) == 24


async def test_what_is_brought_again_has_the_same_key() -> None:
    async with staged() as stage:
        desk = Desk(stage.channel)
        async with opened_door(desk) as door:
            stage.vendor.names[PUBLIC] = door
            await stage.channel.connect()
            await stage.vendor.write("olena", "так")
            await settle(stage)
            stage.vendor.updates.repeat(json.loads(desk.bodies[0]))
            await stage.vendor.write("olena", "так")
            await settle(stage)
    keys = [event.event_key for event in sorted(messages(desk), key=lambda event: event.event_key)]
    assert len(keys) == 3
    assert len(set(keys)) == 2


# --- everything a person can send ---------------------------------------------------------------------------------


async def test_everything_a_person_can_send_is_heard() -> None:
    async with staged() as stage:
        vendor, desk = stage.vendor, Desk(stage.polling())
        await vendor.open_chat("olena")
        await vendor.write("olena", "/menu")
        await vendor.write("olena", "/unknown")
        await vendor.share_contact("olena", "380670000001")
        await vendor.share_contact("olena", "380670000002", own=False)
        live = await vendor.share_location("olena", 49.2, 28.4, live=True)
        await vendor.move("olena", live, 49.3, 28.4)
        photo = await vendor.send_photo("olena", JPEG, "довідка", album="77")
        await vendor.send_photo("olena", JPEG, album="77")
        await vendor.send_file("olena", "document", b"%PDF", name="довідка.pdf")
        await vendor.send_file("olena", "voice", b"OggS", media_type="audio/ogg")
        await vendor.send_file("olena", "audio", b"ID3", media_type="audio/mpeg", name="запис.mp3")
        await vendor.send_file("olena", "video", b"ftyp", media_type="video/mp4", size=30 << 20)
        await vendor.send_file("olena", "video_note", b"ftyp")
        await vendor.send_file("olena", "animation", b"ftyp", media_type="video/mp4")
        await vendor.send_any("olena", dice={"emoji": "🎲", "value": 3})
        await vendor.send_any(
            "olena",
            venue={"location": {"latitude": 1, "longitude": 2}, "title": "ЦНАП", "address": "Садова, 1"},
            location={"latitude": 1, "longitude": 2},
        )
        await vendor.write("olena", "скіки платять")
        await vendor.edit("olena", "скільки платять")
        await vendor.press_old("olena", "m:menu")
        await vendor.block("olena")
        async with pulled(desk):
            events = await desk.heard(20)
    kinds = [event.kind.value if isinstance(event, IncomingMessage) else "reach" for event in events]
    assert kinds == [
        "start", "press", "text", "contact", "contact", "location", "photo", "photo", "document", "voice",
        "voice", "document", "document", "document", "other", "location", "text", "text", "press", "reach",
    ]  # fmt: skip
    heard = messages(desk)
    assert [event.phone for event in heard if event.kind is MessageKind.CONTACT] == ["380670000001", None]
    assert [event.album for event in heard if event.kind is MessageKind.PHOTO] == ["77", "77"]
    assert heard[6].remote_files[0].handle == photo
    assert heard[11].remote_files == ()
    assert heard[15].location == Location(latitude=1, longitude=2)
    assert (heard[17].text, heard[17].edited) == ("скільки платять", True)
    assert heard[18].pressed_in == "1"
    assert isinstance(events[-1], ReachChange)
    assert not events[-1].reachable
    assert len({event.event_key for event in events}) == 20


async def test_a_press_is_answered_however_old_and_empty_it_is() -> None:
    async with staged() as stage:
        vendor, desk = stage.vendor, Desk(stage.polling())
        await vendor.open_chat("olena")
        async with pulled(desk):
            await desk.heard(1)
            await vendor.press_old("olena", "a:no-such-topic:d", message_id=7)
            await vendor.press_without_data("olena")
            async with asyncio.timeout(PATIENCE):
                while vendor.answered() < 2:
                    await vendor.called()
    (old,) = [event for event in messages(desk) if event.kind is MessageKind.PRESS]
    assert (old.choice_id, old.pressed_in, old.text) == ("a:no-such-topic:d", "7", "")


# --- long polling -----------------------------------------------------------------------------------------------


async def test_an_old_webhook_stays_until_connecting_takes_it_away_and_nothing_is_lost() -> None:
    async with staged(
        webhook="https://chat.example/old", names={"https://chat.example": "http://127.0.0.1:9"}
    ) as stage:
        await stage.vendor.write("olena", "перед тим")
        channel = stage.polling()
        desk = Desk(channel)
        with pytest.raises(ChannelUnavailable, match="channel connect telegram"):
            await channel.pull(desk.take)
        await channel.connect()
        async with pulled(desk):
            await desk.heard(1)
            await stage.vendor.write("olena", "після того")
            await desk.heard(2)
    assert [event.text for event in messages(desk)] == ["перед тим", "після того"]
    asked = next(fields for method, fields in stage.vendor.calls if method == "deletewebhook")
    assert asked == {"drop_pending_updates": False}
    question = next(fields for method, fields in stage.vendor.calls if method == "getupdates")
    assert question["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert question["timeout"] == 50


async def test_an_update_is_confirmed_only_after_it_was_taken() -> None:
    async with staged() as stage:
        desk = Desk(stage.polling())
        for word in ("один", "два", "три"):
            await stage.vendor.write("olena", word)
        seen: list[str] = []

        async def take(request: Request) -> Acknowledgement:
            said = json.loads(request.body)["message"]["text"]
            seen.append(said)
            if said == "два" and seen.count("два") == 1:
                raise OSError("the database is away")
            return await desk.take(request)

        with pytest.raises(OSError, match="away"):
            await desk.channel.pull(take)
        assert stage.vendor.updates.waiting == 3
        task = asyncio.create_task(desk.channel.pull(take))
        await desk.heard(3)
        await stage.vendor.settle()
        task.cancel()
    assert seen == ["один", "два", "два", "три"]
    assert [event.text for event in messages(desk)] == ["один", "два", "три"]


def _confirmed_and_quiet(stage: Stage) -> bool:
    offsets = [fields.get("offset") for method, fields in stage.vendor.calls if method == "getupdates"]
    return any(offsets) and offsets[-1] is None


async def test_after_a_quiet_week_the_count_begins_anew() -> None:
    async with staged() as stage:
        desk = Desk(stage.polling())
        async with pulled(desk):
            await stage.vendor.write("olena", "так")
            await desk.heard(1)
            async with asyncio.timeout(PATIENCE):
                while not _confirmed_and_quiet(stage):
                    await stage.vendor.called()
            stage.vendor.updates.skip_a_week()
            await stage.vendor.write("olena", "так")
            await desk.heard(2)
    first, later = messages(desk)
    assert first.event_key != later.event_key


async def test_what_an_answer_asks_for_may_fail_without_harm() -> None:
    async with staged() as stage:
        desk = Desk(stage.polling())
        stage.vendor.refuse_next(500, "Internal Server Error", method="sendChatAction", times=2)
        async with pulled(desk) as task:
            await stage.vendor.write("olena", "так")
            await stage.vendor.write("olena", "ні")
            await desk.heard(2)
            await stage.vendor.settle()
            assert not task.done()


async def test_a_second_one_with_our_token_is_named() -> None:
    async with staged(speed=1) as stage:
        first, second = Desk(stage.polling()), Desk(stage.polling())
        task = asyncio.create_task(first.channel.pull(first.take))
        async with asyncio.timeout(PATIENCE):
            await stage.vendor.called()
        async with pulled(second):
            with pytest.raises(ChannelUnavailable, match="somebody else asks with the same token"):
                await task


async def test_a_refused_token_ends_the_polling() -> None:
    async with staged() as stage:
        other = channel_at(stage.vendor.base, stage.transport, stage.shelf, "", "7000000001:" + "b" * 35)
        with pytest.raises(NotAuthentic):
            await other.pull(Desk(other).take)


@pytest.mark.parametrize(
    ("status", "retry_after", "error"),
    [(429, 9, RateLimited), (500, None, ChannelUnavailable), (403, None, ChannelUnavailable)],
)
async def test_a_vendor_in_trouble_is_asked_later(
    status: int, retry_after: int | None, error: type[Exception]
) -> None:
    async with staged() as stage:
        stage.vendor.refuse_next(status, "no", method="getUpdates", retry_after=retry_after)
        with pytest.raises(error):
            await stage.polling().pull(Desk(stage.polling()).take)


@pytest.mark.parametrize(
    "told", [b"nonsense", b'{"ok": true, "result": [{"message": {}}]}', b'{"ok": true, "result": 5}']
)
async def test_a_vendor_that_says_nonsense_is_not_asked_in_a_hurry(told: bytes) -> None:
    async with staged() as stage:
        stage.vendor.babble_next(told, method="getUpdates")
        with pytest.raises(ChannelUnavailable):
            await stage.polling().pull(Desk(stage.polling()).take)


# --- groups -----------------------------------------------------------------------------------------------------


def command(text: str) -> list[dict[str, Any]]:
    return [{"type": "bot_command", "offset": 0, "length": len(text)}]


def mention(text: str, name: str) -> list[dict[str, Any]]:
    return [{"type": "mention", "offset": text.index(name), "length": len(name)}]


async def test_in_a_group_one_line_sends_people_to_the_private_chat() -> None:
    async with staged() as stage:
        vendor, desk = stage.vendor, Desk(stage.channel)
        async with opened_door(desk) as door:
            vendor.names[PUBLIC] = door
            await stage.channel.connect()
            await vendor.add_to_group(GROUP)
            await settle(stage)
            assert vendor.in_groups == [(GROUP, PRIVATE_ONLY)]
            for text, entities in (
                ("/start@zrazkova_bot", command("/start@zrazkova_bot")),
                ("/menu", command("/menu")),
                ("а @zrazkova_bot знає", mention("а @zrazkova_bot знає", "@zrazkova_bot")),
            ):
                await vendor.write_in_group(GROUP, text, entities)
            await settle(stage)
            assert len(vendor.in_groups) == 4
            for text, entities in (
                ("просто слова", []),
                ("/start@another_bot", command("/start@another_bot")),
                ("@taras глянь", mention("@taras глянь", "@taras")),
                ("дивіться: /menu", [{"type": "bot_command", "offset": 10, "length": 5}]),
            ):
                await vendor.write_in_group(GROUP, text, entities)
            vendor.updates.allow([])
            await vendor.post_in_channel(-1001700000006, "@zrazkova_bot новина")
            await settle(stage)
    assert len(vendor.in_groups) == 4
    assert desk.events == []


@pytest.mark.parametrize(
    ("update", "answered"),
    [
        (
            {"message": {"text": "@other_bot", "entities": [{"type": "mention", "offset": 0, "length": 10}]}},
            True,
        ),
        ({"message": {"text": "@olena", "entities": [{"type": "mention", "offset": 0, "length": 6}]}}, False),
        (
            {
                "message": {
                    "text": "Приймальня!",
                    "entities": [
                        {"type": "text_mention", "offset": 0, "length": 10, "user": {"id": 7000000001}}
                    ],
                }
            },
            True,
        ),
        (
            {"message": {"text": "так", "entities": [5, {"type": "mention", "offset": -1, "length": 9}]}},
            False,
        ),
        ({"message": {"text": "так", "entities": {"type": "mention"}}}, False),
    ],
)
async def test_before_its_name_is_known_any_bots_name_is_its_own(
    update: dict[str, Any], answered: bool
) -> None:
    async with staged() as stage:
        update["message"] |= {"chat": {"id": GROUP, "type": "group"}}
        body = json.dumps({"update_id": 1, **update}).encode()
        told = stage.channel.acknowledge(Request(method="POST", body=body), ())
    assert bool(told.body) is answered
    if answered:
        assert json.loads(told.body) == {"method": "sendMessage", "chat_id": GROUP, "text": PRIVATE_ONLY}


async def test_in_a_forum_the_line_stays_in_its_topic() -> None:
    message = {
        "text": "/menu",
        "entities": command("/menu"),
        "chat": {"id": GROUP, "type": "supergroup"},
        "is_topic_message": True,
        "message_thread_id": 12,
    }
    async with staged() as stage:
        body = json.dumps({"update_id": 1, "message": message}).encode()
        told = stage.channel.acknowledge(Request(method="POST", body=body), ())
    assert json.loads(told.body)["message_thread_id"] == 12


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("member", "administrator", "supergroup"),
        ("member", "left", "group"),
        ("left", "administrator", "channel"),
    ],
)
async def test_a_change_that_is_no_welcome_is_not_answered(before: str, after: str, kind: str) -> None:
    change = {
        "chat": {"id": GROUP, "type": kind},
        "old_chat_member": {"status": before},
        "new_chat_member": {"status": after},
    }
    async with staged() as stage:
        body = json.dumps({"update_id": 1, "my_chat_member": change}).encode()
        assert not stage.channel.acknowledge(Request(method="POST", body=body), ()).body


# --- the emulator before another client ---------------------------------------------------------------------------


async def test_aiograms_own_client_understands_the_emulator() -> None:
    async with staged(pace=3) as stage:
        vendor = stage.vendor
        chat = int(vendor.address("olena"))
        await vendor.open_chat("olena", "topic-x")
        await vendor.add_to_group(GROUP)
        session = AiohttpSession(api=TelegramAPIServer.from_base(vendor.base))
        async with Bot(TOKEN, session=session) as bot:
            assert (await bot.get_me()).username == "zrazkova_bot"
            start, joined = await bot.get_updates(timeout=1)
            assert start.message
            assert joined.my_chat_member
            assert start.message.text == "/start topic-x"
            said = await bot.send_message(chat, "<b>Так</b> &amp; ні", parse_mode="HTML")
            assert said.text == "Так & ні"
            file = await bot.send_document(chat, BufferedInputFile(b"%PDF", "бланк.pdf"), caption="ось")
            assert file.document
            content = await bot.download(file.document)
            assert content is not None
            assert content.read() == b"%PDF"
            with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
                await bot.send_message(chat, "так", reply_markup=one_button("ї" * 33))
            with pytest.raises(TelegramBadRequest, match="can't parse entities"):
                await bot.send_message(chat, "<b>так", parse_mode="HTML")
            with pytest.raises(TelegramBadRequest, match="message is too long"):
                await bot.send_message(chat, "😀" * 2_049)
            await bot.send_message(chat, "так", reply_markup=one_button("ї" * 32))
            with pytest.raises(TelegramRetryAfter) as patience:
                await bot.send_message(chat, "ще")
    assert patience.value.retry_after == 1
    assert vendor.shown_files("olena") == [b"%PDF"]


def one_button(callback_data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Меню", callback_data=callback_data)]]
    )
