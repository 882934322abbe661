"""One file out of a form: read no further than the limit, from our own page, with this session's token."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from handover.accounts import sessions
from handover.accounts.sessions import Session
from handover.workplace.guard import FIELDS, ForeignForm, from_here

ENVELOPE = 10_000
"""Bytes a form may have beyond the file: borders, the parts' headers, the token, the name."""


class TooLarge(Exception):
    """The file is larger than what is taken."""


class NoFile(Exception):
    """The form has no file, or is broken."""


@dataclass(frozen=True)
class Upload:
    content: bytes
    name: str | None


async def read_upload(request: Request, session: Session, limit: int) -> Upload:
    """The part `file` of a form. Raises TooLarge, NoFile, ForeignForm, BadCsrf."""
    if not from_here(request):
        raise ForeignForm
    body = await _body(request, limit + ENVELOPE)

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        async with Request(request.scope, receive).form(max_files=1, max_fields=FIELDS) as form:
            token, part = form.get("csrf"), form.get("file")
            sessions.check_csrf(session, token if isinstance(token, str) else None)
            if not isinstance(part, UploadFile) or not part.filename:
                raise NoFile
            content, name = await part.read(), part.filename
    except HTTPException:
        raise NoFile from None
    if len(content) > limit:
        raise TooLarge
    return Upload(content, name)


async def _body(request: Request, limit: int) -> bytes:
    """The body. Raises TooLarge as soon as it is known to be over the limit."""
    declared = request.headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,15}", declared) and int(declared) > limit:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge
    return bytes(body)
