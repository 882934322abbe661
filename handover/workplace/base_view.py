"""The knowledge base beside a conversation: what a search finds, and one card in pieces that can be inserted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from handover.accounts.permissions import Permission
from handover.workplace.guard import Guard
from handover.workplace.reading import admitted
from knowledge_base.answers import DocumentList, EntryCard, Knowledge, SourceLine
from knowledge_base.language import day_in_figures, plural
from knowledge_base.lookup import look_up
from knowledge_base.understanding.meaning import Facet

LONGEST = 120

_FACETS = {
    Facet.ELIGIBILITY: "Хто має право",
    Facet.AMOUNT: "Скільки",
    Facet.DEADLINE: "Коли подати",
    Facet.WHERE: "Де подати",
    Facet.HOW: "Як подати",
    Facet.REFUSAL: "Якщо відмовили",
    Facet.STATUS: "Стан заяви",
}


@dataclass(frozen=True)
class Piece:
    """One answer of a card: its name, its words, and the same as they are put into the composer."""

    word: str
    text: str
    insert: str


@dataclass(frozen=True)
class CardView:
    """A card of the base with live figures. `warning`: what makes it less than sure."""

    id: str
    title: str
    official: str | None
    pieces: Sequence[Piece]
    source: str | None
    url: str | None
    warning: str | None


@dataclass(frozen=True)
class Hit:
    id: str
    title: str
    headline: str


@dataclass(frozen=True)
class BaseView:
    """What the tab shows: a card, or what was found by these words; `words` is empty before a search."""

    words: str
    card: CardView | None
    hits: Sequence[Hit]


def card_view(knowledge: Knowledge, card: EntryCard, now: datetime) -> CardView:
    """A card in pieces: the short answer, each facet that is written, the papers."""
    return CardView(
        id=card.id,
        title=card.title,
        official=card.official,
        pieces=list(_pieces(knowledge, card, now)),
        source=_source(card.source) if card.source else None,
        url=card.source.url if card.source else None,
        warning=_warning(card),
    )


def _pieces(knowledge: Knowledge, card: EntryCard, now: datetime) -> Iterator[Piece]:
    lines = {"Хто отримує": card.who, "Скільки": card.amount, "Коли подати": card.when, "Де": card.where}
    short = "\n".join([card.headline, *(f"{word}: {text}" for word, text in lines.items() if text)])
    yield _piece("Коротко", short, card.source)
    for facet, word in _FACETS.items():
        text = knowledge.facet_text(card.id, facet, now) if facet in card.facets else None
        if text:
            yield _piece(word, text, card.source)
    if card.documents is not None:
        yield _piece("Документи", _papers(card.documents), card.documents.source or card.source)


def _piece(word: str, text: str, source: SourceLine | None) -> Piece:
    return Piece(word, text, f"{text}\n\n{_source(source)}" if source else text)


def _papers(papers: DocumentList) -> str:
    sure = [
        f"{place}. {one.name}{f': {one.note}' if one.note else ''}"
        for place, one in enumerate(papers.sure, 1)
    ]
    maybe = [
        f"Можливо, ще: {one.name}{f', {one.condition}' if one.condition else ''}" for one in papers.possible
    ]
    more = ["Більше вимагати не можуть."] if papers.closed else []
    return "\n".join([f"Перелік, {plural(len(papers.sure), 'документ')}:", *sure, *maybe, *more])


def _source(source: SourceLine) -> str:
    return f"Джерело: {source.text}. Перевірено {day_in_figures(source.checked_on)}."


def _warning(card: EntryCard) -> str | None:
    if card.stale_year is not None:
        return f"Суму або строки на {card.stale_year} рік ще не підтверджено."
    if card.overdue:
        return "Картку давно не перевіряли: уточніть, перш ніж надіслати."
    return card.doubt


def add_base(router: APIRouter, guard: Guard) -> None:
    """/workplace/conversations/{id}/base?words=... or ?entry=..."""
    house, pages = guard.house, guard.pages

    @router.get("/workplace/conversations/{conversation_id}/base")
    async def base(request: Request, conversation_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.READ)
        me, now = visitor.account, house.clock()
        knowledge = house.knowledge(me.community)
        async with house.database.read() as db:
            ticket = await admitted(db, me, conversation_id)
        words = request.query_params.get("words", "").strip()[:LONGEST]
        asked = request.query_params.get("entry", "" if words else ticket.topic or "")
        entry = knowledge.resolve(asked) if asked else None
        card = card_view(knowledge, knowledge.card(entry, now), now) if entry else None
        found = [] if card else look_up(knowledge, words, now)
        hits = [Hit(one.id, one.title, one.headline.split("\n")[0]) for one in found]
        shown = BaseView(words, card, hits)
        return HTMLResponse(pages.render("base_found.html", base=shown, conversation=conversation_id))
