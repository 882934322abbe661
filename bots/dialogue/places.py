"""Names places shortly, for buttons and sentences, and finds the one a question names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bots.dialogue.texts.style import LABEL_LIMIT
from knowledge_base.answers import Office

# From so many letters on, words that begin alike are one word in another case.
STEM = 5
_TOWN = re.compile(r"^(?:м|с|смт|селище)\.? [^,]+, ")
_STREET_KIND = re.compile(r"^(?:вул|просп|пр|пл|бул|пров|шосе)\.? ")
_WORD = re.compile(r"[^\W\d_]+")
# What people call the bodies an office serves, besides the office's own name.
_CALLED = {
    "cnap": ("цнап", "снап"),
    "pfu_office": ("пенсійн", "пенсионн", "пфу"),
    "department": ("соцзахист", "соцзащит", "собес"),
    "social_center": ("терцентр", "територіальн", "территориальн"),
    "employment_center": ("зайнят", "занятост", "бірж", "бирж"),
    "veteran_policy": ("ветеран",),
    "homeless_center": ("притул", "приют", "ночліж", "ночлеж", "нічліж"),
    "child_service": ("дитяч", "детск"),
    "legal_aid_center": ("юрист", "адвокат", "правов"),
}


def street(office: Office) -> str:
    """`вул. Липова, 12`: the address without the town."""
    return _TOWN.sub("", office.address)


def labels(offices: Sequence[Office]) -> dict[str, str]:
    """A button's label for each office by id: readable, within the limit, no two alike."""
    given: dict[str, str] = {}
    for office in offices:
        taken = set(given.values())
        fitting = (
            name for name in _short_names(office) if 0 < len(name) <= LABEL_LIMIT and name not in taken
        )
        given[office.id] = next(fitting, f"№ {len(given) + 1}")
    return given


def named(words: str, offices: Sequence[Office]) -> Office | None:
    """The first office the words name: by its street, by a word only its name has, or by what it serves."""
    said = [word.lower() for word in _WORD.findall(words)]
    stems = {office.id: _stems(office) for office in offices}
    count = Counter(stem for own in stems.values() for stem in own)
    its_own = {name: tuple(stem for stem in own if count[stem] == 1) for name, own in stems.items()}
    called = {
        office.id: tuple(name for serves in office.serves for name in _CALLED.get(serves, ()))
        for office in offices
    }
    for names in (its_own, called):
        for office in offices:
            if any(word.startswith(names[office.id]) for word in said):
                return office
    return None


def named_in_full(words: str, offices: Sequence[Office]) -> Office | None:
    """The first office of whose name the words leave out nothing: «де територіальний центр»."""
    said = {word.lower()[:STEM] for word in _WORD.findall(words)}
    for office in offices:
        name = {word.lower()[:STEM] for word in _WORD.findall(office.name) if len(word) >= STEM}
        if len(name) > 1 and name <= said:
            return office
    return None


def _stems(office: Office) -> set[str]:
    where = "" if office.address_hidden else street(office)
    return {word.lower()[:STEM] for word in _WORD.findall(f"{office.name} {where}") if len(word) >= STEM}


def _short_names(office: Office) -> Iterator[str]:
    """Ways to call it, the best first; a long street loses its first words, never its number."""
    if not office.address_hidden:
        where = street(office)
        yield where
        yield _STREET_KIND.sub("", where)
        words = _STREET_KIND.sub("", where).split(" ")
        for start in range(1, max(1, len(words) - 1)):
            yield " ".join(words[start:])
    yield office.name
    if not office.address_hidden:
        yield office.address
    for end in range(len(office.name.split(" ")), 0, -1):
        yield " ".join(office.name.split(" ")[:end]).rstrip(" ,–-")
