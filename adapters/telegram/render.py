"""A reply as Bot API methods: a place on the map, text with an inline keyboard, files, an edit in place.

`{"method": "sendMessage", "fields": {…}}`; with a file also `"file": {"content_hash", "media_type", "name", "kind"}`,
whose bytes `send` puts into the form. Formatting is entities beside the plain text: nothing to escape, and the text is
as long as it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from aiogram.methods import (
    DeleteMessage,
    EditMessageText,
    SendDocument,
    SendMessage,
    SendPhoto,
    SendVenue,
    SendVideo,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
)

from adapters.fit import cut, fit, split
from adapters.incoming import file_name
from adapters.telegram.api import UPLOAD, as_json
from conversations.channel import Capabilities, Payload
from conversations.messages import (
    Attachment,
    AttachmentKind,
    Author,
    AuthorKind,
    Card,
    Choice,
    OutgoingMessage,
    Pin,
)

TEXT_UNITS = 4_096
CAPTION_UNITS = 1_024
PHOTO_LIMIT = 10_000_000
FILE_LIMIT = 50_000_000
NAME_SHOWN = 60
TITLE_SHOWN, ADDRESS_SHOWN = 100, 200
"""Characters of a place's name and address: no limit is written down, a phone shows no more."""
KEYBOARDS_KEPT = 1_000
SIDE_BY_SIDE = 14
"""Characters of a label that fit half the width of a small phone."""

CAPABILITIES = Capabilities(
    text_limit=4_000,
    choices_limit=24,
    cards=True,
    location=True,
    pins=True,
    edits=True,
    takes_back=timedelta(hours=48),
    pace=25,
    shares=frozenset({"phone", "location"}),
    file_kinds=frozenset(AttachmentKind),
    file_limit=FILE_LIMIT,
)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_VOICES = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4"})
_ADDRESS = re.compile(r"https?://[^\s]+")


@dataclass(frozen=True)
class Keys:
    """A keyboard as JSON. `inline`: under its message; else in place of the phone's own."""

    inline: bool
    markup: Mapping[str, Any]


def units(text: str) -> int:
    """The length as Telegram counts it: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def render(message: OutgoingMessage) -> tuple[Payload, ...]:
    """The requests of one message in order; buttons are under the last one. With `instead_of` the first is an edit."""
    heading = _heading(message.author)
    room = replace(CAPABILITIES, text_limit=CAPABILITIES.text_limit - len(heading))
    fitted = fit(message.reply, room)
    last = fitted[-1]
    texts = [text for part in fitted for text in within_units(part.text, TEXT_UNITS - units(heading))]
    texts[0] = heading + texts[0]
    keyboard = _keyboard(last.choices) if last.choices else None
    spans = _spans(texts[0], heading, last.card) if len(texts) == 1 else _spans(texts[0], heading, None)
    chat, files = _chat(message.ref.address), last.attachments
    place = _place(message.instead_of)
    if last.pin is not None:
        # The place comes first: what has buttons is the last.
        words = message.model_copy(update={"reply": message.reply.model_copy(update={"pin": None})})
        return (_payload(_venue(chat, last.pin), None), *render(words))
    if len(files) == 1 and len(texts) == 1 and units(texts[0]) <= CAPTION_UNITS and place is None:
        return (_file(chat, files[0], keyboard, caption=texts[0], spans=spans),)
    payloads: list[Payload] = []
    for index, text in enumerate(texts):
        under = keyboard if index == len(texts) - 1 and not files else None
        if index == 0 and place is not None and (under is None or under.inline):
            payloads.append(_payload(_edit(chat, place, text, spans), under))
        else:
            payloads.append(_payload(_said(chat, text, spans if index == 0 else None), under))
    return (
        *payloads,
        *(
            _file(chat, file, keyboard if index == len(files) - 1 else None)
            for index, file in enumerate(files)
        ),
    )


def within_units(text: str, limit: int) -> Iterator[str]:
    """The text in parts of at most `limit` UTF-16 units: most signs are one, emoji two."""
    if units(text) <= limit:
        yield text
        return
    for part in split(text, len(text) // 2):
        yield from within_units(part, limit)


def _heading(author: Author) -> str:
    """Telegram has no sender's name of its own for a message, so a specialist's stands in a line above it."""
    if author.kind is AuthorKind.SPECIALIST and author.name:
        return f"{cut(author.name, NAME_SHOWN)}:\n"
    return ""


def _chat(address: str) -> int | str:
    return int(address) if re.fullmatch(r"-?[0-9]{1,19}", address) else address


def _place(message_id: str | None) -> int | None:
    return int(message_id) if message_id and re.fullmatch(r"[0-9]{1,19}", message_id) else None


def _payload(method: TelegramMethod[Any], keyboard: Keys | None) -> dict[str, Any]:
    fields = as_json(method)
    if keyboard is not None:
        fields["reply_markup"] = keyboard.markup
    return {"method": method.__api_method__, "fields": fields}


def take_back(address: str, external_id: str) -> Payload | None:
    """The request that deletes a message of ours; None for what is no message's number."""
    place = _place(external_id)
    if place is None:
        return None
    return _payload(DeleteMessage(chat_id=_chat(address), message_id=place), None)


def _said(chat: int | str, text: str, spans: list[MessageEntity] | None) -> SendMessage:
    return SendMessage(chat_id=chat, text=text, entities=spans or None, link_preview_options=_NO_PREVIEW)


def _venue(chat: int | str, pin: Pin) -> SendVenue:
    return SendVenue(
        chat_id=chat,
        latitude=pin.location.latitude,
        longitude=pin.location.longitude,
        title=cut(pin.title, TITLE_SHOWN),
        address=cut(pin.address, ADDRESS_SHOWN),
    )


def _edit(chat: int | str, message_id: int, text: str, spans: list[MessageEntity] | None) -> EditMessageText:
    return EditMessageText(
        chat_id=chat,
        message_id=message_id,
        text=text,
        entities=spans or None,
        link_preview_options=_NO_PREVIEW,
    )


def _file(
    chat: int | str,
    file: Attachment,
    keyboard: Keys | None,
    caption: str | None = None,
    spans: list[MessageEntity] | None = None,
) -> Payload:
    attached = f"attach://{UPLOAD}"
    method: TelegramMethod[Any]
    common: dict[str, Any] = {
        "chat_id": chat,
        "caption": caption,
        "caption_entities": spans or None,
    }
    match file.kind:
        case AttachmentKind.PHOTO if file.media_type in _PHOTOS and file.size <= PHOTO_LIMIT:
            method = SendPhoto(photo=attached, **common)
        case AttachmentKind.VOICE if file.media_type in _VOICES:
            method = SendVoice(voice=attached, **common)
        case AttachmentKind.VIDEO if file.media_type == "video/mp4":
            method = SendVideo(video=attached, **common)
        case _:
            method = SendDocument(document=attached, **common)
    return {
        **_payload(method, keyboard),
        "file": {
            "content_hash": file.content_hash,
            "media_type": file.media_type,
            "name": file_name(file.name),
            "kind": file.kind.value,
        },
    }


@lru_cache(maxsize=KEYBOARDS_KEPT)
def _keyboard(choices: tuple[Choice, ...]) -> Keys:
    """Buttons under the message; where one shares a phone or a place, keys in place of the phone's own.

    Only such keys can share. The others beside them write their label, which means the same as its button. The same
    few keyboards go to everybody, so they are kept.
    """
    markup: InlineKeyboardMarkup | ReplyKeyboardMarkup
    if any(choice.asks for choice in choices):
        keys = [
            [
                KeyboardButton(
                    text=choice.label,
                    request_contact=choice.asks == "phone" or None,
                    request_location=choice.asks == "location" or None,
                )
                for choice in row
            ]
            for row in _rows(choices)
        ]
        markup = ReplyKeyboardMarkup(keyboard=keys, resize_keyboard=True, one_time_keyboard=True)
    else:
        buttons = [
            [InlineKeyboardButton(text=choice.label, callback_data=choice.id) for choice in row]
            for row in _rows(choices)
        ]
        markup = InlineKeyboardMarkup(inline_keyboard=buttons)
    return Keys(isinstance(markup, InlineKeyboardMarkup), as_json(markup))


def _rows(choices: Sequence[Choice]) -> list[list[Choice]]:
    """Two a row where both are short, else one."""
    rows: list[list[Choice]] = []
    for choice in choices:
        beside = rows and len(rows[-1]) == 1 and _is_short(rows[-1][0]) and _is_short(choice)
        if beside:
            rows[-1].append(choice)
        else:
            rows.append([choice])
    return rows


def _is_short(choice: Choice) -> bool:
    return len(choice.label) <= SIDE_BY_SIDE and choice.asks is None


def _spans(text: str, heading: str, card: Card | None) -> list[MessageEntity]:
    """What stands out: the specialist's name, the answer, the labels of its lines; the source leads to the act."""
    found: list[tuple[int, int, str | None]] = [(0, len(heading) - 1, None)] if heading else []
    if card is not None:
        if text.startswith(card.answer, len(heading)):
            found.append((len(heading), len(heading) + len(card.answer), None))
        for line in card.lines:
            at = text.find(f"\n{line.label}: ")
            if at >= 0:
                found.append((at + 1, at + 1 + len(line.label) + 1, None))
        if card.source and card.source.url and _ADDRESS.fullmatch(card.source.url):
            at = text.rfind(card.source.text)
            if at >= 0:
                found.append((at, at + len(card.source.text), card.source.url))
    return [_entity(text, *span) for span in _apart(found)]


def _apart(found: list[tuple[int, int, str | None]]) -> Iterator[tuple[int, int, str | None]]:
    """The spans in order, without those that begin inside another."""
    end = 0
    for span in sorted(found, key=lambda span: span[:2]):
        if span[0] >= end:
            yield span
            end = span[1]


def _entity(text: str, start: int, end: int, url: str | None) -> MessageEntity:
    return MessageEntity(
        type="text_link" if url else "bold",
        offset=units(text[:start]),
        length=units(text[start:end]),
        url=url,
    )
