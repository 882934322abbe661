"""Files a specialist sends: checked by content, kept with the draft, sent by the reply's own row, served safely."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from conversations import ownership
from conversations.tables import attachments, outbox
from handover import retention
from handover.accounts.permissions import Role
from handover.composing import drafts
from handover.retention import STRAYS_KEPT
from tests.handover.browsing import Served, sideways, taken, violations
from tests.handover.conftest import ORIGIN
from tests.handover.handover_world import COMMUNITY, POLICY, transcript_of, waiting

PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
PAPER = b"%PDF-1.4\n%%EOF\n"


async def add(person, chat, content=PHOTO, name="фото.png", *, part=True, token=None):
    """Pick a file; `part` as the page's script does it."""
    token = await person.csrf() if token is None else token
    return await person.client.post(
        f"/workplace/conversations/{chat}/files",
        data={"csrf": token},
        files={"file": (name, content)},
        headers={"Origin": ORIGIN, **({"HX-Request": "true"} if part else {})},
    )


async def beside(reception, person, chat):
    """The files that wait beside a person's reply."""
    async with reception.database.read() as db:
        return (await drafts.of(db, COMMUNITY, person.account.id, chat)).files


async def led(reception, now, channel="telegram"):
    """A specialist, and a conversation they lead."""
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now, channel=channel)
    await iryna.act(ticket.conversation_id, "take")
    return iryna, ticket.conversation_id


async def sendings(reception, chat):
    async with reception.database.read() as db:
        rows = await db.execute(
            select(outbox.c.payload, outbox.c.epoch, outbox.c.state).where(outbox.c.conversation_id == chat)
        )
        return list(rows.all())


async def test_files_go_out_with_the_reply_in_one_row_under_the_owners_epoch(reception, now):
    iryna, chat = await led(reception, now)
    assert (await add(iryna, chat)).status_code == 200
    shown = await add(iryna, chat, PAPER, "перелік.pdf")
    assert "Прибрати фото.png" in shown.text
    assert "Прибрати перелік.pdf" in shown.text
    photo, paper = await beside(reception, iryna, chat)
    await iryna.act(chat, "draft", mode="reply", text="Ось вони")
    page = await iryna.act(
        chat, "reply", text="Ось вони", key="k1", files=f"{photo.content_hash} {paper.content_hash} "
    )
    assert page.status_code == 200
    ((payload, epoch, state),) = await sendings(reception, chat)
    assert payload["files"] == [photo.content_hash, paper.content_hash]
    async with reception.database.read() as db:
        _, current = await ownership.current(db, chat)
    assert (epoch, state) == (current, "due")
    line = (await transcript_of(reception.database, chat))[-1]
    assert line.reply.attachments == (photo, paper)
    assert "Надіслане фото" in page.text
    assert "перелік.pdf" in page.text
    assert await beside(reception, iryna, chat) == ()
    async with reception.database.read() as db:
        kept = await db.execute(
            select(attachments.c.content_hash, attachments.c.position).where(
                attachments.c.conversation_id == chat
            )
        )
        assert {tuple(row) for row in kept} == {
            (photo.content_hash, line.position),
            (paper.content_hash, line.position),
        }
    served = await iryna.get(f"/workplace/files/{paper.content_hash}?conversation={chat}")
    assert served.content == PAPER
    assert served.headers["content-type"] == "application/octet-stream"
    assert served.headers["content-disposition"].startswith("attachment;")
    again = await iryna.act(
        chat, "reply", text="Ось вони", key="k1", files=f"{photo.content_hash} {paper.content_hash} "
    )
    assert again.status_code == 200
    assert len(await sendings(reception, chat)) == 1


async def test_files_without_words_go_with_a_word_of_ours(reception, now):
    iryna, chat = await led(reception, now)
    await add(iryna, chat)
    (photo,) = await beside(reception, iryna, chat)
    assert (await iryna.act(chat, "reply", text=" ", files=photo.content_hash)).status_code == 200
    assert (await sendings(reception, chat))[0].payload["text"] == "Надсилаю файл."


async def test_a_reply_with_files_is_refused_once_another_leads_and_nothing_is_lost(reception, now):
    iryna, chat = await led(reception, now)
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    await add(iryna, chat)
    (photo,) = await beside(reception, iryna, chat)
    await iryna.act(chat, "transfer", to=oleh.account.id)
    lost = await iryna.act(chat, "reply", text="Ось", files=photo.content_hash)
    assert lost.status_code == 409
    assert await sendings(reception, chat) == []
    assert await beside(reception, iryna, chat) == (photo,)
    assert await beside(reception, oleh, chat) == ()


def macros() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
        archive.writestr("word/vbaProject.bin", "macro")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "status", "words"),
    [
        (b"", "a.png", 422, "Файл порожній"),
        (b"MZ\x90\x00 program", "a.png", 415, "За вмістом це не фото"),
        (b"<svg onload=alert(1)>", "a.jpg", 415, "За вмістом це не фото"),
        (macros(), "a.docx", 415, "За вмістом це не фото"),
        (PHOTO + b"0" * 60_000, "a.png", 413, "сюди можна до 48 КБ"),
        (
            b"OggS" + b"\0" * 20 + b"OpusHead" + b"\0" * 300,
            "a.png",
            415,
            "Telegram такого файлу не передасть",
        ),
    ],
)
async def test_a_file_that_cannot_go_is_refused_in_words_and_the_rest_stays(
    reception, now, content, name, status, words
):
    iryna, chat = await led(reception, now)
    await iryna.act(chat, "draft", mode="reply", text="Уже написано")
    await add(iryna, chat, PAPER, "перелік.pdf")
    refused = await add(iryna, chat, content, name)
    assert refused.status_code == status
    assert words in refused.text.replace("\xa0", " ")
    assert "Текст і решта файлів на місці." in refused.text
    assert [file.name for file in await beside(reception, iryna, chat)] == ["перелік.pdf"]
    async with reception.database.read() as db:
        assert (await drafts.of(db, COMMUNITY, iryna.account.id, chat)).reply == "Уже написано"


async def test_what_the_channel_does_not_carry_is_said_before(reception, now):
    iryna, chat = await led(reception, now, "viber")
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert "Viber файлів не передає" in page
    assert 'id="attach"' not in page
    assert (await add(iryna, chat)).status_code == 415
    editor = await reception.signed_in("editor", Role.EDITOR)
    assert "файлів не передає" not in (await editor.get(f"/workplace/conversations/{chat}")).text
    other = await waiting(reception.database, now, channel="telegram")
    page = (await editor.get(f"/workplace/conversations/{other.conversation_id}")).text
    assert 'id="attach"' not in page
    page = (await iryna.get(f"/workplace/conversations/{other.conversation_id}")).text
    assert "Telegram передасть фото й файли, до 48\xa0КБ" in page


async def test_a_file_is_removed_and_one_that_is_gone_stops_the_reply(reception, now):
    iryna, chat = await led(reception, now)
    await add(iryna, chat)
    await add(iryna, chat, PAPER, "перелік.pdf")
    photo, paper = await beside(reception, iryna, chat)
    await iryna.act(chat, "files/remove", file=photo.content_hash, text="не чернетка")
    assert await beside(reception, iryna, chat) == (paper,)
    gone = await iryna.act(chat, "reply", text="Ось", key="k", files=photo.content_hash)
    assert gone.status_code == 409
    assert "тут уже немає" in gone.text
    await reception.store.drop(paper.content_hash)
    unkept = await iryna.act(chat, "reply", text="Ось", key="k", files=paper.content_hash)
    assert "Файлу «перелік.pdf» тут уже немає" in unkept.text
    assert await sendings(reception, chat) == []
    await iryna.act(chat, "files/remove", file=paper.content_hash)
    assert await beside(reception, iryna, chat) == ()


async def test_ten_files_at_most_and_the_same_one_once(reception, now):
    iryna, chat = await led(reception, now)
    for number in range(drafts.MOST_FILES):
        assert (await add(iryna, chat, PAPER + b"%d" % number, f"{number}.pdf")).status_code == 200
    assert (await add(iryna, chat, PAPER + b"0", "0.pdf")).status_code == 200
    over = await add(iryna, chat, PHOTO)
    assert over.status_code == 409
    assert "до 10 файлів" in over.text
    assert len(await beside(reception, iryna, chat)) == 10


async def test_files_wait_with_blank_words_and_their_bytes_are_nobodys_stray(reception, now):
    iryna, chat = await led(reception, now)
    await iryna.act(chat, "draft", mode="reply", text="слова")
    await add(iryna, chat)
    await iryna.act(chat, "draft", mode="reply", text="")
    (photo,) = await beside(reception, iryna, chat)
    later = datetime.now(UTC) + STRAYS_KEPT + timedelta(days=1)
    policy = replace(POLICY, words=None, files=None)
    await retention.retain(reception.database, reception.store, policy, COMMUNITY, later)
    assert await reception.store.has(photo.content_hash)
    async with reception.database.write() as db:
        await drafts.detach(db, COMMUNITY, iryna.account.id, chat, photo.content_hash)
    await retention.retain(reception.database, reception.store, policy, COMMUNITY, later)
    assert not await reception.store.has(photo.content_hash)


async def test_without_scripts_or_a_token(reception, now):
    iryna, chat = await led(reception, now)
    plain = await add(iryna, chat, part=False)
    assert plain.status_code == 303
    assert plain.headers["location"] == f"/workplace/conversations/{chat}"
    for token in ("", "чужий"):
        assert (await add(iryna, chat, PAPER, token=token)).status_code == 403
    foreign = await iryna.client.post(
        f"/workplace/conversations/{chat}/files",
        data={"csrf": await iryna.csrf()},
        files={"file": ("a.pdf", PAPER)},
        headers={"Origin": "http://elsewhere.test"},
    )
    assert foreign.status_code == 403
    empty = await iryna.client.post(
        f"/workplace/conversations/{chat}/files",
        data={"csrf": await iryna.csrf()},
        files={"other": ("a.pdf", PAPER)},
        headers={"Origin": ORIGIN},
    )
    assert empty.status_code == 400
    assert len(await beside(reception, iryna, chat)) == 1


def pick(page: Page, *files: tuple[str, str, bytes]) -> None:
    page.locator("#file").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
    )


def test_files_are_added_removed_and_sent_without_a_mouse_and_outlive_the_page(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(bypass_csp=True)
    # Listened to from the start: asked for at the press itself, the browser may hear of it too late.
    page.on("filechooser", lambda _: None)
    chat = taken(page, served, hours=1)
    page.locator("#attach").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(
        [
            {"name": "перелік.pdf", "mimeType": "application/pdf", "buffer": PAPER},
            {"name": "фото.png", "mimeType": "image/png", "buffer": PHOTO},
        ]
    )
    files = page.get_by_role("list", name="Файли відповіді").get_by_role("listitem")
    expect(files).to_have_count(2)
    assert violations(page) == []
    pick(page, ("велике.png", "image/png", PHOTO + b"0" * 60_000))
    expect(page.locator("#alert")).to_contain_text("«велике.png» завеликий")
    pick(page, ("ні.png", "image/png", b"MZ program"))
    expect(page.locator("#alert")).to_contain_text("За вмістом це не фото")
    expect(files).to_have_count(2)

    page.get_by_label("Відповідь людині").press_sequentially("Ось перелік")
    expect(page.locator("#saved")).to_contain_text("Чернетку збережено о ")
    page.reload()
    expect(files).to_have_count(2)
    expect(page.get_by_label("Відповідь людині")).to_have_value("Ось перелік")
    page.get_by_role("button", name="Прибрати фото.png").focus()
    page.keyboard.press("Enter")
    expect(files).to_have_count(1)
    expect(page.locator("#attach")).to_be_focused()
    page.get_by_label("Відповідь людині").press("Control+Enter")
    line = page.locator(".msg.person").last
    expect(line).to_contain_text("Ось перелік")
    expect(line.get_by_role("link", name="перелік.pdf")).to_be_visible()
    expect(files).to_have_count(0)
    assert sideways(page) == 0

    pick(page, ("фото.png", "image/png", PHOTO))
    expect(files).to_have_count(1)
    page.locator("#send").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".msg.person").last).to_contain_text("Надсилаю файл.")
    expect(page.locator(".msg.person").last.get_by_role("img", name="Надіслане фото")).to_be_attached()
    assert len(served.run(transcript_of(served.database, chat))) >= 4


def test_a_lost_line_keeps_what_was_added(served: Served, open_page: Callable[..., Page]) -> None:
    page = open_page()
    taken(page, served, hours=1)
    pick(page, ("перелік.pdf", "application/pdf", PAPER))
    files = page.get_by_role("list", name="Файли відповіді").get_by_role("listitem")
    expect(files).to_have_count(1)
    page.context.set_offline(True)
    pick(page, ("фото.png", "image/png", PHOTO))
    expect(page.locator("#alert")).to_contain_text("«фото.png» не дійшов")
    expect(files).to_have_count(1)
    page.context.set_offline(False)
    pick(page, ("фото.png", "image/png", PHOTO))
    expect(files).to_have_count(2)
