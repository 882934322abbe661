"""Turns an error of the schema into a sentence the editor of the base can act on."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import ErrorDetails

from knowledge_base.rules.problems import nearest
from knowledge_base.rules.schema import Entry, Strict

WRONG_TYPE = {
    "string_type": "має бути текст",
    "int_type": "має бути ціле число",
    "decimal_type": "має бути число",
    "is_instance_of": "має бути число",
    "bool_type": "має бути yes або no",
    "date_type": "має бути дата, як 2026-12-31",
    "tuple_type": "має бути список",
    "dict_type": "мають бути пари «назва: значення»",
    "model_type": "мають бути пари «назва: значення»",
    "too_short": "не може бути порожнім",
    "string_too_short": "не може бути порожнім",
    "missing": "бракує цього поля",
    "too_long": "забагато значень",
}


RULED_NATIONALLY = frozenset(Entry.model_fields) | {"amount", "deadline", "calc", "value"}
"""What an overlay may not say about a national entry."""


def message_of(error: ErrorDetails) -> str:
    """The message for one schema error, with the nearest known name where one was misspelt."""
    kind, value = error["type"], error["input"]
    name = str(error["loc"][-1]) if error["loc"] else ""
    context = error.get("ctx", {})
    match kind:
        case "extra_forbidden" if error["loc"][0] == "entries" and name in RULED_NATIONALLY:
            return (
                f"невідоме поле «{name}»: правил, сум і строків національної картки громада не змінює; "
                f"можна fill, add, hide, а своє — окремою карткою в benefits/"
            )
        case "extra_forbidden":
            return f"невідоме поле «{name}»{nearest(name, set(_field_names()))}"
        case "literal_error":
            expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
            return f"«{value}» тут не буває{nearest(str(value), expected.split(', '))}; можна: {expected}"
        case "string_pattern_mismatch":
            return f"«{value}» не того вигляду: очікується {context.get('pattern')}"
        case "greater_than_equal":
            return f"має бути не менше ніж {context.get('ge')}"
        case "less_than_equal":
            return f"має бути не більше ніж {context.get('le')}"
        case "string_type" if isinstance(value, bool):
            return "має бути текст: yes і no YAML читає як так/ні, візьміть слово в лапки"
        case "string_type" if isinstance(value, int):
            return "має бути текст: візьміть число в лапки"
    return WRONG_TYPE.get(kind, error["msg"])


def _field_names(model: type[Strict] = Strict) -> Iterator[str]:
    for child in model.__subclasses__():
        for name, described in child.model_fields.items():
            yield described.alias or name
        yield from _field_names(child)
