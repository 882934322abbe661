"""Pinned notices: above the menu, and before an answer about their topic or place; once a day a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_LIMIT
from bots.dialogue.turn import Kind, State, Turn
from conversations.messages import Reply
from knowledge_base.answers import Notice

SHOWN = 2
"""Notices in one turn; the others wait for the next."""
REPLIES = 2
ANSWERS = frozenset({Kind.ANSWER, Kind.CHECKLIST, Kind.REFERRAL, Kind.OFFICES, Kind.APPOINTMENT})
MENU = frozenset({"m:life", "m:visit"})


def pin(scene: Scene, turn: Turn) -> Turn:
    """The turn with the notices that stand now and were not seen today."""
    seen = {name for name, day in scene.state.noticed.items() if day == scene.today}
    waiting = [notice for notice in scene.knowledge.notices(scene.now) if notice.id not in seen]
    if not waiting or not turn.replies:
        return turn
    if _is_menu(turn):
        return _shown(scene, turn, _fitting(waiting, turn.replies[-1].text), at=-1)
    about = [notice for notice in waiting if turn.kind in ANSWERS and _concerns(scene, notice, turn)]
    if not about or len(turn.replies) < REPLIES:
        return _before(scene, turn, about[:SHOWN])
    return _shown(scene, turn, _fitting(about, turn.replies[0].text), at=0)


def _is_menu(turn: Turn) -> bool:
    """The menu, and the greeting that has its doors."""
    last = turn.replies[-1]
    return (
        turn.kind in (Kind.MENU, Kind.SMALLTALK)
        and last.card is None
        and {choice.id for choice in last.choices} >= MENU
    )


def _concerns(scene: Scene, notice: Notice, turn: Turn) -> bool:
    """Whether the turn is about an entry of the notice, or shows the address of one of its offices."""
    if turn.topic in notice.entries:
        return True
    return any(
        office.id in notice.offices
        and _is_shown(office.name if office.address_hidden else office.address, turn)
        for office in scene.knowledge.offices()
    )


def _is_shown(words: str, turn: Turn) -> bool:
    return any(words in reply.text for reply in turn.replies)


def _fitting(notices: Sequence[Notice], text: str) -> list[Notice]:
    """As many as one message has room for beside its text, the heaviest first."""
    kept: list[Notice] = []
    for notice in notices[:SHOWN]:
        if len("\n\n".join([*map(_said, [*kept, notice]), text])) <= TEXT_LIMIT:
            kept.append(notice)
    return kept


def _before(scene: Scene, turn: Turn, notices: Sequence[Notice]) -> Turn:
    """In a message of their own."""
    if not notices:
        return turn
    first = Reply(text="\n\n".join(map(_said, notices)))
    return replace(turn, replies=(first, *turn.replies), state=_noted(scene, turn, notices))


def _shown(scene: Scene, turn: Turn, notices: Sequence[Notice], *, at: int) -> Turn:
    """Within a reply, above its own words."""
    if not notices:
        return turn
    replies = list(turn.replies)
    text = "\n\n".join([*map(_said, notices), replies[at].text])
    replies[at] = replies[at].model_copy(update={"text": text})
    return replace(turn, replies=tuple(replies), state=_noted(scene, turn, notices))


def _noted(scene: Scene, turn: Turn, notices: Sequence[Notice]) -> State:
    today = scene.today
    kept = {name: day for name, day in turn.state.noticed.items() if day == today}
    return replace(turn.state, noticed=kept | {notice.id: today for notice in notices})


def _said(notice: Notice) -> str:
    text = say("notice", text=notice.text)
    return f"{text}\n{say('notice-link')}\n{notice.link}" if notice.link else text
