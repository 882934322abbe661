"""What Viber's server refuses in a request, and what a phone refuses after the server has said "ok"."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REQUEST_BYTES = 30_000
TEXT = 7_000
SENDER_NAME = 28
TRACKING = 4_000
CAPTION = 512
ADDRESS = 2_000
FILE_NAME = 256
VIDEO_BYTES = 26_000_000
FILE_BYTES = 50_000_000
KEYBOARD_ROWS = 12
BUTTON_TEXT = 250

OK = (0, "ok")
INVALID_URL = (1, "invalidUrl")
INVALID_TOKEN = (2, "invalidAuthToken")
BAD_DATA = (3, "badData")
MISSING_DATA = (4, "missingData")
NOT_REGISTERED = (5, "receiverNotRegistered")
NOT_SUBSCRIBED = (6, "receiverNotSubscribed")
TOO_MANY = (12, "tooManyRequests")
API_LEVEL = (13, "apiVersionNotSupported")

Verdict = tuple[int, str]

NEEDED = {
    "text": ("text",),
    "picture": ("media",),
    "video": ("media", "size"),
    "file": ("media", "size", "file_name"),
    "location": ("location",),
    "contact": ("contact",),
    "sticker": ("sticker_id",),
    "url": ("media",),
    "rich_media": ("rich_media",),
}
OLD_ACTIONS = ("reply", "open-url", "")
NEW_ACTIONS = (*OLD_ACTIONS, "location-picker", "share-phone", "none")

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def refusal(body: Mapping[str, Any], *, welcome: bool = False) -> Verdict | None:
    """The server's no to a message; None where it takes it. A welcome has no receiver."""
    if len(json.dumps(body, ensure_ascii=False).encode()) > REQUEST_BYTES:
        return BAD_DATA
    if not welcome and not body.get("receiver"):
        return MISSING_DATA
    sender = body.get("sender")
    if not isinstance(sender, dict) or not sender.get("name"):
        # A welcome of the official library goes without one.
        if not welcome or sender is not None:
            return MISSING_DATA
    elif len(sender["name"]) > SENDER_NAME:
        return BAD_DATA
    if len(str(body.get("tracking_data", ""))) > TRACKING:
        return BAD_DATA
    return _content(body) or _keyboard_schema(body)


def _content(body: Mapping[str, Any]) -> Verdict | None:
    kind = body.get("type")
    if kind is None and body.get("keyboard"):
        return None
    if kind not in NEEDED:
        return BAD_DATA
    if any(body.get(name) in (None, "") for name in NEEDED[kind]):
        return MISSING_DATA
    if kind == "text" and len(body["text"]) > TEXT:
        return BAD_DATA
    if kind == "location" and not _on_earth(body["location"]):
        return BAD_DATA
    if kind in ("picture", "video", "file", "url") and not _sound_media(kind, body):
        return BAD_DATA
    return None


def _on_earth(place: Any) -> bool:
    if not isinstance(place, dict):
        return False
    sides = [(place.get("lat"), 90), (place.get("lon"), 180)]
    return all(isinstance(side, int | float) and -most <= side <= most for side, most in sides)


def _sound_media(kind: str, body: Mapping[str, Any]) -> bool:
    media = body["media"]
    if not isinstance(media, str) or not media.startswith(("http://", "https://")) or len(media) > ADDRESS:
        return False
    if len(str(body.get("text") or "")) > CAPTION:
        return False
    if kind in ("video", "file"):
        size = body["size"]
        limit = VIDEO_BYTES if kind == "video" else FILE_BYTES
        if type(size) is not int or not 0 <= size <= limit:
            return False
    return kind != "file" or len(body["file_name"]) <= FILE_NAME


def _keyboard_schema(body: Mapping[str, Any]) -> Verdict | None:
    """The little of a keyboard that the server itself looks at: which actions there are at this API level."""
    keyboard = body.get("keyboard")
    if keyboard is None:
        return None
    if not isinstance(keyboard, dict) or not isinstance(keyboard.get("Buttons"), list):
        return BAD_DATA
    known = NEW_ACTIONS if body.get("min_api_version", 1) >= 3 else OLD_ACTIONS
    for button in keyboard["Buttons"]:
        if not isinstance(button, dict) or button.get("ActionType", "reply") not in known:
            action = button.get("ActionType") if isinstance(button, dict) else button
            return 3, f'keyboard is not valid. [instance value ("{action}") not found in enum]'
    return None


def fault_on_phone(body: Mapping[str, Any]) -> str | None:
    """Why a phone does not show a message that the server took; it comes as a `failed` callback."""
    keyboard = body.get("keyboard")
    if keyboard is None:
        return None
    if "InputFieldState" in keyboard and body.get("min_api_version", 1) < 4:
        return "InputFieldState needs min_api_version 4"
    if not keyboard["Buttons"]:
        return "Buttons is empty"
    if "BgColor" in keyboard and not _COLOUR.fullmatch(keyboard["BgColor"]):
        return "BgColor is not valid"
    return _fault_of_grid(keyboard["Buttons"])


def _fault_of_grid(buttons: list[dict[str, Any]]) -> str | None:
    rows = filled = height = 0
    for button in buttons:
        columns, deep = button.get("Columns", 6), button.get("Rows", 1)
        if columns not in range(1, 7) or deep not in (1, 2):
            return "Columns or Rows is not valid"
        if button.get("ActionType", "reply") != "none" and not button.get("ActionBody"):
            return "ActionBody is empty"
        if not any(button.get(face) for face in ("Text", "BgMedia", "Image", "BgColor")):
            return "a button without a face"
        if len(button.get("Text", "")) > BUTTON_TEXT:
            return "Text is too long"
        if filled + columns > 6:
            rows, filled, height = rows + height, 0, 0
        filled, height = filled + columns, max(height, deep)
    return "more than 12 rows" if rows + height > KEYBOARD_ROWS else None


@dataclass(frozen=True)
class Button:
    """A button as a person sees it and as the phone acts on it."""

    label: str
    action: str
    body: str
    silent: bool


def buttons_of(keyboard: Mapping[str, Any] | None) -> tuple[Button, ...]:
    """The buttons of a keyboard in order, their labels without mark-up."""
    return tuple(
        Button(
            label=html.unescape(re.sub(r"<[^>]*>", "", button.get("Text", ""))),
            action=button.get("ActionType", "reply"),
            body=button.get("ActionBody", ""),
            silent=bool(button.get("Silent", False)),
        )
        for button in (keyboard or {}).get("Buttons", ())
    )
