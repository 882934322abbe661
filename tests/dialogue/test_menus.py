"""A menu of topics is no loop, and a guess of danger is no trap."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bots.dialogue.engine import respond
from bots.dialogue.turn import Heard, Kind, OpenTicket, QueueView, State, Step, Turn, View
from conversations.messages import IncomingMessage, MessageKind
from knowledge_base.rules.values import exactly
from knowledge_base.understanding.meaning import Danger, Facet, Meaning, Ranked, Verdict
from knowledge_base.understanding.said import Said

from .fake_knowledge import FakeKnowledge
from .stage import NOON, REF

VIEW = View(queue=QueueView(number="0001", ahead=0, open_now=True, promised_at=NOON))
TOPICS = ("housing-subsidy", "birth-benefit", "office-info")


def said(state: State, words: str, meaning: Meaning) -> Turn:
    message = IncomingMessage(ref=REF, event_key="1", kind=MessageKind.TEXT, text=words, sent_at=NOON)
    turn = respond(state, Heard(message, meaning), FakeKnowledge(), VIEW, NOON)
    assert isinstance(turn, Turn)
    return turn


def unsure(words: str, first: float, *topics: str, facet: Facet | None = None) -> Meaning:
    ranked = tuple(Ranked(topic, first - place / 20) for place, topic in enumerate(topics))
    leans = facet is not None
    return Meaning(masked=words, ranked=ranked, verdict=Verdict.UNSURE, facet=facet, follow_up=leans)


def menu() -> Turn:
    state = State(greeted=True, last_at=NOON)
    return said(state, "гроші на дитину і світло", unsure("гроші на дитину і світло", 0.4, *TOPICS))


def test_the_same_menu_comes_once_more_and_then_a_person() -> None:
    asks = unsure("а документи які", 0.2, *TOPICS, facet=Facet.DOCUMENTS)
    again = said(menu().state, "а документи які", asks)
    assert again.kind is Kind.CLARIFY
    person = said(again.state, "які документи кажу", asks)
    assert person.kind is Kind.HANDOFF
    assert any(isinstance(effect, OpenTicket) for effect in person.effects)


def test_a_likely_topic_is_answered_though_a_menu_is_open() -> None:
    asks = unsure("скільки за народження", 0.7, "birth-benefit", facet=Facet.AMOUNT)
    turn = said(menu().state, "скільки за народження", asks)
    assert (turn.topic, turn.facet) == ("birth-benefit", Facet.AMOUNT)


def test_children_told_in_an_interview_are_no_cry_for_help() -> None:
    words = "двоє дітей, 3 і 8, живемо самі"
    told = (
        Said(
            fact="household.income_per_person",
            value=exactly(Decimal(5000)),
            start=0,
            end=len("двоє дітей, 3 і 8"),
        ),
    )
    guessed = Meaning(masked=words, danger=Danger.CHILD, danger_guessed=True, said=told)
    asking = State(greeted=True, last_at=NOON, step=Step("screener", "situations", {}))
    assert said(asking, words, guessed).kind is not Kind.DANGER
    assert said(State(greeted=True, last_at=NOON), words, guessed).kind is Kind.DANGER
    more = f"{words} вже тиждень варю їм воду"
    crying = replace(guessed, masked=more)
    assert said(asking, more, crying).kind is Kind.DANGER
    plain = Meaning(masked=words, danger=Danger.CHILD, said=told)
    assert said(asking, words, plain).kind is Kind.DANGER


def test_a_likely_question_leads_out_of_a_guess_that_was_wrong() -> None:
    in_danger = State(greeted=True, last_at=NOON, danger=Danger.HUNGER)
    asks = unsure("які документи на субсидію", 0.6, "housing-subsidy", facet=Facet.DOCUMENTS)
    assert said(in_danger, "які документи на субсидію", asks).kind is not Kind.DANGER
    lost = unsure("не знаю що робити", 0.3, "housing-subsidy")
    assert said(in_danger, "не знаю що робити", lost).kind is Kind.DANGER
