"""Carries the engine's memory to and from JSON; what can't be read starts over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from bots.dialogue.turn import STATE_VERSION, State

_STATE = TypeAdapter(State)


def load_state(kept: Mapping[str, Any] | None) -> State:
    """The state kept by `dump_state`; a new one for None.

    What another version kept, or what is damaged, comes back empty with a version that is not ours: the
    engine then tells the person that it starts over.
    """
    if kept is None:
        return State()
    unknown = State(version=-1)
    if kept.get("version") != STATE_VERSION:
        return unknown
    try:
        state = _STATE.validate_python(dict(kept))
    except ValidationError:
        return unknown
    if state.last_at is not None and state.last_at.tzinfo is None:
        return replace(state, last_at=state.last_at.replace(tzinfo=UTC))
    return state


def dump_state(state: State) -> dict[str, Any]:
    """The state as JSON values."""
    return cast("dict[str, Any]", _STATE.dump_python(state, mode="json"))
