"""The audit log: every reading of a conversation and every change, by whom and when.

Never a citizen's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handover.tables import audit

SAME_READING = timedelta(minutes=5)
"""A page that refreshes itself is one reading, not one a second."""


class Action(StrEnum):
    """What was done. Values are kept for years."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    READ = "conversation_read"
    FILE_READ = "file_read"
    PRINTED = "conversation_printed"
    TAKEN = "taken"
    STARTED = "started"
    REPLIED = "replied"
    REPLY_WITHDRAWN = "reply_withdrawn"
    NOTED = "noted"
    SENT_AGAIN = "sent_again"
    WITHDRAWN = "answer_withdrawn"
    TRANSFERRED = "transferred"
    RETURNED = "returned_to_queue"
    HANDED_BACK = "handed_back"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    OFFERED = "offered"
    OFFER_PASSED = "offer_passed"
    GIVEN_BACK = "given_back"
    SHIFT_CHANGED = "shift_changed"
    SHIFT_HANDED_OVER = "shift_handed_over"
    TEAM_CHANGED = "team_changed"
    SKILL_CHANGED = "skill_changed"
    DANGER_CARD = "danger_card"
    CHANNEL_SWITCHED = "channel_switched"
    CHANNEL_CONNECTED = "channel_connected"
    EXPORTED = "report_exported"
    RECOUNTED = "report_recounted"
    READY_ANSWER_ADDED = "ready_answer_added"
    READY_ANSWER_CHANGED = "ready_answer_changed"
    READY_ANSWER_REMOVED = "ready_answer_removed"
    VISIT_READ = "visit_read"
    VISIT_BOOKED = "visit_booked"
    VISIT_MOVED = "visit_moved"
    VISIT_CANCELLED = "visit_cancelled"
    VISIT_ALLOWED = "visit_over_limit"
    VISIT_TOLD = "visit_stop_told"
    VISIT_TICKET = "visit_ticket"
    VISIT_CAME = "visit_came"
    VISIT_CALLED = "visit_called"
    VISIT_DONE = "visit_done"
    VISIT_MISSED = "visit_missed"
    VISIT_RETURNED = "visit_returned"
    ABSENCE_SET = "absence_set"
    ABSENCE_DROPPED = "absence_dropped"
    EXPIRED = "expired"
    CODE_REFUSED = "code_refused"
    RECOVERY_USED = "recovery_used"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ACCESS_RESET = "access_reset"
    ACCESS_CHANGED = "access_changed"
    FACTOR_SET = "factor_set"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_RESET = "factor_reset"
    FACTOR_REQUIRED = "factor_required"
    RECOVERY_RENEWED = "recovery_renewed"
    SESSIONS_ENDED = "sessions_ended"
    UNMASKED = "unmasked"
    LOG_READ = "log_read"
    PAUSE_BEGAN = "pause_began"
    PAUSE_ENDED = "pause_ended"
    HOURS_CHANGED = "hours_changed"
    CALL_FILED = "call_filed"
    CALL_BOOKED = "call_booked"
    CALL_TAKEN = "call_taken"
    CALL_RETURNED = "call_returned"
    CALL_MADE = "call_made"
    SAME_PERSON_ASKED = "same_person_asked"
    SAME_PERSON_CONFIRMED = "same_person_confirmed"
    SAME_PERSON_DECLINED = "same_person_declined"
    SAME_PERSON_PARTED = "same_person_parted"
    APPLICATION_READ = "application_read"
    APPLICATION_CODE = "application_code_issued"
    APPLICATIONS_IMPORTED = "applications_imported"
    REGISTER_CHECKED = "register_checked"


READINGS = (
    Action.READ,
    Action.FILE_READ,
    Action.PRINTED,
    Action.UNMASKED,
    Action.LOG_READ,
    Action.VISIT_READ,
    Action.APPLICATION_READ,
)
"""Who saw what; everything else changed something."""

LOG = "log"
"""The subject of a reading of this log itself."""


async def record(
    db: AsyncConnection,
    *,
    community: str,
    account_id: str | None,
    action: Action,
    subject: str | None,
    now: datetime,
    facts: Mapping[str, str | int] | None = None,
) -> None:
    """Add one line; `subject` is a conversation's, file's or ready answer's id, a channel's name, or None."""
    await db.execute(
        insert(audit).values(
            community_id=community,
            account_id=account_id,
            action=action.value,
            subject=subject,
            facts=dict(facts or {}),
            at=now,
        )
    )


async def record_reading(
    db: AsyncConnection,
    *,
    community: str,
    account_id: str,
    subject: str,
    now: datetime,
    action: Action = Action.READ,
) -> None:
    """Add a reading unless this person's last one of the same thing is less than five minutes old."""
    same = await db.execute(
        select(audit.c.id)
        .where(
            audit.c.community_id == community,
            audit.c.subject == subject,
            audit.c.account_id == account_id,
            audit.c.action == action.value,
            audit.c.at > now - SAME_READING,
        )
        .limit(1)
    )
    if same.first() is None:
        await record(db, community=community, account_id=account_id, action=action, subject=subject, now=now)
