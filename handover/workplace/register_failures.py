"""What may go wrong with applications, their files and registers, in words that say what to do next."""

from __future__ import annotations

from handover.workplace import words
from handover.workplace.failures import Failure


def no_application(back: str) -> Failure:
    return Failure(
        404,
        "Такої заяви немає",
        "Заяви з таким номером у реєстрі немає. Перевірте номер або завантажте файл із заявами.",
        "До заяв",
        back,
        soft=True,
    )


def code_shown(back: str) -> Failure:
    return Failure(
        409,
        "Код уже показано",
        "Цей код уже показано, вдруге його не видно. Загубився — видайте новий, старий перестане діяти.",
        "До заяви",
        back,
        soft=True,
    )


def no_import(back: str) -> Failure:
    return Failure(
        404, "Такого файлу вже немає", "Такого файлу вже немає. Завантажте його ще раз.", "До файлів", back
    )


def no_import_file(back: str) -> Failure:
    return Failure(
        422, "Файл не дійшов", "Файл не дійшов. Виберіть його ще раз: CSV або .xlsx.", "До файлів", back
    )


def large_import(limit: int, back: str) -> Failure:
    return Failure(
        413,
        "Файл завеликий",
        f"Файл завеликий: беремо до {words.limit(limit)}. Поділіть його на кілька.",
        "До файлів",
        back,
    )


def no_register(back: str) -> Failure:
    return Failure(
        404,
        "Реєстр не під’єднано",
        "Для цього документа реєстр не під’єднано. Попросіть довідку в людини.",
        "До розмови",
        back,
    )


def no_check_reason(back: str) -> Failure:
    return Failure(
        422,
        "Напишіть, для чого",
        "Запит до реєстру потребує підстави: напишіть, для якої справи він потрібен, до 300 знаків.",
        "До розмови",
        back,
    )


def wrong_subject(asked: str, back: str) -> Failure:
    return Failure(
        422,
        "Перевірте номер",
        f"Реєстр шукає людину так: {asked}. Перевірте, чи все введено.",
        "До розмови",
        back,
    )


def register_away(title: str, back: str) -> Failure:
    return Failure(
        503,
        "Реєстр не відповідає",
        f"{title} зараз не відповідає, нічого не записано. Спробуйте за кілька хвилин або попросіть довідку.",
        "До розмови",
        back,
        icon="offline",
    )
