"""The system's own lines in a transcript: short, with a time and a cause, without verbs of gender.

Citizens never see them, but for the words of files that come without any.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handover.calendars.hours import KYIV
from knowledge_base.language import MONTHS

DANGER_WORDS = {
    "violence": "насильство",
    "suicide": "загроза самогубства",
    "evacuation": "евакуація",
    "hunger": "немає їжі",
    "child": "загроза дитині",
}


def clock(at: datetime, zone: ZoneInfo = KYIV) -> str:
    """The time as it stands on the wall: 10:47, 9:05."""
    local = at.astimezone(zone)
    return f"{local.hour}:{local.minute:02d}"


_WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "нд")


def day_and_clock(at: datetime, zone: ZoneInfo = KYIV) -> str:
    """A moment with its day, short: пн, 24.11, 9:00."""
    local = at.astimezone(zone)
    return f"{_WEEKDAYS[local.weekday()]}, {local:%d.%m}, {clock(at, zone)}"


def moment(at: datetime, now: datetime, zone: ZoneInfo = KYIV) -> str:
    """A time, with its day when it is not today: 10:42; завтра, 9:30; 27 листопада, 9:30."""
    local, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if local == today:
        return clock(at, zone)
    if local == today + timedelta(days=1):
        return f"завтра, {clock(at, zone)}"
    if local == today - timedelta(days=1):
        return f"вчора, {clock(at, zone)}"
    return f"{local.day} {MONTHS[local.month - 1]}, {clock(at, zone)}"


def danger_word(danger: str) -> str:
    """The kind of danger as colleagues call it; an unknown kind is named as it came."""
    return DANGER_WORDS.get(danger, danger)


def withdrawn(name: str, how: str, now: datetime) -> str:
    """`how`: unsent, hidden, taken_back, corrected."""
    became = {
        "unsent": "До людини вона не дійшла",
        "hidden": "На сторінці чату її сховано, людині написано виправлення",
        "taken_back": "Канал просимо прибрати її з чату, людині написано виправлення",
        "corrected": "З чату її не прибрати, людині написано виправлення",
    }[how]
    return f"Відповідь відкликано: {name}, {clock(now)}. {became}"


def files_sent(count: int) -> str:
    """What goes out with files that come without words. The one text here that a citizen reads."""
    return "Надсилаю файл." if count == 1 else f"Надсилаю файли, їх {count}."


def passed_to_specialists(now: datetime, number: str) -> str:
    return f"Передано спеціалістам, {clock(now)}. Консультація № {number}"


def promise_missed(now: datetime, minutes: int) -> str:
    return f"Обіцянку прострочено на {minutes} хв, {clock(now)}. Людині написано, що затримуємось"


def more_asked(now: datetime) -> str:
    return f"Додано до консультації, {clock(now)}"


def cancelled(now: datetime) -> str:
    return f"Людина більше не чекає на спеціаліста, {clock(now)}"


def danger_raised(danger: str, now: datetime) -> str:
    return f"Поза чергою: {danger_word(danger)}, {clock(now)}"


def led_by(name: str, now: datetime) -> str:
    return f"Веде консультацію: {name}, {clock(now)}"


def started_by(name: str, number: str, now: datetime) -> str:
    return f"Спеціаліст пише першим: {name}, {clock(now)}. Консультація № {number}"


def transferred(giver: str, receiver: str, reason: str, now: datetime) -> str:
    cause = f". Причина: {reason}" if reason else ""
    return f"Передано: {giver} → {receiver}, {clock(now)}{cause}"


def returned_to_queue(name: str, now: datetime) -> str:
    return f"Повернуто в чергу: {name}, {clock(now)}"


def team(name: str) -> str:
    return f"команда „{name}”"


def given_back(name: str, now: datetime) -> str:
    return f"Повернуто в чергу, {clock(now)}: {name} не на зміні"


def snoozed(until: datetime, reason: str, now: datetime) -> str:
    cause = f". Причина: {reason}" if reason else ""
    return f"Відкладено до {day_and_clock(until)}, {clock(now)}{cause}"


def woken_by(name: str, now: datetime) -> str:
    return f"Відкладене знову в роботі: {name}, {clock(now)}"


def woken_by_time(now: datetime) -> str:
    return f"Відкладене знову в роботі: настав час, {clock(now)}"


def woken_by_words(now: datetime) -> str:
    return f"Відкладене знову в роботі: нове повідомлення, {clock(now)}"


def reopened_by(name: str, now: datetime) -> str:
    return f"Знову відкрито: {name}, {clock(now)}"


def follows(number: str, now: datetime) -> str:
    return f"Знову відкрито: нове повідомлення, {clock(now)}. Продовжує консультацію № {number}"


def handed_back(name: str, reason: str, now: datetime) -> str:
    return f"Повернуто боту: {name}, {clock(now)}. Причина: {reason}"


def resolved(name: str, summary: str, now: datetime) -> str:
    return f"Закрито: {name}, {clock(now)}. Підсумок: {summary}"


def same_person_asked(name: str, now: datetime) -> str:
    return f"Запитано, чи інша розмова теж цієї людини: {name}, {clock(now)}"


def same_person_confirmed(now: datetime) -> str:
    return f"Людина підтвердила, що обидві розмови її, {clock(now)}"


def same_person_declined(now: datetime) -> str:
    return f"Людина відповіла, що інша розмова не її, {clock(now)}"


def same_person_parted(name: str | None, now: datetime) -> str:
    return f"Розмови роз’єднано: {name or 'на прохання людини'}, {clock(now)}"


def reply_kept(name: str, now: datetime) -> str:
    return f"Відповідь чекає, доки людина напише: {name}, {clock(now)}"


def reply_withdrawn(name: str, now: datetime) -> str:
    return f"Відповідь, що чекала, скасовано: {name}, {clock(now)}"


def reply_dropped(leader: str, now: datetime) -> str:
    return f"Відповідь, що чекала, не надіслано, {clock(now)}: розмову веде {leader}"


UNREACHED_QUESTION = "Повідомлення спеціаліста не дійшло"


def not_reached(now: datetime) -> str:
    return f"Повідомлення не доходять, {clock(now)}. Зв’яжіться інакше"


def danger_card_sent(danger: str, name: str, now: datetime) -> str:
    return f"Надіслано картку „{danger_word(danger)}”: {name}, {clock(now)}"


def phone_talk(name: str, now: datetime) -> str:
    return f"Телефонна розмова: {name}, {clock(now)}"


def call_promised(when: str) -> str:
    return f"Дзвінок призначено: {when}"


def call_missed(tries: int, following: str, now: datetime) -> str:
    return f"Дзвінок без відповіді, {clock(now)}, спроба {tries}. Наступний: {following}"


def call_wrong(now: datetime) -> str:
    return f"Номер не той, {clock(now)}. Зв’яжіться інакше"


def call_dropped(name: str, now: datetime) -> str:
    return f"Дзвінок скасовано: {name}, {clock(now)}"
