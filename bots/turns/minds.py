"""What a community's bot knows and how it understands, together, so that both are always of the same base."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from conversations.messages import InboxEvent, IncomingMessage, MessageKind
from knowledge_base.answers import Knowledge
from knowledge_base.understanding.meaning import Meaning


class Understanding(Protocol):
    """Reads texts. Pure and safe to call from several threads."""

    def read(self, texts: Sequence[str]) -> list[Meaning]:
        """One meaning a text, in the same order."""
        ...


class Remembered:
    """What texts were lately read as: people greet, thank and ask in the same words. Holds `ROOM` at most.

    Long texts are told once, and a text with a secret in it must not stay: neither is kept.
    """

    ROOM = 1_000
    LONGEST = 120

    def __init__(self) -> None:
        self._meanings: OrderedDict[str, Meaning] = OrderedDict()

    def __len__(self) -> int:
        return len(self._meanings)

    def recall(self, text: str) -> Meaning | None:
        """The meaning of exactly this text, where it is still known."""
        meaning = self._meanings.get(text)
        if meaning is not None:
            self._meanings.move_to_end(text)
        return meaning

    def keep(self, text: str, meaning: Meaning) -> None:
        """Remember it in place of what was not asked for the longest time."""
        if len(text) > self.LONGEST or meaning.secret is not None:
            return
        self._meanings[text] = meaning
        if len(self._meanings) > self.ROOM:
            self._meanings.popitem(last=False)


@dataclass(frozen=True)
class Mind:
    """One base of one community: its answers and the understanding trained on them.

    What was read goes with the base it was read by.
    """

    knowledge: Knowledge
    understanding: Understanding
    remembered: Remembered = field(default_factory=Remembered, compare=False)


class UnknownCommunity(Exception):
    """A message came for a community this installation does not serve."""


class Minds:
    """The mind of each community. `replace` swaps one whole: a turn sees the old base or the new one, never a mix."""

    def __init__(self, minds: Mapping[str, Mind]) -> None:
        self._minds = dict(minds)

    def __getitem__(self, community: str) -> Mind:
        try:
            return self._minds[community]
        except KeyError:
            raise UnknownCommunity(community) from None

    def __contains__(self, community: object) -> bool:
        return community in self._minds

    @property
    def communities(self) -> Collection[str]:
        return tuple(self._minds)

    def replace(self, community: str, mind: Mind) -> None:
        """Put another base in place of the present one."""
        self._minds = {**self._minds, community: mind}


def words_of(event: InboxEvent) -> str | None:
    """The words of an event that have to be understood: every text, also an empty one, and every caption."""
    if not isinstance(event, IncomingMessage) or event.kind is MessageKind.PRESS:
        return None
    return event.text if event.kind is MessageKind.TEXT or event.text else None
