"""Loads aiogram so that each of its models is built when it is first used, not all 450 of them at every start.

aiogram declares its types with `defer_build` and then builds every one while it is imported: two thirds of the
import, seconds of a core on a small server, for the few dozen of which we hear. Here that round is left out, and a
model that builds itself later finds the names of the other types where aiogram would have given them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal, Optional, Union

from pydantic import BaseModel

_TYPES = "aiogram.types"


@contextmanager
def _left_for_later() -> Iterator[None]:
    """`model_rebuild` passes over aiogram's types. What the import of anything else builds is built."""
    build = BaseModel.__dict__["model_rebuild"]

    def passed_over(model: type[BaseModel], /, **options: Any) -> bool | None:
        if model.__module__.startswith(_TYPES):
            return None
        built: bool | None = build.__func__(model, **options)
        return built

    setattr(BaseModel, "model_rebuild", classmethod(passed_over))  # noqa: B010  # mypy lets no method be assigned
    try:
        yield
    finally:
        setattr(BaseModel, "model_rebuild", build)  # noqa: B010  # mypy lets no method be assigned


if _TYPES not in sys.modules:
    with _left_for_later():
        import aiogram.types  # noqa: F401  # for what it does while it loads

from aiogram.client.default import Default  # noqa: E402  # after the import that is watched
from aiogram.methods import Response, TelegramMethod  # noqa: E402  # the same
from aiogram.types import TelegramObject  # noqa: E402  # the same


@cache
def _names() -> Mapping[str, Any]:
    """What the annotations of aiogram's types name: the types themselves, and the typing they are written with."""
    from aiogram import types

    written_with = {
        "List": list,
        "Optional": Optional,
        "Union": Union,
        "Literal": Literal,
        "Default": Default,
    }
    return {**written_with, **{name: getattr(types, name) for name in types.__all__}}


def _rebuild(
    model: type[BaseModel],
    /,
    *,
    force: bool = False,
    raise_errors: bool = True,
    _parent_namespace_depth: int = 2,
    _types_namespace: Mapping[str, Any] | None = None,
) -> bool | None:
    """As pydantic's own, which a model that is not built yet calls at its first use."""
    built: bool | None = BaseModel.__dict__["model_rebuild"].__func__(
        model, force=force, raise_errors=raise_errors, _types_namespace=_types_namespace or _names()
    )
    return built


# A method and an answer are made of types, and where those are not built they are not either.
for _root in (TelegramObject, TelegramMethod, Response):
    setattr(_root, "model_rebuild", classmethod(_rebuild))  # noqa: B010  # mypy lets no method be assigned
