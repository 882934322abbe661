"""When it is not clear: three topics to choose from, near twins, a facet without a topic, unknown words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import buttons, cards
from bots.dialogue.scene import Scene
from bots.dialogue.skills import answer, handoff
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, NoteUnanswered, Outcome, State, Step, Turn
from conversations.messages import Choice, Reply
from knowledge_base.answers import EntryCard
from knowledge_base.understanding.meaning import Facet, SmallTalk, Verdict

SKILL = "clarify"
CHOICES = 3
LINE = 80
LONG_MESSAGE = 600
NOTED_TOPICS = 5
CHOSEN_FROM, CHOSEN_OVER = 0.2, 2.0
"""Words choose the candidate that has this chance, and so many times that of the next."""


def among(scene: Scene, topics: Sequence[str], facet: Facet | None) -> Outcome | None:
    """«Про що саме ви питаєте?»: up to three known topics; None where none is known."""
    known = [card for topic in topics if (card := scene.card(topic))]
    found = list({card.id: card for card in known}.values())
    if not found:
        return None
    twins = scene.knowledge.twins(found[0].id)
    near = [card for card in found[1:] if card.id in twins]
    if near and found[1].id in twins:
        return _offer(scene, say("clarify-twins"), [found[0], *near][:CHOICES], facet)
    if len(found) == 1:
        return _offer(scene, say("clarify-one", title=cards.clip(found[0].title, LINE)), found, facet)
    return _offer(scene, say("clarify-which"), found[:CHOICES], facet)


def which_topic(scene: Scene, facet: Facet) -> Outcome:
    """A facet with no topic open."""
    step = Step(SKILL, "facet", {"facet": facet.value})
    return _ask(scene, say("clarify-facet"), step=step, facet=facet)


def not_understood(scene: Scene) -> Outcome:
    """Nothing was understood: once a request to say it differently, twice in a row a person."""
    ranked = tuple(item.topic for item in scene.meaning.ranked[:NOTED_TOPICS])
    note = NoteUnanswered(scene.question, ranked)
    if scene.state.misunderstood:
        return handoff.unknown(scene, note)
    long = len(scene.words) > LONG_MESSAGE
    state = replace(scene.settled, misunderstood=1, step=_kept_step(scene))
    reply = Reply(text=say("not-understood-long" if long else "not-understood"), choices=_ways_out())
    return _turn(scene, reply, state=state, effects=[note])


def not_ours(scene: Scene) -> Outcome:
    """A matter of somebody we don't know."""
    ranked = tuple(item.topic for item in scene.meaning.ranked[:NOTED_TOPICS])
    note = NoteUnanswered(scene.question, ranked, "not_ours")
    reply = Reply(
        text=say("not-ours", phone=scene.phone), choices=(buttons.person(), buttons.life(), buttons.menu())
    )
    return scene.turn(Kind.REFERRAL, reply, effects=[note])


def empty(scene: Scene) -> Outcome:
    """Nothing but spaces: not a failed try."""
    return _ask(scene, say("empty-message"), step=scene.state.step)


def stale(scene: Scene) -> Outcome:
    """A button nobody knows, with nothing open."""
    return _ask(scene, say("stale-button"), step=None)


def no_such_number(scene: Scene) -> Outcome:
    """A number beyond the buttons that were offered: they are offered again."""
    reply = Reply(text=say("no-such-number"), choices=scene.state.offered or _ways_out())
    state = replace(scene.settled, step=scene.state.step)
    return _turn(scene, reply, state=state, facet=_facet_of(scene.state.step))


def what_about(scene: Scene) -> Outcome:
    """A bare «так» or «ні» that answers nothing."""
    return _ask(scene, say("yes-no-what"), step=scene.state.step)


def another_topic(scene: Scene) -> Outcome:
    """«Інша тема»: the open topic is left."""
    reply = Reply(text=say("other-topic"), choices=_ways_out())
    return scene.turn(Kind.CLARIFY, reply, state=replace(scene.settled, topic=None, facet=None))


def hear(scene: Scene, step: Step) -> Outcome | None:
    """A bare yes or no to the candidates: «так» to the only one opens it, «ні» is none of them."""
    topics = candidates(step)
    if not topics or scene.meaning.verdict is Verdict.SURE:
        return None
    match scene.meaning.small_talk:
        case SmallTalk.YES if len(topics) == 1:
            given = answer.give(scene, topics[0], _facet_of(step) or Facet.OVERVIEW)
            return chosen(scene, given) if isinstance(given, Turn) else given
        case SmallTalk.YES:
            return repeat(scene, step)
        case SmallTalk.NO:
            return press(scene, ["other"])
        case None if (meant := _chosen_in_words(scene, topics)) is not None:
            facet = scene.meaning.facet if scene.meaning.asks else None
            given = answer.give(scene, meant, facet or _facet_of(step) or Facet.OVERVIEW)
            return chosen(scene, given) if isinstance(given, Turn) else given
        case _:
            return None


def _chosen_in_words(scene: Scene, topics: Sequence[str]) -> str | None:
    """The candidate that words are about far sooner than about the others: «довідку, ми вчора з Дружківки»."""
    if scene.meaning.bare:
        return None
    chances = sorted(
        ((item.confidence, item.topic) for item in scene.meaning.ranked if item.topic in topics), reverse=True
    )
    if len(chances) < len(topics):
        return None
    best, topic = chances[0]
    other = chances[1][0] if len(chances) > 1 else 0.0
    outside = max((item.confidence for item in scene.meaning.ranked if item.topic not in topics), default=0.0)
    return topic if best >= CHOSEN_FROM and best >= CHOSEN_OVER * other and best >= outside else None


def once_more(scene: Scene, facet: Facet | None = None) -> Outcome | None:
    """The candidates again after words that chose none of them; None the second time.

    `facet`: what those words asked about them, where they did.
    """
    step = scene.state.step
    if step is None or not candidates(step) or scene.state.misunderstood:
        return None
    again = among(scene, candidates(step), facet) if facet else repeat(scene, step)
    return replace(again, state=replace(again.state, misunderstood=1)) if isinstance(again, Turn) else None


def candidates(step: Step | None) -> list[str]:
    """The topics a person was asked to choose from."""
    topics = step.facts.get("topics") if step is not None and step.skill == SKILL else None
    return [topic for topic in topics if isinstance(topic, str)] if isinstance(topics, list) else []


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`c:other`: none of the three. It counts as a first failed try."""
    if list(words) != ["other"]:
        return None
    facet = _facet_of(scene.state.step)
    step = Step(SKILL, "facet", {"facet": facet.value}) if facet else None
    state = replace(scene.settled, misunderstood=1, step=step)
    reply = Reply(text=say("clarify-other"), choices=_ways_out())
    return _turn(scene, reply, state=state, facet=facet, effects=_missed(scene.state.step))


def asked_facet(step: Step | None) -> Facet | None:
    """The facet a person asked for before it was clear about what."""
    return _facet_of(step)


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same question again."""
    facet = _facet_of(step)
    if topics := candidates(step):
        return among(scene, topics, facet)
    return which_topic(scene, facet) if facet else None


def _offer(scene: Scene, question: str, found: list[EntryCard], facet: Facet | None) -> Outcome:
    lines = [f"{number}. {cards.clip(card.title, LINE)}" for number, card in enumerate(found, 1)]
    text = "\n".join([question, *(lines if len(lines) > 1 else [])])
    doors = [buttons.entry(card, facet) for card in found]
    choices = (*buttons.own(*doors, buttons.button("c:other", "other")), *buttons.row())
    # Asked again, the topics are still those of the first question.
    asked = _asked(scene.state.step) if candidates(scene.state.step) else ""
    facts = {
        "topics": [card.id for card in found],
        "facet": facet.value if facet else None,
        "asked": asked or scene.question,
    }
    state = replace(scene.settled, step=Step(SKILL, "choose", facts))
    return _turn(scene, Reply(text=text, choices=choices), state=state, facet=facet)


def _ask(scene: Scene, text: str, *, step: Step | None, facet: Facet | None = None) -> Outcome:
    """A request to say more: not a failed try, but not a success either."""
    state = replace(scene.state, step=step)
    return _turn(scene, Reply(text=text, choices=_ways_out()), state=state, facet=facet)


def _turn(
    scene: Scene,
    reply: Reply,
    *,
    state: State,
    facet: Facet | None = None,
    effects: Sequence[NoteUnanswered] = (),
) -> Outcome:
    return scene.turn(Kind.CLARIFY, reply, state=state, topic=scene.open_topic, facet=facet, effects=effects)


def chosen(scene: Scene, turn: Turn) -> Turn:
    """The turn of a press; where it opens a topic that a question was offered, that is kept as its label."""
    offered, asked = candidates(scene.state.step), _asked(scene.state.step)
    if not asked or turn.topic not in offered:
        return turn
    return replace(turn, effects=(*turn.effects, NoteUnanswered(asked, tuple(offered), "menu", turn.topic)))


def _missed(step: Step | None) -> list[NoteUnanswered]:
    asked = _asked(step)
    return [NoteUnanswered(asked, tuple(candidates(step)), "menu_missed")] if asked else []


def _asked(step: Step | None) -> str:
    """The question that the open topics were offered for."""
    asked = step.facts.get("asked") if step is not None and step.skill == SKILL else None
    return asked if isinstance(asked, str) else ""


def _ways_out() -> tuple[Choice, ...]:
    return buttons.life(), *buttons.row()


def _kept_step(scene: Scene) -> Step | None:
    """A facet asked for earlier is not forgotten because one message was not understood."""
    step = scene.state.step
    return step if step is not None and step.skill == SKILL else None


def _facet_of(step: Step | None) -> Facet | None:
    if step is None or step.skill != SKILL:
        return None
    facet = step.facts.get("facet")
    return Facet(facet) if facet in list(Facet) else None
