"""What is said instead of an answer: «не знаю», «не скажу», «нема», a word for a number, a question, a command."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from knowledge_base.understanding.answers.tokens import Kind, Token, words_of
from knowledge_base.understanding.answers.vocabulary import CARDINALS, SCALES
from knowledge_base.understanding.answers.words import (
    FILLERS,
    HAD_WORDS,
    HAVE_WORDS,
    KIN_WORDS,
    NEITHER,
    NO_WORDS,
    NONE_WORDS,
    NOT,
    ORDER_WORDS,
    TOPIC_STEMS,
    YES_WORDS,
    echoes,
    folded,
    padded,
    phrases,
)

_DONT_KNOW = phrases(
    "не знаю|хз|хезе|без понятія|без поняття|без понятия|не памятаю|не пам'ятаю|не помню|важко сказати|"
    "трудно сказать|не можу сказати|не могу сказать|не впевнений|не впевнена|не уверен|не уверена|"
    "поняття не маю|понятия не имею|гадки не маю|уявлення не маю|не в курсі|не в курсе|забув|забула|забыл|"
    "забыла|невідомо|неизвестно|фіг знає|фиг знает|хто його знає|кто его знает|бог його знає|бозна|"
    "не знаєм|не знаємо|незнаю|не рахував|не рахувала|не рахували|не считал|не считала|"
    "не скажу точно|точно не скажу|складно сказати|сложно сказать|не згадаю|не вспомню|не розумію|"
    "не понимаю|idk|x з"
)
_PERHAPS = phrases("можливо|може|может|может быть|возможно|може бути|мабуть|наверное|напевно|як сказати")
_REFUSED = phrases(
    "не хочу казати|не хочу говорити|не хочу говорить|не хочу відповідати|не хочу отвечать|не скажу|"
    "не буду казати|не буду говорити|не буду відповідати|не буду отвечать|не буду писати|не ваше діло|"
    "не ваша справа|не ваше дело|це особисте|это личное|особиста інформація|не відповім|без відповіді|"
    "без ответа|відмовляюсь|відмовляюся|отказываюсь|не бажаю|не желаю|не хотів би|не хотіла б|"
    "не хотелось бы|промовчу|залиште без відповіді"
)
_SKIPPED = phrases(
    "пропустити|пропусти|пропустить|пропускаю|пропуск|пропустим|пропустимо|пропустіть|дальше|далі|"
    "дальше давай|далі давай|давай далі|давай дальше|йдемо далі|идем дальше|наступне|наступне питання|"
    "следующий|следующий вопрос|скіп|skip|next|не хочу|пас|давайте далі|давайте дальше"
)
_COMMANDS = folded(
    "назад досить стоп меню оператор оператора людина людину человек человека хватит спеціаліст специалист "
    "stop menu back start старт допомога help консультант повернись скасувати отмена вихід выход"
)
_VAGUE = folded(
    "багато небагато мало мізер мізерна мізерно копійки копійка копейки трохи трошки немного много "
    "чуть крихти крихта достатньо кілька декілька несколько пару пара мільйони тисячі "
    "тысячи куча купа чимало чимала немало непогано дрібниці дріб'язок "
    "вистачає хватает невистачає сльози слезы велика великий великі маленька маленький мізерний "
    "невелика невеликий"
)
_VAGUE_PHRASES = phrases(
    "по різному|по разному|коли як|як коли|когда как|как когда|раз на раз|не густо|кіт наплакав|"
    "кот наплакал|на хліб|ледве вистачає|еле хватает|не вистачає|не хватает|не мало|не багато|не много|"
    "кінці з кінцями|від зарплати до зарплати|більш менш|более менее|так собі|как у всех|як у всіх"
)
_VAGUE_TIME = folded(
    "давно недавно нещодавно колись щойно війни война войны війна раніше раньше когдато давненько задовго днями"
)
_ASK_ANYWHERE = folded(
    "скільки сколько скока скоко скіки чому почему навіщо нащо нашо зачем куди куда невже разве ли"
)
_ASK_AFTER_COMMA = _ASK_ANYWHERE | folded("чи коли когда де где можна можно звідки откуда")
_ASK_FIRST = _ASK_AFTER_COMMA | folded(
    "кому хто кто який яка яке які якого якої яких яку якому якою какой какая какое какие каких какую какого "
    "що шо что чо як как чий чия чого"
)
_WHICH = folded("який яка яке які якого якої яких яку какой какая какое какие какую")
_WHICH_OF = folded(
    "допомога допомогу допомоги помощь сума суму сумма сумму виплата виплати виплату выплаты група групу "
    "документи документ довідка довідки пільга пільги льгота льготы положена належить"
)
_THERE = folded("там тут туди туда")
_OR = folded("чи або или")
_IF = folded("якщо если")
_ASIDES = folded(
    "так да ні нет ну добре хорошо ок окей ага тоді тогда скажіть скажите підкажіть будь ласка ой вибачте"
)
_JOINS = folded("а і та й и но але")
_NOT_ASKED = phrases(
    "як мінімум|як максимум|как минимум|как максимум|як правило|как правило|як коли|коли як|когда как|"
    "як завжди|де то|где то|як у|як в|хто як|що є|скільки себе|як є|чого там|як раз|как раз|як і|як всі|"
    "як кажуть"
)
_WHAT, _TO_DO = (
    folded("що шо что"),
    folded("треба нужно надо робити делать далі дальше мені нам мне платять нада"),
)
_WISHES = folded(
    "хочу хотів хотіла хотел хотела хотілось розкажіть расскажите підкажіть підскажіть подскажите поясніть "
    "объясните допоможіть помогите запишіть запишите оформити оформить подати подать питання вопрос "
    "запитання спитати спросить"
)
_SENTENCE_ENDS = frozenset(".!;\n")
NOT_HAD = folded(
    "купував купувала купували купляв купляла купляли купили купив купила покупал покупала покупали брав "
    "брала брали брал виїжджав виїжджала виїжджали виїздив виїздила виїздили їздив їздила їздили ездил "
    "ездила ездили выезжал выезжала выезжали винен винна винні должен должна должны заборгував заборгувала "
    "платимо платим плачу плачем отримую отримуємо получаю получаем працюю працюємо работаю заробляю "
    "їздимо виїжджаємо тримаємо тримаю храню было бывало ходив"
)
_OWNED = folded(
    "доходу доходів доходів дохода доходов грошей денег гривні копійки копейки пенсії пенсии зарплати "
    "зарплаты боргу боргів долгов депозиту депозитів депозитов валюти валюты покупок заощаджень"
)
_NOT_HAD_OR_OWNED = NOT_HAD | _OWNED
_HAD = HAVE_WORDS | HAD_WORDS | NOT_HAD
_LACKED = folded(
    "часу времени інтернету інтернета світла света зв'язку связи сил поняття бажання змоги відповіді слів "
    "газу газа води воды хліб хліба хлеб хлеба їжі еды їсти есть поїсти поесть ліків лекарств жити жить "
    "чим чем"
)
_WITHOUT = folded("без")
_LONGEST_NONE, _LONGEST_REFUSAL, _LONGEST_VAGUE, _LONGEST_UNKNOWING = 10, 8, 7, 5
_LONGEST_COMMAND = 6
_MOST_BESIDE_VAGUE = 2
_COUNTED_OUT = FILLERS | KIN_WORDS | ORDER_WORDS | YES_WORDS | NO_WORDS | NONE_WORDS | HAVE_WORDS | HAD_WORDS


def is_command(tokens: Sequence[Token]) -> bool:
    """Whether the answer is a word for the engine: «назад», «досить», «оператор»."""
    if len(tokens) > _LONGEST_COMMAND:
        return False
    words = words_of(tokens)
    if not 0 < len(words) <= 2 or any(token.number is not None for token in tokens):
        return False
    return words[0] in _COMMANDS and (len(words) == 1 or words[1] in _COUNTED_OUT)


def knows_not(words: Sequence[str]) -> bool:
    """Whether it says «не знаю». «Може» alone says so too."""
    said = padded(words)
    if len(words) > _LONGEST_UNKNOWING:
        return begins_unknowing(words)
    return any(phrase in said for phrase in _DONT_KNOW) or said in _PERHAPS


def begins_unknowing(words: Sequence[str]) -> bool:
    """Whether «не знаю» comes first: whatever follows, a question too, leans on it."""
    said = padded(words)
    return said.startswith(_DONT_KNOW) or said.startswith(_DONT_KNOW, said.find(" ", 1))


def refuses(words: Sequence[str]) -> bool:
    """Whether it declines to say: «не скажу», «пропустити», «далі»."""
    if not 0 < len(words) <= _LONGEST_REFUSAL:
        return False
    said = padded(words)
    return any(phrase in said for phrase in _REFUSED) or said in _SKIPPED


def is_vague(words: Sequence[str], asked: frozenset[str], *, money: bool) -> bool:
    """Whether it gives a word for a number: «багато», «копійки»; of money also «на хліб»."""
    if len(words) > _LONGEST_VAGUE or len(strangers(words, asked, _VAGUE)) > _MOST_BESIDE_VAGUE:
        return False
    said = padded(words)
    return not _VAGUE.isdisjoint(words) or (money and any(phrase in said for phrase in _VAGUE_PHRASES))


def is_vague_time(words: Sequence[str]) -> bool:
    """Whether it gives a word for a day: «давно», «на початку війни»."""
    return len(words) <= _LONGEST_VAGUE and not _VAGUE_TIME.isdisjoint(words)


def asks(tokens: Sequence[Token]) -> bool:
    """Whether it asks or wishes something itself: a question mark, a clause that begins as a question, a wish."""
    first, joined, comma = True, False, False
    for place, token in enumerate(tokens):
        word = token.text
        if token.kind is Kind.SIGN:
            if word == "?":
                return True
            first, joined = first or word in _SENTENCE_ENDS, False
            comma = place == 0 or tokens[place - 1].text not in _THERE
        elif token.kind is not Kind.WORD:
            first = joined = comma = False
        elif (
            word in _WISHES
            or _opens_question(tokens, place, first=first or joined, comma=comma)
            or (word in _IF and joined)
            or (word in NO_WORDS and place and tokens[place - 1].text in _OR)
        ):
            return True
        elif word in _JOINS:
            joined = True
        elif word not in _ASIDES:
            first = joined = comma = False
    return False


def _opens_question(tokens: Sequence[Token], place: int, *, first: bool, comma: bool) -> bool:
    word = tokens[place].text
    if word not in _ASK_FIRST:
        return False
    following = tokens[place + 1].text if place + 1 < len(tokens) else ""
    opens = (
        first
        or word in _ASK_ANYWHERE
        or (comma and word in _ASK_AFTER_COMMA)
        or (word in _WHAT and following in _TO_DO)
        or (word in _WHICH and following in _WHICH_OF)
    )
    return opens and _really(tokens, place)


def _really(tokens: Sequence[Token], place: int) -> bool:
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following is None:
        return True
    numeral = following.kind is Kind.NUMBER or following.text in CARDINALS or following.text in SCALES
    return not numeral and not padded((tokens[place].text, following.text)).startswith(_NOT_ASKED)


def says_none(words: Sequence[str], asked: frozenset[str]) -> bool:
    """Whether it says that there is none of what is asked for. `asked`: the stems of the question."""
    return (
        0 < len(words) <= _LONGEST_NONE
        and _denies(words, asked)
        and is_about(words, asked, _NOT_HAD_OR_OWNED, most=1)
    )


def is_about(
    words: Sequence[str], asked: frozenset[str], helpful: frozenset[str] = frozenset(), *, most: int
) -> bool:
    """Whether at most so many words are strangers, and none of these names another matter or what life lacks."""
    strange = strangers(words, asked, helpful)
    return len(strange) <= most and _LACKED.isdisjoint(strange) and not names_topic(strange)


def there_is_no(words: Sequence[str], asked: frozenset[str]) -> bool:
    """Whether it says of the very thing asked for that there is none, whatever else it says: «боргів нема, …»."""
    near = [pair for pair in pairwise(words) if not NONE_WORDS.isdisjoint(pair)]
    return any(echoes(word, asked) for pair in near for word in pair)


def _denies(words: Sequence[str], asked: frozenset[str]) -> bool:
    if words[0] in NO_WORDS or not NONE_WORDS.isdisjoint(words) or not NEITHER.isdisjoint(words[:-1]):
        return True
    for word, following in pairwise(words):
        if word == NOT and (following in _HAD or echoes(following, asked)):
            return True
        if word in _WITHOUT and echoes(following, asked):
            return True
    return False


def names_topic(strange: Sequence[str]) -> bool:
    """Whether one of the `strangers` names a matter of its own."""
    return any(word.startswith(TOPIC_STEMS) for word in strange)


def strangers(
    words: Sequence[str], asked: frozenset[str], helpful: frozenset[str] = frozenset()
) -> list[str]:
    """Words that neither help an answer along nor come from the question."""
    return [
        word for word in words if word not in _COUNTED_OUT and word not in helpful and not echoes(word, asked)
    ]
