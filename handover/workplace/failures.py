"""What may go wrong in the workplace, in words that say what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handover.tickets.leading import AlreadyTaken, NotYours
from handover.tickets.starting import AlreadyWaits
from handover.workplace import words
from handover.workplace.vendor_words import Mended


@dataclass(frozen=True)
class Failure:
    """One failure: HTTP status, words, and the one next step. `soft`: nobody did anything wrong.

    `typed` is what the person wrote, given back on a whole page, where no draft keeps it.
    """

    status: int
    title: str
    text: str
    action: str
    href: str
    icon: str = "cross"
    soft: bool = False
    typed: str = ""


def signed_out(back: str) -> Failure:
    return Failure(
        401,
        "Сеанс закінчився",
        "Сеанс закінчився. Увійдіть, і повернемося до цього ж речення.",
        "Увійти",
        back,
        icon="lock",
        soft=True,
    )


def stale_page(back: str) -> Failure:
    return Failure(
        403,
        "Сторінка застаріла",
        "Сторінку відкрито до нового входу. Оновіть її: чернетку збережено.",
        "Оновити",
        back,
        icon="retry",
        soft=True,
    )


def foreign_form() -> Failure:
    return Failure(
        403,
        "Форма прийшла з чужої сторінки",
        "Нічого не зроблено. Відкрийте робоче місце й натисніть кнопку там.",
        "До черги",
        "/workplace",
    )


def forbidden() -> Failure:
    return Failure(
        403,
        "Ваша роль цього не дозволяє",
        "Ваша роль цього не дозволяє. Попросіть керівника приймальні.",
        "До черги",
        "/workplace",
        icon="lock",
    )


def factor_due(set_up: str) -> Failure:
    return Failure(
        403,
        "Спершу код для входу",
        "Тут входять із кодом. Налаштуйте його: це займе хвилину.",
        "Налаштувати",
        set_up,
        icon="shield",
        soft=True,
    )


def factor_asked_of_all() -> Failure:
    return Failure(
        409,
        "Код тут обов’язковий",
        "Тут усі входять із кодом, тож вимкнути його не можна. Новий телефон — попросіть адміністратора скинути код.",
        "Мій вхід",
        "/workplace/me",
        icon="shield",
        soft=True,
    )


def unknown_account() -> Failure:
    return Failure(
        404,
        "Такого запису тут немає",
        "Такого облікового запису тут немає.",
        "До записів",
        "/workplace/accounts",
    )


def unknown() -> Failure:
    return Failure(
        404,
        "Такої розмови тут немає",
        "Такої розмови тут немає. Можливо, дані стерто на прохання людини.",
        "До черги",
        "/workplace",
    )


def nothing_masked(back: str) -> Failure:
    return Failure(
        404,
        "Номера вже немає",
        "Номера вже немає: повідомлення змінилося або стерто на прохання людини.",
        "Оновити",
        back,
        icon="retry",
        soft=True,
    )


def unknown_file() -> Failure:
    return Failure(
        404,
        "Файлу немає",
        "Файлу вже немає. Можливо, його стерто на прохання людини.",
        "До черги",
        "/workplace",
    )


def taken(lost: AlreadyTaken, onward: str) -> Failure:
    return Failure(
        409,
        "Розмову вже взято",
        f"Розмову вже веде {lost.name}, з {words.exact(lost.at)}. Ваш текст лишився чернеткою.",
        "Наступна",
        onward,
        icon="person",
        soft=True,
    )


def not_waiting(onward: str) -> Failure:
    return Failure(
        409,
        "Консультацію закрито",
        "На цю розмову вже ніхто не чекає: консультацію закрито. Ваш текст лишився чернеткою.",
        "Наступна",
        onward,
        icon="check",
        soft=True,
    )


def not_yours(lost: NotYours, back: str) -> Failure:
    text = (
        f"Відповідає {lost.name}. Ваш текст лишився чернеткою."
        if lost.name
        else "Розмову ніхто не веде: спершу візьміть її. Ваш текст лишився чернеткою."
    )
    return Failure(409, "Розмову веде хтось інший", text, "Оновити", back, icon="person", soft=True)


def no_matter(back: str) -> Failure:
    return Failure(
        422,
        "Бракує теми",
        "Напишіть кілька слів, про що пишете: їх побачать лише колеги.",
        "До розмови",
        back,
        soft=True,
    )


def no_way_to_write(back: str) -> Failure:
    return Failure(
        409,
        "Написати сюди не можна",
        "Цим каналом написати не можна. Подзвоніть людині або дочекайтеся, поки звернеться.",
        "До розмови",
        back,
        icon="lock",
        soft=True,
    )


def already_open(waits: AlreadyWaits, back: str) -> Failure:
    number = words.unbroken(waits.ticket.number)
    return Failure(
        409,
        "Людина вже чекає",
        f"Людина сама кличе спеціаліста: консультація № {number}. Візьміть її.",
        "Оновити",
        back,
        icon="person",
        soft=True,
    )


def asks_for_quiet(back: str) -> Failure:
    return Failure(
        409,
        "Першими не пишемо",
        "Людина просила не писати першими, або її листування можуть читати. Дочекайтеся, поки напише.",
        "До розмови",
        back,
        icon="lock",
        soft=True,
    )


def no_other(back: str) -> Failure:
    return Failure(
        422,
        "Такої розмови немає",
        "Виберіть розмову зі списку або впишіть номер консультації, як-от 26-0007. Телефонна розмова не підійде.",
        "До розмови",
        back,
        soft=True,
    )


def question_stuck(channel: str, back: str) -> Failure:
    return Failure(
        409,
        "Запитати зараз не вийде",
        f"Канал {channel} зараз не пропустить питання. Запитайте, коли людина там напише.",
        "До розмови",
        back,
        icon="lock",
        soft=True,
    )


def asked_already(back: str) -> Failure:
    return Failure(
        409,
        "Уже запитано",
        "Про цю розмову вже запитано, або її вже поєднано. Подивіться у зведенні.",
        "Оновити",
        back,
        icon="retry",
        soft=True,
    )


def not_joined(back: str) -> Failure:
    return Failure(
        409,
        "Розмови вже не поєднані",
        "Ці розмови вже роз’єднано. Оновіть сторінку.",
        "Оновити",
        back,
        icon="retry",
        soft=True,
    )


def too_much_waits(back: str) -> Failure:
    return Failure(
        409,
        "Уже багато чекає",
        "На людину вже чекає десять відповідей. Скасуйте зайві або додайте написане до однієї з них.",
        "До розмови",
        back,
        soft=True,
    )


def nothing_waits(back: str) -> Failure:
    return Failure(
        409,
        "Ця відповідь уже не чекає",
        "Її надіслано або скасовано. Подивіться в розмові.",
        "Оновити",
        back,
        icon="retry",
        soft=True,
    )


def unread(back: str) -> Failure:
    return Failure(
        409,
        "Людина щойно написала",
        "Людина щойно написала. Прочитайте й вирішіть ще раз: розмова лишилася у вас.",
        "Оновити",
        back,
        icon="retry",
        soft=True,
    )


def no_reason(back: str) -> Failure:
    return Failure(
        422,
        "Бракує причини",
        "Виберіть причину або напишіть свою: без неї розмову боту не повертаємо.",
        "До розмови",
        back,
        soft=True,
    )


def moved_on(back: str) -> Failure:
    return Failure(
        409,
        "Розмова щойно змінилася",
        "Розмова щойно змінилася. Прочитайте останнє й надішліть ще раз: текст лишився чернеткою.",
        "Оновити",
        back,
        icon="retry",
        soft=True,
    )


def shut(why: str, phone: str | None, typed: str, back: str) -> Failure:
    """The channel lets no reply through: `why` is a sentence."""
    instead = f"Подзвоніть: {phone}." if phone else "Відповісти можна буде, коли людина напише."
    return Failure(
        409,
        "Відповідь не піде",
        f"{why} {instead} Ваш текст не надіслано, він лишився тут.",
        "Оновити",
        back,
        icon="lock",
        typed=typed,
    )


def unknown_channel() -> Failure:
    return Failure(
        404,
        "Такого каналу тут немає",
        "Такого каналу тут немає. Можливо, його щойно від’єднали.",
        "До каналів",
        "/workplace/channels",
    )


def not_connected(fault: Mended) -> Failure:
    return Failure(
        502,
        "Не вдалося під’єднати",
        f"{fault.reason} {fault.mend} Канал каже: «{fault.said}»",
        "До каналів",
        "/workplace/channels",
    )


def empty(back: str) -> Failure:
    return Failure(
        422,
        "Тексту немає",
        "Тексту немає. Напишіть хоча б слово й натисніть ще раз.",
        "Оновити",
        back,
        icon="pen",
        soft=True,
    )


def name_taken(name: str, back: str) -> Failure:
    return Failure(
        409,
        "Така команда вже є",
        f"Команда „{name}” вже є. Дайте іншу назву.",
        "Назад",
        back,
    )


def no_name(back: str) -> Failure:
    return Failure(
        422, "Назви немає", "Назви немає. Напишіть хоча б слово.", "Назад", back, icon="pen", soft=True
    )


def unknown_team() -> Failure:
    return Failure(
        404,
        "Такої команди немає",
        "Такої команди немає. Можливо, її щойно розпустили.",
        "До команд",
        "/workplace/teams",
    )


def unknown_person() -> Failure:
    return Failure(
        404,
        "Такого спеціаліста немає",
        "Такого спеціаліста тут немає. Можливо, обліковий запис вимкнено.",
        "До команд",
        "/workplace/teams",
    )


def too_many_views() -> Failure:
    return Failure(
        409,
        "Збережених подань забагато",
        "Збережених подань уже двадцять. Приберіть те, яке не потрібне, і збережіть ще раз.",
        "До черги",
        "/workplace",
    )


def no_moment(back: str) -> Failure:
    return Failure(
        422,
        "Часу не обрано",
        "Цей час уже минув або задалекий. Виберіть інший, не далі ніж за пів року.",
        "Оновити",
        back,
        icon="clock",
        soft=True,
    )


def nothing_to_withdraw(back: str) -> Failure:
    return Failure(
        409,
        "Відкликати нічого",
        "Цю відповідь уже відкликано або стерто. Оновіть сторінку: там видно, що з нею стало.",
        "Оновити",
        back,
        icon="withdrawn",
        soft=True,
    )


def nothing_to_send(back: str) -> Failure:
    return Failure(
        409,
        "Надсилати ще раз не треба",
        "Надсилати ще раз не треба: повідомлення вже надсилається або дійшло.",
        "Оновити",
        back,
        icon="check",
        soft=True,
    )


def unfilled(holes: Sequence[str], back: str) -> Failure:
    """Words of a ready answer that nobody has filled in."""
    left = ", ".join(f"{{{hole}}}" for hole in dict.fromkeys(holes))
    return Failure(
        422,
        "Не все заповнено",
        f"Не заповнено: {left}. Впишіть або приберіть ці слова: людина побачила б їх у дужках.",
        "Оновити",
        back,
        icon="pen",
        soft=True,
    )


def not_resolved(back: str) -> Failure:
    return Failure(
        409,
        "Консультацію вже відкрито",
        "Консультація цієї розмови вже відкрита. Оновіть сторінку й подивіться, хто її веде.",
        "Оновити",
        back,
        icon="retry",
        soft=True,
    )


def long_answer(back: str) -> Failure:
    return Failure(
        413,
        "Готова відповідь задовга",
        "Готова відповідь задовга: назва до 80 знаків, текст до 2000.",
        "До готових відповідей",
        back,
    )


def unknown_answer(back: str) -> Failure:
    return Failure(
        404,
        "Такої готової відповіді немає",
        "Такої готової відповіді вже немає. Можливо, її прибрали.",
        "До готових відповідей",
        back,
    )


def wrong_receiver(back: str) -> Failure:
    return Failure(
        422,
        "Цій людині не передати",
        "Цій людині розмову не передати. Оновіть сторінку й виберіть колегу зі списку.",
        "Оновити",
        back,
    )


def too_large(back: str) -> Failure:
    return Failure(
        413,
        "Тексту забагато",
        "Тексту забагато. Розділіть його на кілька повідомлень до 4000 знаків.",
        "Оновити",
        back,
    )


def broken(back: str) -> Failure:
    return Failure(
        500,
        "Збій на нашому боці",
        "Збій на нашому боці. Текст лишився чернеткою: спробуйте ще раз за хвилину.",
        "Оновити",
        back,
    )


_PERIODS = {
    "unreadable": "Ці дати не прочитати. Виберіть перший і останній день.",
    "reversed": "Перший день пізніший за останній. Поміняйте їх місцями.",
    "ahead": "Цей період ще не почався. Виберіть перший день, який уже був.",
    "long": "Період завеликий. Звіт рахує щонайбільше два роки.",
}


def bad_period(why: str, back: str) -> Failure:
    """`why` is a word of `BadPeriod`."""
    return Failure(422, "За ці дати звіту немає", _PERIODS[why], "До звітів", back, soft=True)


def unknown_office(back: str) -> Failure:
    return Failure(
        404, "Такого офісу тут немає", "Такого офісу тут немає. Виберіть зі списку.", "До годин", back
    )


def wrong_pause() -> Failure:
    return Failure(
        422,
        "Паузу не почато",
        "Паузу не почато. Виберіть, чому, і коли вона закінчиться сама; причина — до 200 знаків.",
        "До черги",
        "/workplace",
    )


def no_papers(back: str) -> Failure:
    return Failure(404, "Переліку немає", "У цій картці немає переліку документів.", "До розмови", back)


def call_taken(name: str, back: str) -> Failure:
    return Failure(409, "Дзвонить колега", f"Цей дзвінок робить {name}.", "До дзвінків", back, soft=True)


def call_gone(back: str) -> Failure:
    return Failure(
        409,
        "Дзвонити вже не треба",
        "Дзвонити вже не треба: дзвінок зроблено, або консультацію закрито.",
        "Зрозуміло",
        back,
        soft=True,
    )


def no_summary(back: str, typed: str) -> Failure:
    return Failure(
        422,
        "Потрібен підсумок",
        "Запишіть підсумок: що людині сказано, до 1000 знаків.",
        "До дзвінків",
        back,
        typed=typed,
    )


def no_time(back: str) -> Failure:
    return Failure(422, "Потрібен час", "Виберіть час, який ще попереду.", "До дзвінків", back)
