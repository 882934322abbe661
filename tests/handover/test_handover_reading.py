"""Reading: packet, transcript, files; who may, how it is recorded, and that words stay words."""

from __future__ import annotations

import re
from datetime import timedelta

from conversations import transcript
from conversations.messages import MessageKind
from handover import audit
from handover.audit import Action
from tests.handover.handover_world import actions, conversation, said, waiting


async def test_what_a_citizen_writes_is_text_and_never_markup(reception, now):
    iryna = await reception.signed_in("iryna")
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    ticket = await waiting(reception.database, now, evil)
    message = said("x", evil, now, author_name='"><script>alert(3)</script>')
    async with reception.database.write() as db:
        await transcript.hear(db, ticket.conversation_id, message, now)
    for address in ("/workplace", f"/workplace/conversations/{ticket.conversation_id}"):
        page = (await iryna.get(address)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


async def test_the_packet_opens_with_the_reason_and_the_phone_can_be_dialled(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(
        reception.database,
        now,
        "Чи приймуть договір?",
        phone="067 000 11 22",
        call_at="після 15:00",
        topic="housing-subsidy",
        promised_at=now + timedelta(minutes=20),
    )
    page = (await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")).text
    packet = page[page.index('id="packet"') :]
    places = [
        packet.index(word)
        for word in (
            "Без відповіді бота",
            "Чи приймуть договір?",
            "tel:0670001122",
            "після 15:00",
            "Житлова субсидія",
        )
    ]
    assert places == sorted(places)
    assert "обіцяно до 10:50, лишилося" in page
    assert "Взяти розмову" in page


async def test_the_packet_shows_what_was_told_as_words(reception, now):
    iryna = await reception.signed_in("iryna")
    told = (
        ("дохід усіх разом за місяць", "від 10 000 до 12 000 грн"),
        ("перевірка права", "бракує: <b>сума</b>"),
    )
    ticket = await waiting(reception.database, now, topic="housing-subsidy", told=told)
    page = (await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")).text
    packet = page[page.index('id="packet"') :]
    assert (
        "<dt>Дохід усіх разом за місяць</dt><dd>від 10 000 до 12 000 грн<small>з розмови з ботом, 10:30</small></dd>"
        in packet
    )
    assert "<dt>Перевірка права</dt><dd>бракує: &lt;b&gt;сума&lt;/b&gt;<small>" in packet


async def test_reading_is_recorded_once_for_a_while(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now)
    address = f"/workplace/conversations/{ticket.conversation_id}"
    for part in ("", "/live", "/live"):
        assert (await iryna.get(address + part)).status_code == 200
    assert await actions(reception.database, ticket.conversation_id) == ["conversation_read"]
    reception.wall.now += audit.SAME_READING + timedelta(seconds=1)
    await iryna.get(address + "/live")
    assert await actions(reception.database, ticket.conversation_id) == ["conversation_read"] * 2


async def test_only_conversations_in_which_a_person_was_called_can_be_read(reception, now):
    iryna = await reception.signed_in("iryna")
    stranger = await reception.signed_in("stranger", community="another")
    private = await conversation(reception.database, now)
    ticket = await waiting(reception.database, now)
    assert (await iryna.get(f"/workplace/conversations/{private}")).status_code == 404
    assert (await iryna.get("/workplace/conversations/none/live")).status_code == 404
    for part in ("", "/live"):
        address = f"/workplace/conversations/{ticket.conversation_id}{part}"
        assert (await stranger.get(address)).status_code == 404
    assert (await stranger.act(ticket.conversation_id, "take")).status_code == 404
    assert (await stranger.get(f"/workplace/events?conversation={ticket.conversation_id}")).status_code == 404


async def test_photo_voice_and_papers_are_shown_played_and_saved(reception, now):
    iryna = await reception.signed_in("iryna")
    stranger = await reception.signed_in("stranger", community="another")
    chat = (await waiting(reception.database, now)).conversation_id
    photo = await reception.store.put(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    paper = await reception.store.put(b"%PDF-1.4 agreement", name="Договір.pdf")
    for attachment, kind in ((photo, MessageKind.PHOTO), (paper, MessageKind.DOCUMENT)):
        message = said("x", "", now, kind=kind, attachments=(attachment,))
        async with reception.database.write() as db:
            await transcript.hear(db, chat, message, now)
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    sources = re.findall(r'(?:src|href)="(/workplace/files/[^"]+)"', page)
    assert len(sources) == 2
    shown, saved = [await iryna.get(source.replace("&amp;", "&")) for source in sources]
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert saved.headers["content-type"] == "application/octet-stream"
    for answer in (shown, saved):
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    middle = await iryna.get(sources[0], Range="bytes=8-11")
    assert (middle.status_code, middle.content) == (206, b"0000")
    assert middle.headers["content-range"] == "bytes 8-11/108"
    assert (await iryna.get(sources[0], Range="bytes=500-")).status_code == 416
    assert (await stranger.get(sources[0])).status_code == 404
    another = (await waiting(reception.database, now)).conversation_id
    assert (await iryna.get(sources[0].replace(chat, another))).status_code == 404
    assert (await iryna.get("/workplace/files/../../etc/passwd")).status_code == 404
    assert (await iryna.get(f"/workplace/files/{'0' * 64}?conversation={chat}")).status_code == 404
    assert Action.FILE_READ.value in await actions(reception.database, photo.content_hash)


async def test_what_its_specialist_has_seen_is_no_longer_unread(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now)).conversation_id
    await iryna.get(f"/workplace/conversations/{chat}")
    assert 'class="badge"' in (await iryna.get("/workplace/queue?view=waiting")).text
    await iryna.act(chat, "take")
    await iryna.get(f"/workplace/conversations/{chat}/live")
    assert 'class="badge"' in (await iryna.get("/workplace/queue?view=mine")).text
    await iryna.get(f"/workplace/conversations/{chat}/live?looked=1")
    assert 'class="badge"' not in (await iryna.get("/workplace/queue?view=mine")).text


async def test_a_long_transcript_begins_near_its_end_and_can_be_opened_further(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = (await waiting(reception.database, now, "Найперше слово")).conversation_id
    async with reception.database.write() as db:
        for index in range(210):
            await transcript.hear(db, chat, said("x", f"Слово {index}", now), now)
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert "Слово 209" in page
    assert "Слово 5<" not in page
    earlier = re.search(r'href="([^"]+\?from=\d+)"', page)
    assert earlier is not None
    assert "Слово 5<" in (await iryna.get(earlier.group(1))).text
    assert (await iryna.get(f"/workplace/conversations/{chat}?from=x")).status_code == 200


async def test_our_own_failure_is_told_without_anybodys_words(reception, now, caplog):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now, "таємниця громадянина")

    async def gone(content_hash: str) -> bytes:
        raise RuntimeError("таємниця громадянина")

    photo = await reception.store.put(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    message = said("x", "", now, kind=MessageKind.PHOTO, attachments=(photo,))
    async with reception.database.write() as db:
        await transcript.hear(db, ticket.conversation_id, message, now)
    reception.store.get = gone
    answer = await iryna.get(f"/workplace/files/{photo.content_hash}?conversation={ticket.conversation_id}")
    assert answer.status_code == 500
    assert "Збій на нашому боці" in answer.text
    assert "RuntimeError" in caplog.text
    assert "таємниця" not in caplog.text
