"""What a citizen sees in Telegram: words, cards, buttons, and that somebody is typing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.telegram.render import CAPABILITIES, units
from conversations.channel import RecipientUnreachable, Sign
from conversations.messages import (
    AttachmentKind,
    Card,
    CardLine,
    CardSource,
    Choice,
    IncomingMessage,
    Location,
    MessageKind,
    Reply,
)
from tests.adapters.telegram_stage import CHOICES, MARIA, Desk, Stage, pulled, rendered
from tests.contract.supplies import Shelf
from tests.emulators.telegram_rules import caption_of, keyboard_of, text_of
from tests.emulators.telegram_rules import units as counted


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


async def test_typing_is_shown_and_seen_is_not_telegrams(stage: Stage) -> None:
    await stage.channel.show(stage.ref("olena"), Sign.TYPING)
    await stage.channel.show(stage.ref("olena"), Sign.SEEN)
    assert stage.vendor.actions == [(int(stage.vendor.address("olena")), "typing")]
    assert len(stage.vendor.calls) == 1
    await stage.vendor.block("olena")
    with pytest.raises(RecipientUnreachable):
        await stage.channel.show(stage.ref("olena"), Sign.TYPING)
