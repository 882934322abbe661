"""The sections of the workplace: one list for the rail and for the pages of settings, each with what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handover.accounts.permissions import Permission, Role, allows


@dataclass(frozen=True)
class Section:
    """A page one can go to; `icon` is a symbol of the sprite, empty in the list of settings."""

    name: str
    title: str
    href: str
    needs: Permission
    icon: str = ""


RAIL: Sequence[Section] = (
    Section("queue", "Черга", "/workplace", Permission.READ, "queue"),
    Section("desk", "Телефон", "/workplace/desk", Permission.CONSULT, "phone"),
    Section("visits", "Прийом", "/workplace/visits", Permission.CONSULT, "calendar"),
    Section("applications", "Заяви", "/workplace/applications", Permission.APPLICATIONS, "file"),
    Section("board", "Зараз", "/workplace/board", Permission.REPORTS, "clock"),
    Section("reports", "Звіти", "/workplace/reports", Permission.REPORTS, "report"),
)

SETTINGS: Sequence[Section] = (
    Section("channels", "Канали", "/workplace/channels", Permission.CHANNELS),
    Section("hours", "Години й паузи", "/workplace/hours", Permission.CALENDARS),
    Section("accounts", "Облікові записи", "/workplace/accounts", Permission.ACCOUNTS),
    Section("journal", "Журнал дій", "/workplace/journal", Permission.AUDIT),
    Section("retention", "Строки зберігання", "/workplace/retention", Permission.RETENTION),
    Section("teams", "Команди", "/workplace/teams", Permission.TEAMS),
    Section("ready-answers", "Готові відповіді", "/workplace/ready-answers", Permission.READY),
)
"""Pages behind «Налаштування», in the order of its list."""


@dataclass(frozen=True)
class Frame:
    """What stands around a page: the rail, and beside a page of settings their list."""

    section: str
    rail: Sequence[Section]
    settings: Sequence[Section]


def frame(role: Role, place: str) -> Frame:
    """The frame for this role around the page with this name."""
    settings = tuple(section for section in SETTINGS if allows(role, section.needs))
    rail = [section for section in RAIL if allows(role, section.needs)]
    if settings:
        rail.append(Section("settings", "Налаштування", settings[0].href, settings[0].needs, "settings"))
    inside = any(section.name == place for section in settings)
    return Frame("settings" if inside else place, rail, settings if inside else ())
