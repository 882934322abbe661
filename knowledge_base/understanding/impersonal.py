"""Takes out of a question what may tell who asked it, so that an editor can keep it."""

from __future__ import annotations

import re

HIDDEN = "…"

_NAME = r"[А-ЯЁІЇЄҐ][а-яёіїєґ’'ʼ-]+"
_PATRONYMIC = r"[А-ЯЁІЇЄҐ][а-яёіїєґ’'ʼ]+(?:івн|ївн|овн|евн|ович|йович|евич|ьович)\w*"
_HIDES = (
    # A link or an address of a mailbox, a name in a messenger.
    re.compile(r"\S+@\S+|https?://\S+|(?<!\w)@\w{3,}"),
    # A patronymic with the names beside it.
    re.compile(rf"(?:{_NAME}\s+){{0,2}}{_PATRONYMIC}(?:\s+{_NAME})?"),
    # A street with its house and flat.
    re.compile(
        r"\b(?:вул|вулиц\w*|ул|улиц\w*|просп\w*|пров\w*|пер\w{0,5}лок|бульв\w*)\.?\s+[\w’'-]+"
        r"(?:\s*,?\s*(?:буд\w*|д|кв)?\.?\s*\d+\w?)*",
        re.IGNORECASE,
    ),
    # Passports and codes: letters with digits, and any long number. Sums and years have four digits or fewer.
    re.compile(r"\b[A-ZА-ЯІЇЄҐ]{2}\s?\d{6}\b"),
    re.compile(r"\+?\d(?:[\s()-]?\d){4,}"),
)
# «100 000», «14500 грн» are sums.
_SUM = re.compile(r"\d{1,3}(?:[\s\u00a0]?\d{3}){1,2}(?!\d)(?=\s*(?:грн|гривень|гривен|тис|к\b|₴))")


def impersonal(text: str) -> str:
    """The text with numbers of papers and phones, addresses, mailboxes, links and full names hidden."""
    sums = [found.span() for found in _SUM.finditer(text)]

    def hide(found: re.Match[str]) -> str:
        inside = any(start <= found.start() and found.end() <= end for start, end in sums)
        return found[0] if inside else HIDDEN

    for pattern in _HIDES:
        if pattern.search(text):
            text = pattern.sub(hide, text)
            sums = [found.span() for found in _SUM.finditer(text)]
    return text
