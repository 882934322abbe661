"""The engine is total: any event, in any state, has a turn, and every turn keeps the limits of the voice."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.dialogue import cards
from bots.dialogue.engine import COMMANDS, HEARS, PRESSES, REPEATS, respond
from bots.dialogue.state import dump_state, load_state
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_LIMIT
from bots.dialogue.turn import (
    AnswerSamePerson,
    ApplicationsView,
    BusyView,
    EraseStored,
    FindApplication,
    FollowedApplications,
    FreeTimes,
    Heard,
    Kind,
    Lookup,
    OpenTicket,
    Outcome,
    QueueView,
    QuietView,
    SamePersonView,
    SeeApplication,
    State,
    Step,
    StoredView,
    TicketView,
    Turn,
    View,
    VisitView,
)
from bots.turns.rehearsed_visits import RehearsedVisits
from conversations.messages import (
    IncomingMessage,
    InternalEvent,
    MessageKind,
)
from knowledge_base.understanding.meaning import (
    Command,
    Danger,
    Facet,
    Meaning,
    Ranked,
    Verdict,
)

from .fake_knowledge import NUMBERS, FakeKnowledge, with_long_list
from .stage import NOON, Stage, heard, meaning, message
from .strategies import (
    QUESTION,
    bases,
    facts,
    house,
    json_values,
    meanings,
    messages,
    moments,
    queues,
    states,
    stored,
    views,
)

BOOKED = VisitView(
    1, "reception", "", NOON + timedelta(days=1), NOON + timedelta(days=1, minutes=20), hall="З 1"
)
LABEL_LIMIT, CHOICE_BYTES, CHOICES = 20, 40, 12


def looked_up(
    state: State,
    event: Heard,
    base: FakeKnowledge,
    view: View,
    now: datetime,
    queue: QueueView,
    kept: StoredView,
) -> Turn:
    """The turn, after what it asks to see: what was asked for and given must not be asked for again."""
    visits = RehearsedVisits([BOOKED])
    seen: list[object] = []
    outcome: Outcome = respond(state, event, base, view, now)
    while not isinstance(outcome, Turn):
        assert outcome not in seen
        seen.append(outcome)
        if outcome is Lookup.QUEUE:
            view = replace(view, queue=queue)
        elif outcome is Lookup.STORED:
            view = replace(view, stored=kept)
        elif outcome is Lookup.SAME_PERSON:
            view = replace(view, same_person=SamePersonView(QUESTION, "4821", "other"))
        elif outcome is Lookup.BUSY:
            busy = {
                "reception": BusyView(4, 40, 20, QuietView(2, "morning")),
                "branch": BusyView(in_chat=True),
            }
            view = replace(view, busy=busy)
        elif isinstance(outcome, FindApplication | SeeApplication | FollowedApplications):
            view = replace(view, applications=ApplicationsView(outcome, "wrong"))
        elif outcome is Lookup.VISITS:
            view = visits.own(view)
        elif isinstance(outcome, FreeTimes):
            view = visits.free(view, outcome, base, now)
        else:
            view = visits.do(view, outcome, base, now)
        outcome = respond(state, event, base, view, now)
    return outcome


def keeps_the_limits(turn: Turn) -> None:
    assert len(turn.replies) <= 2
    for reply in turn.replies:
        assert 0 < len(reply.text) <= TEXT_LIMIT, len(reply.text)
        assert len(reply.choices) <= CHOICES
        assert len({choice.id for choice in reply.choices}) == len(reply.choices)
        for choice in reply.choices:
            assert len(choice.label) <= LABEL_LIMIT
            assert len(choice.id.encode()) <= CHOICE_BYTES


@settings(
    max_examples=700, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    states,
    messages,
    st.one_of(meanings, meanings, meanings, st.none()),
    bases,
    views,
    moments,
    queues,
    stored,
)
def test_every_message_has_a_turn(
    state: State,
    event: IncomingMessage,
    reading: Meaning | None,
    base: FakeKnowledge,
    view: View,
    now: datetime,
    queue: QueueView,
    kept: StoredView,
) -> None:
    turn = looked_up(state, Heard(event, reading), base, view, now, queue, kept)
    keeps_the_limits(turn)
    # Whose the other chat is only the person knows, so that much is answered even while a specialist leads.
    of_oneself = any(isinstance(effect, AnswerSamePerson) for effect in turn.effects) or (
        event.kind in (MessageKind.PRESS, MessageKind.TEXT) and turn.replies and said_of_oneself(turn)
    )
    assert of_oneself or (view.owner == "specialist") == (not turn.replies)
    assert load_state(dump_state(turn.state)) == turn.state
    assert turn.knowledge_version == base.version


def said_of_oneself(turn: Turn) -> bool:
    return turn.replies[0].text in (say("same-person-over"), say("same-person-joined"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(states, house, bases, views, moments)
def test_every_event_of_the_house_has_a_turn(
    state: State, event: InternalEvent, base: FakeKnowledge, view: View, now: datetime
) -> None:
    turn = respond(state, Heard(event), base, view, now)
    assert isinstance(turn, Turn)
    keeps_the_limits(turn)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["version", "greeted", "topic", "facet", "step", "offered", "last_at", "danger", "other"]
        ),
        json_values | facts,
    )
)
def test_any_kept_state_loads(kept: dict[str, object]) -> None:
    state = load_state(kept)
    turn = respond(state, heard(message("привіт")), FakeKnowledge(), View(), NOON)
    assert isinstance(turn, Turn)
    assert turn.state.version == 1


def test_no_state_is_a_new_one_and_an_unknown_version_starts_over_politely() -> None:
    assert load_state(None) == State()
    stage = Stage(state=load_state({"version": 99, "topic": "housing-subsidy", "greeted": True}))
    turn = respond(
        stage.state, heard(message("які документи на субсидію")), stage.knowledge, stage.view, NOON
    )
    assert isinstance(turn, Turn)
    assert turn.kind is Kind.CHECKLIST
    assert turn.replies[0].text.startswith("У боті щось оновилося, тому починаємо спочатку.")
    assert turn.state.version == 1


def test_a_naive_time_in_a_kept_state_is_taken_as_utc() -> None:
    kept = {"version": 1, "greeted": True, "last_at": "2026-11-01T10:00:00"}
    assert load_state(kept).last_at == datetime(2026, 11, 1, 10, tzinfo=UTC)


def test_the_same_event_gives_the_same_turn() -> None:
    event = Heard(message(kind=MessageKind.PRESS, choice_id="e:all"))
    turns = [respond(State(greeted=True), event, FakeKnowledge(), View(), NOON) for _ in range(2)]
    assert turns[0] == turns[1]
    later = respond(State(greeted=True), event, FakeKnowledge(), View(), NOON + timedelta(seconds=1))
    codes = {
        effect.code
        for turn in (turns[0], later)
        if isinstance(turn, Turn)
        for effect in turn.effects
        if isinstance(effect, EraseStored)
    }
    assert len(codes) == 2
    assert all(set(code) <= set(string.hexdigits.upper()) and len(code) == 6 for code in codes)


def test_a_long_list_takes_two_messages_and_loses_no_paper() -> None:
    stage = Stage(knowledge=with_long_list(14), state=State(greeted=True))
    turn = stage.line("документи на субсидію")
    text = "\n".join(reply.text for reply in turn.replies)
    assert len(turn.replies) == 2
    assert all(f"\n{number}. Довідка" in text for number in range(1, 15))


def test_a_list_too_long_for_two_messages_says_where_to_ask() -> None:
    stage = Stage(knowledge=with_long_list(60), state=State(greeted=True))
    turn = stage.line("документи на субсидію")
    assert "Решту переліку назве людина: 0 800 000 001" in turn.replies[-1].text
    card = turn.replies[-1].card
    assert card is not None
    assert len(card.items) == 60


def test_a_card_says_the_same_as_its_text() -> None:
    stage = Stage(state=State(greeted=True))
    (reply,) = stage.line("субсидія").replies
    assert reply.card is not None
    assert reply.card.title == "Субсидія: доплата за комунальні"
    assert [line.label for line in reply.card.lines] == [
        "Хто отримує",
        "Скільки",
        "Коли подати",
        "Де",
        "Документи",
    ]
    assert all(f"{line.label}: {line.value}" in reply.text for line in reply.card.lines)
    assert reply.card.source is not None
    assert reply.card.source.text == reply.text.splitlines()[-1]
    assert reply.card.source.url == "https://example.org/act"


@pytest.mark.parametrize("kind", list(Danger))
@pytest.mark.parametrize("skill", [*sorted(REPEATS), None])
@pytest.mark.parametrize("owner", ["bot", "queue"])
def test_danger_is_heard_in_every_state(kind: Danger, skill: str | None, owner: str) -> None:
    step = (
        Step(skill, "phone", {"phone": "+380671234567", "entry": "housing-subsidy", "number": "1"})
        if skill
        else None
    )
    ticket = TicketView("26-0001", "waiting", 1) if owner == "queue" else None
    stage = Stage(
        state=State(greeted=True, step=step, topic="housing-subsidy"), view=View(owner=owner, ticket=ticket)
    )  # type: ignore[arg-type]  # a literal from the list above
    reading = meaning("оператор, меню, код 4821, субсидія", danger=kind, command=Command.MENU, secret="code")
    turn = stage.play(Heard(message("…"), reading))
    assert turn.kind is Kind.DANGER
    assert turn.state.quiet
    assert any(number.split(" або ")[0] in turn.replies[-1].text for number in NUMBERS[kind].values())
    assert len(turn.effects) == 1


@pytest.mark.parametrize("kind", list(Danger))
def test_a_danger_card_without_numbers_gives_our_phone(kind: Danger) -> None:
    stage = Stage(knowledge=FakeKnowledge(numbers={}), state=State(greeted=True))
    turn = stage.play(Heard(message("…"), meaning("…", danger=kind)))
    assert "Подзвоніть нам: 0 800 000 001." in turn.replies[0].text


@pytest.mark.parametrize("kind", list(Danger))
def test_a_danger_card_is_whole(kind: Danger) -> None:
    for open_now in (True, False):
        stage = Stage(state=State(greeted=True))
        stage.queue = QueueView(
            "1", 0, open_now, NOON + timedelta(hours=20), opens_at=NOON + timedelta(hours=19)
        )
        turn = stage.play(Heard(message("…"), meaning("…", danger=kind)))
        assert "…" not in turn.replies[0].text
        assert "Подзвоніть нам" not in turn.replies[0].text


def test_a_call_back_while_waiting_keeps_the_number_of_the_open_ticket() -> None:
    stage = Stage(state=State(greeted=True))
    stage.line("оператор")
    stage.line("067 123 45 67")
    turn = stage.line("[button:До обіду]")
    (effect,) = turn.effects
    assert isinstance(effect, OpenTicket)
    assert (effect.number, effect.reason) == ("26-0007", "call_back")


def test_every_command_and_every_step_has_a_place() -> None:
    assert set(COMMANDS) == set(Command)
    assert set(HEARS) <= set(REPEATS)
    assert all(len(prefix) == 1 for prefix in PRESSES)


def test_an_unlikely_referral_is_not_shown() -> None:
    """The likeliest topic of a matter of nobody's is still nobody's: the base's own odds decide."""
    ranked = (Ranked("referral-passport", 0.08),)
    stage = Stage(state=State(greeted=True))
    reading = meaning("санаторій", ranked=ranked, verdict=Verdict.NOT_OURS, not_ours=0.9)
    assert stage.play(Heard(message("санаторій"), reading)).topic is None
    likelier = replace(reading, not_ours=0.05)
    assert stage.play(Heard(message("санаторій"), likelier)).topic == "referral-passport"


def test_a_question_that_names_a_matter_keeps_it() -> None:
    """More likely than not about something: candidates, not «про яку допомогу»."""
    ranked = (Ranked("idp-registration", 0.75), Ranked("birth-benefit", 0.1))
    reading = meaning(
        "довідка для впо", ranked=ranked, verdict=Verdict.UNSURE, facet=Facet.HOW, follow_up=True
    )
    stage = Stage(state=State(greeted=True))
    turn = stage.play(Heard(message("довідка для впо"), reading))
    assert [choice.id for choice in turn.replies[-1].choices][:2] == [
        "a:idp-registration:h",
        "a:birth-benefit:h",
    ]
    bare = replace(reading, ranked=(Ranked("idp-registration", 0.4),))
    turn = Stage(state=State(greeted=True)).play(Heard(message("а як"), bare))
    assert turn.replies[-1].text.startswith("Про яку допомогу чи послугу ви питаєте?")


def test_a_text_too_long_loses_whole_lines_never_half_a_phone() -> None:
    line = "Управління соцзахисту, вул. Зразкова, 1, 0 800 000 001."
    text = cards.fit("\n".join([f"{number}. {line}" for number in range(14)]), [], ["Джерело."])
    assert len(text) <= TEXT_LIMIT
    assert "…" not in text
    assert text.endswith("0 800 000 001.\n\nДжерело.")
    dangling = "\n".join(["Перше речення.", "А" * 500, "Телефонуйте:", "Б" * 200])
    assert cards.fit(dangling, [], []) == "Перше речення.\n" + "А" * 500
