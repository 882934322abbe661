"""Viber over a real connection: the channel joined to a house, and the emulator."""

from __future__ import annotations

import pytest

from adapters.transport import Answer
from conversations.channel import ChannelUnavailable, RateLimited, RecipientUnreachable, ReplyRejected
from conversations.messages import (
    Choice,
    DeliveryReceipt,
    DeliveryState,
    IncomingMessage,
    MessageKind,
    ReachChange,
    Reply,
)
from tests.adapters.viber_stage import MARIIA, MENU, PDF, House, channel_with, form
from tests.contract.case_viber import PERSON, good_mood
from tests.contract.wire import FakeWire
from tests.emulators.viber import ViberServer


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
