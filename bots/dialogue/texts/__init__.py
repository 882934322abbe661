"""Says the citizen's texts of `uk.ftl`, figures filled in; refuses an unknown text or a missing argument."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast, visitor

from knowledge_base.language import typographic


class TextError(Exception):
    """A text that does not exist, or an argument is missing. Names the text, never a citizen's words."""


class _Variables(visitor.Visitor):
    """Collects the names of arguments and of other messages a pattern uses."""

    def __init__(self) -> None:
        self.arguments: set[str] = set()
        self.messages: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:
        self.arguments.add(node.id.name)

    def visit_MessageReference(self, node: ast.MessageReference) -> None:
        self.messages.add(node.id.name)


@cache
def _resource() -> ast.Resource:
    source = (files("bots.dialogue.texts") / "uk.ftl").read_text("utf-8")
    resource = FluentResource(typographic(source))
    broken = [(entry.content or "").strip() for entry in resource.body if isinstance(entry, ast.Junk)]
    if broken:
        raise TextError(f"uk.ftl can't be read near: {broken[0].splitlines()[0]}")
    return resource


@cache
def _bundle() -> FluentBundle:
    bundle = FluentBundle(["uk"], use_isolating=False)
    bundle.add_resource(_resource())
    return bundle


@cache
def text_ids() -> tuple[str, ...]:
    """Every text's id, in the order of the file."""
    return tuple(entry.id.name for entry in _resource().body if isinstance(entry, ast.Message))


@cache
def arguments_of(text_id: str) -> frozenset[str]:
    """The arguments a text needs, those of texts it quotes included. Raises TextError."""
    for entry in _resource().body:
        if isinstance(entry, ast.Message) and entry.id.name == text_id:
            seen = _Variables()
            seen.visit(entry)
            quoted = (arguments_of(other) for other in seen.messages)
            return frozenset(seen.arguments).union(*quoted)
    raise TextError(f"no text {text_id!r}")


def say(text_id: str, **arguments: str | int) -> str:
    """The text with its arguments; whole numbers choose the plural. Raises TextError."""
    bundle = _bundle()
    if not bundle.has_message(text_id):
        raise TextError(f"no text {text_id!r}")
    pattern = bundle.get_message(text_id).value
    if pattern is None:
        raise TextError(f"{text_id!r} has no words")
    said, errors = bundle.format_pattern(pattern, dict(arguments))
    if errors:
        raise TextError(f"{text_id!r} can't be said: {errors[0]}")
    return str(said)


@cache
def label(text_id: str) -> str:
    """A button's label: a text without arguments. Raises TextError."""
    return say(text_id)
