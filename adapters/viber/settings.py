"""The `VIBER_…` variables."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from adapters.supplies import ChannelSettings

NAME_LIMIT = 28
"""Characters of `sender.name`."""


def _address(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise ValueError("must begin with https://")
    return value.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]


class ViberSettings(ChannelSettings):
    """`token` is the bot's key. `name` and `avatar` sign the bot's words; `price` is shown to specialists as it is."""

    token: str = Field(pattern=r"^[\x21-\x7e]{16,200}$")
    api_base: Address = "https://chatapi.viber.com/pa"
    name: str = Field(default="", max_length=NAME_LIMIT)
    avatar: Address | None = None
    price: str = Field(default="", max_length=40)
    per_second: float | None = Field(default=None, gt=0, le=10_000)
