"""What vendors and our own channels say in English, as a specialist understands it.

A reason nobody has met yet is shown as it came, in «…».
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Table = Sequence[tuple[re.Pattern[str], str]]


def _table(*rows: tuple[str, str]) -> Table:
    return [(re.compile(pattern, re.IGNORECASE), words) for pattern, words in rows]


_OUTAGE = (
    r"no connection|can't be reached|gives no answer|out of order|answered 5\d\d|HTTP 5\d\d|can't be read"
    r"|not (Telegram|Viber)'s|has no end|does not document|temporar|service"
)
_LATE = r"in time|time-?d? ?-?out"
_CROWD = r"rate.?limit|too ?many|retry after|flood"
_KEY = r"\btoken\b|appsecret|unauthori[sz]ed"
_TOO_LARGE = r"too.?(large|big|long)|larger than|\(413\)"

# The first row that fits speaks, so the particular stand before the general.
_SENDING = _table(
    (r"can.?t be deleted", "канал уже не дає його прибрати"),
    (r"blocked us or unsubscribed", "людина заблокувала бота або відписалася"),
    (r"blocked|isn't receiving messages|/1545041\b", "людина заблокувала бота"),
    (r"deactivated|deleted", "людина видалила свій обліковий запис"),
    (r"window|too long ago|/(2018278|2018065|2534022)\b", "вікно відповіді закрилося"),
    (r"device|api ?version|not ?supported|unsupported", "у людини застарий телефон або застосунок"),
    (r"not ?subscribed|unsubscribed", "людина відписалася від бота"),
    (r"initiate", "людина ще не писала боту"),
    (
        r"not ?registered|not found|peer_id_invalid|no matching user|/2018001\b|kicked|not a member",
        "у каналі такої людини вже немає",
    ),
    (r"isn't available|\(551\)", "канал зараз не пускає до цієї людини"),
    (r"supergroup", "розмову перетворили на групу"),
    (_CROWD, "забагато повідомлень за раз, канал просить зачекати"),
    (r"message token|message_id", "канал не підтвердив, що прийняв"),
    (_KEY, "канал не приймає наш ключ, покличте адміністратора"),
    (r"restricted", "канал обмежив нашу сторінку, покличте адміністратора"),
    (r"file.*(gone|no longer kept|not in the store)", "файлу вже немає"),
    (_TOO_LARGE, "завелике для цього каналу"),
    (_LATE, "канал не відповів вчасно"),
    (r"worker stopped", "збій на нашому боці"),
    (_OUTAGE, "канал не працює"),
    (r"could not deliver", "канал не зміг доставити"),
    (r"bad ?(request|data)|invalid|refus|reject|\(400\)|\(100\b", "канал не прийняв цього повідомлення"),
)

_FETCHING = _table(
    (_TOO_LARGE, "завеликий"),
    (r"^empty$", "порожній"),
    (r"^kind$", "такі файли не приймаємо"),
    (r"gone|not there|not found|\(404\)|\(410\)", "у каналі його вже немає"),
    (r"does not hand", "канал його не віддає"),
    (_KEY, "канал не приймає наш ключ, покличте адміністратора"),
    (_CROWD, "канал просить зачекати"),
    (rf"{_LATE}|{_OUTAGE}|away for now", "канал не відповідає"),
    (r"address", "канал дав хибну адресу"),
)

_WEBHOOK = _table(
    (r"not this server", "канал надсилає повідомлення на інший сервер"),
    (r"no webhook|not set|switched off", "канал не знає, куди надсилати повідомлення"),
    (r"not asked to tell|does not send us", "канал надсилає нам не все"),
    (r"ssl|certificate", "канал не довіряє сертифікату нашого сервера"),
    (_LATE, "наш сервер не відповів каналу вчасно"),
    (r"connection|host|resolve|network|unreachable|reset", "канал не може з’єднатися з нашим сервером"),
    (r"wrong response|\b[45]\d\d\b", "наш сервер відповів каналу помилкою"),
)

_FAULT = (
    (
        re.compile(_CROWD, re.IGNORECASE),
        "Канал просить не питати так часто.",
        "Оновіть сторінку за кілька хвилин.",
    ),
    (
        re.compile(f"{_OUTAGE}|{_LATE}|answer", re.IGNORECASE),
        "Канал не відповідає.",
        "Перевірте мережу сервера й оновіть сторінку.",
    ),
    (
        re.compile(r"public", re.IGNORECASE),
        "Каналу нікуди надсилати повідомлення: сервер не має адреси в інтернеті.",
        "Укажіть адресу з https.",
    ),
    (
        re.compile(rf"{_KEY}|let us in", re.IGNORECASE),
        "Канал не приймає ключ.",
        "Візьміть ключ у каналі ще раз і впишіть на сервері.",
    ),
)

_SETTING = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


@dataclass(frozen=True)
class Mended:
    """A fault of a channel: what is wrong, what to do, and the words it came with."""

    reason: str
    mend: str
    said: str


def why_not_sent(said: str) -> str:
    """Why a message does not arrive, as the end of a sentence: «людина заблокувала бота»."""
    return _told(_SENDING, said)


def why_no_file(said: str) -> str:
    """Why a file did not come, as the end of a sentence about a file: «завеликий»."""
    return _told(_FETCHING, said)


def what_vendor_complains_of(said: str) -> str:
    """What a vendor has against our address, without a capital letter or a full stop."""
    return _told(_WEBHOOK, said)


def mended(said: str) -> Mended:
    """A fault with its mend; the settings it names stay named."""
    settings = ", ".join(dict.fromkeys(_SETTING.findall(said)))
    for pattern, reason, mend in _FAULT:
        if pattern.search(said):
            return Mended(reason, f"{mend} Налаштування: {settings}." if settings else mend, said)
    return Mended("Канал повідомив про помилку.", "Покажіть її тому, хто налаштовує сервер.", said)


def _told(table: Table, said: str) -> str:
    return next((words for pattern, words in table if pattern.search(said)), f"«{said.strip()}»")
