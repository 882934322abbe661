"""`pryimalnia chat`: a conversation in the terminal, for people and, with --json, for programs."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import typer

from adapters.console.channel import ConsoleChannel
from adapters.console.parse import line_to_message
from bots.app import knowledge
from bots.app.doors import PrintedFile, turn_json
from bots.app.settings import Settings
from bots.dialogue.sheet import CalendarEntry
from bots.dialogue.turn import State, Turn
from bots.printing import calendar_file
from bots.turns.minds import Mind
from bots.turns.rehearsal import Rehearsal
from conversations.attachments import clean_name
from conversations.clock import utc_now
from conversations.messages import (
    Author,
    AuthorKind,
    ConversationRef,
    IncomingMessage,
    MessageKind,
    OutgoingMessage,
)

PRINTED = "printed"
"""The folder, within the reception's, for files that were asked for in the terminal."""

BETWEEN_LINES = timedelta(seconds=1)
"""With a pretended moment each line still comes after the one before."""


def reference(community: str) -> ConversationRef:
    """The one conversation of a terminal."""
    return ConversationRef(community=community, channel="console", bot="console", address="terminal")


def text_message(community: str, text: str, *, key: str) -> IncomingMessage:
    """A plain text from the terminal."""
    return IncomingMessage(
        ref=reference(community), event_key=key, kind=MessageKind.TEXT, text=text, sent_at=utc_now()
    )


def converse(settings: Settings, *, as_json: bool, now: datetime | None) -> None:
    """Read a line a turn until the end of input. Nothing is stored but files that were asked for, for a person only.

    A person is answered at once, by words where meaning is not built yet; a program waits for both and keeps them.
    """
    mind = knowledge.ready(settings, whole=as_json)
    if as_json:
        # No greeting of its own: whoever reads the JSON asked a question, not for an introduction.
        _for_programs(Rehearsal(mind, _clock(now), state=State(greeted=True)), mind, settings)
    else:
        _for_people(Rehearsal(mind, _clock(now)), mind, settings)


def _for_programs(rehearsal: Rehearsal, mind: Mind, settings: Settings) -> None:
    for number, line in enumerate(sys.stdin):
        message = line.rstrip("\r\n")
        event = line_to_message(reference(mind.knowledge.community.id), message, f"line-{number}", utc_now())
        turn = rehearsal.say(event)
        said = turn_json(message, turn, _printed(turn, settings))
        typer.echo(json.dumps(said, ensure_ascii=False))
        sys.stdout.flush()


def _for_people(rehearsal: Rehearsal, mind: Mind, settings: Settings) -> None:
    channel = ConsoleChannel()
    ref = reference(mind.knowledge.community.id)
    typer.echo("Пишіть і натискайте Enter. Вийти: Ctrl+D.\n")
    for number in itertools.count():
        try:
            message = input("> ")
        except (EOFError, KeyboardInterrupt):
            typer.echo()
            return
        turn = rehearsal.say(line_to_message(ref, message, f"line-{number}", utc_now()))
        for reply in turn.replies:
            outgoing = OutgoingMessage(ref=ref, reply=reply, author=Author(kind=AuthorKind.BOT))
            for payload in channel.render(outgoing):
                typer.echo(f"\n{payload['text']}")
        if (file := _printed(turn, settings)) is not None:
            typer.echo(f"\nФайл: {_put(file, settings.folder / PRINTED)}")
        typer.echo()


def _printed(turn: Turn, settings: Settings) -> PrintedFile | None:
    """The file a turn asks for. A terminal has no address of its own, so the link on it is the reception's."""
    if turn.sheet is None:
        return None
    if isinstance(turn.sheet, CalendarEntry):
        name = clean_name(f"{turn.sheet.file_name}{calendar_file.ENDING}") or f"visit{calendar_file.ENDING}"
        return PrintedFile(name, calendar_file.MEDIA_TYPE, calendar_file.render(turn.sheet))
    # Loaded only where a list is printed, as in the reception.
    from bots.printing.page import ENDING, MEDIA_TYPE, render

    name = clean_name(f"{turn.sheet.file_name}{ENDING}") or f"list{ENDING}"
    return PrintedFile(name, MEDIA_TYPE, render(turn.sheet, settings.public_url or None))


def _put(file: PrintedFile, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / file.name
    place.write_bytes(file.content)
    return place


def _clock(now: datetime | None) -> Callable[[], datetime]:
    if now is None:
        return utc_now
    moments = (now + BETWEEN_LINES * step for step in itertools.count())
    return lambda: next(moments)
