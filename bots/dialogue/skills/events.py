"""What the house itself has to tell a citizen, in the citizen's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bots.dialogue import buttons, inquiry, moments
from bots.dialogue.scene import Setting
from bots.dialogue.skills import applications, danger, hall_news, handoff, rating, same_person, visit_shown
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Turn
from conversations.messages import Reply
from knowledge_base.understanding.meaning import Danger

NAME_LIMIT = 120


def tell(setting: Setting, name: str, facts: Mapping[str, Any]) -> Turn:
    """The turn of an internal event; one we don't know stays silent."""
    match name:
        case "ticket_taken":
            return _told(setting, Reply(text=_introduced("taken", facts)))
        case "specialist_writes_first":
            return _began(setting, facts)
        case "ticket_transferred":
            return _told(setting, Reply(text=_introduced("transferred", facts)))
        case "ticket_returned":
            return _told(setting, Reply(text=say("returned")))
        case "handed_back":
            return _handed_back(setting)
        case "ticket_resolved":
            return _resolved(setting, facts)
        case "failure":
            return _told(setting, Reply(text=say("failure", phone=setting.phone), choices=buttons.row()))
        case "promise_late":
            return _late(setting, facts)
        case "pause_began":
            return _paused(setting, facts)
        case "answer_withdrawn":
            return _withdrawn(setting, facts)
        case "same_person_asked":
            return same_person.asked(setting, facts)
        case "same_person_confirmed":
            return same_person.confirmed(setting, facts)
        case "visit_reminder":
            return visit_shown.reminded(setting, facts) or silent(setting)
        case "visit_offered":
            return visit_shown.offered(setting, facts) or silent(setting)
        case "visit_moved":
            return visit_shown.changed_by_office(setting, facts, cancelled=False) or silent(setting)
        case "visit_cancelled":
            return visit_shown.changed_by_office(setting, facts, cancelled=True) or silent(setting)
        case "visit_called":
            return hall_news.called(setting, facts) or silent(setting)
        case "visit_stopped":
            return hall_news.stopped(setting, facts) or silent(setting)
        case "application_changed":
            return applications.changed(setting, facts)
        case "danger_card":
            return _danger(setting, facts)
        case _:
            return silent(setting)


def silent(setting: Setting) -> Turn:
    """Nothing is said and nothing changes."""
    return setting.turn(Kind.HANDOFF, state=setting.state, topic=setting.open_topic)


def _told(setting: Setting, reply: Reply, *, danger_over: bool = False) -> Turn:
    step = setting.state.step
    asking = step is not None and step.skill == inquiry.SKILL
    # An interview that a person has cut into waits for the bot's return.
    state = replace(setting.settled, paused=step) if asking else setting.settled
    if danger_over:
        state = replace(state, danger=None)
    return setting.turn(Kind.HANDOFF, reply, state=state, topic=setting.open_topic)


def _began(setting: Setting, facts: Mapping[str, Any]) -> Turn:
    """A specialist writes first. After danger, or «стоп», nobody is written to first."""
    if setting.state.quiet:
        return silent(setting)
    return _told(setting, Reply(text=_introduced("writes-first", facts)))


def _introduced(text_id: str, facts: Mapping[str, Any]) -> str:
    name, position = _fact(facts, "name"), _fact(facts, "position")
    if name and position:
        return say(text_id, name=name, position=position)
    return say(f"{text_id}-name", name=name) if name else say(f"{text_id}-somebody")


def _handed_back(setting: Setting) -> Turn:
    """The bot goes on with what the person came for."""
    waits = setting.state.paused
    if waits is not None and waits.name != inquiry.DONE:
        reply = Reply(
            text=say("handed-back-interview"), choices=(buttons.button("i:go", "go-on"), *buttons.row())
        )
        return _told(setting, reply, danger_over=True)
    card = setting.card(setting.state.topic) if setting.state.topic else None
    if card is None:
        return _told(setting, Reply(text=say("handed-back"), choices=buttons.row()), danger_over=True)
    choices = (*buttons.own(buttons.entry(card)), *buttons.row())
    return _told(
        setting, Reply(text=say("handed-back-topic", title=card.title), choices=choices), danger_over=True
    )


def _resolved(setting: Setting, facts: Mapping[str, Any]) -> Turn:
    name, number = _fact(facts, "name"), _fact(facts, "number")
    if not number:
        return _told(setting, Reply(text=say("handed-back"), choices=buttons.row()), danger_over=True)
    said_by_name = say("resolved", name=name, number=number) if name else None
    text = said_by_name or say("resolved-somebody", number=number)
    rate = rating.offered(number) if _may_be_asked(setting, facts) else ()
    more = buttons.named(f"r:more:{number}", say("button-more-questions"))
    return _told(setting, Reply(text=text, choices=buttons.own(more, *rate)), danger_over=True)


def _may_be_asked(setting: Setting, facts: Mapping[str, Any]) -> bool:
    """Whether a rating is in place: never after danger or a death, and once a consultation."""
    if setting.state.quiet or facts.get("danger") or facts.get("rated"):
        return False
    topics = (_fact(facts, "topic"), setting.open_topic)
    return not any(card.of_loss for topic in topics if topic and (card := setting.card(topic)))


def _late(setting: Setting, facts: Mapping[str, Any]) -> Turn:
    """The promise is late. After danger we never write first."""
    if setting.state.quiet:
        return silent(setting)
    until = _moment(facts.get("until"))
    if until is None or until <= setting.now:
        text = say("late-unknown", phone=setting.phone)
    else:
        text = say("late", when=moments.until(setting, until), phone=setting.phone)
    return _told(setting, Reply(text=text))


def _paused(setting: Setting, facts: Mapping[str, Any]) -> Turn:
    """The clock of promises has stopped; what was being asked is still asked. After danger we never write first."""
    if setting.state.quiet:
        return silent(setting)
    told = say("paused", pause=handoff.paused(_fact(facts, "kind")), phone=setting.phone)
    return setting.turn(Kind.HANDOFF, Reply(text=told), state=setting.state, topic=setting.open_topic)


def _withdrawn(setting: Setting, facts: Mapping[str, Any]) -> Turn:
    """An answer was wrong. It is named only where it still stands in the chat and nobody else may read along."""
    words = _fact(facts, "words")
    named = say("answer-withdrawn-named", words=words) if words and not setting.state.quiet else None
    reply = Reply(text=named or say("answer-withdrawn"))
    return setting.turn(Kind.HANDOFF, reply, state=setting.state, topic=setting.open_topic)


def _danger(setting: Setting, facts: Mapping[str, Any]) -> Turn:
    kind = facts.get("danger")
    if kind not in list(Danger):
        return silent(setting)
    return danger.card_by_a_person(setting, Danger(kind))


def _fact(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return value.strip()[:NAME_LIMIT] if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    """A moment as JSON carries it, or as a datetime."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
