"""How times, amounts, channels and reasons are said to a specialist."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handover.assignment.presence import Standing
from handover.calendars.hours import KYIV
from handover.tickets import wording
from knowledge_base.language import HARD_SPACE, MONTHS, WEEKDAYS, plural

_NUMBER = re.compile(r"\b(\d\d)-(\d{4,})\b")

CHANNELS = {
    "web": ("Вебсторінка", "Людина з вебсторінки"),
    "telegram": ("Telegram", "Людина з Telegram"),
    "viber": ("Viber", "Людина з Viber"),
    "messenger": ("Messenger", "Людина з Messenger"),
    "console": ("Термінал", "Людина з термінала"),
    "phone": ("Телефон", "Людина телефоном"),
}

ROLES = {
    "specialist": "Спеціаліст",
    "senior": "Старший спеціаліст",
    "head": "Керівник приймальні",
    "editor": "Редактор бази",
    "administrator": "Адміністратор",
}

moment = wording.moment
"""A time with its day, as the transcript's own lines say it too."""

PAUSES = {"alarm": "тривога", "power": "немає світла", "other": "інша причина"}
"""Why the department's work has stopped."""

REASONS = {
    "asked": "Просить людину",
    "unknown": "Без відповіді бота",
    "danger": "Небезпека",
    "call_back": "Просить передзвонити",
    "file": "Надсилає файл",
    "personal": "Питання про власну справу",
    "dissatisfied": "Відповідь бота не допомогла",
    "failure": "Бот не зміг відповісти через збій",
    "unreached": "Відповідь не дійшла",
    "phone": "Телефонна розмова",
    "started": "Пишемо першими",
}


NEWS = {
    "danger": "Терміново: людина чекає",
    "offered": "Вам пропонують розмову",
    "waiting": "Нова розмова чекає",
    "mine": "Нове у вашій розмові",
    "mention": "Вас згадали в нотатці",
}
"""What a notification says. It may be seen by whoever passes the screen."""

SHIFTS = {"on": "На зміні", "away": "Відійшли", "off": "Не на зміні"}
"""Where a specialist says they are. «Ви» of the one who reads it."""


def presence(standing: Standing, silent: timedelta, now: datetime) -> str:
    """Where a colleague is, in words."""
    if standing.is_there(silent, now):
        return "на зміні"
    word = {"on": "сторінку закрито", "away": "не на місці", "off": "не на зміні"}[standing.shift]
    return f"{word} {since(standing.gone_since(silent), now)}"


RATINGS = {"yes": "так", "partly": "частково", "no": "ні"}


def channel(name: str) -> str:
    """A channel as people call it."""
    return CHANNELS.get(name, (name.capitalize(), ""))[0]


def unbroken(text: str) -> str:
    """Text whose consultation numbers (26-0007) never wrap at the hyphen; for display only."""
    return _NUMBER.sub("\\1\N{NON-BREAKING HYPHEN}\\2", text)


def person(name: str | None, channel_name: str, number: str | None = None) -> str:
    """A citizen's name. When it is unknown: the number that tells them from others, or where they write from."""
    if name:
        return name
    return f"Людина, № {unbroken(number)}" if number else CHANNELS.get(channel_name, ("", "Людина"))[1]


def ago(at: datetime, now: datetime, zone: ZoneInfo = KYIV) -> str:
    """How long ago, for a row: щойно, 11 хв, 20 год, вчора, 22.11."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "щойно"
    if minutes < 60:
        return f"{minutes}{HARD_SPACE}хв"
    days = (now.astimezone(zone).date() - at.astimezone(zone).date()).days
    if days == 0:
        return f"{minutes // 60}{HARD_SPACE}год"
    if days == 1:
        return "вчора"
    return at.astimezone(zone).strftime("%d.%m")


def span(length: timedelta) -> str:
    """A length of time: менше хвилини, 16 хв, 2 год 5 хв, 3 дні."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 1:
        return "менше хвилини"
    if minutes < 60:
        return f"{minutes}{HARD_SPACE}хв"
    if minutes < 24 * 60:
        rest = f" {minutes % 60}{HARD_SPACE}хв" if minutes % 60 else ""
        return f"{minutes // 60}{HARD_SPACE}год{rest}"
    return plural(minutes // (24 * 60), "день")


def day(at: datetime, now: datetime, zone: ZoneInfo = KYIV) -> str:
    """A day as a heading: Сьогодні, вівторок; Вчора, понеділок; 12 листопада, четвер."""
    local, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    weekday = WEEKDAYS[local.weekday()]
    if local == today:
        return f"Сьогодні, {weekday}"
    if local == today - timedelta(days=1):
        return f"Вчора, {weekday}"
    year = "" if local.year == today.year else f" {local.year} року"
    return f"{local.day} {MONTHS[local.month - 1]}{year}, {weekday}"


def since(at: datetime, now: datetime, zone: ZoneInfo = KYIV) -> str:
    """From when, in a sentence: з 10:42; з учора, 10:42; з 20 листопада, 10:42."""
    return f"з {moment(at, now, zone)}".replace("з вчора", "з учора")


def tel(phone: str) -> str:
    """The address that dials a phone."""
    return "tel:" + "".join(sign for sign in phone if sign.isdigit() or sign == "+")


def exact(at: datetime, zone: ZoneInfo = KYIV) -> str:
    """A time to the second, where being first matters: 10:36:04."""
    return at.astimezone(zone).strftime("%H:%M:%S").removeprefix("0")


def size(count: int) -> str:
    """A file's size: 640 КБ; 1,8 МБ."""
    if count < 1024 * 1024:
        return f"{max(count // 1024, 1)}{HARD_SPACE}КБ"
    return f"{count / 1024 / 1024:.1f}{HARD_SPACE}МБ".replace(".", ",")


def limit(count: int) -> str:
    """How large a file may be, as channels say it: 10 МБ; 48 КБ."""
    return f"{count // 1_000_000}{HARD_SPACE}МБ" if count >= 1_000_000 else size(count)


def initials(name: str) -> str:
    """Two letters for a round picture."""
    return "".join(word[0] for word in name.split()[:2]).upper() or "?"
