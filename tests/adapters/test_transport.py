"""The one HTTP client: every answer whole, every failure in the contract's words, never an address with a token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters import transport
from adapters.transport import HttpTransport, Part
from conversations.channel import ChannelUnavailable
from tests.conftest import free_port

TOKEN = "123456:a-token-nobody-may-read"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def wire() -> AsyncIterator[HttpTransport]:
    opened = HttpTransport()
    yield opened
    await opened.close()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[str]]]:
    servers: list[TestServer] = []

    async def start(handler: Handler) -> str:
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", handler)
        server = TestServer(application, host="127.0.0.1")
        servers.append(server)
        await server.start_server()
        return str(server.make_url(f"/bot{TOKEN}/call"))

    yield start
    for server in servers:
        await server.close()


async def test_a_call_goes_out_as_json_and_any_status_comes_back(
    wire: HttpTransport, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    async def handler(request: web.Request) -> web.Response:
        assert request.content_type == "application/json"
        assert request.query == {"a": "1"}
        return web.json_response(
            {"said": await request.json(), "by": request.headers["X-Who"]},
            status=429,
            headers={"Retry-After": "7"},
        )

    answer = await wire.request(
        "POST", await serve(handler), query={"a": "1"}, headers={"X-Who": "us"}, json_body={"text": "Добрий"}
    )
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    assert answer.json() == {"said": {"text": "Добрий"}, "by": "us"}


async def test_a_file_goes_out_as_multipart(
    wire: HttpTransport, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    async def handler(request: web.Request) -> web.Response:
        form = await request.post()
        file = form["photo"]
        assert isinstance(file, web.FileField)
        return web.json_response(
            {
                "chat": form["chat_id"],
                "name": file.filename,
                "type": file.content_type,
                "bytes": len(file.file.read()),
            }
        )

    form = {"chat_id": "7", "photo": Part(b"\x89PNG" * 10, "довідка 1.png", "image/png")}
    answer = await wire.request("POST", await serve(handler), form=form)
    assert answer.json() == {"chat": "7", "name": "довідка 1.png", "type": "image/png", "bytes": 40}


async def test_a_redirect_is_not_followed(
    wire: HttpTransport, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/elsewhere"})

    assert (await wire.request("GET", await serve(handler))).status == 302


def certain(fault: ChannelUnavailable) -> bool:
    assert TOKEN not in f"{fault} {fault!r}"
    assert fault.__cause__ is None
    assert fault.__suppress_context__
    return not fault.uncertain


async def test_nobody_there_surely_took_nothing(wire: HttpTransport) -> None:
    with pytest.raises(ChannelUnavailable) as fault:
        await wire.request("POST", f"http://127.0.0.1:{free_port()}/bot{TOKEN}/call", json_body={})
    assert certain(fault.value)


@pytest.mark.parametrize("address", ["no address", "http://", "ftp://127.0.0.1/x", "http://127.0.0.1:99999/"])
async def test_an_address_that_is_none_surely_took_nothing(wire: HttpTransport, address: str) -> None:
    with pytest.raises(ChannelUnavailable) as fault:
        await wire.request("GET", address)
    assert certain(fault.value)


async def test_no_answer_in_time_may_have_been_taken(
    wire: HttpTransport, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    with pytest.raises(ChannelUnavailable) as fault:
        await wire.request("POST", await serve(handler), json_body={}, patience=0.1)
    assert not certain(fault.value)


async def test_a_vendor_that_breaks_off_may_have_taken_it(wire: HttpTransport) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(ChannelUnavailable) as fault:
        await wire.request("POST", f"http://127.0.0.1:{port}/bot{TOKEN}", json_body={})
    assert not certain(fault.value)
    server.close()
    await server.wait_closed()


async def test_an_answer_without_end_is_given_up(
    wire: HttpTransport, serve: Callable[[Handler], Awaitable[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "ANSWER_LIMIT", 1_000)

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=bytes(5_000))

    with pytest.raises(ChannelUnavailable, match="no end"):
        await wire.request("GET", await serve(handler))


async def test_garbage_is_no_json(wire: HttpTransport, serve: Callable[[Handler], Awaitable[str]]) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="application/json")

    assert (await wire.request("GET", await serve(handler))).json() is None


async def test_a_transport_that_was_never_used_closes_quietly() -> None:
    await HttpTransport().close()
