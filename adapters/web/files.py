"""Files people add in the chat: taken one at a time, checked by the store, given back to their owner only."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Message

from adapters.incoming import file_name
from adapters.web.channel import WebChannel
from adapters.web.render import file_json
from adapters.web.visitors import require_own_page
from conversations.channel import AttachmentStore, FileRefused, NotAuthentic

MEGABYTE = 1_000_000
ENVELOPE = 10_000
"""Bytes a multipart body may have beyond the file: borders, the part's headers, the name."""

_HASH = re.compile(r"[0-9a-f]{64}")
_SHOWN = re.compile(r"(image|audio|video)/[a-z0-9.+-]{1,60}")
"""Types a page may show or play in <img>, <audio>, <video>; SVG is not among the types the store takes."""

NOT_YOURS = "Не вдалося підтвердити, хто надсилає. Оновіть сторінку."
NO_FILE = "Файл не дійшов. Виберіть його ще раз."
EMPTY = "Файл порожній. Виберіть інший."
WRONG_KIND = "Такий файл ми не відкриємо. Надішліть фото, запис голосу або PDF."


async def take(request: Request, channel: WebChannel, store: AttachmentStore) -> Response:
    """`{"file": signed, "shown": {...}}`, or `{"error": text}` with 400, 403, 413 or 415."""
    try:
        require_own_page(request.headers, channel.origin)
        address = channel.visitor(request.cookies)
    except NotAuthentic:
        return _error(403, NOT_YOURS)
    limit = channel.capabilities.file_limit
    body = await _body(request, limit + ENVELOPE)
    if body is None:
        return _error(413, too_large(_declared(request), limit))
    part = await _only_file(request, body)
    if part is None:
        return _error(400, NO_FILE)
    content, name = part
    if not content:
        return _error(415, EMPTY)
    if len(content) > limit:
        return _error(413, too_large(len(content), limit))
    try:
        file = await store.put(content, name=file_name(name))
    except FileRefused as refusal:
        if refusal.limit is not None:
            return _error(413, too_large(len(content), refusal.limit))
        return _error(415, WRONG_KIND)
    signed = channel.sign_upload(address, file)
    shown = file_json(file, lambda stored: channel.link(address, stored))
    return JSONResponse({"file": signed, "shown": shown})


async def give(request: Request, channel: WebChannel, store: AttachmentStore) -> Response:
    """A file of this visitor's own conversation, never inline; 404 for anything else."""
    content_hash = request.path_params["content_hash"]
    try:
        address = channel.visitor(request.cookies)
        if not _HASH.fullmatch(content_hash) or not channel.may_open(
            address, content_hash, request.query_params
        ):
            return _no_such_file()
        content = await store.get(content_hash)
    except (NotAuthentic, FileNotFoundError):
        return _no_such_file()
    media_type = request.query_params["type"]
    name = quote(request.query_params["name"] or "file", safe="")
    return Response(
        content,
        media_type=media_type if _SHOWN.fullmatch(media_type) else "application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-cache",
        },
    )


def too_large(size: int | None, limit: int) -> str:
    """What a citizen reads: the size, the limit, what to do."""
    measured = f": {megabytes(size)} МБ" if size else ""
    return f"Файл завеликий{measured}. Можна до {megabytes(limit)} МБ: зменште його або сфотографуйте ще раз."


def megabytes(size: int) -> str:
    """`12,4`, `10`: as people write it. A size above a whole number is never rounded down to it."""
    tenths = -(-size * 10 // MEGABYTE)
    whole, rest = divmod(tenths, 10)
    return f"{whole},{rest}" if rest else str(whole)


def _declared(request: Request) -> int | None:
    length = request.headers.get("content-length", "")
    return int(length) if re.fullmatch(r"[0-9]{1,15}", length) else None


async def _body(request: Request, limit: int) -> bytes | None:
    """The body, or None as soon as it is known to be over the limit."""
    if (_declared(request) or 0) > limit:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


async def _only_file(request: Request, body: bytes) -> tuple[bytes, str | None] | None:
    """The content and the name of the part `file`; None where the form has none or is broken."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        async with Request(request.scope, receive).form(max_files=1, max_fields=1) as form:
            part = form.get("file")
            return (await part.read(), part.filename) if isinstance(part, UploadFile) else None
    except HTTPException:
        return None


def _error(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status_code=status)


def _no_such_file() -> Response:
    return PlainTextResponse("Такого файлу немає.", status_code=404)
