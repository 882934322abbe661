"""The interview: am I entitled? Asks what decides most, hears buttons and free words, says what it comes to.

Nothing is lost on the way: another question pauses it, what was said can be mended at any moment, and what was
told once is not asked again, only confirmed when some time has passed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import asking, buttons, inquiry, memory, typed
from bots.dialogue.inquiry import Talk
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import EraseStored, Kind, OpenTicket, Outcome, Step, Turn, Whose
from bots.dialogue.whose import turn_to, whose_in
from conversations.messages import Reply
from knowledge_base.answers import EntryCard
from knowledge_base.rules.closure import ANY_CHILD
from knowledge_base.rules.facts import Contradiction
from knowledge_base.rules.interview import Question
from knowledge_base.rules.values import Range, Value, options, within
from knowledge_base.understanding.answers import Heard, hear_children, hear_ticks
from knowledge_base.understanding.answers import hear as hear_answer
from knowledge_base.understanding.meaning import SmallTalk, Verdict

SKILL = inquiry.SKILL
LONGEST_CORRECTION = 60
BOTH = ("first", "second")

_ENOUGH = re.compile(
    r"(?:все[,\s]+)?(?:досить|доволі|годі|хватит|достаточно|стоп|стоп питань)(?:\s+(?:вже\s+)?(?:питань|вопросов))?"
)
_BACK = re.compile(r"(?:крок )?назад|поверн(?:ись|ися|іться)(?: назад)?|помилил\w+|ошиблась|ошибся|описал\w+")
_WHY = re.compile(r"(?:а )?(?:навіщо|нащо|нашо|зачем|для чого|для чего|чого питаєте)\b.*")
_GO_ON = re.compile(r"(?:продовж\w+|далі|дальше|поїхали|давай(?:те)? далі|продолж\w+)")
_BACK_TO_IT = re.compile(
    r"(?:(?:добре|гаразд|ок|ясно|ну|так|все|хорошо|понятно|ладно)[\s,.]+)*"
    r"(?:давай(?:те)?|можна|продовж\w+|поверн\w+|верн\w+|продолж\w+)\b.*"
    r"\b(?:далі|дальше|тієї|той|тої|ту|опитуванн\w*|питан\w*|вопрос\w*|анкет\w*|допомог\w*|пособи\w*|до неї|к ней)\b.*"
)
"""«давайте далі про ту допомогу»: back to the questions that wait."""
LONGEST_RETURN = 8
_INSTEAD = re.compile(
    r"(?:ой|йой|вибач\w*|точніше|тобто|вернее)?[\s,.!:-]*не\s+(?P<old>.+?)[\s,]+а\s+(?P<new>.+)"
)
_OOPS = re.compile(r"(?:ой|йой|вибач\w*|точніше|вернее|помилил\w+|ошибл\w+|описал\w+)[\s,.!:-]+(?P<new>.+)")
_AGREES = re.compile(
    r"(?:ну )?(?:так|да|ага|угу|добре|гаразд|ок|хочу|згоден|згодна|погоджуюсь|давай(?:те)?)"
    r"(?:,? (?:так|все так|звісно))?"
)
_DECLINES = re.compile(
    r"(?:та )?(?:ні|нет|неа|не|не треба|не хочу|не надо|не зараз|потім|пізніше)(?:,? дякую)?"
)
_NOT_SO = re.compile(
    r"^(?:ні|нет|неа|не так|неправильно|неверно|невірно|та ні)\b[\s,.:!-]*(?:нас|їх|вже|уже)?\s*"
)
_LETTERS = re.compile(r"[^\W\d_]")
_MORE = re.compile(r"(?:та )?(?:більше|больше|вище|понад|пізніше|позже)")
_LESS = re.compile(r"(?:та )?(?:не більше|не больше|менше|меньше|нижче|раніше|раньше)")
_ASKS = re.compile(
    r"\?|\b(?:як\w*|скільк\w*|скок\w*|де|куди|коли|чому|чого|що|шо|чо|что|где|куда|сколько|когда|почему|как\w*|чи|хто|кто"
    r"|документ\w*|папер\w*|бумаг\w*|довідк\w*|справк\w*|строк\w*|термін\w*|адрес\w*|можна|можно)\b",
    re.IGNORECASE,
)
_OF_CHILDREN = re.compile(
    r"\b(?:діт|дит|дет|реб|син|сын|доньк|донечк|дочк|дочер|мал[аеийю]|немовл|внук|онук|двійн|двойн|близн|народи|род[иі]л|рок|рік|рочк|лет\b|двоє|троє)",
    re.IGNORECASE,
)
_NOT_HAVING = r"(?:немає|нема|нет|не маю|не маємо|не имею|не було)"
_NO_CHILDREN = r"(?:дітей|діток|детей|деток)"
_OURS = r"(?:(?:в|у) (?:мене|нас|меня))"
_CHILDLESS = re.compile(
    rf"(?:{_OURS} )?{_NO_CHILDREN} (?:поки |пока |ще |{_OURS} )?{_NOT_HAVING}"
    rf"|(?:{_OURS} )?{_NOT_HAVING} (?:поки |пока |ще |{_OURS} )?{_NO_CHILDREN}"
    r"|(?:я |ми |мы )?(?:бездіт|бездет)\w+",
)
_TWINS = re.compile(r"\b(?:двійн|двойн|близн)", re.IGNORECASE)
_PERSONAL = re.compile(
    r"(?:чи|я|ми|мені|нам|мне)\b.*\b(?:має(?:мо)?|маю|має|матиму|имею|имеем)\b.*\bправо"
    r"|\b(?:маю|маємо|матиму|имею) (?:я |ми )?право"
    r"|\b(?:мені|нам|мне) .*\b(?:положен\w*|дадуть|дають|дадут|належ\w+|полагается|світить|видадуть|призначать)"
    r"|\b(?:положен\w*|дадуть|дадут|належ\w+|полагается|призначать) (?:мені|нам|мне|ли нам|ли мне|чи мені)"
    r"|\b(?:чи )?(?:можу|могу|можемо|зможу) (?:я |ми )?(?:отрим\w+|получ\w+|оформ\w+|розраховувати)"
    r"|перевір\w* (?:моє )?право",
    re.IGNORECASE,
)


def asks_personally(words: str) -> bool:
    """Whether somebody asks about themselves, not about the rule: «чи маю я право»."""
    return bool(_PERSONAL.search(words.lower().replace("'", "’")))


# ---- presses


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """Every `i:…`; see `buttons`."""
    match list(words):
        case ["go"]:
            return _resume(scene)
        case [entry] if (card := scene.card(entry)) is not None:
            return inquiry.start(scene, card)
        case [entry, word] if word in ABOUT_RESULT and (card := scene.card(entry)) is not None:
            return _about_result(scene, card, word)
    talk = inquiry.open_talk(scene)
    if talk is None:
        return None
    match list(words):
        case ["end"]:
            return inquiry.conclude(talk)
        case ["ok"]:
            return inquiry.confirmed(talk)
        case ["fix"]:
            return _to_mend(talk)
        case ["agree"]:
            consents = (*talk.state.consents, inquiry.HEALTH)
            return inquiry.go_on(replace(talk, state=replace(talk.state, consents=consents)))
        case ["decline"]:
            health = [name for name in talk.assessor.facts if talk.assessor.fact(name).fact.consent]
            return inquiry.go_on(talk.having(skipped=[*talk.skipped, *health]), [say("interview-skipped")])
        case [("first" | "second") as which]:
            return inquiry.decided(talk, keep_old=which == "first")
        case ["ticks", word]:
            return _tick_press(talk, word)
        case [key, word] if (name := asking.fact_of(key, talk.assessor)) is not None:
            return _fact_press(talk, name, word)
    return None


ABOUT_RESULT = frozenset({"because", "how", "edit", "more", "papers"})


def _about_result(scene: Scene, card: EntryCard, word: str) -> Outcome | None:
    talk = inquiry.open_talk(scene, card)
    if talk is None:
        return None
    if word == "edit":
        return inquiry.edit(talk)
    if word == "more":
        return inquiry.go_on(talk.having(skipped=[]))
    if word == "papers":
        return inquiry.go_on(talk.having(skipped=[], papers=True))
    if not isinstance(talk, inquiry.EntryTalk):
        return None
    try:
        result = talk.outcome()
    except Contradiction as fault:
        return inquiry.differs(talk, fault)
    reply = result.because() if word == "because" else result.how()
    return talk.turn(inquiry.DONE, reply, kind=Kind.ANSWER)


def _resume(scene: Scene) -> Outcome | None:
    talk = inquiry.open_talk(scene)
    if talk is None:
        return None
    step = scene.state.step if scene.state.step and scene.state.step.skill == SKILL else scene.state.paused
    return repeat(replace(scene, state=replace(scene.state, step=step)), step) if step else None


def _tick_press(talk: Talk, word: str) -> Outcome | None:
    question = talk.question
    if question is None or question.kind != "ticks":
        return inquiry.go_on(talk)
    if word == "none":
        return inquiry.ticked(talk, question, frozenset())
    if word == "idk":
        return inquiry.skip(talk, question.facts)
    return inquiry.why(talk, question) if word == "why" else None


def _fact_press(talk: Talk, name: str, word: str) -> Outcome | None:
    question = talk.question
    if word == "why":
        return inquiry.why(talk, question) if question else inquiry.go_on(talk)
    if word in ("idk", "skip"):
        return inquiry.skip(talk, (name,), refused=word == "skip")
    value = asking.answer_of(word, talk.assessor.fact(name).fact)
    if value is None:
        return None
    if question is not None and (name in question.facts or name == ANY_CHILD):
        return inquiry.answered(talk, {name: value})
    return inquiry.corrected(talk, name, value)


# ---- words


def hear(scene: Scene, step: Step) -> Outcome | None:
    """Free words inside an interview; None where they are not about it."""
    talk = inquiry.talk_of_step(scene, step)
    if talk is None:
        return None
    choice = typed.by_label(scene.words, scene.state.offered)
    if choice is not None:
        return press(scene, choice.id.split(":")[1:]) if choice.id.startswith("i:") else None
    words = _plain(scene.words)
    controlled = _control(talk, step, words)
    if controlled is not None:
        return controlled
    if corrected := _correction(talk, words):
        return corrected
    match step.name:
        case "ask":
            question = talk.question
            return _hear_answer(talk, question) if question is not None else None
        case "consent" | "confirm" | "differs" | "edit":
            return _hear_choice(talk, step.name)
    return None


def hear_paused(scene: Scene, step: Step) -> Outcome | None:
    """Words that go back to an interview which waits: a correction, «так», or simply the answer."""
    talk = inquiry.talk_of_step(scene, step)
    if talk is None:
        return None
    words = _plain(scene.words)
    if (corrected := _correction(talk, words)) or step.name == inquiry.DONE:
        return corrected
    choice = typed.by_label(scene.words, scene.state.offered)
    if choice is not None and not choice.id.startswith("i:"):
        return None
    offered = any(choice.id == "i:go" for choice in scene.state.offered)
    if len(words.split()) <= LONGEST_RETURN and _BACK_TO_IT.fullmatch(words):
        return inquiry.go_on(talk)
    if offered and (_AGREES.fullmatch(words) or _GO_ON.fullmatch(words)):
        return inquiry.go_on(talk)
    if offered and _DECLINES.fullmatch(words):
        return _left(scene)
    return hear(scene, step) if step.name == inquiry.ASK and scene.meaning.small_talk is None else None


def _left(scene: Scene) -> Turn:
    """«Ні» to «Повернімося?»: what was said is kept."""
    state = replace(scene.state, paused=None)
    return scene.turn(
        Kind.SMALLTALK, Reply(text=say("interview-left-it"), choices=buttons.row()), state=state
    )


def _plain(words: str) -> str:
    return words.lower().replace("'", "’").strip(" .!…")


def _control(talk: Talk, step: Step, words: str) -> Turn | None:
    """«досить», «назад», «навіщо», «продовжити»."""
    if _BACK.fullmatch(words):
        return back(talk.scene, step)
    if _ENOUGH.fullmatch(words):
        return inquiry.conclude(talk)
    if (whose := whose_in(words)) is not None and whose != talk.state.whose:
        return _of_another(talk, whose)
    if step.name == inquiry.DONE:
        return None
    if _GO_ON.fullmatch(words) and step.name != inquiry.ASK:
        return inquiry.go_on(talk)
    question = talk.question
    if _WHY.fullmatch(words) and question is not None and "?" not in words.rstrip("?"):
        return inquiry.why(talk, question)
    return None


def _of_another(talk: Talk, whose: Whose) -> Turn | None:
    """«ні, для мами»: the same interview of another person, with what is known of them."""
    scene = replace(talk.scene, state=turn_to(talk.state, whose))
    other = inquiry.talk_of(scene, talk.card, {"skipped": [], "asked": []})
    return inquiry.begin(other, [say("interview-of-yourself")] if whose == "self" else []) if other else None


def _hear_answer(talk: Talk, question: Question) -> Turn | None:
    words = talk.scene.words
    today = talk.scene.today
    if question.kind == "ticks":
        return _hear_ticks(talk, question)
    if _CHILDLESS.fullmatch(_plain(words)) and _offers_childless(talk):
        return inquiry.answered(talk, {ANY_CHILD: options(False)})
    fact = talk.assessor.fact(question.fact).fact
    births = _births(talk) if question.fact == memory.CHILD else ()
    if len(births) > 1:
        return inquiry.children(talk, births)
    if question.kind == "threshold" and (side := _side(words, question)) is not None:
        return inquiry.answered(talk, {question.fact: side})
    heard = hear_answer(words, fact, today)
    if heard is not None:
        return _take(talk, question, heard)
    return inquiry.children(talk, births) if births else _volunteered(talk)


def _offers_childless(talk: Talk) -> bool:
    return any(choice.id == asking.childless_button().id for choice in talk.scene.state.offered)


def _volunteered(talk: Talk) -> Turn | None:
    """Children told of while something else is asked: «двоє, 4 і 7» is never lost."""
    if memory.CHILD not in talk.assessor.facts or memory.outright(talk.state, memory.CHILD):
        return None
    births = _births(talk)
    # Several ages speak for themselves; one date may be of something else.
    of_children = len(births) > 1 or _OF_CHILDREN.search(talk.scene.words)
    return inquiry.children(talk, births) if births and of_children else None


def _births(talk: Talk) -> tuple[Range, ...]:
    """The children somebody tells of; twins are two of one day."""
    words, today = talk.scene.words, talk.scene.today
    births = hear_children(words, today)
    if births is None:
        heard = hear_answer(words, talk.assessor.fact(memory.CHILD).fact, today)
        day = heard.value if heard is not None and heard.outside is None else None
        births = (day,) if isinstance(day, Range) else ()
    return births * 2 if len(births) == 1 and _TWINS.search(words) else births


def _side(words: str, question: Question) -> Range | None:
    """«більше» or «менше» to a limit."""
    plain = words.lower().strip(" .!")
    lower, upper = question.parts
    if _LESS.fullmatch(plain):
        return lower
    return upper if _MORE.fullmatch(plain) else None


def _take(talk: Talk, question: Question, heard: Heard) -> Turn:
    name = question.fact
    if heard.dont_know or heard.refused:
        return inquiry.skip(talk, (name,), refused=heard.refused)
    if heard.outside is not None:
        return inquiry.again(talk, question, _impossible(talk, name, heard))
    if heard.vague or heard.value is None:
        return inquiry.again(talk, question, say("interview-vague"))
    return inquiry.answered(talk, {name: heard.value}, approximate=heard.approximate)


def _impossible(talk: Talk, name: str, heard: Heard) -> str:
    """Why it cannot be so, in words."""
    fact = talk.assessor.fact(name).fact
    match heard.outside:
        case "future" | "too_late":
            return say("interview-outside-future")
        case "no_such_day":
            return say("interview-outside-day")
        case "not_whole":
            return say("interview-outside-whole")
        case "negative" | "too_small" if fact.min is not None and not isinstance(fact.min, str):
            return say("interview-outside-small", limit=talk.assessor.bound(name, fact.min))
        case "too_great" if fact.max is not None and not isinstance(fact.max, str):
            return say("interview-outside-great", limit=talk.assessor.bound(name, fact.max))
    return say("interview-outside")


def _hear_ticks(talk: Talk, question: Question) -> Turn | None:
    words = talk.scene.words
    ticked = hear_ticks(words, len(question.ticks))
    if ticked is not None:
        return inquiry.ticked(talk, question, ticked)
    for tick in question.ticks:
        fact = talk.assessor.fact(tick.fact).fact
        heard = hear_answer(words, fact, talk.scene.today)
        if heard is not None and (heard.dont_know or heard.refused):
            return inquiry.skip(talk, question.facts, refused=heard.refused)
    return None


def _hear_choice(talk: Talk, name: str) -> Turn | None:
    """Yes or no to a consent or to what was told before; numbers of what to mend, or of which is right."""
    words = _plain(talk.scene.words)
    agreed, declined = bool(_AGREES.fullmatch(words)), bool(_DECLINES.fullmatch(words))
    if name == inquiry.CONSENT and (agreed or declined):
        found = press(talk.scene, ["agree" if agreed else "decline"])
        return found if isinstance(found, Turn) else None
    if name == inquiry.CONFIRM and agreed:
        return inquiry.confirmed(talk)
    if name == inquiry.CONFIRM and declined:
        return _to_mend(talk)
    if name in (inquiry.CONFIRM, inquiry.EDIT) and (mended := _mended_in_words(talk, words)):
        return mended
    if name == inquiry.DIFFERS:
        which = hear_ticks(talk.scene.words, len(BOTH)) or ()
        return inquiry.decided(talk, keep_old=1 in which) if len(which) == 1 else None
    listed = list(talk.facts.get("listed", ()))
    numbers = hear_ticks(talk.scene.words, len(listed)) if listed else None
    return inquiry.mended(talk, [listed[number - 1] for number in sorted(numbers)]) if numbers else None


def _to_mend(talk: Talk) -> Turn:
    """Which is wrong? Where only one thing was read back, that one is asked anew."""
    names = list(talk.facts.get("aged", ()))
    if len(names) == 1 and inquiry.is_read_back(talk):
        return inquiry.mended(talk.having(listed=names), names)
    return inquiry.edit(talk, names or None)


def _mended_in_words(talk: Talk, words: str) -> Turn | None:
    """«ні, троє»: the one fact that was read back and that the words answer otherwise."""
    said = _NOT_SO.sub("", words)
    numbered = not inquiry.is_read_back(talk)
    if not said or len(words) > LONGEST_CORRECTION or (numbered and not _LETTERS.search(said)):
        return None
    fitting = [
        (name, value)
        for name in talk.facts.get("listed", ())
        if (value := _mends(talk, name, said, None)) is not None
    ]
    return inquiry.corrected(talk, *fitting[0]) if len(fitting) == 1 else None


def _correction(talk: Talk, words: str) -> Turn | None:
    """«не двоє, а троє», «ой, троє»: the answer it mends is the last one that fits."""
    if len(words) > LONGEST_CORRECTION:
        return None
    found = _INSTEAD.fullmatch(words)
    oops = None if found else _OOPS.fullmatch(words)
    match_ = found or oops
    if match_ is None:
        return None
    old = found["old"] if found else None
    others = [*talk.facts.get("read_back", ()), *talk.facts.get("aged", ())]
    for names in [*reversed(talk.asked), others]:
        for name in names:
            mended = _mends(talk, name, match_["new"], old)
            if mended is not None:
                return inquiry.corrected(talk, name, mended)
    return None


def _mends(talk: Talk, name: str, new: str, old: str | None) -> Value | None:
    """The new value of a fact, where the words fit it, and the old words what was told."""
    told = talk.state.told.get(name)
    if told is None:
        return None
    fact = talk.assessor.fact(name).fact
    heard = hear_answer(new, fact, talk.scene.today)
    if heard is None or heard.value is None or heard.outside is not None:
        return None
    if old is not None:
        before = hear_answer(old, fact, talk.scene.today)
        kept = memory.unpack(told.value, fact)
        if before is None or before.value is None or kept is None or not within(kept, before.value):
            return None
    return heard.value


def back(scene: Scene, step: Step) -> Turn | None:
    """One question back: its answer is forgotten and asked anew."""
    talk = inquiry.talk_of_step(scene, step)
    if talk is None:
        return None
    asked = talk.asked
    if not asked:
        question = talk.question
        return inquiry.ask(talk, question, [say("interview-first")]) if question is not None else None
    last = asked.pop()
    talk = replace(talk, state=memory.forget(talk.state, last)).having(
        asked=asked, skipped=[name for name in talk.skipped if name not in last]
    )
    return inquiry.go_on(talk, [say("interview-back")])


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The open question again, or the result as it stands."""
    talk = inquiry.talk_of_step(scene, step)
    if talk is None:
        return None
    if step.name == inquiry.CONFIRM:
        return inquiry.confirm(talk)
    if step.name == inquiry.EDIT:
        return inquiry.edit(talk)
    return inquiry.conclude(talk) if step.name == inquiry.DONE else inquiry.go_on(talk)


def is_aside(scene: Scene, step: Step) -> bool:
    """Whether words that answer nothing ask about something, or speak of another matter."""
    meaning = scene.meaning
    if meaning.verdict is Verdict.SURE and scene.known(meaning.ranked[0].topic) != step.facts.get("entry"):
        return True
    if _ASKS.search(scene.words):
        return meaning.verdict is Verdict.SURE or meaning.facet is not None or meaning.follow_up
    return meaning.small_talk not in (None, SmallTalk.YES, SmallTalk.NO, SmallTalk.GIBBERISH)


def not_heard(scene: Scene, step: Step) -> Outcome | None:
    """Words that answer nothing: once more with an example, the second time with a person in sight."""
    talk = inquiry.talk_of_step(scene, step)
    question = talk.question if talk is not None else None
    if talk is None or step.name != inquiry.ASK or question is None:
        return None
    misheard = int(talk.facts.get("misheard", 0)) + 1
    if question.kind == "ticks":
        word = say("interview-not-heard-ticks")
    else:
        kind = talk.assessor.fact(question.fact).fact.type
        word = say("interview-not-heard", example=say(f"interview-example-{kind}"))
    return inquiry.ask(talk.having(misheard=misheard), question, [word])


def keep(scene: Scene, turn: Turn) -> Turn:
    """An interview that another question has interrupted waits, and the answer offers the way back."""
    step = scene.state.step
    waiting = step if step is not None and step.skill == SKILL else scene.state.paused
    mine = turn.state.step is not None and turn.state.step.skill in LEADS_ELSEWHERE
    erased = any(isinstance(effect, EraseStored) and effect.scope == "all" for effect in turn.effects)
    if waiting is None or mine or erased or not turn.replies:
        return turn
    state = replace(turn.state, paused=waiting)
    offers = turn.kind in OFFERS_RETURN or _called_at_night(scene, turn)
    if not offers or waiting.name == inquiry.DONE:
        return replace(turn, state=state)
    last = turn.replies[-1]
    offered = (buttons.button("i:go", "go-on"), *last.choices)
    text = f"{last.text}\n\n{say('interview-return')}"
    reply = last.model_copy(update={"text": text, "choices": offered})
    if last.card is not None:
        note = "\n".join(filter(None, [last.card.note, say("interview-return")]))
        reply = reply.model_copy(update={"card": last.card.model_copy(update={"note": note})})
    return replace(turn, state=state, replies=(*turn.replies[:-1], reply))


def _called_at_night(scene: Scene, turn: Turn) -> bool:
    """Whether a person was called who comes in the morning: until then the bot may go on."""
    queue = scene.view.queue
    called = any(isinstance(effect, OpenTicket) for effect in turn.effects)
    night = queue is not None and not queue.open_now
    return (
        called and night and turn.kind is Kind.HANDOFF and turn.state.step is None and not turn.state.danger
    )


LEADS_ELSEWHERE = frozenset({SKILL, "screener"})
"""Skills whose open question is an interview, or begins one: nothing else waits behind it."""
OFFERS_RETURN = frozenset({Kind.ANSWER, Kind.CHECKLIST, Kind.OFFICES, Kind.REFERRAL, Kind.SMALLTALK})
"""Turns after which the way back is offered; after danger, or while a person is coming, nobody is led back."""
