"""One's own data: what is stored, and erasing it here in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import buttons
from bots.dialogue.codes import confirmation_code
from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from bots.dialogue.turn import EraseStored, Kind, Lookup, Outcome, State, Step, StoredView
from conversations.messages import Reply
from knowledge_base.language import clock_when, day, day_in_figures
from knowledge_base.understanding.meaning import SmallTalk

SKILL = "my_data"


def show(scene: Scene) -> Outcome:
    """What is stored, with the choice to erase. Asks for the counts first."""
    stored = scene.view.stored
    if stored is None:
        return Lookup.STORED
    if not (stored.messages or stored.files or stored.tickets):
        return scene.turn(Kind.MENU, Reply(text=say("stored-nothing"), choices=buttons.row()))
    choices = buttons.own(
        buttons.button("e:all", "erase-all"),
        buttons.button("e:files", "erase-files") if stored.files else None,
        buttons.button("e:keep", "keep"),
    )
    state = replace(scene.settled, step=Step(SKILL, "choose"))
    return scene.turn(Kind.MENU, Reply(text=_list(scene, stored), choices=choices), state=state)


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`e:all`, `e:files`, `e:keep`."""
    local = scene.local_now
    when = {"date": day_in_figures(local.date()), "clock": clock_when(local.time())}
    match list(words):
        case ["all"]:
            code = confirmation_code(scene)
            text = say("erased-all", code=code, **when)
            return scene.turn(
                Kind.MENU, Reply(text=text), state=forgotten(scene), effects=[EraseStored("all", code)]
            )
        case ["files"]:
            code = confirmation_code(scene)
            reply = Reply(text=say("erased-files", code=code, **when), choices=buttons.row())
            return scene.turn(Kind.MENU, reply, effects=[EraseStored("files", code)])
        case ["keep"]:
            return scene.turn(Kind.MENU, Reply(text=say("erase-kept"), choices=buttons.row()))
        case _:
            return None


def hear(scene: Scene, _: Step) -> Outcome | None:
    """A bare «ні» keeps everything; a bare «так» is not enough to erase, so the choice is shown again."""
    match scene.meaning.small_talk:
        case SmallTalk.NO:
            return press(scene, ["keep"])
        case SmallTalk.YES:
            return show(scene)
        case _:
            return None


def forgotten(scene: Scene) -> State:
    """The memory after everything was erased. That we never write first is kept: it protects the person."""
    return State(quiet=scene.state.quiet)


def _list(scene: Scene, stored: StoredView) -> str:
    counts = (
        ("stored-messages", stored.messages),
        ("stored-files", stored.files),
        ("stored-tickets", stored.tickets),
        ("stored-answers", len(scene.state.told) + len(scene.state.children)),
    )
    said = [say(name, count=count) for name, count in counts if count]
    listed = " і ".join(part for part in (", ".join(said[:-1]), said[-1]) if part)
    lines = [say("stored", list=listed)]
    if stored.since is not None:
        lines.append(say("stored-since", since=day(scene.local(stored.since).date())))
    lines.append(say("stored-choose" if stored.files else "stored-choose-all"))
    return "\n".join(lines)
