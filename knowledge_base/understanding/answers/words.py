"""Words that answers of every kind share, written as people write them and kept in the one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from knowledge_base.understanding.normalise import spell

T = TypeVar("T")
_KNOWN_WORDS = 20_000


@lru_cache(maxsize=_KNOWN_WORDS)
def fold(word: str) -> str:
    """A word in the one spelling, any script; empty where no letter of ours is left."""
    return "".join(spell(word))


def folded(text: str) -> frozenset[str]:
    """The words of a list, each in the one spelling."""
    return frozenset(fold(word) for word in text.split())


def phrases(text: str) -> tuple[str, ...]:
    """Phrases parted by `|`, each folded and padded with spaces, to be looked for in `padded` words."""
    return tuple(padded(fold(word) for word in phrase.split()) for phrase in text.split("|"))


def padded(words: Iterable[str]) -> str:
    """Words joined by single spaces, one more at either end."""
    return f" {' '.join(words)} "


def by_word(table: Mapping[T, str]) -> dict[str, T]:
    """Turned round: every folded word of a value -> its key. The first one that has the word keeps it."""
    found: dict[str, T] = {}
    for key, text in table.items():
        for word in text.split():
            found.setdefault(fold(word), key)
    return found


YES_WORDS = folded(
    "так да ага угу еге авжеж звісно звичайно конечно канєшно канешно точно правильно вірно верно ок окей "
    "добре yes yep si дааа плюс аякже безумовно обовязково стовідсотково згоден згодна нуда"
)
NO_WORDS = folded("ні нет неа нє нєа ніт нєт ноу nope no неее нетушки нізащо аніскільки")
NONE_WORDS = folded(
    "нема немає нету нєту нетути нєма немаю немаємо нічого ничего ничо нічо ніщо ничто жодного жодної "
    "жоден жодна жодне жодних ніякого ніяких ніякої никаких никакого никакой ніхто никто нікого никого "
    "ніколи никогда відсутні відсутня відсутній отсутствует зроду ніскільки аніскільки нисколько ніразу"
)
HAVE_WORDS = folded("є єсть есть маю має маєм маємо мають имею имеем имеет имеется буває присутній присутня")
HAD_WORDS = folded("мав мала мали було була був були бывало было была были бувало")
NOT = fold("не")
NEITHER = folded("ні ни ані")

FILLERS = folded(
    "а і й та и но але ну ж же то це этот это цей ця ці той та ті там тут мені мне нам нас меня мене я ми "
    "мы ви вы вас вам він вона воно вони он она оно они їх их його её її ей їй ему йому мій моя моє мої "
    "мою мойо наш наша наші наше у в во на з із зі с со до за по від от для про при о об ось вот от всього "
    "усього всего разом вместе загалом ще еще ишо вже уже зараз сейчас тепер теперь тільки лише только "
    "просто ніби вроді вроде дуже очень так да десь мабуть здається кажется напевно наверное приблизно "
    "примерно около біля близько виходить получається получается выходит буде будет будемо є есть було був "
    "була були бо тому чесно честно правда знаю думаю вийшло вийде напишу пишу кажу скажу скажімо допустим "
    "припустимо рахувати если якщо добрий день доброго дня здравствуйте добридень вітаю дякую спасибо будь "
    "ласка пожалуйста привіт привет слухайте дивіться ой ох ех ага угу один сам сама самі якась якийсь "
    "якісь усі всі все усе всех всіх чи або или либо навіть даже весь вся оце отак отакі такі такий така "
    "таке десь рахуючи считая мінус плюс не ні нет собі себе свої своя свій кожен кожному кожного кожна "
    "каждому каждого каждый обоє обидва обидві обом обох мною тобою нею ним ними нами"
)
KIN_WORDS = folded(
    "чоловік чоловіка чоловіку чоловіком муж мужа мужу мужем мужик дружина дружини дружині дружиною "
    "дружину жінка жінки жінці жінкою жена жены жене женой мама мами мамі мамою маму мамка мати матері "
    "матір матірю матерью тато тата татові татом папа папи папы папі папе папой батько батька батьку "
    "батькові батьком отец отца отцу баба баби бабі бабою бабуся бабусі бабусею бабушка бабушки бабушке "
    "бабушкой дід діда діду дідом дідусь дідуся дідусю дед деда деду дедом дедушка син сина сину синові "
    "сином сын сына сыну сыном синок синочок синочку дочка дочки дочці дочкою дочку донька доньки доньці "
    "донькою доця доці дочь дочери дочерью доча дочі брат брата брату братом сестра сестри сестрі сестре "
    "сестрою сестрой свекруха свекрухи свекрусі свекрухою свекровь свекрови свекровью свекор теща тещі "
    "тещею теще тещей тесть тестя зять зятя зятем невістка невістки невісткою невестка онук онука онуком "
    "онучка онучки внук внука внуком внучка внучки внучкой дитина дитини дитині дитиною ребенок ребенка "
    "ребенку ребенком хлопець хлопчик дівчинка дівчина дівчинці хлопчику малюк малюку мальчик девочка "
    "тітка дядько"
)
ORDER_WORDS = folded(
    "малий мала старший старша старшому старшій молодший молодша молодшому молодшій меншому меншій менший "
    "менша середній середня середньому средний средняя старшая младшая младший младшему младшей старшему "
    "старшей перший перша першому першій другий друга другому другій третій третя третьому первый первому "
    "вторая второму найстарший найстарша найменший найменша"
)
ADDRESS_WORDS = folded(
    "вул вулиця вулиці улица улице будинок будинку дом дома кв кабінет кабінеті код коду номер номери "
    "телефон тел пін пароль заявка заявки заявку справа справи справу звернення талон індекс поверх "
    "під'їзд карта картка картки паспорт інн іпн рнокпп серія дорога година годині часов сторінка закон "
    "постанова стаття наказ клас класі класс курс курсі статус справка дсту черга "
    "черзі очереди температура"
)
"""Words beside which a bare number is not the answer."""
_TOPICS = (
    "субсид", "пільг", "льгот", "компенсац", "довідк", "справк", "документ", "черг", "запис", "юрист", "лікар",
    "тцк", "повістк", "школ", "садок", "реєстрац", "застосунк", "прийом", "заяв",
)  # fmt: skip
TOPIC_STEMS = tuple(fold(stem) for stem in _TOPICS)
"""How words begin that name a matter of its own: with one of them a short sentence may begin a new topic."""


STEM = 5
SHORTEST_STEM = 4
_KNOWN_QUESTIONS = 2_000
_PLACEHOLDER, _SENTENCE = re.compile(r"\{[^}]*\}"), re.compile(r"[^.?!]+[.?!]*")


@lru_cache(maxsize=_KNOWN_QUESTIONS)
def asking(text: str) -> str:
    """The sentences of a question that ask, without their placeholders: the rest only explains."""
    plain = _PLACEHOLDER.sub(" ", text)
    return " ".join(sentence for sentence in _SENTENCE.findall(plain) if sentence.endswith("?")) or plain


@lru_cache(maxsize=_KNOWN_QUESTIONS)
def question_words(text: str) -> frozenset[str]:
    """The words that ask."""
    return frozenset(spell(asking(text)))


@lru_cache(maxsize=_KNOWN_QUESTIONS)
def asked_about(*texts: str) -> frozenset[str]:
    """How the telling words of a question begin: the first five letters of words of four letters and more."""
    words = (word for text in texts for word in spell(_PLACEHOLDER.sub(" ", text)))
    return frozenset(word[:STEM] for word in words if len(word) >= SHORTEST_STEM and not word.isdigit())


def echoes(word: str, asked: frozenset[str]) -> bool:
    """Whether a word begins as one of the question's (`asked_about`)."""
    return len(word) >= SHORTEST_STEM and (word[:STEM] in asked or word[:SHORTEST_STEM] in asked)


OF_BIRTH = frozenset(
    word[:STEM]
    for word in folded(
        "народився народилась родился родилась народження рождения нашлася виїхали выехали помер померла умер"
    )
)
"""How words begin that speak of what happened on a day."""
