"""What may go wrong with a file beside a reply, in words that say what to do next; nothing typed or added is lost."""

from __future__ import annotations

from handover.workplace import words
from handover.workplace.failures import Failure

_REST = "Текст і решта файлів на місці."


def too_large(limit: int, back: str) -> Failure:
    """`limit` is in bytes."""
    return Failure(
        413,
        "Файл завеликий",
        f"Файл завеликий: сюди можна до {words.limit(limit)}. Зменште його або надішліть частинами. {_REST}",
        "Зрозуміло",
        back,
    )


def empty(back: str) -> Failure:
    return Failure(422, "Файл порожній", f"Файл порожній. Виберіть інший. {_REST}", "Зрозуміло", back)


def wrong_kind(back: str) -> Failure:
    return Failure(
        415,
        "Такий файл не надіслати",
        f"За вмістом це не фото, не запис і не документ. Надішліть фото або PDF. {_REST}",
        "Зрозуміло",
        back,
    )


def not_carried(channel: str, back: str) -> Failure:
    """The channel has no such kind of file, or no files at all."""
    return Failure(
        415,
        "Канал цього не передасть",
        f"{words.channel(channel)} такого файлу не передасть. Перекажіть словами. {_REST}",
        "Зрозуміло",
        back,
    )


def too_many(most: int, back: str) -> Failure:
    return Failure(
        409,
        "Файлів забагато",
        f"В одній відповіді до {most} файлів. Надішліть ці, решту — наступною. {_REST}",
        "Зрозуміло",
        back,
    )


def did_not_arrive(back: str) -> Failure:
    return Failure(400, "Файл не дійшов", f"Файл не дійшов. Виберіть його ще раз. {_REST}", "Зрозуміло", back)


def gone(name: str, back: str) -> Failure:
    """A file of the draft that was taken away in another window, or is no longer kept."""
    return Failure(
        409,
        "Файлу вже немає",
        f"Файлу «{name}» тут уже немає. Додайте його ще раз або надішліть без нього. Текст на місці.",
        "Оновити",
        back,
        icon="retry",
        soft=True,
    )
