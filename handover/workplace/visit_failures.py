"""What may go wrong with visits, in words that say what to do next."""

from __future__ import annotations

from handover.appointments.booking import Refusal
from handover.appointments.visits import State, Visit
from handover.workplace.failures import Failure

STATES: dict[State, str] = {
    "booked": "ще не прийшли",
    "arrived": "чекають",
    "called": "викликано",
    "done": "завершено",
    "no_show": "не прийшли",
    "cancelled": "скасовано",
}
"""What became of a visit."""

REFUSALS: dict[Refusal, str] = {
    Refusal.TAKEN: "Цей час щойно зайняли. Виберіть інший.",
    Refusal.NOT_OPEN: "Цього часу вже немає: минув або прийому тоді не буде. Виберіть інший.",
    Refusal.TOO_MANY: "На цей номер телефону вже є два записи. Третій дозволяє старший спеціаліст.",
    Refusal.TOO_OFTEN: "Сьогодні цю людину переносили вже багато разів. Дозволяє старший спеціаліст.",
    Refusal.GONE: "Цього запису вже немає: його скасовано або він минув.",
}
"""Why a time is not given, at the desk."""


def moved_on(visit: Visit, back: str) -> Failure:
    """A colleague was quicker, or the page is old."""
    whose = f"{visit.hall}: " if visit.hall else ""
    return Failure(
        409,
        "Уже інакше",
        f"{whose}{STATES[visit.state]}. Перелік оновлено.",
        "До прийому",
        back,
        icon="person",
        soft=True,
    )


def unknown_visit(back: str) -> Failure:
    return Failure(404, "Такого запису немає", "Можливо, його стерто або адреса не та.", "До прийому", back)


def no_room(back: str) -> Failure:
    return Failure(422, "Виберіть кабінет", "Щоб викликати, вкажіть свій кабінет.", "До прийому", back)


def unknown_day(back: str) -> Failure:
    return Failure(422, "Немає такого дня", "Виберіть день у календарі.", "До прийому", back)


def another_day(back: str) -> Failure:
    return Failure(
        409,
        "Інший день",
        "Цей запис на інший день: сьогодні його не викликати.",
        "До прийому",
        back,
        soft=True,
    )


def refused(refusal: Refusal, back: str) -> Failure:
    return Failure(409, "Час не дано", REFUSALS[refusal], "Назад", back)


def unknown_matter(back: str) -> Failure:
    return Failure(404, "Такого питання немає", "У базі його вже немає. Знайдіть інше.", "До запису", back)
