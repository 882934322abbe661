"""A question of the interview as a message: its words, its buttons, and how both travel through JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bots.dialogue import buttons, cards, memory
from bots.dialogue.texts import say
from conversations.messages import Choice, Reply
from knowledge_base.questioner import FactCard, Questioner
from knowledge_base.rules.closure import ANY_CHILD
from knowledge_base.rules.interview import Goal, Question, Tick
from knowledge_base.rules.narrowing import step as next_point
from knowledge_base.rules.schema import Fact
from knowledge_base.rules.values import Point, Range, Value, exactly, options

SIDES = {"le": "not-greater", "gt": "greater", "lt": "less", "ge": "not-less"}
DAY_SIDES = {"le": "not-later", "gt": "later", "lt": "earlier", "ge": "not-earlier"}
COUNTS_SHOWN = 5
NONE_OF_THEM = "none"
KEY_BYTES = 3
MOST_COUNTED = 20
FEW_LEFT = 2
"""From so many questions on it is said how many remain."""


def key_of(fact_id: str) -> str:
    """A fact on a button: short, and the same for ever."""
    return hashlib.blake2s(fact_id.encode(), digest_size=KEY_BYTES).hexdigest()


def fact_of(key: str, questioner: Questioner) -> str | None:
    """The fact behind a button's key, if the entry still uses it."""
    return next((name for name in questioner.facts if key_of(name) == key), None)


def reply(
    questioner: Questioner, question: Question, lead: Sequence[str], *, back: bool, last: bool = False
) -> Reply:
    """The question with its buttons; `lead` are the lines before it. `last`: no other one follows it."""
    if question.kind == "ticks":
        text, choices = _ticks(questioner, question)
    else:
        card = questioner.fact(question.fact)
        text, choices = _one(questioner, card, question)
    left = [say("interview-left", count=question.left)] if question.left >= FEW_LEFT else []
    counted = [say("interview-last")] if last else left
    row = (buttons.button("m:back", "back"),) if back else ()
    return Reply(text="\n".join([*lead, text, *counted]), choices=(*choices, *row, *buttons.row()))


def childless_button() -> Choice:
    """There are no children, so that whatever is for one need not be asked."""
    return buttons.button(f"i:{key_of(ANY_CHILD)}:no", "childless")


def possible_answers(question: Question, fact: Fact) -> tuple[Value, ...]:
    """Every answer to a question that has but a few; none where anything may be said."""
    if question.kind == "threshold":
        return question.parts
    if question.kind == "ticks":
        return ()
    if fact.type == "bool":
        return options(True), options(False)
    return tuple(options(name) for name in fact.options or {})


def _ticks(questioner: Questioner, question: Question) -> tuple[str, tuple[Choice, ...]]:
    lines = [f"{number}. {questioner.tick_line(tick)}" for number, tick in enumerate(question.ticks, 1)]
    choices = buttons.own(
        buttons.button("i:ticks:none", "none-of-these"),
        buttons.button("i:ticks:idk", "dont-know"),
        buttons.button("i:ticks:why", "why"),
    )
    return "\n".join([say("interview-ticks"), *lines]), choices


def _one(questioner: Questioner, card: FactCard, question: Question) -> tuple[str, tuple[Choice, ...]]:
    key = key_of(card.id)
    if question.kind == "threshold" and question.than is not None:
        text, answers = _limit(questioner, card, question, key)
    elif card.fact.type == "choice":
        text, answers = _of_options(card, key)
    else:
        text, answers = card.ask, _answers(card, key)
    return text, buttons.own(*answers, *_ways(card.fact, key))


def _ways(fact: Fact, key: str) -> tuple[Choice, ...]:
    """The ways around an answer: not to know it, not to say it, to ask what it is for."""
    refuse = (buttons.button(f"i:{key}:skip", "refuse"),) if fact.sensitive else ()
    return (buttons.button(f"i:{key}:idk", "dont-know"), *refuse, buttons.button(f"i:{key}:why", "why"))


def _limit(
    questioner: Questioner, card: FactCard, question: Question, key: str
) -> tuple[str, tuple[Choice | None, ...]]:
    """«… : більше ніж 100 000 грн?», or of a day «пізніше ніж»."""
    assert question.than is not None
    lower = question.parts[0]
    with_limit = lower.high == question.than
    of_days = isinstance(question.than, date)
    words = ("after" if with_limit else "before") if of_days else ("more" if with_limit else "less")
    text = say(
        f"interview-limit-{words}",
        label=card.label[:1].upper() + card.label[1:],
        limit=questioner.limit(card.id, question.than),
    )
    sides = DAY_SIDES if of_days else SIDES
    said = _point_as_text(question.than)
    pair = ("gt", "le") if with_limit else ("lt", "ge")
    return text, tuple(buttons.button(f"i:{key}:{side}{said}", sides[side]) for side in pair)


def _of_options(card: FactCard, key: str) -> tuple[str, tuple[Choice | None, ...]]:
    """The question with its options; those that find no room on buttons stand in the words."""
    shown, rest = list(card.options), []
    at_most = buttons.OWN_BUTTONS - len(_ways(card.fact, key))
    if len(shown) > at_most:
        last = [option for option in shown if option[0] == NONE_OF_THEM]
        others = [option for option in shown if option not in last]
        room = at_most - len(last)
        shown, rest = [*others[:room], *last], others[room:]
    words = ", ".join(cards.inside(label) for _, label in rest)
    text = "\n".join([card.ask, *([say("interview-by-words", list=words)] if rest else [])])
    return text, tuple(buttons.named(f"i:{key}:{name}", label) for name, label in shown)


def _answers(card: FactCard, key: str) -> tuple[Choice | None, ...]:
    match card.fact.type:
        case "bool":
            return buttons.button(f"i:{key}:yes", "yes"), buttons.button(f"i:{key}:no", "no")
        case "number" if card.fact.unit == "count" and _counted(card.fact):
            first = int(card.fact.min) if isinstance(card.fact.min, int) else 0
            return tuple(
                buttons.named(f"i:{key}:n{count}", str(count)) for count in range(first, first + COUNTS_SHOWN)
            )
    return ()


def _counted(fact: Fact) -> bool:
    return isinstance(fact.max, int) and fact.max <= MOST_COUNTED


def answer_of(word: str, fact: Fact) -> Value | None:
    """What a pressed answer means; None for one this fact cannot have."""
    if fact.type == "bool":
        return options(word == memory.YES) if word in (memory.YES, memory.NO) else None
    if fact.type == "choice":
        return options(word) if word in (fact.options or {}) else None
    if word.startswith("n") and fact.type == "number":
        point = _as_point(word[1:], fact)
        return exactly(point) if point is not None else None
    point = _as_point(word[2:], fact)
    if point is None or word[:2] not in SIDES:
        return None
    return _side(word[:2], point, fact)


def _side(side: str, point: Point, fact: Fact) -> Range:
    low = _bound(fact.min)
    match side:
        case "le":
            return Range(low, point)
        case "lt":
            return Range(low, next_point(point, -1))
        case "gt":
            return Range(next_point(point, 1), _bound(fact.max))
    return Range(point, _bound(fact.max))


def _bound(bound: object) -> Point | None:
    if isinstance(bound, int) and not isinstance(bound, bool):
        return Decimal(bound)
    return bound if isinstance(bound, Decimal | date) else None


def _as_point(text: str, fact: Fact) -> Point | None:
    try:
        return date.fromisoformat(text) if fact.type == "date" else Decimal(text)
    except (ValueError, InvalidOperation):
        return None


def _point_as_text(point: Point) -> str:
    return point.isoformat() if isinstance(point, date) else format(point, "f")


# ---- through JSON


def dump(question: Question) -> dict[str, Any]:
    """The question as JSON values."""
    return {
        "kind": question.kind,
        "fact": question.fact,
        "goal": question.goal.value,
        "left": question.left,
        "than": None if question.than is None else _point_as_text(question.than),
        "parts": [list(memory.pack(part)) for part in question.parts],
        "ticks": [
            {
                "fact": tick.fact,
                "ticked": list(memory.pack(tick.ticked)),
                "clear": list(memory.pack(tick.clear)),
                "limit": None if tick.limit is None else _point_as_text(tick.limit),
            }
            for tick in question.ticks
        ],
    }


def load(kept: Mapping[str, Any] | None, questioner: Questioner) -> Question | None:
    """The question kept by `dump`; None where the base has changed and no longer asks it."""
    if not isinstance(kept, Mapping):
        return None
    fact = questioner.known_fact(str(kept.get("fact")))
    if fact is None:
        return None
    ticks = [_load_tick(one, questioner) for one in kept.get("ticks", ())]
    parts = [memory.unpack(part, fact) for part in kept.get("parts", ())]
    if None in ticks or not all(isinstance(part, Range) for part in parts):
        return None
    than = kept.get("than")
    return Question(
        kind=kept["kind"],
        fact=kept["fact"],
        goal=Goal(kept["goal"]),
        left=int(kept["left"]),
        than=None if than is None else _as_point(than, fact),
        parts=tuple(part for part in parts if isinstance(part, Range)),
        ticks=tuple(tick for tick in ticks if tick is not None),
    )


def _load_tick(kept: Mapping[str, Any], questioner: Questioner) -> Tick | None:
    fact = questioner.known_fact(kept["fact"])
    if fact is None:
        return None
    ticked, clear = memory.unpack(kept["ticked"], fact), memory.unpack(kept["clear"], fact)
    if ticked is None or clear is None:
        return None
    limit = kept.get("limit")
    return Tick(kept["fact"], ticked, clear, None if limit is None else _as_point(limit, fact))
