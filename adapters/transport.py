"""One HTTP client for all vendors: a time-out on every request, and every failure in the contract's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from conversations.channel import ChannelUnavailable

TIMEOUT = 15.0
"""Seconds for one request. Long polls and files name their own."""

CONNECT_TIMEOUT = 5.0
ANSWER_LIMIT = 60_000_000
"""Bytes; Viber's largest file is 50 MB."""
CHUNK = 65_536


@dataclass(frozen=True)
class Answer:
    """What a vendor answered, read whole. Header names are lower case."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True)
class Part:
    """A file in a form."""

    content: bytes
    name: str
    media_type: str


Form = Mapping[str, str | Part]


class Transport(Protocol):
    """How a channel speaks to its vendor."""

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
        """One request with its answer of any status; `form` goes out as multipart. `patience` is in seconds.

        Raises ChannelUnavailable: `uncertain` where the request may have been acted upon.
        """
        ...


class HttpTransport:
    """The shared aiohttp session, opened with the first request in the loop that runs."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

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
        """See Transport. No address is ever told in an error: it may hold a token."""
        session = self._opened()
        body = None if json_body is None else json.dumps(json_body, ensure_ascii=False).encode()
        kind = {"Content-Type": "application/json"} if body is not None else {}
        try:
            async with session.request(
                method,
                url,
                params=query,
                headers={**kind, **(headers or {})},
                data=_form(form) if form is not None else body,
                timeout=aiohttp.ClientTimeout(total=patience, sock_connect=CONNECT_TIMEOUT),
                allow_redirects=False,
            ) as response:
                content = await _read(response)
                names = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status, content, names)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise ChannelUnavailable("no connection to the vendor") from None
        except TimeoutError:
            raise ChannelUnavailable("the vendor did not answer in time", uncertain=True) from None
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise ChannelUnavailable("the vendor's address is no address") from None
        except (aiohttp.ClientError, OSError) as fault:
            raise ChannelUnavailable(
                f"the vendor broke off: {type(fault).__name__}", uncertain=True
            ) from None

    async def close(self) -> None:
        """Close the session; a transport that was never used has none."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=200)
            )
        return self._session


def _form(form: Form) -> aiohttp.MultipartWriter:
    writer = aiohttp.MultipartWriter("form-data")
    for name, value in form.items():
        if isinstance(value, Part):
            payload = writer.append(value.content, {"Content-Type": value.media_type})
            payload.set_content_disposition("form-data", name=name, filename=value.name, quote_fields=False)
        else:
            payload = writer.append(value)
            payload.set_content_disposition("form-data", name=name)
    return writer


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > ANSWER_LIMIT:
            raise ChannelUnavailable("the vendor's answer has no end")
    return bytes(body)
