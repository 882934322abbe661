"""Builds the answer card: its exact anatomy in plain text, and as structure for channels that can show it."""

from __future__ import annotations

from collections.abc import Sequence

from bots.dialogue.texts import say
from bots.dialogue.texts.style import FIRST_SENTENCE_LIMIT, TEXT_LIMIT, TEXT_TARGET
from conversations.messages import Card, CardLine, CardSource
from knowledge_base.answers import EntryCard
from knowledge_base.language import day_in_figures, first_sentence

LONG_VALUE = 140


def clip(text: str, limit: int) -> str:
    """The text within a limit, cut between words."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    return kept.rsplit(" ", 1)[0].rstrip(" ,;:\n") + "…"


def inside(text: str) -> str:
    """A name in the middle of a sentence; an abbreviation keeps its capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def source_line(card: EntryCard) -> str | None:
    """`Джерело: … Перевірено …`, the last line of an answer."""
    if card.source is None:
        return None
    return say(
        "source-line",
        source=clip(card.source.text.rstrip(". "), LONG_VALUE),
        checked=day_in_figures(card.source.checked_on),
    )


def cautions(card: EntryCard) -> list[str]:
    """What must be said before the source: sources differ, not re-read in time."""
    return [*([card.doubt] if card.doubt else []), *([say("overdue")] if card.overdue else [])]


def tail(card: EntryCard) -> list[str]:
    """The last lines of an answer."""
    source = source_line(card)
    return [*cautions(card), *([source] if source else [])]


def amount(card: EntryCard) -> str | None:
    """The sum, or the honest word that it is not confirmed for this year, and which was known last."""
    if card.last_amount is not None:
        return say("amount-stale", year=str(card.stale_year), last=card.last_amount)
    return card.amount


def documents_count(card: EntryCard) -> str | None:
    """`5 документів`, `2 документи, можливо, ще`; None where the list is not known.

    The possible ones are not counted: they may exclude each other.
    """
    papers = card.documents
    if papers is None or not (papers.sure or papers.possible):
        return None
    if not papers.sure:
        return say("documents-count", count=len(papers.possible))
    return say("documents-some" if papers.possible else "documents-count", count=len(papers.sure))


def known_lines(card: EntryCard) -> tuple[CardLine, ...]:
    """The lines of an overview in their fixed order; an unknown one is left out."""
    values = (
        ("line-who", card.who),
        ("line-amount", amount(card)),
        ("line-when", card.when),
        ("line-where", card.where),
        ("line-documents", documents_count(card)),
    )
    return tuple(CardLine(label=say(name), value=value) for name, value in values if value)


def fit(head: str, body: Sequence[str], end: Sequence[str], limit: int = TEXT_TARGET) -> str:
    """One text within the limit: long lines of the body are cut first, then its last ones go.

    A head too long loses whole lines, so that no phone or address is cut in half.
    """

    def joined(top: str, middle: Sequence[str]) -> str:
        return "\n\n".join(part for part in (top, "\n".join(middle), "\n".join(end)) if part)

    text = joined(head, body)
    if len(text) <= limit:
        return text
    lines = [clip(line, LONG_VALUE) for line in body]
    while lines and len(joined(head, lines)) > limit:
        lines.pop()
    text = joined(head, lines)
    if len(text) <= limit:
        return text
    if limit < TEXT_LIMIT and len(joined(head, body)) <= TEXT_LIMIT:
        return joined(head, body)
    room = limit - len(joined("", [])) - 2
    if room < LONG_VALUE:
        return clip(head, limit)
    return joined(_whole_lines(head, room), [])


def _whole_lines(text: str, room: int) -> str:
    """As many lines as fit, without one at the end that only announces the next."""
    lines = text.split("\n")
    while len(lines) > 1 and (len("\n".join(lines)) > room or lines[-1].endswith(":")):
        lines.pop()
    return clip("\n".join(lines), room)


def parted(text: str) -> tuple[str, str]:
    """The first line or sentence, which a card shows large, and the rest. One too long is cut, and said in full."""
    line = text.strip().split("\n", 1)[0]
    first = line if len(line) <= FIRST_SENTENCE_LIMIT else first_sentence(text)
    if len(first) > FIRST_SENTENCE_LIMIT:
        return clip(first, FIRST_SENTENCE_LIMIT), text.strip()
    return first, text.strip()[len(first) :].strip()


def structure(
    card: EntryCard,
    answer: str,
    *,
    lines: Sequence[CardLine] = (),
    items: Sequence[str] = (),
    maybe: Sequence[str] = (),
    note: str | None = None,
) -> Card:
    """The card of a reply: of `answer` the first sentence, then its rest and `note`, then the cautions."""
    first, rest = parted(answer)
    notes = [*([rest] if rest else []), *([note] if note else []), *cautions(card)]
    source = source_line(card)
    return Card(
        title=card.title,
        answer=first,
        lines=tuple(lines),
        items=tuple(items),
        maybe=tuple(maybe),
        note="\n".join(notes) or None,
        source=CardSource(text=source, url=card.source.url) if source and card.source else None,
    )
