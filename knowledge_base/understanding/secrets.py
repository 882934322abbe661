"""Masks what must not be kept: card numbers, codes from SMS, and identifiers of a person for logs.

Application numbers, phone numbers, sums and dates stay readable. `identifiers` only tells where in a text a person's
identifiers stand, phones among them, for pages that hide them until somebody asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge_base.understanding.receipts import code_spans

DOT = "•"

_CARD = re.compile(r"(?<![\w+])[0-9](?:[ \-\u00a0.]?[0-9]){12,18}(?!\w)")
_CARD_WORD = re.compile(r"(?:карт|kart|card)\w*\W{0,3}(?:\w+\W{1,3}){0,3}$", re.IGNORECASE)
_IBAN = re.compile(r"\bUA[ \u00a0]?[0-9]{2}(?:[ \u00a0]?[0-9]){25}\b", re.IGNORECASE)

_CODE_WORD = r"(?:код\w*|kod\w*|code|пін(?:код)?\w*|пин(?:код)?\w*|pin|cvv2?|cvc2?|парол\w*|otp)"
_MESSAGE_WORD = r"(?:смс\w*|sms\w*|смск\w*)"
# Codes that are no secrets: of a firm, a service, a place, an application.
_OPEN_CODE = (
    r"(?!\s+(?:єдрпоу|едрпоу|послуг\w*|місцев\w*|област\w*|району|город\w*|міста|індекс\w*"
    r"|поштов\w*|заяв\w*|справ\w*))"
)
_CODE = re.compile(
    rf"\b(?:{_CODE_WORD}\b{_OPEN_CODE}[^0-9.!?\n•]{{0,30}}?|{_MESSAGE_WORD}\b[^\w•]{{0,3}})"
    r"(?<![0-9])([0-9](?:[ \-]?[0-9]){2,7})(?![0-9])",
    re.IGNORECASE,
)
_CODE_BEFORE = re.compile(
    r"(?<![0-9])([0-9]{4,8})(?![0-9])\W{0,3}(?:це |это |то |-|—)?\s*(?:код|kod|пароль|пін|пин)\b"
    # The number of an application with its receipt's code after it, which is masked already.
    rf"(?!\W{{0,3}}{DOT})" + _OPEN_CODE,
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\s*(?:грн|гривень|гривен|тис|тищ|тысяч|руб|дол|%|відсотк|дн|рок|лет|год|міс|числ|:)", re.IGNORECASE
)

_TAX_WORD = r"(?:іпн|ипн|инн|рнокпп|ідентифікаційн\w*|идентификационн\w*|податков\w*|налогов\w*|код платника)"
_TAX = re.compile(rf"\b{_TAX_WORD}\b[^0-9\n•]{{0,30}}([0-9]{{10}})(?![0-9])", re.IGNORECASE)
_PASSPORT_BOOKLET = re.compile(r"\b[А-ЯІЇЄҐ]{2}[ №\u00a0]{0,2}[0-9]{6}\b")
_PASSPORT_WORD = r"(?:паспорт\w*|id[\s-]?карт\w*|айді[\s-]?карт\w*|загран\w*)"
_PASSPORT_CARD = re.compile(rf"\b{_PASSPORT_WORD}\b[^0-9\n•]{{0,20}}([0-9]{{9}})(?![0-9])", re.IGNORECASE)
_REGISTER_NUMBER = re.compile(r"(?<![0-9])(?:19|20)[0-9]{6}-[0-9]{5}(?![0-9])")

_PASSPORT_TYPED = re.compile(
    rf"\b{_PASSPORT_WORD}\b\W{{0,3}}(?:сер\w*\W{{1,3}})?([а-яіїєґ]{{2}}[ №\u00a0]{{0,2}}[0-9]{{6}})(?![0-9])",
    re.IGNORECASE,
)
_TEN_DIGITS = re.compile(r"(?<![\w+])[1-9][0-9]{9}(?!\w)")
_GAP = r"[ \-\u00a0]?"
_PHONE = re.compile(
    rf"(?<![\w+])(?:\+?38{_GAP})?\(?0[0-9]{{2}}\)?{_GAP}[0-9]{{3}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}(?!\w)"
)
_OF_AN_OFFICE = ("0800", "0900")
_TAX_WEIGHTS = (-1, 5, 7, 9, 4, 6, 10, 5, 7)


@dataclass(frozen=True)
class Identifier:
    """Where an identifier stands in a text; `kind` is iban, card, register, tax, passport or phone."""

    kind: str
    start: int
    end: int


def identifiers(text: str) -> list[Identifier]:
    """A person's identifiers in a text, in order, none over another."""
    found: list[Identifier] = []
    for one in _identifiers(text):
        if all(one.end <= other.start or other.end <= one.start for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def _identifiers(text: str) -> Iterator[Identifier]:
    """The surest first."""
    for kind, pattern, group in (
        ("iban", _IBAN, 0),
        ("register", _REGISTER_NUMBER, 0),
        ("tax", _TAX, 1),
        ("passport", _PASSPORT_CARD, 1),
        ("passport", _PASSPORT_TYPED, 1),
        ("passport", _PASSPORT_BOOKLET, 0),
    ):
        for match in pattern.finditer(text):
            yield Identifier(kind, match.start(group), match.end(group))
    for match in _CARD.finditer(text):
        if _is_card(match):
            yield Identifier("card", match.start(), match.end())
    for match in _TEN_DIGITS.finditer(text):
        if is_tax_number(match[0]):
            yield Identifier("tax", match.start(), match.end())
    for match in _PHONE.finditer(text):
        digits = re.sub(r"[^0-9]", "", match[0]).removeprefix("38")
        if not digits.startswith(_OF_AN_OFFICE):
            yield Identifier("phone", match.start(), match.end())


def is_tax_number(digits: str) -> bool:
    """Whether the last of ten digits is the one that the nine before it give."""
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, digits, strict=False))
    return total % 11 % 10 == int(digits[-1])


def _dotted(text: str) -> str:
    return re.sub(r"[0-9]", DOT, text)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _is_card(found: re.Match[str]) -> bool:
    digits = re.sub(r"[^0-9]", "", found[0])
    # 380… and 0 800… are telephones; cards here begin with 2-6 (ПРОСТІР 9).
    if digits[0] not in "234569" or len(set(digits)) == 1:
        return False
    called_card = len(digits) == 16 and _CARD_WORD.search(found.string, 0, found.start()) is not None
    return called_card or _luhn(digits)


def _mask_card(found: re.Match[str]) -> str:
    return _dotted(found[0]) if _is_card(found) else found[0]


def _mask_group(found: re.Match[str]) -> str:
    start, end = found.start(1) - found.start(), found.end(1) - found.start()
    return found[0][:start] + _dotted(found[1]) + found[0][end:]


def _replace(pattern: re.Pattern[str], text: str, change: Callable[[re.Match[str]], str]) -> tuple[str, bool]:
    masked = pattern.sub(change, text)
    return masked, masked != text


def mask(text: str) -> tuple[str, str | None]:
    """The text with secrets turned into dots, and which kind it holds: 'card' and 'code', which deserve a warning,
    'receipt', the code of an application, which is asked for; or None.

    IBAN, tax number, passport and register numbers are masked too, and need no word.
    """
    text, receipt = _mask_receipts(text)
    text, _ = _replace(_IBAN, text, lambda found: _dotted(found[0]))
    text, card = _replace(_CARD, text, _mask_card)
    for pattern in (_TAX, _PASSPORT_CARD):
        text, _ = _replace(pattern, text, _mask_group)
    for pattern in (_PASSPORT_BOOKLET, _REGISTER_NUMBER):
        text, _ = _replace(pattern, text, lambda found: _dotted(found[0]))
    text, code = _replace(_CODE, text, _mask_code)
    text, code_before = _replace(_CODE_BEFORE, text, _mask_group)
    if card:
        return text, "card"
    if code or code_before:
        return text, "code"
    return text, "receipt" if receipt else None


def _mask_receipts(text: str) -> tuple[str, bool]:
    spans = code_spans(text)
    for start, end in spans:
        dotted = "".join(DOT if sign.isalnum() else sign for sign in text[start:end])
        text = text[:start] + dotted + text[end:]
    return text, bool(spans)


def _mask_code(found: re.Match[str]) -> str:
    if _SUM.match(found.string, found.end()):
        return found[0]
    return _mask_group(found)
