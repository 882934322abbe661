"""A vendor for the contract suite that answers what a test tells it and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from adapters.transport import TIMEOUT, Answer, Form


@dataclass(frozen=True)
class Asked:
    """One request as it left the house."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    json_body: object
    form: Form | None
    patience: float


@dataclass
class FakeWire:
    """Keeps `adapters.transport.Transport`. `answer` is what the next requests get: an answer or an error to raise."""

    well: Callable[[Asked], Answer]
    answer: Answer | Exception | None = None
    asked: list[Asked] = field(default_factory=list)

    async def request(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json_body: object = None,
        form: Form | None = None,
        patience: float = TIMEOUT,
    ) -> Answer:
        """`answer` where a test has set one, else what a vendor in a good mood says."""
        asked = Asked(method, url, query or {}, headers or {}, json_body, form, patience)
        self.asked.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.well(asked) if self.answer is None else self.answer
