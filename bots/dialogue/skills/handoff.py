"""Calling a person: the place in the queue and an honest time by day, the number and the promise at night."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import buttons, moments, packet, places
from bots.dialogue.scene import Scene
from bots.dialogue.skills import offices
from bots.dialogue.texts import say
from bots.dialogue.turn import (
    CancelTicket,
    Effect,
    Kind,
    Lookup,
    NoteUnanswered,
    OpenTicket,
    Outcome,
    QueueView,
    State,
    Step,
)
from conversations.messages import Choice, Reply
from knowledge_base.understanding.meaning import Facet, Verdict

SKILL = "handoff"
PHONE = "callback"
"""The skill that hears a phone number."""
BARE_CALL = 3
"""Words of a call that says nothing but that: «покличте мені людину»."""

_CANCEL = re.compile(
    r"(?:скасу\w+|відмін\w+|отмен\w+|(?:вже|уже) не (?:треба|надо|нужно)|не треба людин\w+)", re.IGNORECASE
)
HOUR_MINUTES = 60
HOURS_FROM_MINUTES = 90

PAUSES = {"alarm": "pause-alarm", "power": "pause-power"}
"""Why nobody answers in office hours."""

BY_REASON = {"unknown": "handoff-unknown", "personal": "handoff-personal"}
"""What is said by day where the person did not ask for a person themselves."""


def ask(scene: Scene) -> Outcome:
    """The person asks for a person."""
    if scene.ticket_waits:
        return _again(scene)
    return call(scene, "asked", question_of(scene))


def cancelled(words: str) -> Choice | None:
    """«скасувати», «вже не треба»: the button it means."""
    return buttons.button("h:cancel", "cancel") if _CANCEL.fullmatch(words.strip(" .!")) else None


def asks_how_long(scene: Scene) -> bool:
    """«А довго чекати?» right after a person was called, and no other matter."""
    asks = scene.meaning.facet in (Facet.DEADLINE, Facet.STATUS)
    return asks and scene.meaning.verdict is not Verdict.SURE and just_called(scene)


def just_called(scene: Scene) -> bool:
    """Whether a person was called, or added something for one, in the turn before."""
    return scene.ticket_waits and set(waiting_choices()) <= set(scene.state.offered)


def unknown(scene: Scene, note: NoteUnanswered) -> Outcome:
    """The bot does not know, twice: a person does."""
    if scene.ticket_waits:
        number = scene.view.ticket.number if scene.view.ticket else "—"
        text = say("handoff-unknown-waiting", number=number, phone=scene.phone)
        return _turn(scene, Reply(text=text, choices=waiting_choices()), effects=[note])
    return call(scene, "unknown", scene.question or question_of(scene), note=note)


def personal(scene: Scene) -> Outcome:
    """About the writer's own file: nobody but a person can look into it."""
    return added(scene) if scene.ticket_waits else call(scene, "personal", question_of(scene))


def call(scene: Scene, reason: str, question: str, note: NoteUnanswered | None = None) -> Outcome:
    """Open a ticket and say when a person answers. Asks for the queue first. `note` goes with it."""
    queue = scene.view.queue
    if queue is None:
        return Lookup.QUEUE
    line = queue_line(scene, queue)
    choices = waiting_choices()
    if queue.open_now:
        text = say(BY_REASON.get(reason, "handoff-day"), queue=line)
    elif queue.pause:
        text = say("handoff-pause", pause=paused(queue.pause), queue=line)
        choices += () if scene.view.people_only else (buttons.menu(),)
    else:
        text = say("handoff-night", hours=hours(scene), queue=line)
        choices += () if scene.view.people_only else (buttons.menu(),)
    state: State | None = None
    if scene.view.closes_at is not None and queue.promised_at > scene.view.closes_at:
        text = f"{text}\n{say('handoff-window', until=moments.until(scene, scene.view.closes_at))}"
        choices = (buttons.share_phone(), *choices)
        state = replace(scene.settled, step=Step(PHONE, "phone"))
    place = places.named_in_full(scene.words, scene.knowledge.offices()) or offices.shown(scene)
    ticket = OpenTicket(
        number=queue.number,
        reason=reason,
        question=question,
        promised_at=queue.promised_at,
        topic=scene.open_topic,
        told=packet.packet(scene),
        office=place.id if place else None,
    )
    effects: list[Effect] = [ticket, *([note] if note else [])]
    return _turn(scene, Reply(text=text, choices=choices), effects=effects, state=state)


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`h:add`, `h:cancel`."""
    match list(words):
        case ["add"]:
            state = replace(scene.settled, step=Step(SKILL, "add"))
            return _turn(scene, Reply(text=say("handoff-add"), choices=buttons.row()[:1]), state=state)
        case ["cancel"]:
            return cancel(scene)
        case _:
            return None


def hear(scene: Scene, step: Step) -> Outcome | None:
    """What the person adds for the specialist; the transcript keeps it."""
    if step.name != "add":
        return None
    if not scene.ticket_waits:
        return call(scene, "asked", scene.question)
    return added(scene)


def added(scene: Scene) -> Outcome:
    """What was written goes to the person who was called."""
    return _turn(scene, Reply(text=say("handoff-added"), choices=waiting_choices()))


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same question again."""
    return press(scene, [step.name])


def cancel(scene: Scene) -> Outcome:
    """«Не треба»."""
    if not scene.ticket_waits:
        return _turn(scene, Reply(text=say("handoff-nothing-to-cancel"), choices=buttons.row()))
    reply = Reply(text=say("handoff-cancelled", phone=scene.phone), choices=(buttons.life(), *buttons.row()))
    return _turn(scene, reply, effects=[CancelTicket()])


def waiting_choices() -> tuple[Choice, ...]:
    """What a person who waits may do."""
    return buttons.button("h:add", "add"), buttons.button("h:cancel", "cancel")


def queue_line(scene: Scene, queue: QueueView) -> str:
    """How many are ahead and when a person answers; at night the number and the promise."""
    when = moments.until(scene, queue.promised_at)
    if not queue.open_now:
        return say("queue-night", number=queue.number, when=when)
    return _ahead(queue.ahead, _wait(queue.wait_minutes, when))


def paused(kind: str) -> str:
    """Why nobody answers in office hours, as a sentence."""
    return say(PAUSES.get(kind, "pause-other"))


def hours(scene: Scene) -> str:
    """When people answer, in words."""
    return scene.knowledge.community.reception.hours_text.rstrip(".")


def question_of(scene: Scene) -> str:
    """What the packet opens with: the words that call a person where they say why, else what was asked before."""
    said = scene.question if len(scene.words.split()) > BARE_CALL else scene.state.asked
    if said:
        return said
    card = scene.card(scene.state.topic) if scene.state.topic else None
    if card is not None:
        return say("handoff-question-about", title=card.title)
    return scene.question or say("handoff-question-none")


def _ahead(ahead: int, wait: str) -> str:
    return say("queue-ahead", ahead=ahead, wait=wait) if ahead > 0 else say("queue-next", wait=wait)


def _wait(minutes: int | None, when: str) -> str:
    if minutes is None:
        return say("queue-wait-promise", when=when)
    if minutes >= HOURS_FROM_MINUTES:
        return say("queue-wait-hours", hours=round(minutes / HOUR_MINUTES))
    return say("queue-wait-minutes", minutes=max(1, minutes))


def _again(scene: Scene) -> Outcome:
    ticket = scene.view.ticket
    if ticket is None:
        text = say("handoff-taken")
    elif ticket.promised_at is None or ticket.promised_at <= scene.now:
        text = say("handoff-again", number=ticket.number, queue=say("handoff-again-later"), phone=scene.phone)
    else:
        wait = say("queue-wait-promise", when=moments.until(scene, ticket.promised_at))
        line = _ahead(ticket.ahead, wait)
        text = say("handoff-again", number=ticket.number, queue=line, phone=scene.phone)
    return _turn(scene, Reply(text=text, choices=waiting_choices()))


def _turn(
    scene: Scene, reply: Reply, *, effects: Sequence[Effect] = (), state: State | None = None
) -> Outcome:
    return scene.turn(Kind.HANDOFF, reply, effects=effects, state=state, topic=scene.open_topic)
