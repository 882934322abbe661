"""A matter of another authority: who decides it and how to reach them."""

from __future__ import annotations

from dataclasses import replace

from bots.dialogue import buttons, cards
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Turn
from conversations.messages import CardLine, Reply
from knowledge_base.answers import EntryCard
from knowledge_base.understanding.meaning import Facet

KIND = "referral"


def is_referral(card: EntryCard) -> bool:
    """Whether another authority decides this."""
    return KIND in (card.kind, card.group)


def show(scene: Scene, card: EntryCard, facet: Facet) -> Turn:
    """Who decides, where, and what we can still do."""
    written = scene.knowledge.facet_text(card.id, facet, scene.now) if facet is not Facet.OVERVIEW else None
    head = written or card.headline
    where = CardLine(label=say("line-where"), value=card.where) if card.where and not written else None
    notes = [say("referral-also"), say("referral-phone", phone=scene.phone)]
    body = [*([f"{where.label}: {where.value}"] if where else []), *notes]
    how = buttons.named(f"a:{card.on_button}:h", say("button-referral-how"))
    show_how = Facet.HOW in card.facets and facet is not Facet.HOW
    reply = Reply(
        text=cards.fit(head, body, cards.tail(card)),
        choices=(*buttons.own(how if show_how else None), *buttons.row()),
        card=cards.structure(card, head, lines=[where] if where else [], note="\n".join(notes)),
    )
    state = replace(scene.settled, topic=card.id, facet=facet)
    return scene.turn(Kind.REFERRAL, reply, state=state, topic=card.id, facet=facet)
