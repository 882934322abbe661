"""What went in and what came out, conversation by conversation, and the verdict. Pure: it can be tried on paper.

Every message of a conversation has an answer of its own, in texts that no other message of it has; so each text that
came out tells which message it answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum

IMPATIENCE = 0.05
"""Seconds a second attempt may come before the vendor's `retry_after`, for clocks that differ."""


class Fate(Enum):
    """What the vendor did with a sending: showed it and said so, refused it for certain, or left us in the dark."""

    SHOWN = "shown"
    REFUSED = "refused"
    SHOWN_UNTOLD = "shown, but we were not told"
    DROPPED_UNTOLD = "dropped, but we were not told"

    @property
    def shown(self) -> bool:
        return self in (Fate.SHOWN, Fate.SHOWN_UNTOLD)


@dataclass
class Written:
    """One message of a citizen. `answer`: the texts a calm day brings. Times are seconds of one monotonic clock."""

    key: str
    answer: tuple[str, ...]
    at: float
    accepted: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Sending:
    """A request to the vendor. `not_before`: the moment until which a 429 forbade another attempt."""

    text: str
    at: float
    fate: Fate
    not_before: float | None = None


@dataclass(frozen=True)
class Row:
    """A row of the outbox, as it stands at the end."""

    text: str
    state: str


@dataclass(frozen=True)
class Talk:
    """One conversation: the citizen's messages, the keys the transcript holds in its order, and what came out.

    `serial`: each message was written when the one before was accepted, so the transcript's order must be theirs.
    """

    name: str
    written: Sequence[Written]
    heard: Sequence[str]
    rows: Sequence[Row]
    sendings: Sequence[Sending]
    serial: bool = True


@dataclass
class Count:
    """The sums of one fault. `pause`: the longest time in seconds from a citizen's word to the end of its answer."""

    sent_in: int = 0
    accepted: int = 0
    repeats_refused: int = 0
    expected: int = 0
    delivered: int = 0
    lost: int = 0
    out_of_order: int = 0
    doubled: int = 0
    unforeseen: int = 0
    hasty: int = 0
    unknown: int = 0
    unknown_not_shown: int = 0
    pause: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Nothing lost, out of order, doubled, unforeseen or hasty, and something was counted at all."""
        return self.delivered > 0 and not self.faults

    def add(self, other: Count) -> None:
        """Take in another conversation's sums."""
        self.pause = max(self.pause, other.pause)
        self.faults += other.faults
        for one in fields(self):
            if one.type == "int":
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def judged(talks: Iterable[Talk]) -> Count:
    """The sums of all conversations."""
    whole = Count()
    for talk in talks:
        whole.add(_judged(talk))
    return whole


def _judged(talk: Talk) -> Count:
    count = Count(
        sent_in=len(talk.written),
        accepted=sum(1 for one in talk.written if one.accepted),
        repeats_refused=sum(max(0, one.accepted - 1) for one in talk.written),
        expected=sum(len(one.answer) for one in talk.written),
    )
    _judge_accepting(talk, count)
    _judge_answers(talk, count)
    _judge_order(talk, count)
    _judge_haste(talk, count)
    return count


def _judge_accepting(talk: Talk, count: Count) -> None:
    heard = Counter(talk.heard)
    for number, one in enumerate(talk.written):
        if not one.accepted:
            count.lost += 1
            count.faults.append(f"{talk.name}: message {number} was never taken in ({one.refused} refusals)")
        elif not heard[one.key]:
            count.lost += 1
            count.faults.append(
                f"{talk.name}: message {number} was answered 200 and is not in the transcript"
            )
        elif heard[one.key] > 1:
            count.doubled += 1
            count.faults.append(f"{talk.name}: message {number} is in the transcript {heard[one.key]} times")


def _judge_answers(talk: Talk, count: Count) -> None:
    shown = {text: [one for one in talk.sendings if one.text == text] for text in _texts(talk)}
    states: dict[str, list[str]] = {}
    for row in talk.rows:
        states.setdefault(row.text, []).append(row.state)
    for number, one in enumerate(talk.written):
        if not one.accepted or one.key not in talk.heard:
            continue  # lost already, with its answer
        for text in one.answer:
            marks = states.get(text, [])
            unknown = marks.count("unknown")
            count.unknown += unknown
            arrived = [sending.at for sending in shown[text] if sending.fate.shown]
            # A repeat of what may have arrived is one too, whether or not it did arrive.
            tried = sum(1 for sending in shown[text] if sending.fate is not Fate.REFUSED)
            if arrived:
                count.delivered += 1
                count.pause = max(count.pause, min(arrived) - one.at)
            elif unknown:
                count.unknown_not_shown += 1
            else:
                count.lost += 1
                count.faults.append(
                    f"{talk.name}: the answer to message {number} never came (outbox: {', '.join(marks) or 'no row'})"
                )
            if tried > 1 and not unknown:
                count.doubled += tried - 1
                count.faults.append(
                    f"{talk.name}: the answer to message {number} went out {tried} times, unmarked "
                    f"(outbox: {', '.join(marks) or 'no row'})"
                )
            elif len(marks) > 1:
                count.doubled += len(marks) - 1
                count.faults.append(f"{talk.name}: message {number} was answered {len(marks)} times")
    for sending in talk.sendings:
        if sending.text not in shown:
            count.unforeseen += 1
            count.faults.append(f"{talk.name}: said what no message asked for: {sending.text[:60]!r}")


def _texts(talk: Talk) -> list[str]:
    return [text for one in talk.written for text in one.answer]


def _judge_order(talk: Talk, count: Count) -> None:
    """The first time each text was shown must follow the order in which the messages were taken in."""
    by_key = {one.key: one for one in talk.written}
    heard = [by_key[key] for key in dict.fromkeys(talk.heard) if key in by_key]
    if talk.serial:
        taken_in = _out_of_order([talk.written.index(one) for one in heard])
        if taken_in:
            count.out_of_order += taken_in
            count.faults.append(f"{talk.name}: {taken_in} messages stand out of order in the transcript")
    place = {text: number for number, text in enumerate(text for one in heard for text in one.answer)}
    first: dict[str, float] = {}
    for sending in sorted(talk.sendings, key=lambda one: one.at):
        if sending.fate.shown and sending.text in place:
            first.setdefault(sending.text, sending.at)
    wrong = _out_of_order([place[text] for text in first])
    if wrong:
        count.out_of_order += wrong
        count.faults.append(f"{talk.name}: {wrong} answers came out of order")


def _out_of_order(places: Sequence[int]) -> int:
    """How many would have to be moved: all but the longest rising run with gaps."""
    longest: list[int] = []
    for number, place in enumerate(places):
        before = [longest[other] for other in range(number) if places[other] < place]
        longest.append(1 + max(before, default=0))
    return len(places) - max(longest, default=0)


def _judge_haste(talk: Talk, count: Count) -> None:
    allowed: dict[str, float] = {}
    for sending in sorted(talk.sendings, key=lambda one: one.at):
        if sending.at < allowed.get(sending.text, sending.at) - IMPATIENCE:
            count.hasty += 1
            count.faults.append(f"{talk.name}: sent again before the vendor's retry_after was over")
        if sending.not_before is not None:
            allowed[sending.text] = sending.not_before
