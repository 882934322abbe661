"""What the contract suite has to know about a channel to try it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.transport import Answer
from conversations.channel import Channel, Payload, Request, SendError
from tests.contract.wire import FakeWire

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One channel under the contract.

    `proven` makes an authentic request around a body, `unproven` the ways to be refused. `written` and
    `pressed` make the body of a text and of a button press under a key; `pressed` is None where there are no
    buttons.
    `words`, `buttons` and `pin` (its latitude and longitude) read a payload back. `secrets` must never be seen in a log
    or an error. `person` is the address all of these speak for; `unknown` is a body of a kind we have no word for;
    `echoes` are bodies about our own messages, which give nothing. `wire` is the vendor behind `send` and `failures`
    what it may answer, each with the one error it becomes; None and nothing for a channel that is its own client.
    """

    name: str
    channel: Channel
    proven: Callable[[bytes], Request]
    unproven: Mapping[str, Callable[[bytes], Request]]
    written: Callable[[str, str], bytes]
    words: Callable[[Payload], str]
    secrets: Sequence[str]
    person: str
    unknown: bytes = json.dumps({"key": "key-00000001", "kind": "reaction", "emoji": "+1"}).encode()
    echoes: Mapping[str, bytes] = field(default_factory=dict)
    wire: FakeWire | None = None
    failures: Mapping[str, tuple[Answer | Exception, type[SendError]]] = field(default_factory=dict)
    pressed: Callable[[Mapping[str, str], str], bytes] | None = None
    buttons: Callable[[Payload], Sequence[Mapping[str, str]]] = field(default=lambda payload: ())
    pin: Callable[[Payload], tuple[float, float] | None] = field(default=lambda payload: None)
