"""Makes any reply fit a channel, once for all channels: what it can't show is said in words, never lost.

long text           split between paragraphs, lines, sentences, words, in this order of preference
surplus buttons     a numbered list under the text: the number or the label, typed, means the button
no buttons at all   the same list of all of them
long label          cut between words, with «…»
sharing buttons     left out where nothing is shared by a press: the words ask for it anyway
cards               dropped where not supported; `Reply.text` says the same
files               named in words where the channel can't carry them
a pin               its link in words where the channel has no map
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from conversations.channel import Capabilities
from conversations.messages import Attachment, Choice, Reply

ELLIPSIS = "…"

_SENTENCE_END = re.compile(r"(?<=\w{4}[.!?…»”])[ \n]+(?=[«„А-ЯІЇЄҐA-Z—])")
"""Four letters before the stop keep «ст. 5» and «вул. Садова» whole."""

_OWN_NUMBERS = re.compile(r"^\s*\d+[.)]\s", re.MULTILINE)


def fit(reply: Reply, capabilities: Capabilities) -> tuple[Reply, ...]:
    """The same reply as one or more the channel can show, in order. Buttons, files and the pin come with the last one.

    Never raises. Fitting a fitted reply changes nothing.
    """
    buttons, spoken = _share_choices(reply.choices, capabilities)
    carried, refused = _share_files(reply.attachments, capabilities)
    text = "\n".join([reply.text, *(_refusal(file) for file in refused)])
    if reply.pin is not None and not capabilities.pins and reply.pin.link not in text:
        text = f"{text}\n\nНа мапі:\n{reply.pin.link}"
    if spoken:
        text = f"{text}\n\n{_in_words(spoken, text)}"
    parts = split(text, capabilities.text_limit)
    whole = len(parts) == 1 and text == reply.text
    last = Reply(
        text=parts[-1],
        choices=buttons,
        card=reply.card if capabilities.cards and whole else None,
        attachments=carried,
        pin=reply.pin if capabilities.pins else None,
    )
    return (*(Reply(text=part) for part in parts[:-1]), last)


def split(text: str, limit: int) -> tuple[str, ...]:
    """The text in parts of at most `limit` characters; only spaces at the borders are left out."""
    parts: list[str] = []
    rest = text
    while len(rest) > limit:
        border = _border(rest, limit)
        part = rest[:border].rstrip()
        rest = rest[border:].lstrip()
        if part:
            parts.append(part)
    if rest or not parts:
        parts.append(rest or text[:limit])
    return tuple(parts)


def cut(text: str, limit: int) -> str:
    """The text within `limit` characters, cut between words and marked with «…»."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    if not text[limit - 1].isspace() and " " in kept:
        kept = kept.rsplit(" ", 1)[0]
    return kept.rstrip(" ,;:–—\n") + ELLIPSIS


def _border(text: str, limit: int) -> int:
    """Where to cut: the last good border that leaves at least a third of the limit before it."""
    # One character more is looked at, since a border may stand exactly at the limit.
    window = text[: limit + 1]
    sentence = max((match.start() for match in _SENTENCE_END.finditer(window)), default=-1)
    for border in (window.rfind("\n\n"), window.rfind("\n"), sentence):
        if border >= limit // 3:
            return border
    word = max(window.rfind(" "), window.rfind("\n"))
    return word if word > 0 else limit


def _share_choices(
    choices: Sequence[Choice], capabilities: Capabilities
) -> tuple[tuple[Choice, ...], dict[int, Choice]]:
    """Which choices become buttons, and which have to be said, by their number among all.

    What can't be shared by a press is left out, and what shares is no word, so it has no number.
    """
    choices = [choice for choice in choices if choice.asks is None or choice.asks in capabilities.shares]
    numbered = dict(enumerate((choice for choice in choices if choice.asks is None), 1))
    if capabilities.numbered_choices:
        return (), numbered
    possible = [choice for choice in choices if len(choice.id.encode()) <= capabilities.choice_id_limit]
    buttons = possible[: capabilities.choices_limit]
    shown = {id(choice) for choice in buttons}
    spoken = {number: choice for number, choice in numbered.items() if id(choice) not in shown}
    return tuple(_short(choice, capabilities.label_limit) for choice in buttons), spoken


def _short(choice: Choice, limit: int) -> Choice:
    if len(choice.label) <= limit:
        return choice
    return choice.model_copy(update={"label": cut(choice.label, limit)})


def _in_words(choices: Mapping[int, Choice], text: str) -> str:
    """Choices as text. A text that numbers its own lines keeps its numbers: the words are then enough."""
    if _OWN_NUMBERS.search(text):
        words = ", ".join(f"«{choice.label}»" for choice in choices.values())
        return f"Напишіть номер або слово: {words}."
    lines = [f"{number}. {choice.label}" for number, choice in choices.items()]
    return "\n".join([*lines, "Напишіть номер або слово."])


def _share_files(
    files: Sequence[Attachment], capabilities: Capabilities
) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    def carried(file: Attachment) -> bool:
        return file.kind in capabilities.file_kinds and file.size <= capabilities.file_limit

    return tuple(file for file in files if carried(file)), tuple(file for file in files if not carried(file))


def _refusal(file: Attachment) -> str:
    return (
        f"Є ще файл «{cut(file.name, 60)}», тут його не показати."
        if file.name
        else "Є ще файл, тут його не показати."
    )
