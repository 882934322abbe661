"""An answer: a topic and what is asked about it, as the card whose anatomy never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import application_ear, buttons, cards, inquiry, visiting
from bots.dialogue.overview import ENTRY
from bots.dialogue.scene import Scene
from bots.dialogue.skills import (
    applications,
    documents,
    handoff,
    interview,
    nearest,
    offices,
    referral,
    screener,
)
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_TARGET
from bots.dialogue.turn import Kind, NoteUnanswered, Outcome, Turn
from conversations.messages import Choice, MessageKind, Reply
from knowledge_base.answers import EntryCard
from knowledge_base.understanding.meaning import Facet

# What a person asks next, most likely first; after the whole card, what the card does not say in full.
AFTER_A_FACET = (
    Facet.DOCUMENTS,
    Facet.AMOUNT,
    Facet.WHERE,
    Facet.ELIGIBILITY,
    Facet.HOW,
    Facet.DEADLINE,
)
AFTER_THE_CARD = (
    Facet.DOCUMENTS,
    Facet.WHERE,
    Facet.HOW,
    Facet.ELIGIBILITY,
    Facet.AMOUNT,
    Facet.DEADLINE,
)
SHOWN_FACETS = 4
ABOUT_RIGHTS = (Facet.ELIGIBILITY, Facet.OVERVIEW)


def give(scene: Scene, entry_id: str, facet: Facet, second: str | None = None) -> Outcome | None:
    """The answer about an entry; None where the base doesn't know it. `second`: another topic asked about."""
    if ENTRY in (entry_id, scene.known(entry_id)) and facet in ABOUT_RIGHTS:
        return screener.begin(scene)
    if entry_id == offices.TOPIC:
        return offices.show(scene)
    card = scene.card(entry_id)
    if card is None:
        return None
    if card.id == offices.TOPIC:
        return offices.show(scene)
    if card.id == application_ear.TOPIC and scene.view.has_applications:
        return applications.of_entry(scene, None if facet is Facet.STATUS else _about(scene, card, facet))
    turn = _about(scene, card, facet)
    other = scene.card(second) if second else None
    return turn if other is None or other.id == card.id else _with_second(turn, other)


def follow_up(scene: Scene, entry_id: str, facet: Facet | None) -> Outcome | None:
    """A question that goes on about the open topic. With no facet of its own it asks for what was not said.

    Saying the same again would be no answer, so the honest word and a person are; an office shows itself again.
    """
    card = scene.card(entry_id)
    if card is None or facet is not None or offices.TOPIC in (entry_id, card.id):
        return give(scene, entry_id, facet or scene.state.facet or Facet.OVERVIEW)
    asked = scene.state.facet or Facet.OVERVIEW
    note = NoteUnanswered(scene.question, (card.id,), "no_part")
    if scene.ticket_waits:
        return handoff.unknown(scene, note)
    title = cards.clip(card.title, 120)
    text = say("follow-up-unknown", title=title, phone=scene.phone)
    reply = Reply(text=text, choices=buttons.own(buttons.person(), *choices(card, asked)))
    # An open list of papers goes on: what was told may be about one of them.
    step = scene.state.step if scene.state.step and scene.state.step.skill == documents.SKILL else None
    state = replace(scene.settled, topic=card.id, facet=asked, step=step)
    kind = Kind.REFERRAL if referral.is_referral(card) else Kind.ANSWER
    return scene.turn(kind, reply, state=state, topic=card.id, facet=asked, effects=[note])


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`a:<entry>:<facet letter>`."""
    if len(words) != 2 or words[1] not in buttons.FACET_LETTERS:
        return None
    return give(scene, words[0], buttons.FACET_LETTERS[words[1]])


def choices(card: EntryCard, facet: Facet) -> tuple[Choice, ...]:
    """What else can be asked about this entry, and the way out."""
    known = {Facet.WHERE: card.where, Facet.ELIGIBILITY: card.who, Facet.DEADLINE: card.when}
    asked = [
        other
        for other in (AFTER_THE_CARD if facet is Facet.OVERVIEW else AFTER_A_FACET)
        if other is not facet
        and not (other is Facet.ELIGIBILITY and card.evaluated)
        and (
            other in card.facets
            or (known.get(other) and facet is not Facet.OVERVIEW)
            or (other is Facet.DOCUMENTS and documents.has_list(card))
        )
    ]
    doors = [buttons.facet_of(card, other) for other in asked]
    if card.evaluated:
        doors.insert(0 if facet is Facet.ELIGIBILITY else 1, buttons.rights(card))
    return (*buttons.own(*doors)[:SHOWN_FACETS], *buttons.row())


def _about(scene: Scene, card: EntryCard, facet: Facet) -> Turn:
    if referral.is_referral(card):
        return referral.show(scene, card, facet)
    if facet is Facet.DOCUMENTS and documents.has_list(card):
        return documents.show(scene, card)
    if facet in ABOUT_RIGHTS and _asks_personally(scene) and (begun := inquiry.start(scene, card)):
        return begun
    state = replace(scene.settled, topic=card.id, facet=facet)
    reply = _overview(card) if facet is Facet.OVERVIEW else _facet(scene, card, facet)
    if reply is not None:
        return scene.turn(Kind.ANSWER, reply, state=state, topic=card.id, facet=facet)
    effects = [NoteUnanswered(scene.question, (card.id,), "no_part")] if scene.question else []
    reply = _not_known_here(scene, card, facet)
    return scene.turn(Kind.ANSWER, reply, state=state, topic=card.id, facet=facet, effects=effects)


def _asks_personally(scene: Scene) -> bool:
    """«Чи маю я право» begins the interview; «хто отримує» is answered."""
    return scene.event.kind is MessageKind.TEXT and interview.asks_personally(scene.words)


def _overview(card: EntryCard) -> Reply:
    lines = cards.known_lines(card)
    text = cards.fit(card.headline, [f"{line.label}: {line.value}" for line in lines], cards.tail(card))
    return Reply(
        text=text,
        choices=choices(card, Facet.OVERVIEW),
        card=cards.structure(card, card.headline, lines=lines),
    )


def _facet(scene: Scene, card: EntryCard, facet: Facet) -> Reply | None:
    written = scene.knowledge.facet_text(card.id, facet, scene.now)
    if not written:
        written = _from_the_card(card, facet)
    if not written:
        return None
    doors = choices(card, facet)
    if facet is Facet.WHERE:
        # Where to go, and at once when.
        when = buttons.button("v:new", "visit-new") if visiting.offices_for(scene, card.id) else None
        doors = (*buttons.own(nearest.to_matter(scene, card), when), *doors)
    return Reply(
        text=cards.fit(written, [], cards.tail(card)),
        choices=doors,
        card=cards.structure(card, written),
    )


def _from_the_card(card: EntryCard, facet: Facet) -> str | None:
    """A facet nobody wrote a text for, when the card has its line."""
    if facet is Facet.AMOUNT and card.last_amount is not None:
        told = say("amount-stale-told", year=str(card.stale_year), last=card.last_amount)
        return f"{told.rstrip('.')}."
    label, value = {
        Facet.ELIGIBILITY: ("line-who", card.who),
        Facet.AMOUNT: ("line-amount", card.amount),
        Facet.DEADLINE: ("line-when", card.when),
        Facet.WHERE: ("line-where", card.where),
    }.get(facet, ("", None))
    return f"{say(label)}: {value.rstrip('.')}." if value else None


def _not_known_here(scene: Scene, card: EntryCard, facet: Facet) -> Reply:
    text = say("facet-unknown", title=cards.clip(card.title, 120), phone=scene.phone)
    doors = (buttons.person(), *choices(card, facet))
    return Reply(text=text, choices=buttons.own(*doors))


def _with_second(turn: Turn, other: EntryCard) -> Turn:
    """The same turn with a button for the second question, named in words where there is room."""
    last = turn.replies[-1]
    second = say("second-topic", title=cards.clip(other.title, 80))
    text = f"{last.text}\n\n{second}"
    reply = Reply(
        text=text if len(text) <= TEXT_TARGET else last.text,
        choices=buttons.own(buttons.entry(other), *last.choices),
        card=last.card and last.card.model_copy(update={"note": _joined(last.card.note, second)}),
    )
    return replace(turn, replies=(*turn.replies[:-1], reply))


def _joined(note: str | None, more: str) -> str:
    return f"{note}\n{more}" if note else more
