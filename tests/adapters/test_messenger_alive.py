"""Messenger over a real network: the channel and the vendor's emulator, on this machine."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta

import pytest

from conversations.channel import (
    ChannelUnavailable,
    ConnectFault,
    RateLimited,
    RecipientUnreachable,
    ReplyRejected,
    ReplyWindowClosed,
    SendError,
    Sign,
)
from conversations.messages import (
    AttachmentKind,
    Author,
    AuthorKind,
    Card,
    CardSource,
    Choice,
    ColleagueMessage,
    DeliveryReceipt,
    DeliveryState,
    IncomingMessage,
    MessageKind,
    OutgoingMessage,
    Reply,
)
from tests.adapters.messenger_stage import HALYNA, MARIIA, PAGE, PUBLIC, SECRET, TOKEN, Stage, stage
from tests.emulators.messenger import WINDOW
from tests.emulators.messenger_webhooks import RETRIES
from tests.emulators.vendor import Messenger, Shown

MENU = (Choice(id="a:subsidy:d", label="Документи"), Choice(id="m:person", label="Покликати людину"))


def messages(standing: Stage) -> list[IncomingMessage]:
    return [event for event in standing.heard if isinstance(event, IncomingMessage)]


def receipts(standing: Stage) -> list[DeliveryReceipt]:
    return [event for event in standing.heard if isinstance(event, DeliveryReceipt)]


# Talking.


async def test_a_conversation() -> None:
    async with stage() as standing:
        vendor: Messenger = standing.vendor
        await vendor.write("Галина", "хочу субсидію")
        await standing.vendor.settle()
        (asked,) = messages(standing)
        assert (asked.kind, asked.text, asked.ref) == (
            MessageKind.TEXT,
            "хочу субсидію",
            standing.ref("Галина"),
        )
        await standing.say(Reply(text="Що саме?", choices=MENU), person="Галина")
        assert vendor.screen("Галина") == [Shown("Що саме?", ("Документи", "Покликати людину"))]
        await vendor.press("Галина", "Документи")
        await standing.vendor.settle()
        pressed = messages(standing)[-1]
        assert (pressed.kind, pressed.choice_id, pressed.text) == (
            MessageKind.PRESS,
            "a:subsidy:d",
            "Документи",
        )


async def test_quick_replies_are_gone_once_something_follows() -> None:
    async with stage() as standing:
        await standing.meet()
        await standing.say(Reply(text="Що саме?", choices=MENU))
        await standing.say("І ще одне.")
        with pytest.raises(KeyError):
            await standing.vendor.press(HALYNA, "Документи")


async def test_files_buttons_and_split_texts_arrive_in_order() -> None:
    async with stage() as standing:
        await standing.meet()
        file = await standing.store.put(b"%PDF-1.7", name='Пере"лік.pdf')
        await standing.say(Reply(text="слово " * 500, choices=MENU, attachments=(file,)))
        shown = standing.vendor.screen(HALYNA)
        assert [bool(one.text) for one in shown] == [True, False, True]
        assert shown[1].files == ("Пере'лік.pdf",)
        assert standing.vendor.uploaded("Пере'лік.pdf") == b"%PDF-1.7"
        assert shown[2].buttons == ("Документи", "Покликати людину")


async def test_a_cards_source_is_a_button_and_its_choices_still_answer() -> None:
    async with stage() as standing:
        await standing.meet()
        card = Card(title="Т", answer="Так.", source=CardSource(text="КМУ", url="https://zakon.example/1"))
        await standing.say(Reply(text="Так.\n\nДжерело: КМУ.", choices=MENU, card=card))
        (shown,) = standing.vendor.screen(HALYNA)
        assert shown.text == "Так.\n\nДжерело: КМУ."
        assert shown.buttons == ("Відкрити джерело", "Документи", "Покликати людину")
        await standing.vendor.press(HALYNA, "Документи")
        await standing.vendor.settle()
        assert messages(standing)[-1].choice_id == "a:subsidy:d"


async def test_a_template_the_vendor_does_not_take_goes_as_text() -> None:
    async with stage() as standing:
        await standing.meet()
        standing.vendor.refuse_next(100)
        card = Card(title="Т", answer="Так.", source=CardSource(text="КМУ", url="https://zakon.example/1"))
        await standing.say(Reply(text="Так.", choices=MENU, card=card))
        assert standing.vendor.screen(HALYNA) == [Shown("Так.", ("Документи", "Покликати людину"))]


async def test_files_come_down_as_they_were_sent() -> None:
    async with stage() as standing:
        await standing.vendor.send_file(HALYNA, "file", b"%PDF-1.7", "Довідка про доходи.pdf")
        await standing.vendor.send_file(HALYNA, "image", b"\xff\xd8", "photo.jpg", text="ось")
        await standing.vendor.settle()
        document, photo = messages(standing)
        assert (document.kind, photo.kind, photo.text) == (MessageKind.DOCUMENT, MessageKind.PHOTO, "ось")
        (remote,) = document.remote_files
        assert (remote.kind, remote.name) == (AttachmentKind.DOCUMENT, "Довідка про доходи.pdf")
        fetched = await standing.channel.fetch_file(remote.handle)
        assert (fetched.content, fetched.name) == (b"%PDF-1.7", "Довідка про доходи.pdf")
        with pytest.raises(ReplyRejected):
            await standing.channel.fetch_file(f"{standing.vendor.base}/cdn/expired/a.jpg")


async def test_a_point_a_sticker_an_edit_and_a_reaction() -> None:
    async with stage() as standing:
        await standing.vendor.send_location(HALYNA, 49.2331, 28.4682)
        await standing.vendor.send_sticker(HALYNA)
        await standing.vendor.edit(HALYNA, "m_1", "на субсидію")
        await standing.say("Так.")
        await standing.vendor.react(HALYNA)
        await standing.vendor.settle()
        assert [(event.kind, event.edited) for event in messages(standing)] == [
            (MessageKind.LOCATION, False),
            (MessageKind.STICKER, False),
            (MessageKind.TEXT, True),
        ]


async def test_signs_are_shown() -> None:
    async with stage() as standing:
        await standing.meet()
        await standing.channel.show(standing.ref(), Sign.SEEN)
        await standing.channel.show(standing.ref(), Sign.TYPING)
        assert standing.vendor.signs(HALYNA) == ["mark_seen", "typing_on"]


# What becomes of it.


async def test_own_echoes_are_dropped_and_receipts_name_what_was_sent() -> None:
    async with stage() as standing:
        await standing.meet()
        (sent,) = await standing.say("Так.")
        await standing.vendor.settle()
        standing.clock.pass_(seconds=5)
        await standing.vendor.read(HALYNA)
        await standing.vendor.settle()
        delivered, seen = receipts(standing)
        assert standing.heard == [delivered, seen]
        assert (delivered.state, delivered.external_id) == (DeliveryState.DELIVERED, sent.external_id)
        assert (seen.state, seen.external_id) == (DeliveryState.SEEN, None)
        assert seen.until is not None
        assert seen.until >= standing.clock.now


async def test_a_colleague_in_the_pages_inbox_is_heard_and_the_person_is_not_answered_twice() -> None:
    async with stage() as standing:
        await standing.meet()
        await standing.vendor.colleague_writes(HALYNA, "Вітаю, це Марія.", takes=True)
        await standing.vendor.write(HALYNA, "а де каса?")
        await standing.vendor.settle()
        (colleague,) = standing.heard
        assert isinstance(colleague, ColleagueMessage)
        assert (colleague.text, colleague.ref) == ("Вітаю, це Марія.", standing.ref())
        await standing.vendor.give_back(HALYNA)
        await standing.vendor.write(HALYNA, "дякую")
        await standing.vendor.settle()
        assert [event.text for event in messages(standing)] == ["дякую"]


async def test_what_was_not_taken_comes_again_with_the_same_keys() -> None:
    async with stage() as standing:
        standing.failing = 3
        await standing.vendor.write(HALYNA, "добрий день")
        await standing.vendor.settle()
        assert standing.vendor.webhooks.answers == [500, 500, 500, 200]
        body = standing.vendor.webhooks.bodies[0]
        await standing.vendor.webhooks.deliver(body)
        first, again = messages(standing)
        assert first == again


async def test_a_shuffled_batch_is_read_in_order() -> None:
    async with stage(shuffled=True) as standing:
        for number in range(40):
            standing.clock.pass_(seconds=1)
            await standing.vendor.write(HALYNA, str(number))
        await standing.vendor.settle()
        assert len(standing.vendor.webhooks.bodies) == 1
        assert [event.text for event in messages(standing)] == [str(number) for number in range(40)]


async def test_a_body_signed_by_another_is_refused() -> None:
    async with stage() as standing:
        await standing.vendor.write(HALYNA, "добрий день")
        await standing.vendor.settle()
        standing.vendor.webhooks.app_secret = "another"
        assert await standing.vendor.webhooks.deliver(standing.vendor.webhooks.bodies[0]) == 403
        assert len(standing.heard) == 1


# The window.


async def test_the_vendor_closes_the_window_after_a_day() -> None:
    async with stage() as standing:
        await standing.meet()
        heard_at = standing.clock.now
        standing.clock.pass_(hours=25)
        with pytest.raises(ReplyWindowClosed):
            await standing.say("Готово.", MARIIA, heard_at=heard_at)
        asked = standing.vendor.calls.count(("POST", "messages"))
        assert asked == 0
        with pytest.raises(ReplyWindowClosed, match=r"outside of allowed window\. \(10/2018278\)"):
            await standing.say("Готово.")


async def test_a_persons_words_may_come_within_a_week_where_meta_allows_it() -> None:
    async with stage(human_agent=True) as standing:
        await standing.meet()
        heard_at = standing.clock.now
        standing.clock.pass_(days=6)
        await standing.say("Готово.", MARIIA, heard_at=heard_at)
        assert standing.vendor.screen(HALYNA) == [Shown("Готово.", sender="Марія Зразкова")]
        with pytest.raises(ReplyWindowClosed):
            await standing.say("Нагадую.", heard_at=heard_at)


# Personas.


async def test_a_specialist_is_a_persona_made_once() -> None:
    async with stage() as standing:
        await standing.meet()
        await standing.say("Вітаю.", MARIIA)
        await standing.say("Пишіть.", MARIIA)
        assert standing.vendor.screen(HALYNA) == [
            Shown("Вітаю.", sender="Марія Зразкова"),
            Shown("Пишіть.", sender="Марія Зразкова"),
        ]
        assert standing.vendor.calls.count(("POST", "personas")) == 1
        assert standing.vendor.calls.count(("GET", "personas")) == 1


async def test_two_at_once_make_one_persona() -> None:
    async with stage() as standing:
        await standing.meet()
        await asyncio.gather(*(standing.say(f"{number}", MARIIA) for number in range(5)))
        assert list(standing.vendor.personas.values()) == ["Марія Зразкова"]


async def test_a_persona_made_before_is_found_again_after_a_restart() -> None:
    async with stage() as standing:
        await standing.meet()
        for number in range(250):
            standing.vendor.personas[str(number + 1)] = f"Спеціаліст {number}"
        standing.vendor.personas["999"] = "Марія Зразкова"
        await standing.say("Вітаю.", MARIIA)
        assert standing.vendor.screen(HALYNA) == [Shown("Вітаю.", sender="Марія Зразкова")]
        assert ("POST", "personas") not in standing.vendor.calls


@pytest.mark.parametrize("path", ["personas", PAGE])
async def test_without_a_persona_the_name_is_the_first_line(path: str) -> None:
    async with stage() as standing:
        await standing.meet()
        standing.vendor.refuse_next(200, status=403, path=path)
        await standing.say(Reply(text="слово " * 400, choices=MENU), MARIIA)
        first, second = standing.vendor.screen(HALYNA)
        assert (first.sender, second.sender) == (None, None)
        assert first.text.startswith("Марія Зразкова:\nслово слово")
        assert not second.text.startswith("Марія")
        assert second.buttons == ("Документи", "Покликати людину")
        asked = len(standing.vendor.calls)
        await standing.say("Ще одне.", MARIIA)
        assert len(standing.vendor.calls) == asked + 1, "it is not asked again at once"
        standing.clock.pass_(minutes=11)
        await standing.say("І ще.", MARIIA)
        assert standing.vendor.screen(HALYNA)[-1] == Shown("І ще.", sender="Марія Зразкова")


async def test_a_persona_deleted_by_hand_does_not_lose_the_words() -> None:
    async with stage() as standing:
        await standing.meet()
        await standing.say("Вітаю.", MARIIA)
        standing.vendor.forget_personas()
        await standing.say("Пишіть.", MARIIA)
        assert standing.vendor.screen(HALYNA)[-1] == Shown("Марія Зразкова:\nПишіть.")
        standing.clock.pass_(minutes=11)
        await standing.say("Слухаю.", MARIIA)
        assert standing.vendor.screen(HALYNA)[-1] == Shown("Слухаю.", sender="Марія Зразкова")


async def test_a_long_name_is_cut_to_what_a_persona_may_have() -> None:
    async with stage() as standing:
        await standing.meet()
        long = Author(kind=AuthorKind.SPECIALIST, id="9", name="Марія " * 20)
        await standing.say("Вітаю.", long)
        (name,) = standing.vendor.personas.values()
        assert len(name) <= 50
        assert name.endswith("…")


# Refusals.


@pytest.mark.parametrize(
    ("code", "subcode", "status", "error"),
    [
        (4, None, 403, RateLimited),
        (613, None, 400, RateLimited),
        (10, 2018278, 403, ReplyWindowClosed),
        (551, 1545041, 400, RecipientUnreachable),
        (100, None, 400, ReplyRejected),
        (200, None, 403, ReplyRejected),
        (2, None, 500, ChannelUnavailable),
        (190, 463, 401, ChannelUnavailable),
    ],
)
async def test_a_refusal_is_its_error(
    code: int, subcode: int | None, status: int, error: type[SendError]
) -> None:
    async with stage() as standing:
        await standing.meet()
        standing.vendor.refuse_next(code, subcode, status=status)
        with pytest.raises(SendError) as raised:
            await standing.say("Так.")
        assert type(raised.value) is error
        assert not standing.vendor.screen(HALYNA)


async def test_somebody_who_blocked_us_is_out_of_reach_and_a_stranger_too() -> None:
    async with stage() as standing:
        await standing.meet()
        standing.vendor.block(HALYNA)
        with pytest.raises(RecipientUnreachable, match="551/1545041"):
            await standing.say("Так.")
        with pytest.raises(RecipientUnreachable, match="100/2018001"):
            await standing.say("Так.", person="42")


async def test_garbage_is_uncertain_and_an_expired_token_is_not() -> None:
    async with stage() as standing:
        await standing.meet()
        standing.vendor.garble_next()
        with pytest.raises(ChannelUnavailable) as garbage:
            await standing.say("Так.")
        assert garbage.value.uncertain
        standing.vendor.expire_token()
        with pytest.raises(ChannelUnavailable) as expired:
            await standing.say("Так.")
        assert not expired.value.uncertain
        assert "token" in str(expired.value)


async def test_a_vendor_that_is_away_is_unavailable() -> None:
    async with stage() as standing:
        await standing.meet()
        await standing.vendor.stop()
        with pytest.raises(ChannelUnavailable) as away:
            await standing.say("Так.")
        assert not away.value.uncertain


# Connecting.


async def test_connecting_sets_everything_and_says_what_meta_sees() -> None:
    async with stage(connected=True) as standing:
        status = await standing.channel.connect()
        assert status.account == f"Зразкова громада ({PAGE})"
        assert status.webhook == f"{PUBLIC}/webhooks/zrazkova/messenger"
        assert status.error is None
        menu = standing.vendor.profile["persistent_menu"]
        assert [button["title"] for button in menu[0]["call_to_actions"]] == ["Меню", "Покликати людину"]
        assert standing.vendor.profile["greeting"][0]["text"].startswith("Зразкова громада. ")
        again = await standing.channel.connect()
        assert again == status
        await standing.vendor.open_chat(HALYNA, "topic-housing-subsidy")
        await standing.vendor.settle()
        await standing.vendor.open_chat(HALYNA, "topic-id-payment")
        await standing.vendor.settle()
        await standing.vendor.press(HALYNA, "Покликати людину")
        await standing.vendor.settle()
        first, second, third = messages(standing)
        assert (first.kind, first.start) == (MessageKind.START, "topic-housing-subsidy")
        assert (second.kind, second.start) == (MessageKind.START, "topic-id-payment")
        assert (third.kind, third.choice_id) == (MessageKind.PRESS, "m:person")


async def test_without_the_apps_id_the_status_says_what_to_paste() -> None:
    async with stage(app_id="", connected=True) as standing:
        status = await standing.channel.connect()
        assert status.webhook is not None
        assert f"{PUBLIC}/webhooks/zrazkova/messenger" in status.webhook
        assert standing.supplies.derived("messenger") in status.webhook
        assert status.error is None


async def test_fields_the_vendor_does_not_know_are_left_out() -> None:
    async with stage(connected=True) as standing:
        standing.vendor.refuse_next(100, path="subscribed_apps")
        standing.vendor.refuse_next(100, path="subscriptions")
        assert (await standing.channel.connect()).error is None
        assert "message_edits" not in standing.vendor.webhooks.page_fields


async def test_a_status_before_connecting_says_what_is_missing() -> None:
    async with stage(connected=True) as standing:
        status = await standing.channel.status()
        assert status.error is not None
        assert "messaging_postbacks" in status.error
        await standing.channel.connect()
        standing.vendor.webhooks.url = None
        assert (
            await standing.channel.status()
        ).error == "The app's webhook is not set or has been switched off."


async def test_a_refused_token_is_a_fault_with_its_mend() -> None:
    async with stage(connected=True) as standing:
        standing.vendor.expire_token()
        for ask in (standing.channel.connect, standing.channel.status):
            with pytest.raises(ConnectFault) as fault:
                await ask()
            assert "190/463" in fault.value.reason
            assert "MESSENGER_PAGE_TOKEN" in fault.value.mend


async def test_a_vendor_that_is_away_is_a_fault_too() -> None:
    async with stage(connected=True) as standing:
        await standing.vendor.stop()
        with pytest.raises(ConnectFault) as fault:
            await standing.channel.status()
        assert "Try again" in fault.value.mend


async def test_a_house_that_does_not_answer_the_handshake_is_told_so() -> None:
    async with stage(connected=True) as standing:
        standing.failing = 2
        with pytest.raises(ConnectFault) as fault:
            await standing.channel.connect()
        assert "Callback verification failed" in fault.value.reason
        assert "running" in fault.value.mend


async def test_a_house_without_a_public_address_can_not_be_called() -> None:
    async with stage(connected=True, public_url="") as standing:
        with pytest.raises(ConnectFault) as fault:
            await standing.channel.connect()
        assert "public" in fault.value.mend


# The vendor itself: what it must refuse, it refuses.


async def graph(standing: Stage, body: object, path: str = "messages", **query: str) -> Mapping[str, object]:
    """The error a post of any client gets; nothing where it was taken."""
    proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    answer = await standing.supplies.transport.request(
        "POST",
        f"{standing.vendor.base}/v25.0/me/{path}",
        query={"access_token": TOKEN, "appsecret_proof": proof, **query},
        json_body=body,
    )
    told = answer.json()
    assert isinstance(told, dict)
    return dict(told.get("error", {}))


@pytest.mark.parametrize(
    ("message", "more"),
    [
        ({"text": "а" * 2001}, {}),
        ({"text": ""}, {}),
        ({}, {}),
        ({"text": "а", "quick_replies": [{"content_type": "text", "title": "а", "payload": "б"}] * 14}, {}),
        ({"text": "а", "quick_replies": [{"content_type": "text", "title": "а" * 21, "payload": "б"}]}, {}),
        ({"text": "а", "quick_replies": [{"content_type": "location"}]}, {}),
        ({"attachment": {"type": "template", "payload": {"template_type": "button", "text": "а"}}}, {}),
        ({"attachment": {"type": "image", "payload": {}}}, {}),
        ({"text": "а"}, {"messaging_type": None}),
        ({"text": "а"}, {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}),
        ({"text": "а"}, {"persona_id": "404"}),
    ],
)
async def test_the_emulator_refuses_what_the_vendor_refuses(
    message: dict[str, object], more: dict[str, object]
) -> None:
    async with stage() as standing:
        await standing.meet()
        body = {"recipient": {"id": HALYNA}, "messaging_type": "RESPONSE", "message": message, **more}
        assert (await graph(standing, body))["code"] == 100
        assert not standing.vendor.screen(HALYNA)


async def test_the_emulator_wants_token_proof_and_the_menus_button() -> None:
    async with stage(connected=True) as standing:
        body: dict[str, object] = {"recipient": {"id": HALYNA}}
        assert (await graph(standing, body, access_token="wrong"))["code"] == 190
        wrong = await graph(standing, body, appsecret_proof="wrong")
        assert "appsecret_proof" in str(wrong["message"])
        menu = {"persistent_menu": [{"locale": "default", "call_to_actions": []}]}
        assert (await graph(standing, menu, "messenger_profile"))["error_subcode"] == 2018145


async def test_a_wrong_secret_of_ours_does_not_throw_messages_away() -> None:
    async with stage() as standing:
        await standing.meet()
        channel = standing.reopened(MESSENGER_APP_SECRET="another")
        (payload,) = channel.render(
            OutgoingMessage(ref=standing.ref(), reply=Reply(text="Так."), author=MARIIA)
        )
        with pytest.raises(ChannelUnavailable, match="appsecret_proof"):
            await channel.send(standing.ref(), payload)


async def test_what_is_never_taken_is_given_up() -> None:
    async with stage(speed=0.0) as standing:
        standing.failing = 100
        await standing.vendor.write(HALYNA, "добрий день")
        await standing.vendor.settle()
        assert len(standing.vendor.webhooks.lost) == 1
        assert len(standing.vendor.webhooks.answers) == 9


def test_the_stages_window_is_the_vendors() -> None:
    assert timedelta(hours=24) == WINDOW
    assert 35 * 3600 <= sum(RETRIES) <= 37 * 3600
