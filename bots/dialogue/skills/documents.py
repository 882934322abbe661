"""The document list: this person's own, numbered, ticked off by numbers, with where to get what is missing.

What a person has is kept with the conversation, so that the list goes on where it was after any other question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import buttons, cards, inquiry, on_paper, visiting
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_LIMIT, TEXT_TARGET
from bots.dialogue.turn import Kind, Outcome, State, Step, Turn
from conversations.messages import CardLine, Choice, Reply
from knowledge_base.answers import DocumentLine, DocumentList, EntryCard
from knowledge_base.understanding.meaning import Facet, Verdict

SKILL = "documents"
# The first of two messages leaves room for a greeting before it.
FIRST_PART = 330
_NUMBERS_ONLY = re.compile(
    r"(?:[\s,.;:№#()/+-]|\b(?:і|та|й|є|маю|вже|номери?)\b|(?<!\d)\d{1,2}(?!\d))+", re.IGNORECASE
)
# «роздрукуйте перелік», «список в pdf»; «роздрукувати заяву» asks for something else.
_ON_PAPER = re.compile(
    r"\b(?:pdf|пдф)\b"
    r"|(?:роздрук|надрук|распечат|напечат)\w*.*\b(?:перелік|перелик|список|списк|документ|папер|бумаг)"
    r"|\b(?:перелік|перелик|список|документи|документы|папери|бумаги)\b.*"
    r"(?:роздрук|надрук|друком|распечат|напечат|на папері|на бумаге)"
    r"|^\W*(?:роздрук|надрук|распечат|напечат)\w*\W*$",
    re.IGNORECASE,
)
LONGEST_REQUEST = 8
Numbered = list[tuple[int, DocumentLine]]


def has_list(card: EntryCard) -> bool:
    """Whether the entry's papers are known."""
    papers = card.documents
    return papers is not None and bool(papers.sure or papers.possible or papers.checked)


def show(scene: Scene, whole: EntryCard) -> Turn:
    """The list, or what is left of one that was ticked before. The card must have one (`has_list`)."""
    card = inquiry.personal(scene, whole)
    papers = card.documents
    assert papers is not None
    if have := _have(scene, card):
        return _ticked(scene, card, have)
    numbered = list(enumerate(papers.sure, 1))
    head = _head(papers)
    maybe = [_possible(paper) for paper in papers.possible]
    closed = say("documents-closed-with-possible" if maybe else "documents-closed")
    notes = [
        *_by_register(papers),
        *([say("result-some-papers")] if card is not whole else []),
        *([closed] if papers.closed else []),
        *([say("documents-ask")] if numbered else []),
    ]
    closing = [*_maybe_lines(maybe), *notes]
    pages = _pages(scene, head, numbered, closing, cards.tail(card))
    structure = cards.structure(
        card,
        head.rstrip(":"),
        items=[_with_note(paper) for paper in papers.sure],
        maybe=[_opening(line) for line in maybe],
        note="\n".join(notes),
    )
    choices = (
        *buttons.own(
            buttons.named(f"k:{card.on_button}:all", say("button-have-all")) if numbered else None,
            _refine(scene, card),
            _where_to_get(card),
            _where(card),
            _on_paper(scene, card),
        ),
        *buttons.row(),
    )
    replies = [Reply(text=text) for text in pages[:-1]]
    replies.append(Reply(text=pages[-1], choices=choices, card=structure))
    step = Step(SKILL, "have", {"entry": card.id}) if numbered else None
    return scene.turn(
        Kind.CHECKLIST, *replies, state=_on(scene, card, step), topic=card.id, facet=Facet.DOCUMENTS
    )


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`k:<entry>:all`, `k:<entry>:where`, `k:<entry>:again` and `k:<entry>:pdf`."""
    if len(words) != 2:
        return None
    whole = scene.card(words[0])
    if whole is None or not has_list(whole):
        return None
    card = inquiry.personal(scene, whole)
    assert card.documents is not None
    if words[1] == "again":
        return _renewed(show(replace(scene, state=_having(scene.state, card, set())), whole))
    if words[1] == "all":
        return _renewed(_ticked(scene, card, {paper.id for paper in card.documents.sure}))
    if words[1] == "where":
        return _places(scene, card)
    if words[1] == "pdf":
        return _printed(scene, whole)
    return None


def asked_on_paper(scene: Scene) -> Outcome | None:
    """«роздрукувати перелік», «перелік у pdf»: the list of the open topic, or of the one that is named, as a file."""
    if len(scene.words.split()) > LONGEST_REQUEST or not _ON_PAPER.search(scene.words):
        return None
    meaning = scene.meaning
    named = meaning.ranked[0].topic if meaning.verdict is Verdict.SURE and meaning.ranked else None
    whole = scene.card(named or scene.open_topic or "")
    return _printed(scene, whole) if whole is not None and has_list(whole) else None


def hear(scene: Scene, step: Step) -> Outcome | None:
    """Numbers of papers the person has; anything else is not for this step."""
    card = _card_of(scene, step)
    if card is None or card.documents is None:
        return None
    if not _NUMBERS_ONLY.fullmatch(scene.words) or not (said := re.findall(r"\d{1,2}", scene.words)):
        return None
    numbers = {int(number) for number in said}
    chosen = {paper.id for number, paper in enumerate(card.documents.sure, 1) if number in numbers}
    if not chosen:
        reply = Reply(text=say("documents-no-number"), choices=_list_choices(scene, card))
        return scene.turn(
            Kind.CHECKLIST, reply, state=_on(scene, card, step), topic=card.id, facet=Facet.DOCUMENTS
        )
    return _ticked(scene, card, chosen | _have(scene, card))


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The list as it stands."""
    card = _card_of(scene, step)
    return show(scene, card) if card is not None and has_list(card) else None


def _ticked(scene: Scene, card: EntryCard, have: set[str]) -> Turn:
    papers = card.documents
    assert papers is not None
    left = [(number, paper) for number, paper in enumerate(papers.sure, 1) if paper.id not in have]
    body: list[str] = []
    maybe: list[str] = [] if left else [_opening(_possible(paper)) for paper in papers.possible]
    all_count, have_count = len(papers.sure), len(papers.sure) - len(left)
    if left:
        head = say("documents-left", have=have_count, all=all_count)
        pages = _pages(scene, head, left, _by_register(papers), cards.tail(card))
        step: Step | None = Step(SKILL, "have", {"entry": card.id})
        choices = _list_choices(scene, card)
    else:
        body = [f"{say('line-where')}: {card.where}"] if card.where else []
        head = say("documents-check" if maybe else "documents-all", have=have_count, all=all_count)
        pages = [cards.fit("\n".join([head, *maybe]), body, cards.tail(card))]
        step = None
        choices = _ready_choices(scene, card)
        if visiting.offices_for(scene, card.id):
            choices = (buttons.button("v:new", "visit-new"), *choices)
    replies = [Reply(text=text) for text in pages[:-1]]
    # Lines, not items: a page numbers items itself, and these keep their numbers of the whole list.
    lines = [CardLine(label=f"{number}.", value=_with_note(paper)) for number, paper in left]
    structure = cards.structure(card, head.rstrip(":"), lines=lines, maybe=maybe, note="\n".join(body))
    replies.append(Reply(text=pages[-1], choices=choices, card=structure))
    state = _having(_on(scene, card, step), card, have)
    return scene.turn(Kind.CHECKLIST, *replies, state=state, topic=card.id, facet=Facet.DOCUMENTS)


def _renewed(turn: Turn) -> Turn:
    """The list whose button was pressed, as it stands now: one message takes the place of one."""
    if len(turn.replies) != 1:
        return turn
    return replace(turn, replies=(turn.replies[0].model_copy(update={"renews": True}),))


def _places(scene: Scene, card: EntryCard) -> Outcome | None:
    """Where to get each paper that has to be got somewhere."""
    if card.documents is None:
        return None
    known = [paper for paper in (*card.documents.sure, *card.documents.possible) if paper.where_to_get]
    if not known:
        return None
    lines = [f"{paper.name}: {paper.where_to_get}" for paper in known]
    text = cards.fit(say("documents-where-to-get"), lines, cards.tail(card))
    choices = (*buttons.own(buttons.facet_of(card, Facet.DOCUMENTS), _where(card)), *buttons.row())
    structure = cards.structure(card, say("documents-where-to-get").rstrip(":"), items=lines)
    state = _on(scene, card, scene.state.step if _is_open(scene, card) else None)
    reply = Reply(text=text, choices=choices, card=structure)
    return scene.turn(Kind.CHECKLIST, reply, state=state, topic=card.id, facet=Facet.DOCUMENTS)


def _printed(scene: Scene, whole: EntryCard) -> Turn:
    """The list as a file; where no file can go, the list itself."""
    if not scene.view.carries_files:
        return _in_words(show(scene, whole))
    card = inquiry.personal(scene, whole)
    choices = (*buttons.own(buttons.facet_of(card, Facet.DOCUMENTS), _where(card)), *buttons.row())
    reply = Reply(text=say("sheet-sent"), choices=choices)
    state = _on(scene, card, scene.state.step if _is_open(scene, card) else None)
    turn = scene.turn(Kind.CHECKLIST, reply, state=state, topic=card.id, facet=Facet.DOCUMENTS)
    return replace(turn, sheet=on_paper.sheet(scene, whole, _have(scene, card)))


def _in_words(turn: Turn) -> Turn:
    """The list with a word, where there is room for it, why it is no file."""
    first, *others = turn.replies
    text = f"{say('sheet-not-here')}\n\n{first.text}"
    if len(text) > TEXT_LIMIT:
        return turn
    return replace(turn, replies=(first.model_copy(update={"text": text}), *others))


def _pages(scene: Scene, head: str, papers: Numbered, closing: list[str], end: list[str]) -> list[str]:
    """The list as one message or two; too long, it loses its notes, then its end with a word where to ask."""
    last = "\n".join(closing) + ("\n\n" if closing and end else "") + "\n".join(end)
    for say_line in (_with_note, _name):
        lines = [f"{number}. {say_line(paper)}" for number, paper in papers]
        whole = "\n".join([head, *lines]) + ("\n" if closing else "\n\n") + last
        if len(whole) <= TEXT_TARGET:
            return [whole.strip()]
        first, rest = _split(head, lines)
        second = "\n".join([*rest, last]).strip()
        if len(second) <= TEXT_TARGET:
            return [first, second] if second else [first]
    first, rest = _split(head, [f"{number}. {cards.clip(paper.name, 60)}" for number, paper in papers])
    ending = [say("documents-cut", phone=scene.phone), *end]
    return [first, cards.fit("", [*rest, *closing], ending)]


def _split(head: str, lines: list[str]) -> tuple[str, list[str]]:
    """As many lines as the first message holds, and the rest."""
    taken = [cards.clip(head, FIRST_PART)]
    rest = list(lines)
    while rest and len("\n".join([*taken, rest[0]])) <= FIRST_PART:
        taken.append(rest.pop(0))
    return "\n".join(taken), rest


def _list_choices(scene: Scene, card: EntryCard) -> tuple[Choice, ...]:
    everything = buttons.named(f"k:{card.on_button}:all", say("button-have-all"))
    own = buttons.own(everything, _where_to_get(card), _where(card), _on_paper(scene, card))
    return (*own, *buttons.row())


def _ready_choices(scene: Scene, card: EntryCard) -> tuple[Choice, ...]:
    """What comes after the sure papers: the possible ones before the way to the office."""
    papers = card.documents
    unsettled = papers is not None and papers.possible
    again = buttons.named(f"k:{card.on_button}:again", say("button-start-papers"))
    own = buttons.own(
        _refine(scene, card),
        _where_to_get(card) if unsettled else None,
        _where(card),
        buttons.facet_of(card, Facet.HOW),
        again,
        _on_paper(scene, card),
    )
    return (*own, *buttons.row())


def _where_to_get(card: EntryCard) -> Choice | None:
    papers = card.documents
    if papers is None or not any(paper.where_to_get for paper in (*papers.sure, *papers.possible)):
        return None
    return buttons.named(f"k:{card.on_button}:where", say("button-where-to-get"))


def _on_paper(scene: Scene, card: EntryCard) -> Choice | None:
    return buttons.named(f"k:{card.on_button}:pdf", say("button-pdf")) if scene.view.carries_files else None


def _where(card: EntryCard) -> Choice | None:
    if card.where or Facet.WHERE in card.facets:
        return buttons.facet_of(card, Facet.WHERE)
    return None


def _head(papers: DocumentList) -> str:
    if papers.sure:
        return say("documents-your-list", count=_count(len(papers.sure)))
    return say("documents-depends" if papers.possible else "documents-nothing")


def _by_register(papers: DocumentList) -> list[str]:
    """What nobody has to bring, for the department asks a register itself."""
    if not papers.checked:
        return []
    return [say("documents-by-register", list=", ".join(cards.inside(one.name) for one in papers.checked))]


def _count(count: int) -> str:
    return say("documents-count", count=count)


def _name(paper: DocumentLine) -> str:
    return paper.name


def _with_note(paper: DocumentLine) -> str:
    return f"{paper.name}: {paper.note}" if paper.note else paper.name


def _possible(paper: DocumentLine) -> str:
    """In the middle of a sentence, with the case it is needed in."""
    name = cards.inside(paper.name)
    return f"{name}, {paper.condition}" if paper.condition else name


def _maybe_lines(maybe: list[str]) -> list[str]:
    """One paper stands in the line; several stand under one heading."""
    if len(maybe) < 2:
        return [say("documents-maybe", document=line) for line in maybe]
    return [say("documents-maybe-many"), *(_opening(line) for line in maybe)]


def _opening(line: str) -> str:
    """A paper that stands on a line of its own begins with a capital letter."""
    return line[:1].upper() + line[1:]


def _on(scene: Scene, card: EntryCard, step: Step | None) -> State:
    return replace(scene.settled, topic=card.id, facet=Facet.DOCUMENTS, step=step)


def _is_open(scene: Scene, card: EntryCard) -> bool:
    step = scene.state.step
    return step is not None and step.skill == SKILL and step.facts.get("entry") == card.id


def _card_of(scene: Scene, step: Step) -> EntryCard | None:
    """The card of the open list, with this person's own papers."""
    entry = step.facts.get("entry")
    card = scene.card(entry) if isinstance(entry, str) else None
    return inquiry.personal(scene, card) if card is not None else None


def _refine(scene: Scene, card: EntryCard) -> Choice | None:
    """More questions, where they would settle which of the possible papers are needed."""
    if card.documents is None or not card.documents.possible or not inquiry.papers_open(scene, card):
        return None
    return buttons.named(f"i:{card.on_button}:papers", say("button-refine-papers"))


def _have(scene: Scene, card: EntryCard) -> set[str]:
    return set(scene.state.papers.get(card.id, ()))


def _having(state: State, card: EntryCard, have: set[str]) -> State:
    """The state with the papers a person has; an entry with none is forgotten."""
    others = {entry: papers for entry, papers in state.papers.items() if entry != card.id}
    return replace(state, papers={**others, **({card.id: tuple(sorted(have))} if have else {})})
