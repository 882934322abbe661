"""Files beside a reply: taken one at a time, checked by content, kept with the draft until it is sent."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from conversations import transcript
from conversations.attachments import EMPTY
from conversations.channel import FileRefused
from conversations.messages import Attachment
from handover.accounts.accounts import Account
from handover.accounts.permissions import Permission
from handover.composing import drafts
from handover.workplace import file_failures
from handover.workplace.deeds import Deed, page
from handover.workplace.failures import Failure
from handover.workplace.files_view import beside, fits, named
from handover.workplace.guard import Guard, Stopped, is_htmx
from handover.workplace.house import WorkplaceHouse
from handover.workplace.reading import admitted
from handover.workplace.uploading import NoFile, TooLarge, read_upload


async def chosen(house: WorkplaceHouse, deed: Deed, channel: str) -> list[Attachment]:
    """The files that the form names, out of the draft. Raises Stopped where one is gone or can't be carried."""
    conversation_id = deed.ticket.conversation_id
    wanted = list(dict.fromkeys(deed.form.get("files", "").split()))[: drafts.MOST_FILES]
    if not wanted:
        return []
    draft = await drafts.of(deed.db, deed.me.community, deed.me.id, conversation_id)
    kept = {file.content_hash: file for file in draft.files}
    capabilities = house.capabilities(channel)
    for content_hash in wanted:
        file = kept.get(content_hash)
        if file is None or not await house.store.has(content_hash):
            name = named(file) if file else "Файл"
            raise Stopped(file_failures.gone(name, page(conversation_id)))
        if not fits(file, capabilities):
            raise Stopped(file_failures.not_carried(channel, page(conversation_id)))
    return [kept[content_hash] for content_hash in wanted]


def add_attaching(router: APIRouter, guard: Guard) -> None:
    """POST /workplace/conversations/{id}/files and /files/remove"""
    house, pages = guard.house, guard.pages

    async def shown(request: Request, me: Account, csrf: str, conversation_id: str) -> Response:
        if not is_htmx(request):
            return RedirectResponse(page(conversation_id), status_code=303)
        async with house.database.read() as db:
            draft = await drafts.of(db, me.community, me.id, conversation_id)
        part = pages.render(
            "files.html", files=beside(draft.files), conversation=conversation_id, csrf=csrf, swapped=True
        )
        return HTMLResponse(part)

    @router.post("/workplace/conversations/{conversation_id}/files")
    async def add(request: Request, conversation_id: str) -> Response:
        visitor = await guard.visitor(request, Permission.CONSULT)
        me, back = visitor.account, page(conversation_id)
        async with house.database.read() as db:
            await admitted(db, me, conversation_id)
            head = (await transcript.heads(db, [conversation_id]))[conversation_id]
        channel = head.ref.channel
        capabilities = house.capabilities(channel)
        if capabilities is None or not capabilities.file_kinds:
            raise Stopped(file_failures.not_carried(channel, back))
        try:
            upload = await read_upload(request, visitor.session, capabilities.file_limit)
            file = await house.store.put(upload.content, name=upload.name)
        except TooLarge:
            raise Stopped(file_failures.too_large(capabilities.file_limit, back)) from None
        except NoFile:
            raise Stopped(file_failures.did_not_arrive(back)) from None
        except FileRefused as refusal:
            raise Stopped(_refused(refusal, back)) from None
        if not fits(file, capabilities):
            raise Stopped(file_failures.not_carried(channel, back))
        async with house.database.write() as db:
            await admitted(db, me, conversation_id)
            try:
                await drafts.attach(db, me.community, me.id, conversation_id, file, house.clock())
            except drafts.TooManyFiles:
                raise Stopped(file_failures.too_many(drafts.MOST_FILES, back)) from None
        return await shown(request, me, visitor.session.csrf_token, conversation_id)

    @router.post("/workplace/conversations/{conversation_id}/files/remove")
    async def remove(request: Request, conversation_id: str) -> Response:
        visitor, form = await guard.acting(request, Permission.CONSULT)
        me = visitor.account
        async with house.database.write() as db:
            await admitted(db, me, conversation_id)
            await drafts.detach(db, me.community, me.id, conversation_id, form.get("file", ""))
        return await shown(request, me, visitor.session.csrf_token, conversation_id)


def _refused(refusal: FileRefused, back: str) -> Failure:
    if refusal.limit is not None:
        return file_failures.too_large(refusal.limit, back)
    return file_failures.empty(back) if refusal.reason == EMPTY else file_failures.wrong_kind(back)
