"""The vendors' API as cheap as it can be: takes every message, counts it, and tells the load generator at once.

One process: `python -m benchmarks.throughput.stub FEED`. It prints `{"port": …}` when it listens on 127.0.0.1; whoever
connects to the Unix socket FEED gets a record (RECORD: person, monotonic seconds) for each message that reached
somebody; on SIGTERM it prints `{"messages", "calls", "openings", "samples"}` and ends.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import struct
import sys
import time
from collections import Counter
from typing import Any, cast

import httptools
import uvloop

RECORD = struct.Struct("<Qd")
FLUSH = 0.001
"""Seconds records gather before they go out together."""

SAMPLE_EVERY = 97
SAMPLES = 2_000
OPENING = 60
"""Bytes at the beginning of a text by which one kind of answer is told from another."""

_RECEIVER = re.compile(rb'"(?:chat_id|receiver)":\s*"?(\d+)|"recipient":\s*\{"id":\s*"?(\d+)')
_TEXT = re.compile(rb'"text":\s*"')
_NUMBER_OF_PEOPLE = 1_000_000_000


class Vendors:
    """What arrived, and who wants to hear of it."""

    def __init__(self) -> None:
        self.messages = 0
        self.calls: Counter[str] = Counter()
        self.openings: Counter[bytes] = Counter()
        self.samples: list[bytes] = []
        self._listeners: set[asyncio.Transport] = set()
        self._records = bytearray()

    def answer(self, path: bytes, body: bytes) -> bytes:
        """The vendor's JSON for a call; counts it where it is a message to somebody."""
        self.calls[path.partition(b"?")[0].rpartition(b"/")[2].decode("ascii", "replace")] += 1
        text = _TEXT.search(body)
        receiver = _RECEIVER.search(body)
        if text is None or receiver is None:
            return b'{"ok":true,"result":true,"status":0,"status_message":"ok"}'
        address = receiver[1] or receiver[2]
        self._arrived(person_of(int(address)), body, text.end())
        number = self.messages
        if receiver[2] is not None:
            return b'{"recipient_id":"%s","message_id":"m_%d"}' % (address, number)
        if b"/send_message" in path:
            return b'{"status":0,"status_message":"ok","message_token":%d,"billing_status":1}' % number
        return (
            b'{"ok":true,"result":{"message_id":%d,"date":1795510800,"chat":{"id":%s,"type":"private"}}}'
            % (number, address)
        )

    def listen(self, transport: asyncio.Transport) -> None:
        self._listeners.add(transport)

    def leave(self, transport: asyncio.Transport) -> None:
        self._listeners.discard(transport)

    def report(self) -> dict[str, Any]:
        """What arrived since the start."""
        return {
            "messages": self.messages,
            "calls": dict(self.calls),
            "openings": {
                opening.decode("utf-8", "ignore"): times for opening, times in self.openings.most_common()
            },
            "samples": [body.decode("utf-8", "replace") for body in self.samples],
        }

    def _arrived(self, person: int, body: bytes, text_at: int) -> None:
        self.messages += 1
        self.openings[body[text_at : text_at + OPENING]] += 1
        if self.messages % SAMPLE_EVERY == 1 and len(self.samples) < SAMPLES:
            self.samples.append(body)
        if not self._records:
            asyncio.get_running_loop().call_later(FLUSH, self._flush)
        self._records += RECORD.pack(person, time.monotonic())

    def _flush(self) -> None:
        records = bytes(self._records)
        self._records.clear()
        for listener in self._listeners:
            listener.write(records)


def person_of(address: int) -> int:
    """The person whose number an address of `vendors` holds: all of them begin at a whole billion."""
    return address % _NUMBER_OF_PEOPLE


class Door(asyncio.Protocol):
    """One connection of a bot."""

    def __init__(self, vendors: Vendors) -> None:
        self._vendors = vendors
        self._parser = httptools.HttpRequestParser(self)
        self._path = b""
        self._body: list[bytes] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes, and have its methods all the same.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._path = b""
        self._body = []

    def on_url(self, url: bytes) -> None:
        self._path += url

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        assert self._transport is not None
        told = self._vendors.answer(self._path, b"".join(self._body))
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(told), told)
        )
        if not self._parser.should_keep_alive():
            self._transport.close()


class Listener(asyncio.Protocol):
    """One load generator that wants to hear of arrivals."""

    def __init__(self, vendors: Vendors) -> None:
        self._vendors = vendors
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes, and have its methods all the same.
        self._transport = cast(asyncio.Transport, transport)
        self._vendors.listen(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        if self._transport is not None:
            self._vendors.leave(self._transport)


async def serve(feed: str) -> None:
    """Until SIGTERM."""
    loop, vendors, stop = asyncio.get_running_loop(), Vendors(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: Door(vendors), "127.0.0.1", 0, backlog=2048)
    listening = await loop.create_unix_server(lambda: Listener(vendors), feed)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await stop.wait()
    server.close()
    listening.close()
    print(json.dumps(vendors.report()), flush=True)


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
