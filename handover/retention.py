"""The retention job: one policy over everything the reception keeps, applied at night in small batches.

`retain` takes one batch of every kind; called again until it takes nothing, nothing is left that is older than the
policy allows. What went is written into the audit log: kinds and numbers, the proof of deletion.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import retention as log_retention
from conversations.attachments import FolderStore
from conversations.database import Database
from conversations.erasure import orphans
from conversations.inbox import KEYS_KEPT
from conversations.retention import EVENT_KEYS, EVENTS, PAYLOADS, REJECTED, UNREADABLE, Kind
from conversations.tables import conversations
from handover import audit, counting
from handover import happenings as happening
from handover.appointments.tables import (
    appointment_units,
    appointments,
    hall_numbers,
    receiver_absences,
    waiting_list,
)
from handover.audit import Action
from handover.calendars.hours import KYIV
from handover.composing import drafts
from handover.composing import kept_replies as keeping
from handover.tables import (
    OPEN,
    account_sessions,
    callers,
    calls,
    composer_drafts,
    happenings,
    kept_replies,
    login_attempts,
    mentions,
    same_people,
    submissions,
    tickets,
    unanswered,
    viewers,
)
from handover.tables import audit as audit_table

log = logging.getLogger(__name__)

BATCH = 500
"""Rows of a kind in one transaction: some milliseconds of locks."""

NIGHT = range(2, 5)
"""Hours in Kyiv."""

STRAYS_KEPT = timedelta(days=7)
"""A file that was picked on the page and not sent yet belongs to nobody, but perhaps soon."""

CALLERS_KEPT = timedelta(days=1)
"""Whoever called, and was not filed, is on the line no more."""

SIGN_IN_FAILURES_KEPT = timedelta(days=1)
"""A lock lasts minutes. What was typed as a login may have been a password."""

PLANS_KEPT = timedelta(days=31)
"""Times that were taken, wishes, absences and the hall's numbers of days gone by: a month answers every question."""

VIEWERS_KEPT = timedelta(days=1)
"""Who looked at a conversation counts for a minute; the audit log keeps the readings."""

STRAYS = "stray_files"

_READINGS = tuple(action.value for action in audit.READINGS)
_UNSPOKEN = {
    "question": "",
    "phone": None,
    "call_at": None,
    "told": None,
    "unreached": None,
    "summary": None,
    "rating_comment": None,
    "snooze_reason": None,
}
"""A ticket without anybody's words, as after a person's own erasure."""

_SPARED = select(tickets.c.conversation_id).where(OPEN)
"""Whoever still waits for an answer or is being answered keeps everything."""

WORDS = log_retention.words(_SPARED)
FILES = log_retention.files(_SPARED)
TICKETS = log_retention.emptied(
    "tickets",
    tickets,
    lambda before: and_(
        tickets.c.status == "resolved",
        tickets.c.resolved_at < before,
        or_(
            tickets.c.question != "",
            *(tickets.c[name].is_not(None) for name, empty in _UNSPOKEN.items() if empty is None),
        ),
    ),
    **_UNSPOKEN,
)
DRAFTS = log_retention.rows(
    "drafts",
    composer_drafts,
    lambda before: and_(
        composer_drafts.c.saved_at < before, composer_drafts.c.conversation_id.not_in(_SPARED)
    ),
)
MENTIONS = log_retention.rows(
    "mentions",
    mentions,
    lambda before: and_(mentions.c.at < before, mentions.c.conversation_id.not_in(_SPARED)),
)


def _forgotten(before: datetime) -> ColumnElement[bool]:
    """Questions long over; what was confirmed stays while the person still writes in either conversation."""
    silent = select(conversations.c.id).where(conversations.c.last_incoming_at < before)
    over = func.coalesce(same_people.c.settled_at, same_people.c.expires_at) < before
    asleep = and_(same_people.c.first_id.in_(silent), same_people.c.second_id.in_(silent))
    spared = or_(same_people.c.first_id.in_(_SPARED), same_people.c.second_id.in_(_SPARED))
    return and_(over, or_(same_people.c.state != "confirmed", asleep), ~spared)


SAME_PEOPLE = log_retention.rows("same_people", same_people, _forgotten)
KEPT_REPLIES = log_retention.rows(
    "kept_replies",
    kept_replies,
    lambda before: and_(kept_replies.c.kept_at < before, kept_replies.c.conversation_id.not_in(_SPARED)),
)
VIEWERS = log_retention.rows("viewers", viewers, lambda before: viewers.c.until < before)
CALLS = log_retention.emptied(
    "calls",
    calls,
    lambda before: and_(
        calls.c.ticket_id.in_(
            select(tickets.c.id).where(tickets.c.status == "resolved", tickets.c.resolved_at < before)
        ),
        or_(calls.c.phone != "", calls.c.words != ""),
    ),
    phone="",
    words="",
)
CALLERS = log_retention.rows("callers", callers, lambda before: callers.c.began_at < before)
VISITS = log_retention.emptied(
    "appointments",
    appointments,
    lambda before: and_(
        appointments.c.day < _day(before),
        or_(
            appointments.c.name != "", appointments.c.phone.is_not(None), appointments.c.priority.is_not(None)
        ),
    ),
    name="",
    phone=None,
    priority=None,
)
WAITING_LIST = log_retention.rows(
    "waiting_list", waiting_list, lambda before: waiting_list.c.till_day < _day(before)
)
ABSENCES = log_retention.rows(
    "absences", receiver_absences, lambda before: receiver_absences.c.day < _day(before)
)
VISIT_TIMES = log_retention.rows(
    "visit_times", appointment_units, lambda before: appointment_units.c.at < before
)
HALL_NUMBERS = log_retention.rows(
    "hall_numbers", hall_numbers, lambda before: hall_numbers.c.day < _day(before)
)


def _day(moment: datetime) -> str:
    """The day of a moment in Kyiv, as days are kept."""
    return moment.astimezone(KYIV).date().isoformat()


QUESTIONS = log_retention.rows("questions", unanswered, lambda before: unanswered.c.at < before)
SESSIONS = log_retention.rows(
    "sessions",
    account_sessions,
    lambda before: or_(account_sessions.c.expires_at < before, account_sessions.c.revoked_at < before),
)
SIGN_IN_FAILURES = log_retention.rows(
    "sign_in_failures",
    login_attempts,
    lambda before: and_(
        login_attempts.c.last_at < before,
        or_(login_attempts.c.locked_until.is_(None), login_attempts.c.locked_until < before),
    ),
)
FORM_KEYS = log_retention.rows("form_keys", submissions, lambda before: submissions.c.at < before)
HAPPENINGS = log_retention.rows("happenings", happenings, lambda before: happenings.c.at < before)
READINGS = log_retention.rows(
    "readings",
    audit_table,
    lambda before: and_(audit_table.c.action.in_(_READINGS), audit_table.c.at < before),
)
ACTIONS = log_retention.rows(
    "actions",
    audit_table,
    lambda before: and_(audit_table.c.action.not_in(_READINGS), audit_table.c.at < before),
)


@dataclass(frozen=True)
class Policy:
    """After how long each kind goes; None: never."""

    words: timedelta | None
    files: timedelta | None
    questions: timedelta | None
    payloads: timedelta | None
    events: timedelta | None
    rejected: timedelta | None
    unreadable: timedelta | None
    sessions: timedelta | None
    readings: timedelta | None
    actions: timedelta | None

    def kinds(self) -> Iterator[tuple[Kind, timedelta | None]]:
        """Every kind of rows, with what is allowed to it. Words come after what they take with them."""
        yield FILES, self.files
        yield PAYLOADS, self.payloads
        yield WORDS, self.words
        yield TICKETS, self.words
        yield DRAFTS, self.words
        yield KEPT_REPLIES, self.words
        yield MENTIONS, self.words
        yield SAME_PEOPLE, self.words
        yield VIEWERS, VIEWERS_KEPT
        yield CALLS, self.words
        yield CALLERS, CALLERS_KEPT
        yield VISITS, self.words
        yield WAITING_LIST, PLANS_KEPT
        yield ABSENCES, PLANS_KEPT
        yield VISIT_TIMES, PLANS_KEPT
        yield HALL_NUMBERS, PLANS_KEPT
        yield QUESTIONS, self.questions
        yield EVENTS, self.events
        yield REJECTED, self.rejected
        yield UNREADABLE, self.unreadable
        yield EVENT_KEYS, KEYS_KEPT
        yield SESSIONS, self.sessions
        yield SIGN_IN_FAILURES, SIGN_IN_FAILURES_KEPT
        yield FORM_KEYS, counting.KEYS_KEPT
        yield HAPPENINGS, happening.KEPT
        yield READINGS, self.readings
        yield ACTIONS, self.actions


@dataclass(frozen=True)
class Older:
    """How many rows (or stray files) of a kind are older than what is allowed."""

    kind: str
    kept: timedelta | None
    count: int


@dataclass(frozen=True)
class Taken:
    """What one batch took of a kind: rows, and files whose bytes are gone."""

    kind: str
    rows: int
    files: int


async def survey(database: Database, store: FolderStore, policy: Policy, now: datetime) -> list[Older]:
    """What is older than the policy allows and may go."""
    found = []
    async with database.read() as db:
        for kind, kept in policy.kinds():
            count = 0 if kept is None else await kind.count(db, now - kept)
            found.append(Older(kind.name, kept, count))
        strays = await _strays(db, store, now)
    return [*found, Older(STRAYS, STRAYS_KEPT, len(strays))]


async def retain(
    database: Database,
    store: FolderStore,
    policy: Policy,
    community: str,
    now: datetime,
    *,
    limit: int = BATCH,
) -> list[Taken]:
    """Take away up to `limit` rows of every kind, each in a transaction of its own; nothing taken means all is done.

    `community` is whose audit log tells of it.
    """
    taken = []
    for kind, kept in policy.kinds():
        if kept is None:
            continue
        async with database.write() as db:
            removed = await kind.remove(db, now - kept, limit)
        await _drop(database, store, removed.orphans)
        if removed.rows:
            taken.append(Taken(kind.name, removed.rows, len(removed.orphans)))
    async with database.read() as db:
        strays = (await _strays(db, store, now))[:limit]
    await _drop(database, store, strays)
    if strays:
        taken.append(Taken(STRAYS, 0, len(strays)))
    if taken:
        async with database.write() as db:
            facts = {one.kind: one.rows or one.files for one in taken}
            await audit.record(
                db,
                community=community,
                account_id=None,
                action=Action.EXPIRED,
                subject=None,
                now=now,
                facts=facts,
            )
        await database.settle()
        log.info("retention took %s", ", ".join(f"{count} {kind}" for kind, count in facts.items()))
    return taken


async def _strays(db: AsyncConnection, store: FolderStore, now: datetime) -> list[str]:
    """Files that nobody sent and that wait beside nobody's reply."""
    wanted = await _waiting(db)
    strays = await log_retention.stray_files(db, store, now - STRAYS_KEPT)
    return [one for one in strays if one not in wanted]


async def _waiting(db: AsyncConnection) -> set[str]:
    """The content hashes of files that are yet to be sent, with a draft or with a reply that waits for its person."""
    return await drafts.attached(db) | await keeping.attached(db)


async def _drop(database: Database, store: FolderStore, hashes: Sequence[str]) -> None:
    """Somebody may have sent the same file since, or has it beside a reply; then it is wanted again."""
    if not hashes:
        return
    async with database.read() as db:
        unwanted = set(await orphans(db, set(hashes))) - await _waiting(db)
    for content_hash in sorted(unwanted):
        await store.drop(content_hash)


class Nightly:
    """Keeps the policy from the loop that tends: a batch a call while it is night, until everything is done."""

    def __init__(self, database: Database, store: FolderStore, policy: Policy, community: str) -> None:
        self._database = database
        self._store = store
        self._policy = policy
        self._community = community
        self._done: date | None = None

    @property
    def done(self) -> date | None:
        """The last day whose night's work is done."""
        return self._done

    async def tend(self, now: datetime) -> list[Taken]:
        """One batch, if it is night in Kyiv and this night's work is not done yet."""
        local = now.astimezone(KYIV)
        if local.hour not in NIGHT or self._done == local.date():
            return []
        taken = await retain(self._database, self._store, self._policy, self._community, now)
        if not taken:
            self._done = local.date()
        return taken
