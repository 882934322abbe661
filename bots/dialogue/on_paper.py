"""Puts a person's list of papers on a sheet: what to bring, where, until when, how much, and where all of it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bots.dialogue import cards, inquiry
from bots.dialogue.links import link_to
from bots.dialogue.moments import begun
from bots.dialogue.result import Result
from bots.dialogue.scene import Scene
from bots.dialogue.sheet import Group, Paper, Part, Sheet
from bots.dialogue.texts import say
from knowledge_base.answers import DocumentLine, Door, EntryCard, Office, SourceLine
from knowledge_base.language import day, day_in_figures
from knowledge_base.rules.comparing import Truth
from knowledge_base.understanding.meaning import Facet


def sheet(scene: Scene, whole: EntryCard, have: Collection[str]) -> Sheet:
    """The sheet of an entry with a list: this person's own, as far as it is known, with the papers in `have` ticked."""
    card = inquiry.personal(scene, whole)
    so_far = inquiry.result(scene, whole)
    community = scene.knowledge.community
    made = "sheet-made-for-all" if card is whole else "sheet-made"
    return Sheet(
        file_name=say("sheet-file-name", label=card.label),
        issuer=say("sheet-issuer", community=community.name, reception=community.reception.name),
        title=card.title,
        about=(
            *([say("sheet-official", name=card.official)] if card.official else []),
            say(made, date=day(scene.today)),
        ),
        groups=tuple(_groups(card, have)),
        parts=tuple(_parts(scene, card, so_far)),
        questions=Part(say("sheet-questions"), (_reception(scene, card),)),
        sources=tuple(_sources(card)),
        version=say("sheet-version", version=scene.knowledge.version),
        start=link_to(card.id),
    )


def _groups(card: EntryCard, have: Collection[str]) -> Iterator[Group]:
    papers = card.documents
    assert papers is not None
    if papers.sure:
        ticked = [paper.id for paper in papers.sure if paper.id in have]
        heading = (
            say("sheet-bring-ticked", have=len(ticked), all=len(papers.sure))
            if ticked
            else say("sheet-bring")
        )
        lines = tuple(
            _paper(paper, f"{number}. {paper.name}", have=paper.id in ticked)
            for number, paper in enumerate(papers.sure, 1)
        )
        alone = papers.closed and not papers.possible
        yield Group(heading, lines, say("documents-closed") if alone else None)
    if papers.possible:
        heading = say("sheet-maybe") if papers.sure else say("documents-depends")
        lines = tuple(_paper(paper, paper.name) for paper in papers.possible)
        yield Group(heading, lines, say("documents-closed-with-possible") if papers.closed else None)
    if papers.checked:
        yield Group(
            say("sheet-by-register"), tuple(Paper(one.name, ticked=True) for one in papers.checked), None
        )


def _paper(paper: DocumentLine, name: str, *, have: bool = False) -> Paper:
    """As the chat says it, with where to get it for whoever has yet to."""
    case = f", {paper.condition}" if paper.condition else ""
    note = f": {paper.note}" if paper.note else ""
    place = say("sheet-where-to-get", place=cards.inside(paper.where_to_get)) if paper.where_to_get else None
    return Paper(name, case + note, say("sheet-have") if have else place, have)


def _parts(scene: Scene, card: EntryCard, so_far: Result | None) -> Iterator[Part]:
    known = so_far if so_far is not None and so_far.found.outcome is not Truth.NO else None
    if places := tuple(_places(scene, card)):
        yield Part(say("sheet-where"), places)
    until = [line.value for line in known.when_lines()] if known else [card.when] if card.when else []
    if until:
        yield Part(say("line-when"), tuple((begun(line),) for line in until))
    own = [line.value for line in known.sum_line()] if known else []
    general = cards.amount(card)
    if sums := own or ([general] if general else []):
        yield Part(say("line-amount"), tuple((begun(line),) for line in sums))


def _places(scene: Scene, card: EntryCard) -> Iterator[tuple[str, ...]]:
    """Each way to hand the papers in; where all depend on the case, what the base says of them in words."""
    if not card.doors:
        words = scene.knowledge.facet_text(card.id, Facet.WHERE, scene.now) or card.where
        yield from ((line,) for line in (words or "").split("\n") if line)
        return
    # Offices first: who prints a list mostly goes there.
    for door in sorted(card.doors, key=lambda one: one.office is None):
        yield _place(door)


def _place(door: Door) -> tuple[str, ...]:
    office = door.office
    if office is None:
        return (door.words,)
    named = (door.words,) if office.name in door.words else (door.words, office.name)
    return (*named, *_office(office))


def _office(office: Office) -> Iterator[str]:
    yield office.address
    if office.hours_text:
        yield say("office-hours", hours=office.hours_text)
    yield say("office-phone", phone=office.phone)
    if office.step_free:
        yield say("office-step-free")
    if office.note:
        yield office.note


def _reception(scene: Scene, card: EntryCard) -> tuple[str, ...]:
    office = scene.knowledge.community.reception
    phone = say("office-phone", phone=office.phone)
    if office in [door.office for door in card.doors] or not office.hours_text:
        return office.name, phone
    return office.name, phone, say("office-hours", hours=office.hours_text)


def _sources(card: EntryCard) -> Iterator[str]:
    """What the card stands on and, where it is another act, what the list itself does; before them what is doubtful."""
    yield from cards.cautions(card)
    named: list[SourceLine] = []
    for source in (card.source, card.documents.source if card.documents else None):
        if source is not None and source.text not in [one.text for one in named]:
            named.append(source)
            yield say(
                "source-line", source=source.text.rstrip(". "), checked=day_in_figures(source.checked_on)
            )
