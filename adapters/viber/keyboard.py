"""Buttons as Viber has them: a grid of six columns under the chat, each a plain dict of its own API.

A press comes back as a text message that holds the button's `ActionBody`, so that carries a sign nobody types, the
choice's id and its label: `=>m:menu Меню`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from conversations.messages import Choice, Share

COLUMNS = 6
ROWS_LIMIT = 12
"""Rows a phone held upright shows; as many buttons fit when each takes a row of its own."""

SHORT_LABEL = 14
"""Characters that stay on one line in half the width of a small phone with enlarged letters."""

SHARES: dict[Share, str] = {"phone": "share-phone", "location": "location-picker"}
"""Choices that are no words but a thing of the phone: the number, the place."""

SHARES_SINCE = 3
"""The API level of both; devices below it can't show the message at all."""

FACE = "#E3ECF7"
INK = "#1A1A1A"
GROUND = "#FFFFFF"

_PRESSED = re.compile(r"=>([A-Za-z0-9_:.\-]{1,40})(?: (.*))?", re.DOTALL)


def keyboard(choices: Sequence[Choice]) -> dict[str, Any] | None:
    """The keyboard of these choices in their order, None where there are none."""
    if not choices:
        return None
    return {
        "Type": "keyboard",
        "DefaultHeight": False,
        "BgColor": GROUND,
        "Buttons": [_button(choice, columns) for choice, columns in _placed(choices)],
    }


def api_level(choices: Sequence[Choice]) -> int | None:
    """The API level these buttons need, None where any will do."""
    return SHARES_SINCE if any(choice.asks for choice in choices) else None


def asks_phone(choices: Sequence[Choice]) -> bool:
    """Whether one of the buttons gives the person's own number."""
    return any(choice.asks == "phone" for choice in choices)


def pressed(text: str) -> tuple[str, str] | None:
    """The choice and the label behind a text, where it is a press."""
    found = _PRESSED.fullmatch(text)
    return (found[1], found[2] or "") if found else None


def _placed(choices: Sequence[Choice]) -> list[tuple[Choice, int]]:
    """Each choice with its columns: two short ones side by side, any other alone in its row."""
    placed: list[tuple[Choice, int]] = []
    rest = list(choices)
    while rest:
        pair = rest[:2]
        if len(pair) == 2 and all(len(choice.label) <= SHORT_LABEL for choice in pair):
            placed += [(choice, COLUMNS // 2) for choice in pair]
            rest = rest[2:]
        else:
            placed.append((rest.pop(0), COLUMNS))
    return placed


def _button(choice: Choice, columns: int) -> dict[str, Any]:
    return {
        "Columns": columns,
        "Rows": 1,
        "BgColor": FACE,
        "ActionType": SHARES[choice.asks] if choice.asks else "reply",
        # Never empty: the sharing buttons do nothing without it, and a desktop sends it in place of the number.
        "ActionBody": f"=>{choice.id} {choice.label}",
        "Text": f'<font color="{INK}">{html.escape(choice.label, quote=False)}</font>',
        "TextSize": "regular",
        # Else the chat would show the code above as the person's own words.
        "Silent": True,
    }
