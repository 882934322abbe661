"""Golden dialogues: YAML the customer can read, played line by line.

A head: `title`, `base: real` (the project's own base instead of the invented one), `first_time`, `night` (true or a
moment, with `promised` and `opens`), `ahead`, `wait_minutes`, `stored`, `full` (days without a free time), `busy` (by
office), `register` (the invented register of applications; `no_register`: there is none), `checked` (papers a register
is asked for instead). A turn: `citizen` (words, `[photo]`, `[button:Label]`, `[press:id]`) or `house: {event: facts}`,
and `later` (days); then what must come: `kind`, `topic`, `facet`, `starts` (the last reply), `says` (parts of the text,
in any reply), `never_says`, `card` (of the last reply: `answer` and `note` whole, `lines`), `buttons` (all labels of
the last reply, in order), `shares` (what a button of it shares, phone or location; no label of `buttons`), `replies`
(how many), `effects` (a line each), `pin` (the name of the place that the last reply shows on the map, null for none).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bots.dialogue.texts.style import TEXT_LIMIT
from bots.dialogue.turn import (
    AnswerSamePerson,
    BusyView,
    CancelTicket,
    Effect,
    EraseStored,
    NoteUnanswered,
    OpenTicket,
    QueueView,
    QuietView,
    RaiseDanger,
    RateTicket,
    State,
    StopFollowing,
    StoredView,
    Turn,
    WaitForTime,
    WaitNoLonger,
)
from conversations.messages import Card

from .invented_register import InventedRegister
from .real_knowledge import real_knowledge
from .stage import NOON, Stage

FOLDER = Path(__file__).parent / "golden"
KEYS = {
    "citizen",
    "house",
    "later",
    "kind",
    "topic",
    "facet",
    "starts",
    "says",
    "never_says",
    "card",
    "buttons",
    "shares",
    "replies",
    "effects",
    "pin",
}
DIALOGUES = [
    pytest.param(dialogue, id=f"{file.stem}: {dialogue['title']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for dialogue in yaml.safe_load(file.read_text("utf-8"))
]
NIGHT = {
    "now": "2026-11-24T23:47:00+02:00",
    "queue": QueueView(
        number="26-0007",
        ahead=0,
        open_now=False,
        promised_at=datetime.fromisoformat("2026-11-25T09:30:00+02:00"),
        opens_at=datetime.fromisoformat("2026-11-25T09:00:00+02:00"),
    ),
}


def in_words(effect: Effect) -> str:
    """One effect as a line of the script."""
    match effect:
        case OpenTicket():
            parts = [effect.reason, effect.topic, effect.danger, effect.phone, effect.call_at]
            return " ".join(["open", *[str(part) for part in parts if part]])
        case CancelTicket():
            return "cancel"
        case RaiseDanger(danger):
            return f"raise {danger}"
        case RateTicket():
            return " ".join(
                ["rate", effect.number, *[part for part in (effect.value, effect.comment) if part]]
            )
        case EraseStored(scope, _):
            return f"erase {scope}"
        case NoteUnanswered():
            return "unanswered"
        case StopFollowing():
            return "stop following"
        case AnswerSamePerson(_, yes):
            return f"same person {'yes' if yes else 'no'}"
        case WaitForTime():
            return f"wait {effect.office} {effect.from_day}"
        case WaitNoLonger():
            return "wait no longer"


def _busy(quiet: dict[str, Any] | None = None, **told: Any) -> BusyView:
    return BusyView(**told, quiet=QuietView(**quiet) if quiet else None)


def staged(dialogue: dict[str, Any]) -> Stage:
    """The stage as the script's head sets it."""
    stage = Stage(state=State(greeted=not dialogue.get("first_time", False)))
    if dialogue.get("base") == "real":
        stage.knowledge = real_knowledge()
    if night := dialogue.get("night"):
        stage.now = datetime.fromisoformat(NIGHT["now"] if night is True else night)
        stage.queue = replace(
            NIGHT["queue"],
            **{
                field: datetime.fromisoformat(dialogue[key])
                for key, field in (("promised", "promised_at"), ("opens", "opens_at"))
                if key in dialogue
            },
        )
    stage.visits.full_days = set(dialogue.get("full", ()))
    if dialogue.get("register"):
        stage.register = InventedRegister()
        stage.view = replace(stage.view, has_applications=True)
    if checked := dialogue.get("checked"):
        stage.view = replace(stage.view, checked=frozenset(checked))
    if "stored" in dialogue:
        stage.stored = StoredView(**dialogue["stored"], since=NOON)
    stage.busy = {office: _busy(**told) for office, told in dialogue.get("busy", {}).items()}
    if "wait_minutes" in dialogue or "ahead" in dialogue:
        promised = NOON + timedelta(minutes=30)
        stage.queue = QueueView(
            "26-0007", dialogue.get("ahead", 0), True, promised, dialogue.get("wait_minutes")
        )
    return stage


def check(turn: Turn, expected: dict[str, Any]) -> None:
    """Compare one turn with its lines in the script."""
    # Scripts are written with plain spaces; which ones must be hard is the language's own test.
    said = "\n\n".join(reply.text for reply in turn.replies).replace("\u00a0", " ")
    assert not expected.keys() - KEYS, f"unknown keys in the script: {expected.keys() - KEYS}"
    assert all(len(reply.text) <= TEXT_LIMIT for reply in turn.replies)
    if "kind" in expected:
        assert (turn.kind.value, said) == (expected["kind"], said)
    if "topic" in expected:
        assert turn.topic == expected["topic"]
    if "facet" in expected:
        assert (turn.facet.value if turn.facet else None) == expected["facet"]
    if "starts" in expected:
        assert turn.replies[-1].text.replace("\u00a0", " ").startswith(expected["starts"]), said
    if "card" in expected:
        check_card(turn.replies[-1].card, expected["card"])
    for part in expected.get("says", []):
        assert part in said
    for part in expected.get("never_says", []):
        assert part not in said
    if "buttons" in expected:
        labels = [choice.label for choice in turn.replies[-1].choices if choice.asks is None]
        assert labels == expected["buttons"]
    if "shares" in expected:
        assert [choice.asks for choice in turn.replies[-1].choices if choice.asks] == expected["shares"]
    if "pin" in expected:
        pin = turn.replies[-1].pin
        assert (pin.title if pin else None) == expected["pin"]
    if "replies" in expected:
        assert len(turn.replies) == expected["replies"]
    if "effects" in expected:
        assert [in_words(effect) for effect in turn.effects] == expected["effects"]


def check_card(card: Card | None, expected: dict[str, Any]) -> None:
    """Compare the structure of a reply with the script."""
    assert card is not None
    if "answer" in expected:
        assert card.answer == expected["answer"]
    if "note" in expected:
        assert card.note == expected["note"]
    if "lines" in expected:
        assert [f"{line.label} {line.value}" for line in card.lines] == expected["lines"]


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_dialogue(dialogue: dict[str, Any]) -> None:
    stage = staged(dialogue)
    for expected in dialogue["turns"]:
        stage.now += timedelta(days=expected.get("later", 0), seconds=20)
        if "citizen" in expected:
            turn = stage.line(expected["citizen"])
        else:
            ((name, facts),) = expected["house"].items()
            turn = stage.house(name, facts or {})
        check(turn, expected)


def test_there_are_enough_of_them() -> None:
    assert len(DIALOGUES) >= 25
