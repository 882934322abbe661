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
    REPORTS = "reports"
    """See the figures of everybody's work: the reports and what goes on now."""
    TEAMS = "teams"
    """Make up teams, say what each serves, what each specialist knows and how much they bear."""
    CHANNELS = "channels"
    """See how the channels stand and say where only people answer."""
    ACCOUNTS = "accounts"
    """Add colleagues, change their roles, disable them, give new passwords, ask everybody for a second factor."""
    AUDIT = "audit"
    """Read the audit log: who did what and who read which conversation. The head and the administrator."""
    UNMASK = "unmask"
    """See one identifier that pages mask, each time recorded. Everybody who answers people."""
    RETENTION = "retention"
    """See how long each kind is kept and what has gone. The head and the administrator."""
    READY = "ready"
    """Write the reception's ready answers; one's own are everybody's business."""
    CALENDARS = "calendars"
    """Set the offices' own hours and days, and hear of a pause that was forgotten."""
    PAUSE = "pause"
    """Stop the clock of promises for an alarm or a power cut, and let it run again."""
    APPLICATIONS = "applications"
    """Look an application up by its number, and give it a new code. Everybody who answers people."""
    IMPORTS = "imports"
    """Put files of applications into the register. The head and the administrator."""


class Forbidden(Exception):
    """The role does not allow it."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


_CONSULTS = frozenset(
    {Permission.READ, Permission.NOTE, Permission.CONSULT, Permission.UNMASK, Permission.APPLICATIONS}
)
_LEADS = _CONSULTS | {Permission.LEAD, Permission.REPORTS, Permission.READY, Permission.PAUSE}
_HEADS = _LEADS | {
    Permission.AUDIT,
    Permission.RETENTION,
    Permission.TEAMS,
    Permission.CALENDARS,
    Permission.IMPORTS,
}

_ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.SPECIALIST: _CONSULTS,
    Role.SENIOR: _LEADS,
    Role.HEAD: _HEADS,
    Role.EDITOR: frozenset({Permission.READ, Permission.NOTE, Permission.READY}),
    Role.ADMINISTRATOR: frozenset(Permission),
}


def allows(role: Role, permission: Permission) -> bool:
    """Whether this role may do it."""
    return permission in _ALLOWED[role]


def require(role: Role, permission: Permission) -> None:
    """Raises Forbidden where the role does not allow it."""
    if not allows(role, permission):
        raise Forbidden(permission)
