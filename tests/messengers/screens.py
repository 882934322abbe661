"""Every screen the bot can show, asked of the engine itself: dialogues, answers, interviews, danger, the house.

A screen is a reply: its text, its choices, its card. They come in parts that can be looked at apart: what is of the
house, and what is of each few entries of the base. Within a source and over a part a text with its choices counts once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

from bots.dialogue import asking, memory, welcome
from bots.dialogue.inquiry import HEALTH
from bots.dialogue.turn import QueueView, State, StoredView, TicketView, Turn, View
from conversations.messages import Reply
from knowledge_base.answers import Knowledge
from knowledge_base.assessor import Assessor
from knowledge_base.rules.facts import Contradiction, ImpossibleFacts, Known, read_known
from knowledge_base.rules.interview import Goal, Question
from knowledge_base.understanding.meaning import Danger
from tests.dialogue.fake_knowledge import FakeKnowledge, with_long_list
from tests.dialogue.real_knowledge import real_base, real_cases, real_knowledge
from tests.dialogue.stage import NOON, Stage
from tests.dialogue.test_golden import DIALOGUES, staged

FACET_LETTERS = "oeadwhtrs"
ENTRIES_A_PART = 6
POSITION = "головна спеціалістка відділу допомог сім’ям із дітьми"
NAME = "Олександра-Вікторія Переяславська-Хмельницька"
NUMBER = "26-0007"
SOON = NOON + timedelta(minutes=30)

BY_DAY: Mapping[str, QueueView] = {
    "many ahead": QueueView(NUMBER, 12, True, SOON, 240),
    "some ahead": QueueView(NUMBER, 3, True, SOON, 12),
    "the next": QueueView(NUMBER, 0, True, SOON, 1),
    "nobody knows how long": QueueView(NUMBER, 2, True, SOON, None),
}
AT_NIGHT = datetime.fromisoformat("2026-11-24T23:47:00+02:00")
NIGHT_QUEUE = QueueView(
    NUMBER,
    ahead=0,
    open_now=False,
    promised_at=datetime.fromisoformat("2026-11-25T09:30:00+02:00"),
    opens_at=datetime.fromisoformat("2026-11-25T09:00:00+02:00"),
)
STORED = (
    StoredView(12, 2, 1, NOON - timedelta(days=21)),
    StoredView(1, 0, 0, NOON),
    StoredView(0, 0, 0, None),
)

TO_A_QUESTION = ("2", "4 роки", "двоє, 4 і 7", "12 000", "між 10 і 14 тисяч", "у березні 2020", "31 лютого")
TO_A_LIST = ("1", "2", "3", "1 2", "1 2 3", "нічого з цього", "не знаю")
IN_DANGER = ("допоможіть", "а куди піти?", "він читає", "ніхто не читає")
OF_OFFICES = (
    "[location:49.0,32.0]",
    "чи відчинено у суботу?",
    "чи працюєте завтра?",
    "а в неділю?",
    "на свята працюєте?",
    "на візочку заїду?",
    "а ближче є?",
    "запишіть мене на прийом",
)
SAID = (
    "привіт",
    "дякую",
    "до побачення",
    "ви бот?",
    "ідіоти",
    "радість",
    "апрапр",
    "ага",
    "нє",
    "допомога",
    "впошне",
    "рецепт борщу",
    "субсидія і народження",
    "папери",
    "скільки",
    "стоп",
    "назад",
    "інша тема",
    "на що я маю право",
    "мої дані",
    "передзвоніть",
    "моя картка 4444 5555 6666 7777",
    "код 123456",
    "99",
    "[empty]",
    "[long]",
    "[photo]",
    "[voice]",
    "[video]",
    "[document]",
    "[sticker]",
    "[other]",
    "[contact:+380671234567]",
    "067 123 45 67",
    "[press:zzz]",
)
HOUSE: tuple[tuple[str, dict[str, Any]], ...] = (
    *(
        (name, facts)
        for name in ("ticket_taken", "ticket_transferred", "specialist_writes_first")
        for facts in ({"name": NAME, "position": POSITION}, {"name": NAME}, {})
    ),
    ("ticket_returned", {}),
    ("handed_back", {}),
    ("ticket_resolved", {"name": NAME, "number": NUMBER}),
    ("ticket_resolved", {"number": NUMBER}),
    ("ticket_resolved", {}),
    ("failure", {}),
    ("same_person_asked", {"question": "0" * 32, "code": "4821"}),
    ("same_person_confirmed", {"question": "0" * 32}),
    ("promise_late", {"until": (NOON + timedelta(hours=2)).isoformat()}),
    ("promise_late", {"until": (NOON + timedelta(days=1)).isoformat()}),
    ("promise_late", {}),
    *(("danger_card", {"danger": danger.value}) for danger in Danger),
)


@cache
def bases() -> tuple[Knowledge, ...]:
    """The project's own base, the invented one, and it with a list of papers that takes two messages."""
    return real_knowledge(), FakeKnowledge(), with_long_list(12)


@dataclass(frozen=True)
class Part:
    """Some of the screens, those of each source apart. `entries` are the entries it is of, none for the house."""

    name: str
    entries: Sequence[str] = ()

    @cached_property
    def of_the_house(self) -> Mapping[str, tuple[Reply, ...]]:
        """The screens of each source of the house, each once."""
        if self.entries:
            return {}
        return {name: tuple(_once(source())) for name, source in OF_THE_HOUSE.items()}

    @cached_property
    def of_entries(self) -> Mapping[str, Mapping[str, tuple[Reply, ...]]]:
        """For each entry the screens of each source, each once."""
        base = real_knowledge()
        return {
            entry: {name: tuple(_once(source(base, entry))) for name, source in OF_AN_ENTRY.items()}
            for entry in self.entries
        }

    @cached_property
    def screens(self) -> tuple[Reply, ...]:
        """All of them, each once."""
        sources = [self.of_the_house, *self.of_entries.values()]
        return tuple(_once(reply for source in sources for replies in source.values() for reply in replies))


def parts() -> Iterator[Part]:
    """All there is: the house, and the entries of the base by a few."""
    yield Part("the house")
    entries = real_knowledge().entry_ids
    for begin in range(0, len(entries), ENTRIES_A_PART):
        yield Part(f"entries from {begin + 1}", entries[begin : begin + ENTRIES_A_PART])


def asked(assessor: Assessor) -> Mapping[str, Reply]:
    """The question about each fact of an entry, as the engine asks it, whatever way leads there."""
    return {
        name: asking.reply(assessor, Question("fact", name, Goal.OUTCOME, left=3), [], back=True)
        for name in assessor.facts
    }


def _once(replies: Iterable[Reply]) -> Iterator[Reply]:
    seen = set()
    for reply in replies:
        key = (reply.text, reply.choices)
        if key not in seen:
            seen.add(key)
            yield reply


# ---- playing


def _stage(base: Knowledge, **more: Any) -> Stage:
    return Stage(knowledge=base, **{"state": State(greeted=True), **more})


def _press(stage: Stage, choice_id: str) -> Turn:
    return stage.line(f"[press:{choice_id}]")


def _said(stage: Stage, *lines: str) -> Iterator[Reply]:
    """What each of these lines gets, each in the very place where the stage stands."""
    for line in lines:
        yield from replace(stage).line(line).replies


def _walked(start: Stage, *doors: str) -> Iterator[Reply]:
    """Every button on the way from here whose id begins so; an id means the same for ever, so each is pressed once."""
    assert start.last is not None
    yield from start.last.replies
    waiting, pressed = deque([start]), set()
    while waiting:
        here = waiting.popleft()
        assert here.last is not None
        offered = here.last.replies[-1].choices if here.last.replies else ()
        for choice in offered:
            if choice.id in pressed or not choice.id.startswith(doors):
                continue
            pressed.add(choice.id)
            there = replace(here)
            yield from _press(there, choice.id).replies
            waiting.append(there)


# ---- sources


def _of_dialogues() -> Iterator[Reply]:
    for (dialogue,) in (one.values for one in DIALOGUES):
        stage = staged(dialogue)  # type: ignore[arg-type]  # pytest keeps what it is given as objects
        for turn in dialogue["turns"]:  # type: ignore[index]
            stage.now += timedelta(days=turn.get("later", 0), seconds=20)
            if "citizen" in turn:
                yield from stage.line(turn["citizen"]).replies
            else:
                ((name, facts),) = turn["house"].items()
                yield from stage.house(name, facts or {}).replies


def _of_answers(base: Knowledge, entry: str) -> Iterator[Reply]:
    for letter in FACET_LETTERS:
        yield from _press(_stage(base), f"a:{entry}:{letter}").replies


def _of_papers(base: Knowledge, entry: str) -> Iterator[Reply]:
    """The list of an entry as it is first shown, with one ticked, with all, where to get them, and begun anew."""
    stage = _stage(base)
    yield from _press(stage, f"a:{entry}:d").replies
    yield from _said(stage, "1", "1 і 2", "40", f"[press:k:{entry}:where]")
    stage.line("1")
    yield from _said(stage, "2", f"[press:a:{entry}:d]", f"[press:k:{entry}:where]")
    yield from _press(stage, f"k:{entry}:all").replies
    yield from _press(stage, f"k:{entry}:again").replies


def _of_invented_entries() -> Iterator[Reply]:
    """Answers and papers of the bases that are not the project's own."""
    for base in bases():
        if base is real_knowledge():
            continue
        for entry in base.entry_ids:
            yield from _of_answers(base, entry)
            yield from _of_papers(base, entry)


def _of_overviews() -> Iterator[Reply]:
    for base in bases():
        yield from _of_answers(base, "benefits-overview")


def _of_interviews(base: Knowledge, entry: str) -> Iterator[Reply]:
    """From the first question on: every button of every question, and words where anything may be answered."""
    if not base.evaluated(entry):
        return
    start = _stage(base)
    yield from _press(start, f"i:{entry}").replies
    waiting, places = deque([start]), {_place(start)}
    while waiting:
        here = waiting.popleft()
        for line in _answers(here):
            there = replace(here)
            yield from there.line(line).replies
            if (place := _place(there)) not in places:
                places.add(place)
                waiting.append(there)


def _place(stage: Stage) -> object:
    """What an interview waits for: a question, or what it does there without one."""
    step = stage.state.step
    if step is None or stage.last is None:
        return None
    question = step.facts.get("question")
    if question is None:
        return step.name, stage.last.replies[-1].text.partition("\n")[0]
    ticks = tuple(tick["fact"] for tick in question["ticks"])
    return step.name, question["kind"], question["fact"], question["than"], ticks


def _answers(stage: Stage) -> Iterator[str]:
    assert stage.last is not None
    ids = [choice.id for choice in stage.last.replies[-1].choices if choice.id[:2] in ("i:", "k:")]
    yield from (f"[press:{choice_id}]" for choice_id in ids)
    question = stage.state.step.facts.get("question") if stage.state.step else None
    if question is None:
        return
    if question["ticks"]:
        yield from TO_A_LIST
    elif all(choice_id.endswith((":idk", ":skip", ":why", ":end")) for choice_id in ids):
        yield from TO_A_QUESTION


def _of_facts(base: Knowledge, entry: str) -> Iterator[Reply]:
    assessor = base.assessor(entry, NOON)
    if assessor is not None:
        yield from asked(assessor).values()


def _of_results(base: Knowledge, entry: str) -> Iterator[Reply]:
    """What the worked examples beside an entry come to, why, how it was counted, what to mend, which papers."""
    content = real_base()
    if not base.evaluated(entry):
        return
    for case in real_cases(entry):
        try:
            known = read_known(case.given, content.facts, case.as_of)
        except (ImpossibleFacts, Contradiction):
            continue
        stage = _stage(base, state=_told(known))
        yield from _press(stage, f"i:{entry}").replies
        about = [f"[press:i:{entry}:{word}]" for word in ("because", "how", "edit")]
        yield from _said(stage, *about, f"[press:a:{entry}:d]")
    # The last example told an hour ago and more is read back first.
    stage.now += timedelta(hours=2)
    yield from _said(stage, f"[press:i:{entry}]")


def _told(known: Known) -> State:
    return State(
        greeted=True,
        told={name: memory.told(value, NOON) for name, value in known.facts.items()},
        children=tuple(
            {name: memory.told(value, NOON) for name, value in child.items()} for child in known.children
        ),
        consents=(HEALTH,),
    )


def _of_menu() -> Iterator[Reply]:
    """The menu, the situations in life, offices, one's data, a call back, a call: all that buttons lead to."""
    for base in bases():
        stage = _stage(base)
        _press(stage, "m:menu")
        yield from _walked(stage, "m:", "a:", "o:", "k:", "p:", "h:", "e:")
        for door in ("rights", "back", "stop", "start"):
            yield from _press(_stage(base), f"m:{door}").replies


def _of_offices() -> Iterator[Reply]:
    for base in bases():
        for now in (NOON, AT_NIGHT):
            stage = _stage(base, now=now)
            yield from _press(stage, "m:offices").replies
            yield from _said(stage, *OF_OFFICES)
            for office in base.offices():
                there = replace(stage)
                yield from _press(there, f"o:{office.id}").replies
                yield from _said(there, *OF_OFFICES)


def _of_ones_data() -> Iterator[Reply]:
    for base in bases():
        for stored in STORED:
            stage = _stage(base, stored=stored)
            _press(stage, "m:data")
            yield from _walked(stage, "e:")


def _of_danger() -> Iterator[Reply]:
    """The card of each danger by day and at night, every button on it and after it, and more words."""
    words = ("мене побив", "не хочу жити", "тут стріляють", "нема що їсти", "б'ють дитину")
    for base in bases():
        for now, queue in ((NOON, BY_DAY["some ahead"]), (AT_NIGHT, NIGHT_QUEUE)):
            for word in words:
                stage = _stage(base, now=now, queue=queue)
                stage.line(word)
                yield from _walked(stage, "d:")
                yield from _said(stage, *IN_DANGER)
                reads = replace(stage)
                _press(reads, "d:safe")
                yield from _said(reads, *IN_DANGER)


def _of_hand_overs() -> Iterator[Reply]:
    """Calling a person by day, at night, where the channel's window closes first, and where only people answer."""
    for base in bases():
        for now, queue in (*((NOON, one) for one in BY_DAY.values()), (AT_NIGHT, NIGHT_QUEUE)):
            windows = (
                View(),
                View(closes_at=queue.promised_at - timedelta(minutes=5)),
                View(people_only=True),
            )
            for view in windows:
                stage = _stage(base, now=now, queue=queue, view=view)
                stage.line("оператор")
                yield from _walked(stage, "h:", "p:")
                yield from _called_back(stage)
                yield from _said(stage, "оператор", "а скільки чекати?", "скасувати", "тралала")
                unknown = _stage(base, now=now, queue=queue, view=view)
                unknown.line("тралала")
                yield from unknown.line("тралала").replies
        late = _stage(base, view=View(owner="queue", ticket=TicketView(NUMBER, "waiting", 0, NOON)))
        yield from _said(late, "оператор", "тралала")


def _called_back(stage: Stage) -> Iterator[Reply]:
    """A call asked for instead: the number, a wrong one, the time by a button and in words, a change of mind."""
    call = replace(stage)
    yield from _press(call, "m:call").replies
    yield from _said(call, "[press:p:share]", "12", "ні, не дзвоніть")
    yield from call.line("067 123 45 67").replies
    yield from _said(call, "[press:p:any]", "[press:p:morning]", "[press:p:evening]", "після шостої вечора")


def _of_words() -> Iterator[Reply]:
    """Small talk, what is not clear, files, secrets: to somebody known, to a newcomer, after a long silence."""
    states = (
        State(greeted=True),
        State(),
        State(greeted=True, last_at=NOON - timedelta(days=40)),
        State(version=-1),
    )
    for base in bases():
        for state in states:
            for line in SAID:
                stage = _stage(base, state=state)
                yield from stage.line(line).replies
                if state.greeted and state.last_at is None:
                    yield from _said(stage, "так", "ні", "тралала")
                    yield from _walked(stage, "f:", "c:", "p:", "e:")


def _of_the_house() -> Iterator[Reply]:
    for base in bases():
        for name, facts in HOUSE:
            stage = _stage(base)
            turn = stage.house(name, facts)
            yield from _walked(stage, "r:")
            if any(choice.id.startswith("r:ask") for reply in turn.replies for choice in reply.choices):
                _press(stage, f"r:no:{NUMBER}")
                yield from _said(stage, "довго чекати було", "[press:zzz]")


def _of_first_words() -> Iterator[Reply]:
    """What opens a chat: the greeting, a link to a topic, and where only people answer."""
    for base in bases():
        yield welcome(base, NOON)
        yield from (welcome(base, NOON, f"topic-{entry}") for entry in (*base.entry_ids, "gone"))
        for view in (View(), View(people_only=True)):
            yield from _said(_stage(base, state=State(), view=view), "/start", "привіт", "[press:m:start]")


OF_AN_ENTRY: Mapping[str, Callable[[Knowledge, str], Iterator[Reply]]] = {
    "answers": _of_answers,
    "papers": _of_papers,
    "interviews": _of_interviews,
    "facts": _of_facts,
    "results": _of_results,
}
OF_THE_HOUSE: Mapping[str, Callable[[], Iterator[Reply]]] = {
    "dialogues": _of_dialogues,
    "invented entries": _of_invented_entries,
    "overviews": _of_overviews,
    "menu": _of_menu,
    "offices": _of_offices,
    "one's data": _of_ones_data,
    "danger": _of_danger,
    "hand-overs": _of_hand_overs,
    "words": _of_words,
    "the house": _of_the_house,
    "first words": _of_first_words,
}
