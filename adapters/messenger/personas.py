"""Specialists as personas of the Page: each name once, found or made at the vendor, remembered here.

A persona is a nicety: whatever goes wrong here, the message goes out with the name as its first line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from adapters.messenger.api import GraphApi
from adapters.messenger.contents import listed, mapping, string
from conversations.channel import SendError

PATIENCE = 8.0
"""Seconds for all of it: the message itself waits."""

REST = timedelta(minutes=10)
"""How long nothing is asked after the vendor has refused."""

PAGES_READ = 10
PER_PAGE = 100


class Personas:
    """The Page's personas by name."""

    def __init__(self, api: GraphApi, clock: Callable[[], datetime]) -> None:
        self._api = api
        self._clock = clock
        self._ids: dict[str, str] = {}
        self._listed = False
        self._rest_until: datetime | None = None
        self._lock = asyncio.Lock()

    async def find(self, name: str) -> str | None:
        """The id of the persona of this name, made where there is none; None where it can't be had now."""
        if name in self._ids:
            return self._ids[name]
        if self._rest_until is not None and self._clock() < self._rest_until:
            return None
        try:
            async with asyncio.timeout(PATIENCE), self._lock:
                return await self._found_or_made(name)
        except (SendError, TimeoutError):
            self._rest_until = self._clock() + REST
            return None

    def forget(self, name: str) -> None:
        """The vendor does not take this persona any more: look again, once it has had its rest."""
        self._ids.pop(name, None)
        self._listed = False
        self._rest_until = self._clock() + REST

    async def _found_or_made(self, name: str) -> str | None:
        if not self._listed:
            await self._list()
            self._listed = True
        if name not in self._ids:
            picture = await self._picture()
            if picture is None:
                self._rest_until = self._clock() + REST
                return None
            body = {"name": name, "profile_picture_url": picture}
            made = await self._api.call("POST", f"{self._api.page_id}/personas", json_body=body)
            self._remember({**made, "name": name})
        return self._ids.get(name)

    async def _list(self) -> None:
        query = {"fields": "id,name", "limit": str(PER_PAGE)}
        for _ in range(PAGES_READ):
            page = await self._api.call("GET", f"{self._api.page_id}/personas", query=query)
            for persona in listed(page.get("data")):
                self._remember(mapping(persona))
            paging = mapping(page.get("paging"))
            after = string(mapping(paging.get("cursors")).get("after"))
            if not after or "next" not in paging:
                return
            query = {**query, "after": after}

    async def _picture(self) -> str | None:
        """The Page's own picture: the vendor asks for one with every persona."""
        page = await self._api.call("GET", self._api.page_id, query={"fields": "picture.type(large){url}"})
        return string(mapping(mapping(page.get("picture")).get("data")).get("url")) or None

    def _remember(self, persona: Mapping[str, Any]) -> None:
        name, persona_id = string(persona.get("name")), string(persona.get("id"))
        if name and persona_id:
            self._ids.setdefault(name, persona_id)
