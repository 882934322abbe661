"""A typed label or number means the button that was offered: «документи», «2», «так»."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from conversations.messages import Choice
from knowledge_base.understanding.meaning import SmallTalk

ALIKE = 90
SHORT_LABEL = 5
LONGEST_LABEL = 40
_NUMBER = re.compile(
    r"(?:№|номер|пункт)?\s*(\d{1,3})\s*(?:[.)]|-?(?:ше|ша|ге|га|тє|тя|й|а|е))?", re.IGNORECASE
)
# «перша», «друге», «третий»: how people choose aloud.
_ORDINALS = tuple(
    re.compile(rf"(?:{stem})(?:ий|ій|а|я|е|є|у|ю|ый|ой|ая|ое|ье|ья|ь)?")
    for stem in ("перш|перв", "друг|втор", "трет", "четверт")
)
_SIGNS = re.compile(r"[^\w\s’]+")
_YES = ("так",)
_NO = ("ні", "нікого", "не")


def by_label(text: str, offered: Sequence[Choice]) -> Choice | None:
    """The offered button whose label was typed; from six letters a slip of the finger is forgiven."""
    if len(text) > LONGEST_LABEL:
        return None
    words = _plain(text)
    if not words:
        return None
    best: tuple[float, Choice] | None = None
    for choice in offered:
        plain = _plain(choice.label)
        likeness = 100.0 if plain == words else fuzz.ratio(plain, words) if len(plain) > SHORT_LABEL else 0.0
        if likeness >= ALIKE and (best is None or likeness > best[0]):
            best = (likeness, choice)
    return best[1] if best else None


def number(text: str) -> int | None:
    """The number, when the message is nothing but one."""
    if len(text) > LONGEST_LABEL:
        return None
    if found := _NUMBER.fullmatch(text.strip()):
        return int(found.group(1))
    plain = _plain(text)
    return next((number for number, pattern in enumerate(_ORDINALS, 1) if pattern.fullmatch(plain)), None)


def by_yes_or_no(talk: SmallTalk | None, offered: Sequence[Choice]) -> Choice | None:
    """The offered button a bare yes or no means; None unless exactly one fits."""
    beginnings = {SmallTalk.YES: _YES, SmallTalk.NO: _NO}.get(talk) if talk else None
    if beginnings is None:
        return None
    fitting = [
        choice for choice in offered if _plain(choice.label).split()[:1] in [[word] for word in beginnings]
    ]
    return fitting[0] if len(fitting) == 1 else None


def _plain(text: str) -> str:
    return " ".join(_SIGNS.sub(" ", text.lower().replace("'", "’")).split())
