"""Checks a Ukrainian text against the rules of tone: length, plain sentences, forbidden words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

TEXT_LIMIT = 640
TEXT_TARGET = 600
FIRST_SENTENCE_LIMIT = 90
LABEL_LIMIT = 20
SENTENCE_WORDS = 18
AVERAGE_WORDS = 12
EXCLAMATIONS = 1

# stem -> what is said instead; a stem stands at the beginning of a word
FORBIDDEN_WORDS = {
    r"здійсн\w+ виплат": "виплатити",
    r"надати? пакет": "подати документи",
    r"заявни[кц]": "ви",
    r"отримувач": "людина, яка отримує",
    r"згідно з чинним": "нічого: закон стоїть у рядку джерела",
    r"відповідно до чинного": "нічого: закон стоїть у рядку джерела",
    r"уповноважен\w+ орган": "назва установи",
    r"зареєстроване місце проживання": "де ви зареєстровані (прописані)",
    r"інвалід(?!н)": "людина з інвалідністю",
    r"особлив\w+ потреб": "людина з інвалідністю",
    r"малозабезпечен": "сім’я з невеликим доходом",
    r"верифікац": "перевірка даних",
    r"призупинен": "зупинили, поки…",
    r"вам відмовлено": "цього разу ні",
    r"зверну(тися|тись) із заявою": "подати заяву",
    r"у зв’язку з відсутністю": "бо немає",
    r"пред’яв": "показати",
    r"домогосподарств": "усі, хто живе з вами",
    r"в установленому порядку": "як саме",
    r"за місцем фактичного проживання": "де ви живете зараз",
    r"внутрішньо переміщен": "переселенець, переселенка (ВПО)",
    r"похилого віку": "старшого віку",
    r"ідентифікац": "підтвердження особи",
    r"надміру виплачен": "зайво виплачені гроші",
    r"календарних днів": "до {date}",
    r"у разі необхідності": "якщо треба",
    r"просимо звернути увагу": "важливо",
    r"законн\w+ представник": "батько, мати, опікун",
    r"уточнюється": "рядок пропускають",
    r"шановн": "без звертання",
    r"на жаль": "без цього",
    r"оператор(?!\w*техн)": "людина",
    r"тікет": "консультація",
    r"по телефону": "телефоном",
    r"на протязі": "протягом",
    r"слідуюч": "наступний",
    r"вірна відповідь": "правильна відповідь",
    r"являється": "є",
    r"задати питання": "запитати",
    r"на рахунок цього": "щодо цього",
    r"співпада": "збігається",
    r"відноситься до": "належить до",
    r"прийняти міри": "вжити заходів",
    r"в залежності від": "залежно від",
    r"два екземпляри": "два примірники",
}
_FORBIDDEN = [(re.compile(rf"\b{stem}", re.IGNORECASE), instead) for stem, instead in FORBIDDEN_WORDS.items()]
_GUESSED_GENDER = re.compile(r"\((?:ла|а|ий|ій|ка|на|ась|лася|я)\)|\w\(")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[»”]?\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_CAPITALS = re.compile(r"\b[А-ЯІЇЄҐ]{7,}\b")
_RANGE = re.compile(r"\d\s?[–—]\s?\d")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a text: the rule, and the piece that breaks it."""

    rule: str
    piece: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.piece}"


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line ends a sentence."""
    return [piece.strip() for piece in _SENTENCE_END.split(text) if piece and _WORD.search(piece)]


def faults_of(text: str, *, limit: int = TEXT_LIMIT, read_as_prose: bool = True) -> list[Fault]:
    """Everything in a text that breaks the rules. `read_as_prose=False` leaves sentences uncounted."""
    found: list[Fault] = []
    if len(text) > limit:
        found.append(Fault(f"longer than {limit} characters", f"{len(text)}"))
    if read_as_prose:
        lengths = [len(_WORD.findall(sentence)) for sentence in sentences(text)]
        for sentence, words in zip(sentences(text), lengths, strict=True):
            if words > SENTENCE_WORDS:
                found.append(Fault(f"a sentence of {words} words", sentence))
        if lengths and sum(lengths) / len(lengths) > AVERAGE_WORDS:
            found.append(Fault(f"sentences of {sum(lengths) / len(lengths):.1f} words on average", text))
    for pattern, instead in _FORBIDDEN:
        if hit := pattern.search(text):
            found.append(Fault(f"say «{instead}»", hit.group()))
    if hit := _GUESSED_GENDER.search(text):
        found.append(Fault("gender in brackets", hit.group()))
    if hit := _CAPITALS.search(text):
        found.append(Fault("capitals", hit.group()))
    if hit := _RANGE.search(text):
        found.append(Fault("a range written with a dash", hit.group()))
    if "'" in text:
        found.append(Fault("a typewriter apostrophe", "'"))
    if text.count("!") > EXCLAMATIONS:
        found.append(Fault("more than one exclamation", "!"))
    found.extend(
        Fault("an emoji", sign) for sign in text if unicodedata.category(sign) == "So" and sign != "№"
    )
    return found


def faults_of_label(text: str) -> list[Fault]:
    """Everything wrong with a button's label: also its length and a full stop."""
    found = faults_of(text, limit=LABEL_LIMIT)
    if text.endswith("."):
        found.append(Fault("a full stop on a button", text))
    return found
