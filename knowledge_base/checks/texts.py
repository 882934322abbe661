"""Checks of the texts people read: known placeholders, no figures, first sentences that fit a screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel

from knowledge_base.checks.figures import figure_in
from knowledge_base.language import first_sentence, knows_noun
from knowledge_base.rendering import Renderer, Unsayable
from knowledge_base.rules.community import CommunityView
from knowledge_base.rules.grammar import GrammarError
from knowledge_base.rules.placeholders import (
    OF_AN_ENTRY,
    Placeholder,
    PlaceholderError,
    holes,
    read_placeholder,
)
from knowledge_base.rules.problems import Path, Place, Problem, nearest
from knowledge_base.rules.schema import Entry, Text

LABEL_LIMIT = 20
TICK_LIMIT = 60
SENTENCE_LIMIT = 90


def texts_in(value: object, path: Path = ()) -> Iterator[tuple[Path, Text]]:
    """Every text of a model, with its path in the YAML."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, described in type(value).model_fields.items():
            yield from texts_in(getattr(value, name), (*path, described.alias or name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key in ("why", "if_not") and isinstance(inner, Mapping) and isinstance(inner.get("uk"), str):
                yield (*path, key), Text.model_construct(uk=inner["uk"], en=inner.get("en"))
            else:
                yield from texts_in(inner, (*path, str(key)))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, inner in enumerate(value):
            yield from texts_in(inner, (*path, number))


class TextChecks:
    """Checks texts against what every one of the communities can fill in."""

    def __init__(self, views: Sequence[CommunityView], allowed: Mapping[str, str]) -> None:
        self._views = views
        self._allowed = allowed

    def check(
        self, text: Text, place: Place, entry: Entry | None = None, *, figures: bool = False
    ) -> Iterator[Problem]:
        """Placeholders, figures where they may not stand, and the same placeholders in every language."""
        languages = {"uk": text.uk} | ({"en": text.en} if text.en else {})
        found: dict[str, set[str]] = {}
        for name, written in languages.items():
            here = place.at(name)
            figure = None if figures else figure_in(written, self._allowed)
            if figure:
                yield here.problem(f"цифра «{figure}» у тексті: поставте підстановку з parameters/")
            try:
                inside = holes(written)
            except PlaceholderError as error:
                yield here.problem(str(error))
                continue
            found[name] = set(inside)
            for one in dict.fromkeys(inside):
                if message := self._fault(one, entry):
                    yield here.problem(message)
        if len(found) > 1 and found["uk"] != found["en"]:
            yield place.at("en").problem("підстановки не ті, що в українському тексті")

    def check_first_sentence(self, text: Text, place: Place, entry: Entry | None = None) -> Iterator[Problem]:
        """The first sentence with its figures in must fit a notification."""
        length = max((len(first_sentence(shown)) for shown in self._shown(text, entry)), default=0)
        if length > SENTENCE_LIMIT:
            yield place.at("uk").problem(f"перше речення — {length} знаків, можна {SENTENCE_LIMIT}")

    def check_length(self, text: Text, place: Place, limit: int, where: str) -> Iterator[Problem]:
        """The text with its figures in must fit where it is shown, in the words of the editor: «на кнопці»."""
        length = max(map(len, self._shown(text, None)), default=0)
        if length > limit:
            yield place.at("uk").problem(f"{length} знаків, {where} вміщується {limit}")

    def _shown(self, text: Text, entry: Entry | None) -> Iterator[str]:
        """The text in each community; nothing more from the first where it cannot be filled, which is reported."""
        for view in self._views:
            try:
                yield Renderer(view, None).render(text.uk, entry).text
            except (Unsayable, PlaceholderError, GrammarError, KeyError):
                return

    def _fault(self, inside: str, entry: Entry | None) -> str | None:
        try:
            hole = read_placeholder(inside)
        except PlaceholderError as error:
            return str(error)
        if hole.kind in OF_AN_ENTRY and entry is None:
            return f"«{{{inside}}}» буває лише в картці допомоги"
        if hole.noun and not knows_noun(hole.noun):
            return f"слово «{hole.noun}» ще не вміємо відмінювати"
        return next((fault for view in self._views if (fault := _missing(hole, inside, entry, view))), None)


def _missing(hole: Placeholder, inside: str, entry: Entry | None, view: CommunityView) -> str | None:
    """Why a placeholder cannot be filled in a community; None when it can."""
    known: set[str] = set()
    match hole.kind:
        case "parameter" | "count":
            known = set(view.parameters)
        case "hotline":
            known = set(view.hotlines)
        case "source":
            known = set(view.sources)
        case "office":
            known = {matter for office in view.offices.values() for matter in office.serves}
        case "deadline" if entry:
            known = {deadline.id for deadline in entry.deadlines}
        case "documents" if entry:
            items = entry.documents.items if entry.documents else ()
            certain = items and all(item.when is None for item in items)
            return None if certain else f"«{{{inside}}}»: кількість документів залежить від обставин"
    if hole.kind != "amount" and hole.name not in known:
        shown = f"«{{{inside}}}»: у громаді {view.head.id} такого немає"
        if hole.kind in ("parameter", "count"):
            known |= {"amount"}
            shown = f"невідома підстановка «{{{inside}}}»"
        return shown + nearest(hole.name, known)
    try:
        Renderer(view, None).render(f"{{{inside}}}", entry)
    except (Unsayable, KeyError):
        return f"«{{{inside}}}» не назвати без фактів: приберіть або додайте words"
    except ValueError as error:
        return f"«{{{inside}}}»: {error}"
    return None
