"""What the queue can be narrowed to, as the fields of its filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handover.assignment.teams import Team
from handover.tickets.language import LANGUAGES
from handover.workplace import words
from handover.workplace.queue_view import LANGUAGE_WORDS, Asked, topic_title
from knowledge_base.answers import Knowledge


@dataclass(frozen=True)
class Field:
    """A field of the filter: its name, its word, and its values with their words."""

    name: str
    word: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Choices:
    """The filter's dialog: its fields, what is chosen, and the teams a view may be saved for."""

    fields: Sequence[Field]
    chosen: Mapping[str, str]
    teams: Sequence[Team]


def filter_choices(asked: Asked, mine: Sequence[Team], knowledge: Knowledge, now: datetime) -> Choices:
    """Topics by their titles, channels, places, and the languages people write in."""
    fields = (
        Field("topic", "Тема", topic_choices(knowledge, now)),
        Field("channel", "Канал", [(name, words.channel(name)) for name in words.CHANNELS]),
        Field("office", "Місце", [(office.id, office.name) for office in knowledge.offices()]),
        Field("language", "Мова", language_choices()),
    )
    return Choices(fields, replace(asked.filters, search="").set(), mine)


def topic_choices(knowledge: Knowledge, now: datetime) -> list[tuple[str, str]]:
    """Every entry of the base, by title."""
    named = ((entry, topic_title(entry, knowledge, now)) for entry in knowledge.entry_ids)
    return sorted(((entry, title) for entry, title in named if title), key=lambda one: one[1])


def language_choices() -> list[tuple[str, str]]:
    return [(language, LANGUAGE_WORDS[language]) for language in LANGUAGES]
