"""The golden dialogues as a messenger can play them: words written, buttons pressed where the screen has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.emulators.vendor import Shown
from tests.messengers.stage import Behind, moment

FOLDER = Path(__file__).parents[1] / "dialogue" / "golden"
BUTTON = re.compile(r"\[button:(.*)\]")
SIGN = re.compile(r"\[[a-z]+(:.*)?\]")
OF_THE_ENGINE_ALONE = {"base", "stored", "first_time", "ahead", "wait_minutes", "promised", "opens"}
"""Heads that set what only the engine's own stage can set."""


OF_THE_INVENTED_HOUSE = re.compile(r"26-\d{4}|Попереду|нічого не зберігаємо")
"""What a script takes from an invented queue and store; here both are real and say what they really hold."""
GREETING = "Добрий день! Це Приймальня"
WITH_FILES_KEPT = {"Стерти лише фото"}


@dataclass(frozen=True)
class Dialogue:
    """One script."""

    file: str
    title: str
    head: dict[str, Any]
    turns: Sequence[dict[str, Any]]


def playable() -> Iterator[Dialogue]:
    """The dialogues of words and buttons alone, on the invented base, with no word of the house in between."""
    for file in sorted(FOLDER.glob("*.yaml")):
        for script in yaml.safe_load(file.read_text("utf-8")):
            head = {key: value for key, value in script.items() if key not in ("title", "turns")}
            if OF_THE_ENGINE_ALONE & head.keys() or script["title"] in WITH_FILES_KEPT:
                continue
            if all(map(_plain, script["turns"])):
                yield Dialogue(file.stem, script["title"], head, script["turns"])


def _plain(turn: dict[str, Any]) -> bool:
    words = str(turn.get("citizen", "[house]"))
    return (
        "later" not in turn
        and bool(words.strip())
        and (bool(BUTTON.fullmatch(words)) or not SIGN.fullmatch(words))
    )


@dataclass(frozen=True)
class Played:
    """One turn as it looked on a citizen's screen."""

    said: str
    shown: Sequence[Shown]


async def play(dialogue: Dialogue, place: Behind, person: str) -> list[Played]:
    """Play a dialogue and compare each turn with the script. Raises AssertionError with what the screen showed."""
    if isinstance(night := dialogue.head.get("night"), str):
        place.world.clock.moment = moment(night)
    elif night:
        place.world.clock.moment = moment("2026-11-24T23:47:00+02:00")
    played: list[Played] = []
    for turn in dialogue.turns:
        words = str(turn["citizen"])
        shown = await place.after(person, _act(place, person, words))
        played.append(Played(words, shown))
        _compare(turn, words, shown)
    return played


async def _act(place: Behind, person: str, words: str) -> None:
    label = BUTTON.fullmatch(words)
    if label is None:
        await place.vendor.write(person, words)
        return
    try:
        await place.vendor.press(person, label[1])
    except KeyError:
        # What a screen has no button for is said in words there, and words mean the same.
        await place.vendor.write(person, label[1])


def _compare(turn: dict[str, Any], words: str, shown: Sequence[Shown]) -> None:
    text = "\n".join(one.text for one in shown).replace("\N{NO-BREAK SPACE}", " ")
    labels = [label for one in shown for label in one.buttons]
    told = f"{words!r} → {text!r} {labels}"
    if turn.get("replies") == 0:
        assert not shown, told
        return
    assert shown, told
    for part in turn.get("says", []):
        if OF_THE_INVENTED_HOUSE.search(part):
            continue
        assert "".join(part.split()) in "".join(text.split()), f"{part!r} is missing: {told}"
    # Scripts begin with somebody who was greeted before; here the first word is greeted.
    answer = "\n".join(one.text for one in shown if not one.text.startswith(GREETING))
    for part in turn.get("never_says", []):
        assert part not in answer, told
    for label in turn.get("buttons", []):
        assert label in labels or label in text, f"{label!r} is missing: {told}"
