"""Reads a content folder into one `Base`, remembering where everything stands.

    national/{facts,parameters,documents,sources}/*.yaml
    national/parameters/<any>.yaml with `continue: {id: …}` and perhaps `sources`: values that follow
    national/{hotlines,life_events,names_with_figures}.yaml
    national/benefits/<group>/<id>.yaml, <id>.cases.yaml
    communities/<code>/*.yaml, benefits/<group>/...

Nothing is skipped: a file with no place here is a problem. `understanding`, `golden` and `style` belong to others.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as FilePath
from typing import TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from knowledge_base.rules import schema
from knowledge_base.rules.base import (
    Base,
    Calendar,
    Case,
    CommunityBase,
    CommunityHead,
    Locality,
    MobileStop,
    Notice,
    Office,
    Overlay,
    Priority,
)
from knowledge_base.rules.continuations import (
    CONTINUE,
    FIELDS,
    Continued,
    Written,
    continue_all,
    empty_fields,
)
from knowledge_base.rules.messages import message_of
from knowledge_base.rules.problems import Path, Place, Problem, SourceFile, nearest
from knowledge_base.rules.yaml_source import read_yaml

FOREIGN_FOLDERS = frozenset({"understanding", "golden", "style"})
NATIONAL = "national"
Shape = TypeVar("Shape")

REGISTRY_FOLDERS = ("facts", "parameters", "documents", "sources")
NATIONAL_FILES = ("hotlines.yaml", "life_events.yaml", "names_with_figures.yaml")
COMMUNITY_FILES = (
    "community.yaml",
    "overlay.yaml",
    "calendar.yaml",
    "offices.yaml",
    "localities.yaml",
    "mobile.yaml",
    "notices.yaml",
    "priorities.yaml",
    "hotlines.yaml",
    "sources.yaml",
    "parameters.yaml",
)


@dataclass
class Reading:
    """What was read: all that fits the schema, what does not, and where each thing stands.

    A thing that does not fit still has its place, so that what refers to it is not reported as well.
    `continued`: parameters as they were before a file continued them; their later values stand at `appended`.
    """

    base: Base
    problems: list[Problem] = field(default_factory=list)
    places: dict[tuple[str, str, str], Place] = field(default_factory=dict)
    continued: dict[str, schema.Parameter] = field(default_factory=dict)
    appended: dict[str, tuple[Place, ...]] = field(default_factory=dict)

    def place(self, owner: str, registry: str, name: str) -> Place:
        """Where something stands: owner (`national` or a community), registry (`facts`, ...), id."""
        return self.places[(owner, registry, name)]

    def value_place(self, owner: str, parameter: str, number: int) -> Place:
        """Where a value of a parameter stands: with the parameter, or in the file that continues it."""
        own = len(self.continued[parameter].values) if parameter in self.continued else number + 1
        if owner == NATIONAL and number >= own:
            return self.appended[parameter][number - own]
        return self.place(owner, "parameters", parameter).at("values", number)

    def names(self, registry: str, *owners: str) -> set[str]:
        """Every id written in a registry of these owners, fitting or not."""
        return {name for owner, kind, name in self.places if kind == registry and owner in owners}


def content_files(content: FilePath) -> list[FilePath]:
    """Every YAML file of the base, in a fixed order."""
    found = (path for path in content.rglob("*") if path.suffix in (".yaml", ".yml"))
    return sorted(path for path in found if not FOREIGN_FOLDERS & set(path.relative_to(content).parts))


def read_content(content: FilePath) -> Reading:
    """Reads and checks the form of every file; meaning is checked by `knowledge_base.checks`."""
    return _ContentReader(content).read()


@cache
def _adapter(shape: Hashable) -> TypeAdapter[object]:
    return TypeAdapter(shape)


class _ContentReader:
    """Gathers the parts of the base file by file."""

    def __init__(self, content: FilePath) -> None:
        self._content = content
        self._problems: list[Problem] = []
        self._places: dict[tuple[str, str, str], Place] = {}
        self._files: dict[tuple[str, ...], SourceFile] = {}

    def read(self) -> Reading:
        self._read_files()
        codes = sorted({parts[1] for parts in self._files if parts[0] == "communities" and len(parts) > 2})
        parameters = self._registry("parameters", schema.Parameter)
        sources = self._registry("sources", schema.Act)
        continued = self._continuations(parameters, sources)
        base = Base(
            facts=self._registry("facts", schema.Fact),
            parameters=continued.parameters,
            documents=self._registry("documents", schema.Document),
            sources=sources,
            hotlines=self._mapping(NATIONAL, "hotlines", schema.Hotline),
            life_events=self._mapping(NATIONAL, "life_events", schema.LifeEvent),
            names_with_figures=self._whole((NATIONAL, "names_with_figures.yaml"), dict[str, str]) or {},
            entries=self._entries(NATIONAL, (NATIONAL,)),
            cases=self._cases(NATIONAL, (NATIONAL,)),
            communities={code: community for code in codes if (community := self._community(code))},
        )
        self._unplaced()
        before = {name: parameters[name] for name in continued.places}
        return Reading(base, self._problems, self._places, before, continued.places)

    def _read_files(self) -> None:
        for path in content_files(self._content):
            relative = path.relative_to(self._content)
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self._problems.append(Problem(relative.as_posix(), 1, "файл", "не UTF-8"))
                continue
            file, problems = read_yaml(relative.as_posix(), text)
            self._problems += problems
            self._files[relative.parts] = file

    def _community(self, code: str) -> CommunityBase | None:
        folder = ("communities", code)
        head = self._whole((*folder, "community.yaml"), CommunityHead)
        place = self._place((*folder, "community.yaml"))
        if not self._fits_as_name(schema.Id, code, place):
            return None
        if head is None:
            self._problems.append(place.problem("громада без community.yaml або з помилкою в ньому"))
            return None
        self._places[(code, "community", code)] = place
        self._places[(code, "overlay", code)] = self._place((*folder, "overlay.yaml"))
        self._places[(code, "calendar", code)] = self._place((*folder, "calendar.yaml"))
        if head.id != code:
            self._problems.append(place.at("id").problem(f"має бути «{code}», як назва теки"))
        return CommunityBase(
            head=head,
            overlay=self._whole((*folder, "overlay.yaml"), Overlay) or Overlay(),
            calendar=self._whole((*folder, "calendar.yaml"), Calendar) or Calendar(),
            offices=self._mapping(code, "offices", Office),
            localities=self._mapping(code, "localities", Locality),
            mobile=self._mapping(code, "mobile", MobileStop),
            notices=self._mapping(code, "notices", Notice),
            priorities=self._mapping(code, "priorities", Priority),
            hotlines=self._mapping(code, "hotlines", schema.Hotline),
            sources=self._mapping(code, "sources", schema.Act),
            parameters=self._mapping(code, "parameters", schema.Parameter),
            entries=self._entries(code, folder),
            cases=self._cases(code, folder),
        )

    def _registry(self, registry: str, model: type[Shape]) -> dict[str, Shape]:
        """All files of a national registry folder as one mapping."""
        result: dict[str, Shape] = {}
        for parts in self._under((NATIONAL, registry)):
            if not self._continues(parts):
                result |= self._items(NATIONAL, registry, Place(self._files[parts]), model)
        return result

    def _continues(self, parts: tuple[str, ...]) -> bool:
        value = self._files[parts].value
        return parts[:2] == (NATIONAL, "parameters") and isinstance(value, dict) and CONTINUE in value

    def _continuations(
        self, parameters: dict[str, schema.Parameter], sources: dict[str, schema.Act]
    ) -> Continued:
        """The parameters with the values that follow; the acts those stand on are added to the sources."""
        written: list[Written] = []
        for parts in filter(self._continues, self._under((NATIONAL, "parameters"))):
            top = self._place(parts)
            for name, value in cast(dict[str, object], top.file.value).items():
                if name not in FIELDS:
                    others = " і ".join(sorted(FIELDS))
                    self._problems.append(top.at(name).problem(f"у файлі продовжень бувають лише {others}"))
                elif name == CONTINUE:
                    written += self._following(value, top.at(name))
                else:
                    sources |= self._items(NATIONAL, name, top.at(name), schema.Act)
        places = {
            name: place
            for (owner, registry, name), place in self._places.items()
            if (owner, registry) == (NATIONAL, "parameters")
        }
        found = continue_all(parameters, places, written)
        self._problems += found.problems
        return found

    def _following(self, value: object, place: Place) -> Iterator[Written]:
        if not isinstance(value, dict):
            self._problems.append(place.problem("має бути переліком «параметр: …»"))
            return
        for name, one in value.items():
            here = place.at(name)
            empty = list(empty_fields(one, here))
            self._problems += empty
            fitting = None if empty else self._fit(schema.Continuation, one, here)
            if fitting is not None:
                yield Written(name, fitting, here)

    def _mapping(self, owner: str, registry: str, model: type[Shape]) -> dict[str, Shape]:
        """One file that maps ids to things; an absent file is an empty mapping."""
        folder = (NATIONAL,) if owner == NATIONAL else ("communities", owner)
        parts = (*folder, f"{registry}.yaml")
        return self._items(owner, registry, self._place(parts), model) if parts in self._files else {}

    def _items(self, owner: str, registry: str, top: Place, model: type[Shape]) -> dict[str, Shape]:
        several = top.value
        if several is None:  # empty, or not readable and reported already
            return {}
        if not isinstance(several, dict):
            what = "має" if top.path else "файл має"
            self._problems.append(top.problem(f"{what} бути переліком «id: …»"))
            return {}
        result: dict[str, Shape] = {}
        for name, value in several.items():
            place = top.at(name)
            earlier = self._places.setdefault((owner, registry, name), place)
            if earlier is not place:
                self._problems.append(place.problem(f"«{name}» уже є в {earlier.file.name}"))
            well_named = self._fits_as_name(schema.FactId if registry == "facts" else schema.Id, name, place)
            item = self._fit(model, value, place)
            if item is not None and well_named:
                result[name] = item
        return result

    def _entries(self, owner: str, folder: tuple[str, ...]) -> dict[str, schema.Entry]:
        result: dict[str, schema.Entry] = {}
        for parts in self._under((*folder, "benefits")):
            if parts[-1].endswith(".cases.yaml"):
                continue
            place = self._place(parts)
            name = parts[-1].removesuffix(".yaml")
            self._places[(owner, "entries", name)] = place
            entry = self._fit(schema.Entry, place.file.value, place)
            if not self._fits_as_name(schema.Id, name, place) or entry is None:
                continue
            expected = {"id": name, "group": parts[-2]}
            for key, value in expected.items():
                if getattr(entry, key) != value:
                    self._problems.append(place.at(key).problem(f"має бути «{value}», як у назві файла"))
            result[name] = entry
        return result

    def _cases(self, owner: str, folder: tuple[str, ...]) -> dict[str, tuple[Case, ...]]:
        result: dict[str, tuple[Case, ...]] = {}
        for parts in self._under((*folder, "benefits")):
            if not parts[-1].endswith(".cases.yaml"):
                continue
            place = self._place(parts)
            cases = self._fit(tuple[Case, ...], place.file.value, place)
            name = parts[-1].removesuffix(".cases.yaml")
            if self._fits_as_name(schema.Id, name, place) and cases is not None:
                result[name] = cases
                self._places[(owner, "cases", name)] = place
        return result

    def _whole(self, parts: tuple[str, ...], shape: type[Shape]) -> Shape | None:
        """A file that is one thing; None when it is absent or does not fit."""
        file = self._files.get(parts)
        return None if file is None else self._fit(shape, file.value, Place(file))

    def _fit(self, shape: type[Shape], value: object, place: Place) -> Shape | None:
        if value is None and not place.path:  # not readable and reported already, or an empty file
            return None
        try:
            return cast(Shape, _adapter(cast(Hashable, shape)).validate_python(value))
        except ValidationError as errors:
            self._refuse(errors, place)
            return None

    def _fits_as_name(self, shape: object, name: str, place: Place) -> bool:
        """Whether a key of a registry, or the name of a file, can be an id."""
        try:
            _adapter(shape).validate_python(name)
        except ValidationError as errors:
            self._refuse(errors, place)
            return False
        return True

    def _refuse(self, errors: ValidationError, place: Place) -> None:
        for error in errors.errors(include_url=False):
            where = place.at(*_known_path(place, error["loc"]))
            self._problems.append(where.problem(message_of(error)))

    def _under(self, folder: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        return (parts for parts in self._files if parts[: len(folder)] == folder)

    def _place(self, parts: tuple[str, ...]) -> Place:
        return Place(self._files.get(parts) or SourceFile("/".join(parts), None, {}))

    def _unplaced(self) -> None:
        """Files that nothing reads: a misspelt name must not hide an entry."""
        for parts, file in self._files.items():
            match parts:
                case ("national", folder, _) if folder in REGISTRY_FOLDERS:
                    continue
                case ("national", name) if name in NATIONAL_FILES:
                    continue
                case ("communities", _, name) if name in COMMUNITY_FILES:
                    continue
                case ("national", "benefits", _, _) | ("communities", _, "benefits", _, _):
                    continue
            known = NATIONAL_FILES if parts[0] == NATIONAL else COMMUNITY_FILES
            self._problems.append(
                Place(file).problem(f"такого файла база не читає{nearest(parts[-1], known)}")
            )


def _known_path(place: Place, loc: tuple[int | str, ...]) -> Path:
    """The path of an error within the file: names of union members, which are not fields, are dropped."""
    path: Path = ()
    for number, part in enumerate(loc):
        if (*place.path, *path, part) in place.file.lines or number == len(loc) - 1:
            path = (*path, part)
    return path
