"""Says moments as people do, by the community's clock: «сьогодні до 15:20», «завтра, 25 листопада, до 9:30»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bots.dialogue.scene import Setting
from bots.dialogue.texts import say
from knowledge_base.answers import Interval
from knowledge_base.language import clock, clock_range, clock_when, near_day, weekday_when


def until(setting: Setting, moment: datetime) -> str:
    """The latest time of something promised, always with its day."""
    local = setting.local(moment)
    if local.date() == setting.today:
        return say("until-today", clock=clock(local.time()))
    return say("until-day", day=day_when(setting, local.date()), clock=clock(local.time()))


def opens(setting: Setting, moment: datetime) -> str:
    """When something opens."""
    local = setting.local(moment)
    if local.date() == setting.today:
        return say("opens-today", clock=clock_when(local.time()))
    return say("opens-day", day=day_when(setting, local.date()), clock=clock_when(local.time()))


def day_when(setting: Setting, day: date) -> str:
    """`сьогодні`, `завтра, 25 листопада`, `у понеділок, 30 листопада`."""
    said = near_day(day, setting.today)
    return said if (day - setting.today).days in (0, 1) else f"{weekday_when(day)}, {said}"


def hours(intervals: Sequence[Interval]) -> str:
    """`з 9:00 до 12:30 і з 13:15 до 18:00`."""
    return " і ".join(clock_range(interval.opens, interval.closes) for interval in intervals)


def begun(words: str) -> str:
    """The words as a sentence begins."""
    return words[:1].upper() + words[1:]
