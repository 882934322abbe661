"""The state of an application: asked by number and code, told with what to do next, followed if the person wants.

Number and code are asked together and answered together: nothing here says which of them was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bots.dialogue import application_ear as ear
from bots.dialogue import buttons
from bots.dialogue.application_ear import CODE, NUMBER, SHOWN, SKILL, TOPIC
from bots.dialogue.application_words import changed_of, history_of, next_step, status_text, why_text
from bots.dialogue.scene import Scene, Setting
from bots.dialogue.texts import arguments_of, say
from bots.dialogue.turn import (
    ApplicationStatus,
    ApplicationsView,
    AskedApplication,
    FindApplication,
    FollowedApplications,
    Kind,
    Outcome,
    SeeApplication,
    State,
    Step,
    StopFollowing,
    Turn,
)
from conversations.messages import Choice, MessageKind, Reply
from knowledge_base.understanding import receipts
from knowledge_base.understanding.meaning import SmallTalk, Verdict

APPEAL = "refusal-appeal"
EXAMPLES = {"number": "12345", "code": "A4K9-M2T7"}
LONGEST_FOLLOW_UP = 7
"""Words of a question that goes on about an application."""
LONGEST_ANSWER = 60
"""Signs of an answer in which a number or a code is looked for."""
_KEY = re.compile(r"[0-9a-f]{12}")


def given(scene: Scene) -> Outcome | None:
    """A code in the message, whatever is being asked: with a number, or with the one that was named before."""
    if not scene.view.has_applications or scene.event.kind is not MessageKind.TEXT:
        return None
    receipt = receipts.read(scene.event.text)
    if receipt.code is None:
        return None
    before = scene.state.application
    number = receipt.number or (before.number if before else None)
    if number is None:
        return _ask(scene, NUMBER, "application-number-first")
    return _find(scene, number, receipt.code)


def asked(scene: Scene) -> Outcome | None:
    """«де моя заява», «що з моєю субсидією», «статус заяви 12345»; None for what asks something else."""
    if not scene.view.has_applications or scene.event.kind is not MessageKind.TEXT:
        return None
    if (told := _follow_up(scene)) is not None:
        return told
    words = scene.words
    if ear.FOLLOWED.search(words) and not ear.MINE.search(words) and not ear.WHAT_WITH.search(words):
        return mine(scene)
    if not ear.is_about_status(scene) or ear.ELSEWHERE.search(words):
        return None
    number = receipts.read(scene.event.text).number
    return _ask_code(scene, number) if number else _ask(scene, NUMBER, "application-ask")


def of_entry(scene: Scene, turn: Turn | None) -> Turn:
    """What the base tells of one's own application, with the way to its state here; None: the state itself is asked."""
    if turn is None:
        return _ask(scene, NUMBER, "application-ask")
    *before, last = turn.replies
    check = buttons.button("z:ask", "application-check")
    last = last.model_copy(update={"choices": (check, *last.choices)})
    return replace(turn, replies=(*before, last))


def hear(scene: Scene, step: Step) -> Outcome | None:
    """The number, then the code; after the answer what goes on about it. Another question is answered instead."""
    if step.name == SHOWN:
        return None
    if scene.meaning.small_talk is SmallTalk.NO:
        return scene.turn(Kind.STATUS, Reply(text=say("application-dropped"), choices=buttons.row()))
    typed = scene.event.text[: LONGEST_ANSWER * 2]
    if ear.NO_CODE.search(scene.words):
        return no_code(scene)
    if step.name == NUMBER:
        number = receipts.number_asked(typed) if _may_answer(scene) else None
        return _ask_code(scene, number) if number else _other(scene, step)
    before = scene.state.application
    code = receipts.code_of(_bare(typed))
    if before is not None and code is not None:
        return _find(scene, before.number, code)
    return _other(scene, step)


def _bare(typed: str) -> str:
    """What was typed without the word for a code before it."""
    return re.sub(r"^\W*(?:(?:ось|вот|мій|мой)\W+)?(?:код\w*|kod|code)\W+", "", typed, flags=re.IGNORECASE)


def _may_answer(scene: Scene) -> bool:
    """Whether words with a figure in them may be the number that was asked for."""
    text = scene.event.text
    return any(map(str.isdigit, text)) and len(text) <= LONGEST_ANSWER


def _other(scene: Scene, step: Step) -> Outcome | None:
    """What was said is none: asked again, unless it is a question of its own."""
    meaning = scene.meaning
    figures = any(map(str.isdigit, scene.event.text))
    asks_else = meaning.verdict is Verdict.SURE or meaning.follow_up or meaning.command is not None
    if asks_else and not (figures and len(scene.words.split()) <= 2):
        return None
    if not figures and len(scene.words.split()) > 2:
        return None
    text_id = "application-number-again" if step.name == NUMBER else "application-code-again"
    return _ask(scene, step.name, text_id)


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same question again; None where nothing is asked."""
    match step.name:
        case "number":
            return _ask(scene, NUMBER, "application-ask")
        case "code" if scene.state.application is not None:
            return _ask_code(scene, scene.state.application.number)
        case _:
            return None


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`z:ask|nocode|mine|follow|why|history|again` and `z:see|stop:<key of a following>`."""
    if not scene.view.has_applications:
        return None
    match list(words):
        case ["ask"]:
            return _ask(scene, NUMBER, "application-ask")
        case ["nocode"]:
            return no_code(scene)
        case ["mine"]:
            return mine(scene)
        case ["again"]:
            return _see(scene, _told)
        case ["follow"]:
            return _see(scene, _now_followed, follow=True)
        case ["why"]:
            return _see(scene, _why)
        case ["history"]:
            return _see(scene, _history)
        case ["see", key] if _KEY.fullmatch(key):
            return _of_key(scene, key)
        case ["stop", key] if _KEY.fullmatch(key):
            reply = Reply(text=say("application-not-followed"), choices=(_mine_button(), *buttons.row()))
            return scene.turn(Kind.STATUS, reply, effects=[StopFollowing(key)])
        case _:
            return None


def mine(scene: Scene) -> Outcome:
    """The applications this conversation follows."""
    seen = _seen(scene, FollowedApplications())
    if seen is None:
        return FollowedApplications()
    if not seen.found:
        reply = Reply(
            text=say("application-none-followed"),
            choices=(buttons.button("z:ask", "application-check"), *buttons.row()),
        )
        return scene.turn(Kind.STATUS, reply)
    lines = [say("application-followed-list")]
    choices: list[Choice | None] = []
    for one in seen.found:
        lines.append(
            say("application-followed-line", number=one.shown, state=say(f"application-is-{one.state}"))
        )
        choices.append(buttons.named(f"z:see:{one.follow}", f"№ {one.shown}"))
    choices = [*choices[:8], buttons.button("z:ask", "application-check")]
    return scene.turn(
        Kind.STATUS, Reply(text="\n".join(lines), choices=(*buttons.own(*choices), *buttons.row()))
    )


def no_code(scene: Scene) -> Outcome:
    """Where a code comes from, for whoever has none."""
    reception = scene.knowledge.community.reception
    text = say(
        "application-no-code", reception=reception.name, address=reception.address, phone=reception.phone
    )
    reply = Reply(text=text, choices=(*buttons.own(_elsewhere(scene)), *buttons.row()))
    return scene.turn(Kind.STATUS, reply)


def _elsewhere(scene: Scene) -> Choice | None:
    """Where else one may ask about an application, where the base tells it."""
    return buttons.named(f"a:{TOPIC}:o", say("button-application-elsewhere")) if scene.card(TOPIC) else None


def changed(setting: Setting, facts: Mapping[str, Any]) -> Turn:
    """The register says something new. After danger, or «стоп», nobody is written to first; what is asked stays."""
    status = changed_of(facts)
    if setting.state.quiet or setting.state.danger is not None or status is None:
        return setting.turn(Kind.STATUS, state=setting.state, topic=setting.open_topic)
    text = say("application-changed", status=status_text(setting, status))
    asking = setting.state.step is not None and setting.state.step.skill != SKILL
    choices: tuple[Choice, ...] = ()
    if not asking and status.follow is not None:
        choices = (*buttons.own(*_of_following(status.follow)), *buttons.row())
    return setting.turn(
        Kind.STATUS, Reply(text=text, choices=choices), state=setting.state, topic=setting.open_topic
    )


def _ask(scene: Scene, step: str, text_id: str) -> Turn:
    choices = (
        buttons.button("z:nocode", "application-no-code"),
        *(buttons.own(_mine_button(), _elsewhere(scene)) if text_id == "application-ask" else ()),
        *buttons.row(),
    )
    examples = {name: EXAMPLES[name] for name in arguments_of(text_id)}
    state = replace(scene.settled, step=Step(SKILL, step))
    return scene.turn(Kind.STATUS, Reply(text=say(text_id, **examples), choices=choices), state=state)


def _ask_code(scene: Scene, number: str) -> Turn:
    before = scene.state.application
    kept = before if before is not None and before.number == number else AskedApplication(number, number)
    return _ask(replace(scene, state=replace(scene.state, application=kept)), CODE, "application-ask-code")


def _find(scene: Scene, number: str, code: str) -> Outcome:
    wanted = FindApplication(number, code)
    seen = _seen(scene, wanted)
    if seen is None:
        return wanted
    if seen.outcome == "found":
        return _told(scene, seen.found[0])
    before = scene.state.application
    state = replace(scene.settled, application=before if before and before.number != number else None)
    text_id = "application-limit" if seen.outcome == "limit" else "application-wrong"
    again = buttons.button("z:ask", "application-check") if seen.outcome == "wrong" else None
    choices = (*buttons.own(again, buttons.button("z:nocode", "application-no-code")), *buttons.row())
    reply = Reply(text=say(text_id, phone=scene.phone), choices=choices)
    return scene.turn(Kind.STATUS, reply, state=state)


def _told(scene: Scene, status: ApplicationStatus) -> Turn:
    """The state of an application, with what may be asked next."""
    own: list[Choice | None] = []
    if status.follow is None:
        own.append(buttons.button("z:follow", "application-follow"))
    else:
        own.append(buttons.named(f"z:stop:{status.follow}", say("button-application-stop")))
    if status.state == "refused":
        own.append(
            buttons.named(f"a:{APPEAL}:o", say("button-application-appeal")) if scene.card(APPEAL) else None
        )
    own.append(buttons.button("z:history", "application-history"))
    reply = Reply(text=status_text(scene, status), choices=(*buttons.own(*own), *buttons.row()))
    return scene.turn(Kind.STATUS, reply, state=_shown(scene, status))


def _now_followed(scene: Scene, status: ApplicationStatus) -> Turn:
    seen = scene.view.applications
    full = status.follow is None and seen is not None and seen.full
    quiet = "application-followed-quiet" if scene.state.quiet else "application-followed"
    text = say("application-full") if full else say(quiet, number=status.shown)
    choices: tuple[Choice, ...] = (_mine_button(), *buttons.row())
    if status.follow is not None:
        choices = (*buttons.own(*_of_following(status.follow)), *buttons.row())
    return scene.turn(Kind.STATUS, Reply(text=text, choices=choices), state=_shown(scene, status))


def _why(scene: Scene, status: ApplicationStatus) -> Turn:
    appeal = buttons.named(f"a:{APPEAL}:o", say("button-application-appeal")) if scene.card(APPEAL) else None
    refused = appeal if status.state in ("refused", "stopped", "closed") else None
    reply = Reply(text=why_text(scene, status), choices=(*buttons.own(refused), *buttons.row()))
    return scene.turn(Kind.STATUS, reply, state=_shown(scene, status))


def _money(scene: Scene, status: ApplicationStatus) -> Turn:
    text = f"{next_step(scene, status, money=True)}"
    reply = Reply(text=text, choices=(buttons.button("z:again", "application-again"), *buttons.row()))
    return scene.turn(Kind.STATUS, reply, state=_shown(scene, status))


def _history(scene: Scene, status: ApplicationStatus) -> Turn:
    reply = Reply(
        text=history_of(status), choices=(buttons.button("z:again", "application-again"), *buttons.row())
    )
    return scene.turn(Kind.STATUS, reply, state=_shown(scene, status))


def _follow_up(scene: Scene) -> Outcome | None:
    """«а чому відмовили», «коли гроші» right after the state was told."""
    step = scene.state.step
    if step is None or step.skill != SKILL or step.name != SHOWN:
        return None
    words = scene.words
    if len(words.split()) > LONGEST_FOLLOW_UP or _names_another_topic(scene):
        return None
    if ear.TELL_ME.search(words):
        return _see(scene, _now_followed, follow=True)
    for pattern, told in ((ear.HISTORY, _history), (ear.WHY, _why), (ear.MONEY, _money)):
        if pattern.search(words):
            return _see(scene, told)
    return None


def _names_another_topic(scene: Scene) -> bool:
    """Whether the words name a matter of their own: «а скільки платять на дитину»."""
    meaning = scene.meaning
    sure = meaning.verdict is Verdict.SURE and bool(meaning.ranked) and not meaning.bare
    return sure and meaning.ranked[0].topic not in (TOPIC, APPEAL, "payment-schedule")


def _see(scene: Scene, told: Any, *, follow: bool = False) -> Outcome:
    """The application whose code was shown before, told in one way or another."""
    before = scene.state.application
    if before is None or not before.proof:
        return _ask(scene, NUMBER, "application-ask")
    wanted = SeeApplication(before.number, before.proof, follow)
    seen = _seen(scene, wanted)
    if seen is None:
        return wanted
    if seen.outcome != "found":
        return _ask(
            replace(scene, state=replace(scene.state, application=None)), NUMBER, "application-code-renewed"
        )
    turn: Turn = told(scene, seen.found[0])
    return turn


def _of_key(scene: Scene, key: str) -> Outcome:
    """One of those this conversation follows, by the key of its button."""
    seen = _seen(scene, FollowedApplications())
    if seen is None:
        return FollowedApplications()
    one = next((one for one in seen.found if one.follow == key), None)
    return _told(scene, one) if one is not None else mine(scene)


def _seen(scene: Scene, wanted: object) -> ApplicationsView | None:
    """The answer to this very look; None where it is still to be taken."""
    seen = scene.view.applications
    return seen if seen is not None and seen.asked == wanted else None


def _shown(scene: Scene, status: ApplicationStatus) -> State:
    """The state after an application was told: it is spoken of, and its code need not be said again."""
    known = AskedApplication(status.number, status.shown, status.proof)
    return replace(scene.settled, step=Step(SKILL, SHOWN), application=known)


def _of_following(key: str) -> tuple[Choice | None, ...]:
    return (
        buttons.named(f"z:see:{key}", say("button-application-again")),
        buttons.named(f"z:stop:{key}", say("button-application-stop")),
    )


def _mine_button() -> Choice:
    return buttons.button("z:mine", "application-mine")
