"""The one place that says what each role may do; every page and action asks here."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is in the department."""

    SPECIALIST = "specialist"
    SENIOR = "senior"
    """A specialist who also looks after the colleagues' conversations."""
    HEAD = "head"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing a role may or may not do."""

    READ = "read"
    NOTE = "note"
    CONSULT = "consult"
    """Take conversations, answer in them, pass them on and close them."""
    LEAD = "lead"
    """Pass on, return or close a conversation that a colleague leads."""
    CHANNELS = "channels"
    """See how the channels stand and say where only people answer."""
    CALENDARS = "calendars"
    """Set the offices' own hours and days, and hear of a pause that was forgotten."""
    PAUSE = "pause"
    """Stop the clock of promises for an alarm or a power cut, and let it run again."""


class Forbidden(Exception):
    """The role does not allow it."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


_CONSULTS = frozenset({Permission.READ, Permission.NOTE, Permission.CONSULT})
_LEADS = _CONSULTS | {Permission.LEAD, Permission.PAUSE}

_ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.SPECIALIST: _CONSULTS,
    Role.SENIOR: _LEADS,
    Role.HEAD: _LEADS | {Permission.CALENDARS},
    Role.EDITOR: frozenset({Permission.READ, Permission.NOTE}),
    Role.ADMINISTRATOR: frozenset(Permission),
}


def allows(role: Role, permission: Permission) -> bool:
    """Whether this role may do it."""
    return permission in _ALLOWED[role]


def require(role: Role, permission: Permission) -> None:
    """Raises Forbidden where the role does not allow it."""
    if not allows(role, permission):
        raise Forbidden(permission)
