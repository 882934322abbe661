"""What vendors say of our channels, asked now and then in the background: a lost webhook makes no error of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from prometheus_client.core import GaugeMetricFamily, Metric

from bots.turns.faults import described
from bots.turns.runtime import Runtime
from conversations.channel import ChannelError, Connects, Pulls, VendorStatus

log = logging.getLogger(__name__)

EVERY = 300.0
"""Seconds between two questions to a vendor."""

PATIENCE = 30.0
"""Seconds for an answer."""

COMPLAINS = timedelta(minutes=15)
"""So long a vendor's last failure to reach us counts."""


@dataclass(frozen=True)
class Sounding:
    """One vendor's word. `webhook_ours` is None where none is wanted, `waiting` where the vendor does not tell."""

    knows_us: bool
    webhook_ours: bool | None = None
    complains: bool = False
    waiting: int | None = None


class Soundings:
    """The last word of each vendor. `look` never waits: it begins to ask where the last answer is old."""

    def __init__(self, runtime: Runtime, public_url: str) -> None:
        self._runtime = runtime
        self._public_url = public_url
        self._heard: Mapping[str, Sounding] = {}
        self._asked_at: float | None = None
        self._asking: asyncio.Task[None] | None = None

    def look(self) -> Mapping[str, Sounding]:
        """What is known now, by channel; empty until the first answers."""
        if self._asked_at is None or monotonic() - self._asked_at > EVERY:
            self._asked_at = monotonic()
            self._asking = asyncio.create_task(self.ask(), name="soundings")
        return self._heard

    async def ask(self) -> None:
        """Ask every vendor, side by side."""
        channels = {
            name: channel for name, channel in self._runtime.channels.items() if isinstance(channel, Connects)
        }
        heard = await asyncio.gather(*(self._sound(channel) for channel in channels.values()))
        self._heard = dict(zip(channels, heard, strict=True))

    async def _sound(self, channel: Connects) -> Sounding:
        try:
            async with asyncio.timeout(PATIENCE):
                status = await channel.status()
        except (ChannelError, TimeoutError):
            return Sounding(knows_us=False)
        except Exception as fault:
            log.error("asking a vendor failed: %s", described(fault))
            return Sounding(knows_us=False)
        asks = isinstance(channel, Pulls) and channel.pulling
        wanted = bool(self._public_url) and not asks
        ours = (status.webhook or "").startswith(f"{self._public_url}/") if wanted else None
        return Sounding(True, ours, _complains(status, self._runtime.clock()), status.waiting)

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)


def _complains(status: VendorStatus, now: datetime) -> bool:
    return status.error is not None and (status.error_at is None or now - status.error_at < COMPLAINS)


def families(heard: Mapping[str, Sounding]) -> Iterator[Metric]:
    """The same as gauges."""
    told = {
        "pryimalnia_vendor_knows_us": ("Whether the vendor answers and takes our token.", "knows_us"),
        "pryimalnia_vendor_webhook_ours": ("Whether the vendor calls our public address.", "webhook_ours"),
        "pryimalnia_vendor_complains": ("Whether the vendor lately failed to reach us.", "complains"),
        "pryimalnia_vendor_waiting": ("Events the vendor still has for us.", "waiting"),
    }
    for name, (help_text, field) in told.items():
        family = GaugeMetricFamily(name, help_text, labels=["channel"])
        for channel, sounding in heard.items():
            value: bool | int | None = getattr(sounding, field)
            if value is not None:
                family.add_metric([channel], value)
        yield family
