"""The engine: one event in, one turn out. Synchronous, pure, total. The layers stand here, words in skills.

Layers for a citizen's message: exact button ids · danger · what isn't words · typed labels and numbers ·
commands · the answer to the open question · small talk · the topic and its facet · not understood.
A greeting and a warning about a secret go before whatever they say, never before a danger card.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bots.dialogue import application_ear, inquiry, matter, memory, notices, typed
from bots.dialogue.overview import ENTRY
from bots.dialogue.scene import Scene, Setting
from bots.dialogue.skills import (
    answer,
    applications,
    appointments,
    attachments,
    callback,
    clarify,
    danger,
    documents,
    events,
    handoff,
    interview,
    menu,
    mobile,
    my_data,
    nearest,
    offices,
    privacy,
    rating,
    reception,
    same_person,
    screener,
    smalltalk,
)
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_LIMIT
from bots.dialogue.turn import STATE_VERSION, Heard, Kind, Outcome, State, Step, Turn, View
from conversations.messages import InternalEvent, MessageKind, Reply
from knowledge_base.answers import Knowledge
from knowledge_base.understanding.meaning import Command, Facet, Meaning, SmallTalk, Verdict

WORDS_BESIDE_FACTS = 3
GREET_AGAIN_AFTER = timedelta(days=30)
REPLIES = 2
NEAR = 3
"""Topics that are remembered as what words could have meant."""
PAST = 4
"""Topics that are remembered as spoken of, so that «а з тими грошима?» finds back."""
CHOICE_ID_LIMIT = 40
# A greeting of a few words is only a greeting, whatever the ranking says.
BARE_WORDS = 3
START = "/start"
THANKS_WORDS = 5
_THANKS = re.compile(
    r"\b(?:дяку\w+|дяка|вдячн\w+|спасиб\w+|благодар\w+|diakuiu|dyakuyu|djakuju|dakuju|spasyb\w+|spasib\w+)",
    re.IGNORECASE,
)
_NOT_ONLY_THANKS = re.compile(
    r"[?\d]|\b(?:а|але|но|як\w*|де|куди|коли|скільк\w*|що|шо|чи|хто|где|куда|когда|сколько|что|как\w*|кто|ще|ещё|еще|не)\b",
    re.IGNORECASE,
)
PLACES = frozenset({mobile.SKILL, nearest.SKILL, offices.SKILL})
NUMBERED_LINES = frozenset(
    {
        (documents.SKILL, "have"),
        (screener.SKILL, screener.SITUATIONS),
        (application_ear.SKILL, application_ear.NUMBER),
        (application_ear.SKILL, application_ear.CODE),
    }
)


Press = Callable[[Scene, Sequence[str]], Outcome | None]
Ask = Callable[[Scene], Outcome]
OnStep = Callable[[Scene, Step], Outcome | None]


def respond(state: State, heard: Heard, knowledge: Knowledge, view: View, now: datetime) -> Outcome:
    """The turn that answers one event, or the Lookup it needs in `view` before it can.

    `now` is aware. Never raises for anything a citizen or a stored state may hold.
    """
    started_over = state.version != STATE_VERSION
    known = State() if started_over else state
    event = heard.event
    if isinstance(event, InternalEvent):
        setting = Setting(state=known, knowledge=knowledge, view=view, now=now)
        return _remember(setting, events.tell(setting, event.name, event.facts))
    scene = Scene(
        state=known,
        knowledge=knowledge,
        view=view,
        now=now,
        event=event,
        meaning=heard.meaning or Meaning(masked=event.text),
    )
    if scene.meaning.danger_guessed and _inquires(scene) and _tells_facts_alone(scene.meaning):
        # Children, ages and incomes told where they are asked for: words of a family are no cry for help there.
        scene = replace(scene, meaning=replace(scene.meaning, danger=None, danger_guessed=False))
    if view.owner == "specialist":
        said = _said_of_oneself(scene) or _relay(scene)
        return _remember(scene, said) if isinstance(said, Turn) else said
    waits = scene.state.paused is not None
    outcome = _listen(scene if waits else replace(scene, state=_overheard(scene, scene.state)))
    if not isinstance(outcome, Turn):
        return outcome
    if waits and outcome.state.paused is not None:
        # Words that answered the question which waited were an answer, not a story.
        outcome = replace(outcome, state=_overheard(scene, outcome.state))
    kept = appointments.keep(scene, interview.keep(scene, outcome))
    return _remember(scene, _preface(scene, kept, started_over))


def _inquires(scene: Scene) -> bool:
    """Whether facts are being asked for: in an interview, or in «На що я маю право?»."""
    step = scene.state.step
    return step is not None and step.skill in (interview.SKILL, screener.SKILL)


def _tells_facts_alone(meaning: Meaning) -> bool:
    """Whether hardly a word is left beside the facts that are told: what goes on may be the cry itself."""
    rest = list(meaning.masked)
    for one in meaning.said:
        rest[one.start : one.end] = " " * (one.end - one.start)
    return bool(meaning.said) and len("".join(rest).split()) <= WORDS_BESIDE_FACTS


def _overheard(scene: Scene, state: State) -> State:
    """The state with the facts that the message tells on the way; not of an answer, nor out of a cry for help."""
    step = scene.state.step
    answers = step is not None and step.skill == interview.SKILL and step.name != inquiry.DONE
    if answers or scene.meaning.danger is not None or not scene.meaning.said:
        return state
    return memory.overhear(state, scene.meaning.said, scene.now, scene.today)


def _said_of_oneself(scene: Scene) -> Outcome | None:
    """An answer to the one question that is the house's own even while a specialist leads."""
    event = scene.event
    choice_id = event.choice_id if event.kind is MessageKind.PRESS else None
    if event.kind is MessageKind.TEXT and scene.meaning.danger is None:
        asked = same_person.meant_while_owned(scene.state.offered)
        choice = typed.by_label(scene.words, asked) if asked else None
        choice_id = choice.id if choice else None
    if choice_id is None or not choice_id.startswith("u:") or len(choice_id) > CHOICE_ID_LIMIT:
        return None
    return same_person.press(scene, choice_id.split(":")[1:])


def _relay(scene: Scene) -> Turn:
    """A person answers: the bot says nothing, but danger alerts everybody on duty."""
    if scene.meaning.danger is not None:
        return danger.raised_while_owned(scene, scene.meaning.danger)
    return events.silent(scene)


def _listen(scene: Scene) -> Outcome:
    event = scene.event
    if event.kind is MessageKind.PRESS and event.choice_id is not None:
        if scene.view.people_only and not _for_people(event.choice_id):
            return _to_people(scene)
        return _press(scene, event.choice_id) or _stale(scene)
    if event.kind is MessageKind.START:
        return smalltalk.start(scene)
    if scene.state.danger is not None and danger.says_who_reads(scene):
        return danger.follow(scene, scene.state.danger)
    if scene.meaning.danger is not None:
        # A guess gives way to a plain answer: «двоє, 4 і 7» is no cry for help where ages were asked.
        answered = _interviewed(scene) if scene.meaning.danger_guessed else None
        return answered or danger.card(scene, scene.meaning.danger)
    if scene.view.people_only:
        return _people_step(scene) or _to_people(scene)
    if event.kind in attachments.WORDLESS:
        return attachments.receive(scene)
    if not scene.words:
        return clarify.empty(scene)
    return (
        applications.given(scene)
        or _interviewed(scene)
        or appointments.hear_clock(scene)
        or _typed(scene)
        or _thanked(scene)
        or _command(scene)
        or _answered_step(scene)
        or _in_danger(scene)
        or _bare_phone(scene)
        or applications.asked(scene)
        or appointments.asked(scene)
        or reception.ask(scene)
        or nearest.found(scene)
        or documents.asked_on_paper(scene)
        or _asked(scene)
    )


PEOPLE_PRESSES = frozenset({"d", "e", "h", "p", "r", "u"})
PEOPLE_WORDS = frozenset({"person", "data", "call", "stop", "start"})
PEOPLE_STEPS = frozenset({callback.SKILL, handoff.SKILL, rating.SKILL})
PEOPLE_COMMANDS = frozenset({Command.MY_DATA, Command.ERASE, Command.CALL_BACK, Command.STOP})
WORDS_FOR_WORDS = frozenset({SmallTalk.THANKS, SmallTalk.GOODBYE, SmallTalk.JOY, SmallTalk.GREETING})


def _press(scene: Scene, choice_id: str) -> Outcome | None:
    """The turn of an exact button id; None for one nobody knows."""
    if len(choice_id) > CHOICE_ID_LIMIT:
        return None
    prefix, *words = choice_id.split(":")
    if prefix == "m" and len(words) == 1 and words[0] in GLOBAL_WORDS:
        return GLOBAL_WORDS[words[0]](scene)
    pressed = PRESSES.get(prefix)
    outcome = pressed(scene, words) if pressed else None
    return clarify.chosen(scene, outcome) if isinstance(outcome, Turn) else outcome


def _for_people(choice_id: str) -> bool:
    """Whether a button has its meaning also where only people answer."""
    prefix, _, word = choice_id.partition(":")
    return prefix in PEOPLE_PRESSES or (prefix == "m" and word in PEOPLE_WORDS)


def _people_step(scene: Scene) -> Outcome | None:
    """What needs no person even where only people answer: an open question of theirs, «дякую», the person's data."""
    step, talk = scene.state.step, scene.meaning.small_talk
    if step is not None and step.skill in PEOPLE_STEPS and (heard := _answered_step(scene)):
        return heard
    if scene.meaning.command in PEOPLE_COMMANDS:
        return COMMANDS[scene.meaning.command](scene)
    bare = len(scene.words.split()) <= BARE_WORDS
    return smalltalk.respond(scene, talk) if bare and talk in WORDS_FOR_WORDS else _typed_for_people(scene)


def _typed_for_people(scene: Scene) -> Outcome | None:
    """A typed label of a button that means something here."""
    choice = typed.by_label(scene.words, [one for one in scene.state.offered if _for_people(one.id)])
    return _press(scene, choice.id) if choice else None


def _to_people(scene: Scene) -> Outcome:
    """To the queue at once; what comes later is added."""
    if scene.ticket_waits:
        return handoff.added(scene)
    return handoff.call(scene, "asked", handoff.question_of(scene))


def _stale(scene: Scene) -> Outcome:
    """An unknown button: the open question again, under its own kind."""
    step = scene.state.step
    if step is not None and step.skill in REPEATS and (again := REPEATS[step.skill](scene, step)):
        return again
    if scene.state.danger is not None:
        return danger.follow(scene, scene.state.danger)
    return clarify.stale(scene)


def _interviewed(scene: Scene) -> Outcome | None:
    """An answer to the interview's question: there a number is a number, not a button. A correction at any time."""
    step, paused = scene.state.step, scene.state.paused
    if step is not None and step.skill == interview.SKILL:
        return interview.hear(scene, step)
    return interview.hear_paused(scene, paused) if paused is not None else None


def _typed(scene: Scene) -> Outcome | None:
    """A typed label, a number of the list that was offered, a yes or a no."""
    offered = scene.state.offered
    choice = typed.by_label(scene.words, offered)
    if choice is None and scene.ticket_waits:
        choice = typed.by_label(scene.words, handoff.waiting_choices()) or handoff.cancelled(scene.words)
    if choice is None:
        chosen = typed.number(scene.words)
        if chosen is not None:
            if _counts_lines(scene):
                return None
            if 1 <= chosen <= len(offered):
                choice = offered[chosen - 1]
            elif offered:
                return clarify.no_such_number(scene)
        else:
            choice = typed.by_yes_or_no(scene.meaning.small_talk, offered)
    return _press(scene, choice.id) if choice else None


def _counts_lines(scene: Scene) -> bool:
    """Whether a bare number means a line of the open list, not a button."""
    step = scene.state.step
    return step is not None and (step.skill, step.name) in NUMBERED_LINES


def _thanked(scene: Scene) -> Outcome | None:
    """«дякую, почекаю», «спасибі, розтлумачили»: thanks in words of their own, and nothing asked beside them."""
    words, meaning, step = scene.words, scene.meaning, scene.state.step
    # In danger, and where something is asked that any words may answer, they are no mere thanks.
    waits = step is not None and step.skill in HEARS and step.skill not in ASKS_A_CHOICE
    if scene.state.danger is not None or (waits and step is not None and step.name != callback.ORDERED):
        return None
    if len(words.split()) > THANKS_WORDS or not _THANKS.search(words) or _NOT_ONLY_THANKS.search(words):
        return None
    calls = meaning.command is not None and not handoff.just_called(scene)
    if calls or (meaning.verdict is Verdict.SURE and not _THANKS.match(words)) or _names_a_matter(scene):
        return None
    return smalltalk.respond(scene, SmallTalk.THANKS)


def _command(scene: Scene) -> Outcome | None:
    if scene.words == START:
        return smalltalk.greet(replace(scene, state=replace(scene.state, greeted=False)))
    if offices.meant_by_a_word(scene):
        return offices.listed(scene)
    command = scene.meaning.command
    if command is None or (command is Command.SCREENER and _names_a_matter(scene)):
        return None
    step = scene.state.step
    if command is Command.CALL_BACK and step is not None and step.skill == callback.SKILL:
        return callback.hear(scene, step)
    return COMMANDS[command](scene)


def _names_a_matter(scene: Scene) -> bool:
    """Whether «що мені положено» ends a story that is about one entry beyond doubt: it is asked of that entry."""
    meaning = scene.meaning
    sure = meaning.verdict is Verdict.SURE and bool(meaning.ranked)
    return sure and scene.known(meaning.ranked[0].topic) not in (None, ENTRY)


def _answered_step(scene: Scene) -> Outcome | None:
    step = scene.state.step
    if step is None or step.skill not in HEARS:
        return None
    return HEARS[step.skill](scene, step)


def _in_danger(scene: Scene) -> Outcome | None:
    if scene.state.danger is None or danger.leaves(scene):
        return None
    return danger.follow(scene, scene.state.danger)


def _bare_phone(scene: Scene) -> Outcome | None:
    phone = callback.bare_phone(scene)
    return callback.with_phone(scene, phone) if phone else None


def _asked(scene: Scene) -> Outcome:
    """Small talk, the topic and its facet, or the honest word that it was not understood."""
    if privacy.nothing_else(scene):
        return privacy.ask_again(scene)
    meaning = scene.meaning
    talk = meaning.small_talk
    step = scene.state.step
    if step is not None and step.skill == interview.SKILL and not interview.is_aside(scene, step):
        again = interview.not_heard(scene, step)
        if again is not None:
            return again
    if talk is not None and len(scene.words.split()) <= BARE_WORDS and not meaning.follow_up:
        return smalltalk.respond(scene, talk)
    return matter.answer_to(scene) or (
        smalltalk.respond(scene, talk) if talk else clarify.not_understood(scene)
    )


def _back(scene: Scene) -> Outcome:
    """One step up: out of the open question, to the topic's card, to the menu."""
    topic = scene.open_topic
    if scene.state.step is not None and scene.state.step.skill == interview.SKILL:
        return interview.back(scene, scene.state.step) or menu.show(scene)
    if scene.state.step is not None and scene.state.step.skill == screener.SKILL:
        return screener.back(scene, scene.state.step)
    if scene.state.step is not None and scene.state.step.skill in PLACES:
        return offices.listed(scene)
    if topic == offices.TOPIC:
        return menu.show(scene)
    inside = scene.state.step is not None or scene.state.facet not in (None, Facet.OVERVIEW)
    if topic is not None and inside and (card := answer.give(scene, topic, Facet.OVERVIEW)):
        return card
    return menu.show(scene)


def _stop(scene: Scene) -> Outcome:
    """We never write first from now on."""
    state = replace(scene.settled, quiet=True)
    return scene.turn(
        Kind.SMALLTALK, Reply(text=say("stopped"), choices=menu.main_choices()[:1]), state=state
    )


ASKED = frozenset({Kind.ANSWER, Kind.CHECKLIST, Kind.CLARIFY, Kind.OFFICES, Kind.REFERRAL})
"""Turns after which the words just said are what the person asks, should a specialist be called."""

GLOBAL_WORDS: dict[str, Ask] = {
    "menu": menu.show,
    "back": _back,
    "person": handoff.ask,
    "offices": offices.listed,
    "data": my_data.show,
    "call": callback.ask,
    "stop": _stop,
    "rights": screener.begin,
    "visit": appointments.ask,
    "start": smalltalk.greet,
}
COMMANDS: dict[Command, Ask] = {
    Command.MENU: menu.show,
    Command.BACK: _back,
    Command.PERSON: handoff.ask,
    Command.STOP: _stop,
    Command.MY_DATA: my_data.show,
    Command.ERASE: my_data.show,
    Command.CALL_BACK: callback.ask,
    Command.SCREENER: screener.begin,
    Command.OTHER_TOPIC: clarify.another_topic,
}
PRESSES: dict[str, Press] = {
    "a": answer.press,
    "c": clarify.press,
    "d": danger.press,
    "e": my_data.press,
    "f": attachments.press,
    "h": handoff.press,
    "i": interview.press,
    "k": documents.press,
    "m": menu.press,
    "o": nearest.press,
    "p": callback.press,
    "r": rating.press,
    "s": screener.press,
    "u": same_person.press,
    "v": appointments.press,
    "w": reception.press,
    "z": applications.press,
}
HEARS: dict[str, OnStep] = {
    application_ear.SKILL: applications.hear,
    attachments.SKILL: attachments.hear,
    callback.SKILL: callback.hear,
    clarify.SKILL: clarify.hear,
    documents.SKILL: documents.hear,
    handoff.SKILL: handoff.hear,
    mobile.SKILL: mobile.hear,
    nearest.SKILL: nearest.hear,
    my_data.SKILL: my_data.hear,
    rating.SKILL: rating.hear,
    screener.SKILL: screener.hear,
    appointments.SKILL: appointments.hear,
}
ASKS_A_CHOICE = frozenset({appointments.SKILL, clarify.SKILL, documents.SKILL, mobile.SKILL, nearest.SKILL})
"""Skills whose open question has its own answers."""
REPEATS: dict[str, OnStep] = {
    application_ear.SKILL: applications.repeat,
    attachments.SKILL: attachments.repeat,
    callback.SKILL: callback.repeat,
    clarify.SKILL: clarify.repeat,
    documents.SKILL: documents.repeat,
    handoff.SKILL: handoff.repeat,
    interview.SKILL: interview.repeat,
    mobile.SKILL: mobile.repeat,
    nearest.SKILL: nearest.repeat,
    offices.SKILL: offices.repeat,
    my_data.SKILL: lambda scene, _: my_data.show(scene),
    rating.SKILL: rating.repeat,
    screener.SKILL: screener.repeat,
    appointments.SKILL: appointments.repeat,
}


def _preface(scene: Scene, turn: Turn, started_over: bool) -> Turn:
    """What must be said before the answer: a notice, a greeting, a warning about a secret, that we start over.

    Nothing stands in front of a danger card.
    """
    if not turn.replies or turn.kind is Kind.DANGER:
        return turn
    turn = notices.pin(scene, turn)
    said: list[str] = []
    greeted = turn.state.greeted
    if started_over:
        said.append(say("started-over"))
    if not scene.state.greeted and not turn.state.greeted:
        said.append(smalltalk.short_greeting(scene))
        greeted = True
    elif _long_silent(scene) and scene.meaning.small_talk is not SmallTalk.GREETING:
        said.append(say("greeting-line"))
    if turn.kind is not Kind.STATUS and (warning := privacy.warning(scene)):
        said.append(warning)
    if not said:
        return turn
    first = Reply(text="\n\n".join(said))
    replies = (first, *turn.replies)
    if len(replies) > REPLIES:
        joined = "\n\n".join([*said, turn.replies[0].text])
        if len(joined) > TEXT_LIMIT and started_over:
            # Of all that has to be said, that we start over is missed least.
            joined = "\n\n".join([*said[1:], turn.replies[0].text])
        replies = (turn.replies[0].model_copy(update={"text": joined}), *turn.replies[1:])
    return replace(turn, replies=replies, state=replace(turn.state, greeted=greeted))


def _long_silent(scene: Scene) -> bool:
    last = scene.state.last_at
    return scene.state.greeted and last is not None and scene.now - last >= GREET_AGAIN_AFTER


def _remember(setting: Setting, turn: Turn) -> Turn:
    """What every turn leaves behind: the moment, and the buttons that can now be typed."""
    shown = turn.replies[-1].choices if turn.replies else turn.state.offered
    # What is shared by a press cannot be typed, and a channel that lacks it numbers the others without it.
    offered = tuple(choice for choice in shown if choice.asks is None)
    state = replace(turn.state, last_at=setting.now, offered=offered)
    if isinstance(setting, Scene) and setting.question and turn.kind in ASKED:
        state = replace(state, asked=setting.question)
    if isinstance(setting, Scene) and turn.topic is not None and turn.kind in ASKED:
        meant = tuple(one.topic for one in setting.meaning.ranked[:NEAR])
        past = (turn.topic, *(topic for topic in state.past if topic != turn.topic))
        state = replace(state, near=meant if turn.topic in meant else state.near, past=past[:PAST])
    return replace(turn, state=state)
