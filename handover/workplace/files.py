"""Files people sent, and the files pages are made of."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from conversations import transcript
from conversations.messages import Attachment
from conversations.tables import attachments
from handover import audit
from handover.accounts.permissions import Permission
from handover.audit import Action
from handover.workplace import failures
from handover.workplace.guard import Guard, Stopped
from handover.workplace.pages import Asset
from handover.workplace.reading import admitted

FILE_POLICY = "default-src 'none'; sandbox"
FOR_EVER = "public, max-age=31536000, immutable"

_HASH = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

# Only these are named by their type; anything else is bytes to save. None of them can run a script.
_SHOWN = re.compile(
    r"image/(png|jpeg|gif|webp|avif|heic|heif|bmp)|audio/[a-z0-9.+-]+|video/(mp4|webm|ogg|3gpp)"
)


def part(content: bytes, wanted: str | None) -> tuple[int, int] | None:
    """The first and last byte of a single `Range`, None for the whole.

    Raises ValueError where nothing matches.
    """
    match = _RANGE.fullmatch(wanted or "")
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0:
            raise ValueError("an empty range")
        return max(len(content) - int(last), 0), len(content) - 1
    begin, end = int(first), min(int(last) if last else len(content) - 1, len(content) - 1)
    if begin > end:
        raise ValueError("outside the file")
    return begin, end


def served(content: bytes, attachment: Attachment, wanted: str | None) -> Response:
    """A stored file: saved when opened by itself, shown and played inside our pages, never run."""
    shown = _SHOWN.fullmatch(attachment.media_type) is not None
    name = attachment.name or f"{attachment.kind.value}-{attachment.content_hash[:8]}"
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
    }
    media_type = attachment.media_type if shown else "application/octet-stream"
    try:
        bounds = part(content, wanted)
    except ValueError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(content)}"})
    if bounds is None:
        return Response(content, media_type=media_type, headers=headers)
    begin, end = bounds
    headers["Content-Range"] = f"bytes {begin}-{end}/{len(content)}"
    return Response(content[begin : end + 1], 206, headers, media_type)


async def _sent(db: AsyncConnection, conversation_id: str, content_hash: str) -> Attachment | None:
    """How a file is described in the line it came with; None when this conversation has no such file."""
    found = await db.execute(
        select(attachments.c.position)
        .where(
            attachments.c.conversation_id == conversation_id,
            attachments.c.content_hash == content_hash,
            attachments.c.position.is_not(None),
        )
        .limit(1)
    )
    position = found.scalar_one_or_none()
    if position is None:
        return None
    read = await transcript.lines(db, conversation_id, after=position - 1, limit=1)
    described = (one for line in read for one in line.reply.attachments)
    return next((one for one in described if one.content_hash == content_hash), None)


def add_files(router: APIRouter, guard: Guard) -> None:
    """/workplace/files/{hash}?conversation=..., /workplace/static/{name}, /workplace/vendor/{name}."""
    house = guard.house

    @router.get("/workplace/files/{content_hash}")
    async def file(request: Request, content_hash: str) -> Response:
        visitor = await guard.visitor(request, Permission.READ)
        me, now = visitor.account, house.clock()
        conversation_id = request.query_params.get("conversation", "")
        if not _HASH.fullmatch(content_hash):
            raise Stopped(failures.unknown_file())
        async with house.database.read() as db:
            await admitted(db, me, conversation_id)
            attachment = await _sent(db, conversation_id, content_hash)
        if attachment is None:
            raise Stopped(failures.unknown_file())
        try:
            content = await house.store.get(content_hash)
        except FileNotFoundError:
            raise Stopped(failures.unknown_file()) from None
        async with house.database.write() as db:
            await audit.record_reading(
                db,
                community=me.community,
                account_id=me.id,
                subject=content_hash,
                now=now,
                action=Action.FILE_READ,
            )
        return served(content, attachment, request.headers.get("range"))

    def kept(request: Request, asset: Asset | None) -> Response:
        if asset is None:
            return Response(status_code=404)
        fresh = request.query_params.get("v") == asset.version
        return Response(
            asset.content,
            media_type=asset.media_type,
            headers={"Cache-Control": FOR_EVER if fresh else "no-cache"},
        )

    @router.get("/workplace/static/{name}")
    async def static(request: Request, name: str) -> Response:
        return kept(request, guard.pages.assets.get(name))

    @router.get("/workplace/vendor/{name}")
    async def vendor(request: Request, name: str) -> Response:
        return kept(request, guard.pages.vendored.get(name))
