"""The audit log and the kinds of what is kept, in the words of the workplace."""

from __future__ import annotations

from collections.abc import Mapping

from handover.audit import LOG, Action
from handover.journal import Entry
from handover.workplace import words
from handover.workplace.handing_back import REASONS
from knowledge_base.language import number, plural

ACTIONS: Mapping[Action, str] = {
    Action.SIGNED_IN: "Вхід",
    Action.SIGN_IN_REFUSED: "Вхід не вдався: пароль",
    Action.CODE_REFUSED: "Вхід не вдався: код",
    Action.RECOVERY_USED: "Вхід із запасним кодом",
    Action.SIGNED_OUT: "Вихід",
    Action.SESSIONS_ENDED: "Вихід на інших пристроях",
    Action.READ: "Читання розмови",
    Action.FILE_READ: "Перегляд файлу",
    Action.PRINTED: "Відкрито розмову для друку",
    Action.UNMASKED: "Показ прихованого номера",
    Action.LOG_READ: "Читання журналу дій",
    Action.TAKEN: "Взято розмову",
    Action.STARTED: "Написано першими",
    Action.REPLIED: "Відповідь людині",
    Action.REPLY_WITHDRAWN: "Скасовано відповідь, що чекала",
    Action.NOTED: "Нотатка",
    Action.TRANSFERRED: "Передано розмову",
    Action.RETURNED: "Повернуто в чергу",
    Action.HANDED_BACK: "Повернуто боту",
    Action.RESOLVED: "Закрито консультацію",
    Action.SENT_AGAIN: "Надіслано ще раз",
    Action.WITHDRAWN: "Відкликано відповідь",
    Action.REOPENED: "Знову відкрито консультацію",
    Action.SNOOZED: "Відкладено розмову",
    Action.WOKEN: "Настав час відкладеної розмови",
    Action.OFFERED: "Запропоновано взяти розмову",
    Action.OFFER_PASSED: "Запропоноване не взято",
    Action.GIVEN_BACK: "Повернуто в чергу, бо спеціаліста немає",
    Action.SHIFT_CHANGED: "Зміна: де спеціаліст",
    Action.SHIFT_HANDED_OVER: "Передано зміну",
    Action.TEAM_CHANGED: "Змінено команду",
    Action.SKILL_CHANGED: "Змінено теми й навантаження спеціаліста",
    Action.EXPORTED: "Вивантажено звіт",
    Action.RECOUNTED: "Звіт перераховано",
    Action.READY_ANSWER_ADDED: "Додано готову відповідь",
    Action.READY_ANSWER_CHANGED: "Змінено готову відповідь",
    Action.READY_ANSWER_REMOVED: "Прибрано готову відповідь",
    Action.VISIT_READ: "Перегляд запису на прийом",
    Action.VISIT_BOOKED: "Записано на прийом",
    Action.VISIT_MOVED: "Перенесено запис",
    Action.VISIT_CANCELLED: "Скасовано запис",
    Action.VISIT_ALLOWED: "Дозволено запис понад межу",
    Action.VISIT_TOLD: "Повідомлено, що прийому не буде",
    Action.VISIT_TICKET: "Видано номер у чергу",
    Action.VISIT_CAME: "Людина прийшла",
    Action.VISIT_CALLED: "Викликано",
    Action.VISIT_DONE: "Прийом завершено",
    Action.VISIT_MISSED: "Людина не прийшла",
    Action.VISIT_RETURNED: "Повернуто в чергу прийому",
    Action.ABSENCE_SET: "Зупинено прийом спеціаліста",
    Action.ABSENCE_DROPPED: "Відновлено прийом спеціаліста",
    Action.PAUSE_BEGAN: "Почато паузу",
    Action.PAUSE_ENDED: "Закінчено паузу",
    Action.HOURS_CHANGED: "Змінено години роботи",
    Action.CALL_FILED: "Записано телефонну розмову",
    Action.CALL_BOOKED: "Призначено дзвінок",
    Action.CALL_TAKEN: "Взято дзвінок",
    Action.CALL_RETURNED: "Повернуто дзвінок",
    Action.CALL_MADE: "Зроблено дзвінок",
    Action.SAME_PERSON_ASKED: "Запитано, чи це та сама людина",
    Action.SAME_PERSON_CONFIRMED: "Людина підтвердила: обидві розмови її",
    Action.SAME_PERSON_DECLINED: "Людина відповіла: інша розмова не її",
    Action.SAME_PERSON_PARTED: "Роз’єднано розмови людини",
    Action.APPLICATION_READ: "Перегляд заяви",
    Action.APPLICATION_CODE: "Видано код до заяви",
    Action.APPLICATIONS_IMPORTED: "Завантажено заяви з файлу",
    Action.REGISTER_CHECKED: "Запит до реєстру замість довідки",
    Action.DANGER_CARD: "Надіслано картку небезпеки",
    Action.CHANNEL_SWITCHED: "Канал: хто відповідає",
    Action.CHANNEL_CONNECTED: "Канал під’єднано",
    Action.EXPIRED: "Стерто за строком зберігання",
    Action.ACCOUNT_ADDED: "Додано обліковий запис",
    Action.ACCOUNT_CHANGED: "Змінено обліковий запис",
    Action.ACCOUNT_DISABLED: "Вимкнено обліковий запис",
    Action.ACCOUNT_ENABLED: "Увімкнено обліковий запис",
    Action.ACCESS_RESET: "Новий пароль від адміністратора",
    Action.ACCESS_CHANGED: "Змінено свій пароль",
    Action.FACTOR_SET: "Увімкнено код для входу",
    Action.FACTOR_REMOVED: "Вимкнено код для входу",
    Action.FACTOR_RESET: "Скинуто код для входу",
    Action.FACTOR_REQUIRED: "Код для входу для всіх",
    Action.RECOVERY_RENEWED: "Нові запасні коди",
}

KINDS: Mapping[str, str] = {
    "words": "Слова розмов",
    "files": "Файли розмов",
    "tickets": "Слова закритих консультацій",
    "questions": "Питання без відповіді",
    "payloads": "Надіслане в канали, слово в слово",
    "events": "Оброблені події каналів",
    "rejected": "Події, які не вдалося обробити",
    "unreadable": "Нерозібрані запити каналів",
    "event_keys": "Ключі подій",
    "sessions": "Закінчені сеанси спеціалістів",
    "sign_in_failures": "Невдалі спроби входу",
    "form_keys": "Ключі форм",
    "readings": "Журнал: хто що читав",
    "actions": "Журнал: хто що зробив",
    "drafts": "Чернетки спеціалістів",
    "kept_replies": "Відповіді, що чекали на людину",
    "mentions": "Кого згадано в нотатках",
    "same_people": "Чи дві розмови однієї людини",
    "viewers": "Хто дивився на розмову",
    "happenings": "Номери змін для відкритих сторінок",
    "calls": "Телефони й слова зроблених дзвінків",
    "callers": "Незаписані телефонні розмови",
    "appointments": "Імена й телефони минулих прийомів",
    "waiting_list": "Хто чекав на вільний час",
    "absences": "Хто коли не приймав",
    "visit_times": "Зайнятий час минулих днів",
    "hall_numbers": "Останні номери зали за день",
    "applications": "Заяви, за якими все вирішено",
    "register_checks": "Відповіді реєстрів замість довідок",
    "application_imports": "Файли заяв: що в них було не так",
    "application_tries": "Спроби дізнатися про заяву",
    "stray_files": "Файли, які нікому не надіслано",
}
"""What retention keeps apart, by its name in the audit log and in the settings."""

_FACTS = {
    "login": "логін",
    "role": "роль",
    "name": "ім’я",
    "position": "посада",
    "kind": "що",
    "conversations": "розмов у чергу",
    "ticket": "консультація",
    "reason": "причина",
    "register": "реєстр",
    "paper": "документ",
    "why": "для чого",
    "rows": "рядків",
    "file": "файл",
}
_STATES = {
    ("people_only", "on"): "лише люди",
    ("people_only", "off"): "бот і люди",
    ("required", "on"): "обов’язковий",
    ("required", "off"): "за бажанням",
    ("author", "bot"): "відповідь бота",
    ("author", "specialist"): "відповідь спеціаліста",
    ("how", "unsent"): "до людини не дійшла",
    ("how", "hidden"): "сховано на сторінці чату",
    ("how", "taken_back"): "прибирається з чату, надіслано виправлення",
    ("how", "corrected"): "надіслано виправлення",
    ("when", "later"): "коли людина напише",
    ("by", "server"): "командою на сервері",
}


def action(value: str) -> str:
    """An action's words; one that a newer program wrote is shown as it is called."""
    try:
        return ACTIONS[Action(value)]
    except ValueError:
        return value


def kind(name: str) -> str:
    """A kind of what is kept; a new one is shown as it is called."""
    return KINDS.get(name, name)


def about(entry: Entry) -> str:
    """What a line is about: a consultation, a colleague, a channel, a file."""
    if entry.number:
        return f"консультація № {words.unbroken(entry.number)}"
    if entry.about:
        return entry.about
    if entry.subject in words.CHANNELS:
        return words.channel(entry.subject)
    if entry.action == Action.FILE_READ.value and entry.subject:
        return f"файл {entry.subject[:8]}"
    if entry.subject == LOG or entry.subject is None:
        return ""
    return f"розмова {entry.subject[:8]}"


def facts(entry: Entry, masked: Mapping[str, str]) -> str:
    """The rest of a line in one sentence without a full stop; `masked` names the kinds of hidden numbers."""
    if entry.action == Action.EXPIRED.value:
        return ", ".join(f"{kind(name)}: {_count(count)}" for name, count in entry.facts.items())
    said = []
    for name, value in entry.facts.items():
        if name == "ticket" and entry.number:
            continue
        if (name, value) in _STATES:
            said.append(_STATES[name, str(value)])
        elif name in _FACTS:
            shown = {"role": words.ROLES, "kind": masked, "reason": REASONS}.get(name, {}).get(
                str(value), value
            )
            said.append(f"{_FACTS[name]}: {shown}")
    return ", ".join(said)


def _count(value: str | int) -> str:
    return number(value) if isinstance(value, int) else value


def kept(days: int | None) -> str:
    """How long a kind is kept."""
    return "завжди" if days is None else plural(days, "день")
