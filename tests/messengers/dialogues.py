"""The golden dialogues as a messenger can play them: words written, buttons pressed where the screen has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from tests.emulators.vendor import Shown
from tests.messengers.stage import Behind, moment

FOLDER = Path(__file__).parents[1] / "dialogue" / "golden"
BUTTON = re.compile(r"\[button:(.*)\]")
SIGN = re.compile(r"\[[a-z]+(:.*)?\]")
OF_THE_ENGINE_ALONE = {
    "base",
    "stored",
    "first_time",
    "ahead",
    "wait_minutes",
    "promised",
    "opens",
    "full",
    "busy",
    "no_register",
    "checked",
}
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


@dataclass
class Performance:
    """A dialogue played by one person. `fault` is where the screen was not as the script says, and ends it."""

    dialogue: Dialogue
    person: str
    played: list[Played] = field(default_factory=list)
    fault: str = ""

    def goes_on(self) -> bool:
        return not self.fault and len(self.played) < len(self.dialogue.turns)


async def play(dialogues: Sequence[Dialogue], place: Behind) -> list[Performance]:
    """Play dialogues, each by a person of its own, and compare each turn with the script.

    Those of one moment go side by side, turn by turn, as people do who write at the same time.
    """
    performances = [Performance(dialogue, f"person-{number}") for number, dialogue in enumerate(dialogues)]
    noon = place.world.clock.moment
    for at in dict.fromkeys(_begins(one) for one in dialogues):
        place.world.clock.moment = at or noon
        together = [one for one in performances if _begins(one.dialogue) == at]
        while acting := [one for one in together if one.goes_on()]:
            await _turn(acting, place)
    return performances


def _begins(dialogue: Dialogue) -> datetime | None:
    """The moment that a script sets; None for the usual one."""
    night = dialogue.head.get("night")
    if not night:
        return None
    return moment(night if isinstance(night, str) else "2026-11-24T23:47:00+02:00")


async def _turn(acting: Sequence[Performance], place: Behind) -> None:
    before = [list(place.vendor.screen(one.person)) for one in acting]
    turns = [one.dialogue.turns[len(one.played)] for one in acting]
    for one, turn in zip(acting, turns, strict=True):
        await _act(place, one.person, str(turn["citizen"]))
    await place.work()
    for one, turn, screen in zip(acting, turns, before, strict=True):
        words, shown = str(turn["citizen"]), place.new(one.person, screen)
        one.played.append(Played(words, shown))
        try:
            _compare(turn, words, shown)
        except AssertionError as fault:
            one.fault = str(fault) or repr(fault)


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
