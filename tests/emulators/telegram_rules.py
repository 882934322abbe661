"""The Bot API's limits on what a bot asks for, and the refusals it gives, from its documentation and its server."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TEXT_UNITS = 4_096
CAPTION_UNITS = 1_024
CALLBACK_BYTES = 64
BUTTONS = 100
FETCHED_BYTES = 20 << 20
UPLOADED_BYTES = 50_000_000
PHOTO_BYTES = 10_000_000

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_PORTS = {None, 443, 80, 88, 8443}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>")
_TAGS = frozenset(
    {
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "code", "pre",
        "blockquote", "tg-emoji",
    }
)  # fmt: skip
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")


@dataclass
class Refused(Exception):
    """An answer that is not ok."""

    status: int
    description: str
    parameters: Mapping[str, int] | None = None

    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        return told if self.parameters is None else {**told, "parameters": dict(self.parameters)}


def bad(description: str) -> Refused:
    return Refused(400, f"Bad Request: {description}")


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def structured(value: Any, name: str) -> Any:
    """A parameter that is JSON inside a form, or JSON as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {name} JSON object") from None


def whole_number(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    if type(value) is int:
        return value
    raise bad(f"{name} is not specified" if value is None else f"invalid {name} specified")


def shown_text(fields: Mapping[str, Any], name: str, entities: str, limit: int, complaint: str) -> str:
    """The text after its formatting is read, within the limit."""
    text = str(fields.get(name) or "")
    if str(fields.get("parse_mode", "")).lower() == "html":
        text = _without_tags(text)
    else:
        _check_entities(structured(fields.get(entities), entities) or [], text)
    text = text.strip()
    if units(text) > limit:
        raise bad(complaint)
    return text


def text_of(fields: Mapping[str, Any]) -> str:
    text = shown_text(fields, "text", "entities", TEXT_UNITS, "message is too long")
    if not text:
        raise bad("message text is empty")
    return text


def venue_of(fields: Mapping[str, Any]) -> tuple[str, str, tuple[float, float]]:
    """Name, address and point of a place on the map."""
    point = []
    for name, most in (("latitude", 90), ("longitude", 180)):
        try:
            degrees = float(fields[name])
        except (KeyError, TypeError, ValueError):
            raise bad("location is invalid") from None
        if not -most <= degrees <= most:
            raise bad("location is invalid")
        point.append(degrees)
    title, address = (str(fields.get(name) or "").strip() for name in ("title", "address"))
    if not title:
        raise bad("venue title must be non-empty")
    if not address:
        raise bad("venue address must be non-empty")
    return title, address, (point[0], point[1])


def caption_of(fields: Mapping[str, Any]) -> str:
    return shown_text(fields, "caption", "caption_entities", CAPTION_UNITS, "message caption is too long")


def _without_tags(text: str) -> str:
    opened: list[str] = []
    for slash, tag, _rest in _TAG.findall(text):
        name = tag.lower()
        if name not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset 0')
        if not slash:
            opened.append(name)
        elif not opened or opened.pop() != name:
            raise bad("can't parse entities: Unmatched end tag at byte offset 0")
    if opened:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1]}\"")
    bare = _TAG.sub("", text)
    if "<" in bare:
        raise bad('can\'t parse entities: Unsupported start tag "" at byte offset 0')
    return html.unescape(bare)


def _check_entities(entities: Any, text: str) -> None:
    if not isinstance(entities, list):
        raise bad("can't parse entities: expected an Array")
    coded = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        offset, length = whole_number(entity, "offset"), whole_number(entity, "length")
        if offset < 0 or length <= 0:
            raise bad(f"receive an entity with incorrect length {length}")
        for border in (offset, offset + length):
            if 2 * border > len(coded):
                raise bad(f"entity beginning at UTF-16 offset {offset} ends after the end of the text")
            if 0xDC <= (coded[2 * border + 1] if 2 * border < len(coded) else 0) <= 0xDF:
                raise bad(f"entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol")


def keyboard_of(fields: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """The keyboard, in rows: buttons under a message, or keys in place of the phone's own."""
    markup = structured(fields.get("reply_markup"), "reply_markup")
    if not markup:
        return []
    if isinstance(markup, dict) and isinstance(markup.get("keyboard"), list):
        return _keys(markup)
    if not isinstance(markup, dict) or not isinstance(markup.get("inline_keyboard"), list):
        raise bad("object expected as reply markup")
    rows: list[list[dict[str, Any]]] = markup["inline_keyboard"]
    for button in _named(rows):
        if "callback_data" not in button and "url" not in button:
            raise bad("Text buttons are unallowed in the inline keyboard")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= CALLBACK_BYTES:
            raise bad("BUTTON_DATA_INVALID")
    return rows


def inline_keyboard_of(fields: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """An edited message can have no other."""
    markup = structured(fields.get("reply_markup"), "reply_markup")
    if markup and "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    return keyboard_of(fields)


def _keys(markup: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = markup["keyboard"]
    for key in _named(rows):
        if sum(bool(key.get(name)) for name in ("request_contact", "request_location", "request_poll")) > 1:
            raise bad("can't parse keyboard button: a key can ask for one thing only")
    if len(str(markup.get("input_field_placeholder", ""))) > 64:
        raise bad("input field placeholder is too long")
    return rows


def _named(rows: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS:
        raise bad("reply markup is too long")
    if not all(str(button.get("text", "")).strip() for button in buttons):
        raise bad("keyboard button text must be non-empty")
    return buttons


def check_upload(method: str, content: bytes) -> None:
    if not content:
        raise bad("file must be non-empty")
    if len(content) > UPLOADED_BYTES:
        raise Refused(413, "Request Entity Too Large")
    if method == "sendphoto":
        if len(content) > PHOTO_BYTES:
            raise bad("file is too big")
        if not content.startswith(_PICTURES):
            raise bad("IMAGE_PROCESS_FAILED")


def check_webhook(url: str, port: int | None, secret: str) -> None:
    if not url.startswith("https://"):
        raise bad("bad webhook: HTTPS url must be provided for webhook")
    if port not in _PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and len(secret) > 256:
        raise bad("secret token is too long")
    if secret and not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")


def check_commands(commands: Any) -> list[dict[str, str]]:
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(str(command.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands
