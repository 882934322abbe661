"""Greeting, thanks, goodbye, joy, anger: what needs a word, not an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bots.dialogue import buttons
from bots.dialogue.links import linked_topic
from bots.dialogue.scene import Scene, Setting
from bots.dialogue.skills import answer, clarify
from bots.dialogue.texts import say
from bots.dialogue.turn import Kind, Outcome, State, View
from conversations.messages import Reply
from knowledge_base.answers import Knowledge
from knowledge_base.understanding.meaning import Facet, SmallTalk

MONTH_DAYS = 30
YEAR_DAYS = 365


def respond(scene: Scene, talk: SmallTalk) -> Outcome:
    """A word for a word. The topic stays open."""
    match talk:
        case SmallTalk.GREETING:
            return greet(scene)
        case SmallTalk.THANKS:
            return _say(scene, say("thanks"))
        case SmallTalk.GOODBYE:
            return _say(scene, say("goodbye"))
        case SmallTalk.WHO_ARE_YOU:
            return _say(scene, say("who-are-you"))
        case SmallTalk.JOY:
            return _say(scene, say("joy"))
        case SmallTalk.ABUSE:
            return _say(scene, say("calm", phone=scene.phone))
        case SmallTalk.GIBBERISH:
            return clarify.not_understood(scene)
        case SmallTalk.YES | SmallTalk.NO:
            return clarify.what_about(scene)


def greet(scene: Scene) -> Outcome:
    """The full greeting when nothing was said before, a short one after."""
    if scene.state.greeted and scene.state.last_at is not None:
        return _say(scene, say("hello-again"))
    return scene.turn(Kind.SMALLTALK, greeting(scene), state=replace(scene.settled, greeted=True))


def greeting(setting: Setting) -> Reply:
    """Who speaks, what it can do, what becomes of the conversation, and the doors."""
    if setting.view.people_only:
        return Reply(text=say("people-hello", retention=retention(setting)))
    choices = (buttons.rights_to_all(), buttons.life(), buttons.visit(), buttons.person())
    return Reply(text=say("greeting", retention=retention(setting)), choices=choices)


def start(scene: Scene) -> Outcome:
    """The chat is opened: by a link to a topic with its answer, otherwise with the greeting."""
    topic = linked_topic(scene.event.start)
    if topic is not None and not scene.view.people_only:
        given = answer.give(scene, topic, Facet.OVERVIEW)
        if given is not None:
            return given
    return greet(replace(scene, state=replace(scene.state, greeted=False)))


def welcome(knowledge: Knowledge, now: datetime, link: str | None = None) -> Reply:
    """The greeting for a chat that shows it before anything is said; a link to a topic adds the topic's button.

    `now` is aware; nothing is remembered of it.
    """
    setting = Setting(state=State(), knowledge=knowledge, view=View(), now=now)
    reply = greeting(setting)
    topic = linked_topic(link)
    card = setting.card(topic) if topic is not None else None
    button = buttons.entry(card) if card is not None else None
    if button is None or button.label in {choice.label for choice in reply.choices}:
        return reply
    return reply.model_copy(update={"choices": (button, *reply.choices)})


def short_greeting(scene: Scene) -> str:
    """What must be said before a first answer: that it is a bot, and what becomes of the conversation."""
    return say("greeting-short", retention=retention(scene))


def retention(setting: Setting) -> str:
    """How long a conversation is kept, in the largest whole unit."""
    days = setting.knowledge.community.retention_days
    if days > 0 and days % YEAR_DAYS == 0:
        return say("retention-years", count=days // YEAR_DAYS)
    if days > 0 and days % MONTH_DAYS == 0:
        return say("retention-months", count=days // MONTH_DAYS)
    return say("retention-days", count=days)


def _say(scene: Scene, text: str) -> Outcome:
    state = replace(scene.state, misunderstood=0)
    return scene.turn(Kind.SMALLTALK, Reply(text=text, choices=buttons.row()), state=state)
