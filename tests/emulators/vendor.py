"""What every emulator lets a test do: be a citizen in the messenger and look at the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Shown:
    """One message on a citizen's screen. `edited`: it took the place of what was there."""

    text: str
    buttons: tuple[str, ...] = ()
    sender: str | None = None
    files: tuple[str, ...] = ()
    edited: bool = False


class Messenger(Protocol):
    """One vendor's server and the phones of its people. Each method returns once the vendor has taken it in."""

    @property
    def base(self) -> str:
        """The API's address, for the `…_API_BASE` setting."""
        ...

    async def start(self) -> None:
        """Listen on 127.0.0.1."""
        ...

    async def stop(self) -> None:
        """Stop listening and drop what is on its way."""
        ...

    async def settle(self) -> None:
        """Until everything on its way to us has been taken in or given up."""
        ...

    async def open_chat(self, person: str, start: str | None = None) -> None:
        """A person opens the chat for the first time, perhaps by a link that carries `start`."""
        ...

    async def write(self, person: str, text: str) -> None:
        """A person writes."""
        ...

    async def press(self, person: str, label: str) -> None:
        """A person presses the newest button of this label. Raises KeyError where their screen shows none."""
        ...

    def screen(self, person: str) -> Sequence[Shown]:
        """Everything the bot has sent to a person, oldest first, as it looks now."""
        ...
