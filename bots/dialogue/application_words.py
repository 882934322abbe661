"""What the register says of an application, in a citizen's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

from bots.dialogue.cards import clip
from bots.dialogue.scene import Setting
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_TARGET
from bots.dialogue.turn import ApplicationState, ApplicationStatus
from knowledge_base.language import clock, day, day_in_figures, money

LONG_LINE = 180
MATTER_LINE = 90
STEPS_SHOWN = 8
_NUMBERS_LINE = 40


def status_text(setting: Setting, status: ApplicationStatus) -> str:
    """The state first, then what was decided, what to do next, and as of when this is known."""
    head = say(
        "application-head",
        number=clip(status.shown, _NUMBERS_LINE),
        state=say(f"application-is-{status.state}"),
    )
    body = [
        *_lines(setting, status),
        say("application-next", next=clip(next_step(setting, status), LONG_LINE)),
    ]
    end = _as_of(setting, status.as_of)
    while body and len("\n".join([head, *body, "", end])) > TEXT_TARGET:
        body.pop(-2 if len(body) > 1 else -1)
    return "\n".join([head, *body, "", end])


def next_step(setting: Setting, status: ApplicationStatus, *, money: bool = False) -> str:
    """What to do now: as the department wrote it, else what its state means. `money`: when it comes."""
    if money:
        return say(
            f"application-money-{_money_of(status.state)}", since=day(status.since), phone=setting.phone
        )
    if status.next_step:
        return status.next_step
    return say(f"application-then-{status.state}", phone=setting.phone)


def why_text(setting: Setting, status: ApplicationStatus) -> str:
    """Why it was decided so."""
    if status.reason:
        return say("application-why", reason=clip(status.reason.rstrip(". "), LONG_LINE * 2))
    return say("application-why-unknown", state=say(f"application-is-{status.state}"), phone=setting.phone)


def history_of(status: ApplicationStatus) -> str:
    """Every state with its day, the latest first."""
    lines = [say("application-history", number=clip(status.shown, _NUMBERS_LINE))]
    lines += [
        say("application-history-line", date=day_in_figures(since), state=say(f"application-is-{state}"))
        for state, since in status.steps[:STEPS_SHOWN]
    ]
    return "\n".join(lines)


def changed_of(facts: Mapping[str, Any]) -> ApplicationStatus | None:
    """The application of an event of the house; None where the event can't be read."""
    try:
        state = facts["state"]
        if state not in get_args(ApplicationState):
            return None
        return ApplicationStatus(
            number=str(facts["number"]),
            shown=str(facts["shown"]),
            matter=str(facts["matter"]),
            state=state,
            since=date.fromisoformat(facts["since"]),
            as_of=datetime.fromisoformat(facts["as_of"]),
            amount=facts.get("amount"),
            period_from=_date(facts.get("period_from")),
            period_to=_date(facts.get("period_to")),
            reason=str(facts.get("reason", "")),
            next_step=str(facts.get("next_step", "")),
            papers=str(facts.get("papers", "")),
            follow=facts.get("follow"),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _date(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _lines(setting: Setting, status: ApplicationStatus) -> Iterator[str]:
    card = setting.card(status.matter)
    yield say("application-matter", matter=clip(card.title if card else status.matter, MATTER_LINE))
    yield say("application-since", since=day(status.since))
    if status.amount is not None and status.state in ("approved", "paid"):
        yield say(f"application-amount-{status.state}", amount=money(Decimal(status.amount) / 100))
    if status.period_from and status.period_to:
        yield say("application-period", date=day(status.period_from), until=day(status.period_to))
    elif status.period_from:
        yield say("application-period-from", date=day(status.period_from))
    elif status.period_to:
        yield say("application-period-to", until=day(status.period_to))
    if status.reason and status.state in ("refused", "stopped", "closed"):
        yield say("application-reason", reason=clip(status.reason.rstrip(". "), LONG_LINE))
    if status.papers and status.state == "needs_papers":
        yield say("application-papers", list=clip(status.papers.replace(";", ",").rstrip(". "), LONG_LINE))


def _money_of(state: ApplicationState) -> str:
    return state if state in ("approved", "paid", "refused") else "undecided"


def _as_of(setting: Setting, moment: datetime) -> str:
    """`Станом на сьогодні, 10:40`."""
    local = setting.local(moment)
    if local.date() == setting.today:
        return say("application-as-of-today", clock=clock(local.time()))
    return say("application-as-of", date=day(local.date()), clock=clock(local.time()))
