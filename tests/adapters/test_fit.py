"""A reply fitted to any channel: nothing is lost, nothing is too long, buttons become words if they must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fit import cut, fit, split
from conversations.channel import Capabilities
from conversations.messages import Attachment, AttachmentKind, Card, Choice, Reply

WEB_LIKE = Capabilities(
    text_limit=600, choices_limit=13, cards=True, file_kinds=frozenset(AttachmentKind), file_limit=1_000
)
SMS_LIKE = Capabilities(text_limit=600, choices_limit=0, numbered_choices=True)
DOCUMENTS = Choice(id="a:subsidy:d", label="Документи")
PERSON = Choice(id="m:person", label="Покликати людину")
CARD = Card(title="Субсидія", answer="Так, можна подати.")

texts = st.text(st.characters(codec="utf-8") | st.sampled_from(" \n.!?"), min_size=1)
labels = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
choices = st.builds(Choice, id=st.from_regex(r"[a-z:.\-]{1,40}", fullmatch=True), label=labels)
replies = st.builds(
    Reply,
    text=texts | texts.map(lambda text: text * 50),
    choices=st.lists(choices, max_size=16, unique_by=lambda choice: choice.id).map(tuple),
    card=st.none() | st.just(CARD),
)
capabilities = st.builds(
    Capabilities,
    text_limit=st.integers(40, 4_000),
    choices_limit=st.integers(0, 13),
    label_limit=st.integers(2, 20),
    choice_id_limit=st.integers(4, 40),
    cards=st.booleans(),
    numbered_choices=st.booleans(),
)


def unspaced(text: str) -> str:
    return "".join(text.split())


@given(reply=replies, can=capabilities)
def test_everything_said_fits_and_nothing_is_lost(reply: Reply, can: Capabilities) -> None:
    parts = fit(reply, can)
    assert all(len(part.text) <= can.text_limit for part in parts)
    said = unspaced("".join(part.text for part in parts))
    assert unspaced(reply.text) in said
    assert not any(part.choices for part in parts[:-1])
    buttons = parts[-1].choices
    assert len(buttons) <= can.choices_limit
    assert all(len(button.label) <= can.label_limit for button in buttons)
    assert all(len(button.id.encode()) <= can.choice_id_limit for button in buttons)
    shown = {button.id for button in buttons}
    assert all(choice.id in shown or unspaced(choice.label) in said for choice in reply.choices)


@given(reply=replies, can=capabilities)
def test_a_fitted_reply_fits_as_it_is(reply: Reply, can: Capabilities) -> None:
    for part in fit(reply, can):
        assert fit(part, can) == (part,)


@given(text=texts.map(lambda text: text * 20), limit=st.integers(1, 200))
def test_splitting_leaves_out_only_spaces(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(1 <= len(part) <= limit for part in parts)
    if text.strip():
        assert unspaced("".join(parts)) == unspaced(text)


@given(text=texts, limit=st.integers(2, 60))
def test_cutting_keeps_the_beginning(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))


def test_a_reply_that_fits_is_left_alone() -> None:
    reply = Reply(text="Так, можна подати.", choices=(DOCUMENTS, PERSON), card=CARD)
    assert fit(reply, WEB_LIKE) == (reply,)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Перший абзац.\n\nДругий абзац.", ("Перший абзац.", "Другий абзац.")),
        ("Перший рядок\nДругий рядок", ("Перший рядок", "Другий рядок")),
        ("Перше речення. Друге речення", ("Перше речення.", "Друге речення")),
        ("зовсім без розділових знаків", ("зовсім без", "розділових знаків")),
        ("нерозривнедовгеслово", ("нерозривнедовгеслово",)),
        ("двадцятьодналітератут", ("двадцятьодналітерату", "т")),
        ("платять по 12\u00a0000\u00a0грн щомісяця", ("платять по", "12\u00a0000\u00a0грн щомісяця")),
    ],
)
def test_texts_are_split_where_people_would(text: str, parts: tuple[str, ...]) -> None:
    assert split(text, 20) == parts


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert split("Прийом веде вул. Соборна 1 щодня", 22) == ("Прийом веде вул.", "Соборна 1 щодня")
    assert split("Речення скінчилося. Прийом на вул. Соборна", 38) == (
        "Речення скінчилося.",
        "Прийом на вул. Соборна",
    )


def test_buttons_come_with_the_last_part() -> None:
    reply = Reply(text="Абзац про умови.\n\n" * 60, choices=(DOCUMENTS,), card=CARD)
    *first, last = fit(reply, WEB_LIKE)
    assert first
    assert all(part.choices == () for part in first)
    assert last.choices == (DOCUMENTS,)
    assert last.card is None


def test_without_buttons_choices_are_numbered() -> None:
    (fitted,) = fit(Reply(text="Про що саме?", choices=(DOCUMENTS, PERSON)), SMS_LIKE)
    assert fitted == Reply(
        text="Про що саме?\n\n1. Документи\n2. Покликати людину\nНапишіть номер або слово."
    )


def test_a_text_with_numbers_of_its_own_keeps_them() -> None:
    text = "Ваш перелік:\n1. Заява\n2. Паспорт"
    (fitted,) = fit(Reply(text=text, choices=(DOCUMENTS, PERSON)), SMS_LIKE)
    assert fitted.text == f"{text}\n\nНапишіть номер або слово: «Документи», «Покликати людину»."


def test_surplus_buttons_are_said_in_words() -> None:
    can = Capabilities(text_limit=600, choices_limit=1)
    (fitted,) = fit(Reply(text="Про що саме?", choices=(DOCUMENTS, PERSON)), can)
    assert fitted.choices == (DOCUMENTS,)
    assert fitted.text == "Про що саме?\n\n2. Покликати людину\nНапишіть номер або слово."


def test_a_long_label_is_cut_between_words() -> None:
    can = Capabilities(text_limit=600, choices_limit=3, label_limit=14)
    (fitted,) = fit(Reply(text="Так", choices=(PERSON,)), can)
    assert [choice.label for choice in fitted.choices] == ["Покликати…"]


def test_a_card_is_dropped_where_it_cannot_be_shown() -> None:
    (fitted,) = fit(Reply(text="Так", card=CARD), Capabilities(text_limit=600, choices_limit=3))
    assert fitted == Reply(text="Так")


def test_a_file_the_channel_cannot_carry_is_named() -> None:
    photo = Attachment(
        kind=AttachmentKind.PHOTO, content_hash="a" * 64, media_type="image/jpeg", size=500, name="зразок.jpg"
    )
    reply = Reply(text="Ось зразок.", attachments=(photo,))
    assert fit(reply, WEB_LIKE) == (reply,)
    assert fit(reply, SMS_LIKE) == (Reply(text="Ось зразок.\nЄ ще файл «зразок.jpg», тут його не показати."),)


def test_what_cannot_be_shared_by_a_press_is_left_out_and_the_others_keep_their_numbers() -> None:
    share = Choice(id="p:share", label="Надіслати мій номер", asks="phone")
    reply = Reply(text="Напишіть номер.", choices=(share, Choice(id="m:menu", label="Меню")))
    sharing = Capabilities(text_limit=4000, choices_limit=9, shares=frozenset({"phone"}))
    assert fit(reply, sharing)[0].choices == reply.choices
    assert fit(reply, Capabilities(text_limit=4000, choices_limit=9))[0].choices == reply.choices[1:]
    numbered = fit(reply, Capabilities(text_limit=4000, choices_limit=0, numbered_choices=True))[0]
    assert "1. Меню" in numbered.text
    assert share.label not in numbered.text
