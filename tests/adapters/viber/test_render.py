"""What a citizen sees in Viber: buttons, signatures, sizes, files."""

from __future__ import annotations

import json

from conversations.messages import AttachmentKind, Author, AuthorKind, Card, CardSource, Choice, Reply
from tests.adapters.viber_stage import BOT, MARIIA, MENU, channel_with, form, rendered
from tests.contract.case_viber import link


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
