"""Files to and from Telegram."""

from __future__ import annotations

import pytest

from conversations.channel import ChannelUnavailable, ReplyRejected
from conversations.messages import AttachmentKind
from tests.adapters.telegram_stage import CHOICES, JPEG, MARIA, Stage, rendered, with_files
from tests.contract.supplies import Shelf


@pytest.mark.parametrize(
    ("kind", "media_type", "content", "method"),
    [
        (AttachmentKind.PHOTO, "image/jpeg", JPEG, "sendphoto"),
        (AttachmentKind.PHOTO, "image/heic", b"heic", "senddocument"),
        (AttachmentKind.DOCUMENT, "application/pdf", b"%PDF-1.7", "senddocument"),
        (AttachmentKind.VOICE, "audio/ogg", b"OggS", "sendvoice"),
        (AttachmentKind.VOICE, "audio/wav", b"RIFF", "senddocument"),
        (AttachmentKind.VIDEO, "video/mp4", b"ftyp", "sendvideo"),
        (AttachmentKind.VIDEO, "video/webm", b"webm", "senddocument"),
    ],
)
async def test_a_file_goes_up_with_its_words_and_buttons(
    stage: Stage, kind: AttachmentKind, media_type: str, content: bytes, method: str
) -> None:
    file = stage.shelf.lay(content, kind, media_type, 'бланк "заяви".bin')
    (sent,) = await stage.say("olena", with_files(file, choices=CHOICES), MARIA)
    (shown,) = stage.vendor.screen("olena")
    assert shown.text == "Марія Зразкова:\nОсь бланк заяви."
    assert shown.files == ("бланк 'заяви'.bin",)
    assert len(shown.buttons) == 3
    assert stage.vendor.shown_files("olena") == [content]
    assert stage.vendor.calls[-1][0] == method
    assert sent.external_id.isdecimal()


async def test_several_files_follow_their_words(stage: Stage) -> None:
    files = [stage.shelf.lay(b"%PDF" + name.encode(), AttachmentKind.DOCUMENT, "a/b", name) for name in "абв"]
    await stage.say("olena", with_files(*files, choices=CHOICES))
    shown = stage.vendor.screen("olena")
    assert [(part.text, part.files) for part in shown] == [
        ("Ось бланк заяви.", ()),
        ("", ("а",)),
        ("", ("б",)),
        ("", ("в",)),
    ]
    assert [len(part.buttons) for part in shown] == [0, 0, 0, 3]


async def test_words_too_long_for_a_caption_stand_above_the_file(stage: Stage) -> None:
    file = stage.shelf.lay(JPEG, AttachmentKind.PHOTO, "image/jpeg", None)
    await stage.say("olena", with_files(file, text="😀" * 600))
    assert [(len(part.text), part.files) for part in stage.vendor.screen("olena")] == [
        (600, ()),
        (0, ("file",)),
    ]


async def test_a_picture_telegram_can_not_show_goes_as_a_document(stage: Stage) -> None:
    broken = stage.shelf.lay(b"no picture", AttachmentKind.PHOTO, "image/jpeg", "довідка.jpg")
    await stage.say("olena", with_files(broken))
    assert stage.vendor.shown_files("olena") == [b"no picture"]
    assert [method for method, _ in stage.vendor.calls] == ["sendphoto", "senddocument"]


@pytest.mark.parametrize("edit", [False, True])
async def test_formatting_never_costs_the_message(stage: Stage, edit: bool) -> None:
    (first,) = await stage.say("olena", "☐ довідка")
    stage.vendor.refuse_next(400, "Bad Request: wrong HTTP URL", times=2 if edit else 1)
    await stage.say("olena", "Бачу ваше питання.", MARIA, instead_of=first.external_id if edit else None)
    assert stage.vendor.screen("olena")[-1].text == "Марія Зразкова:\nБачу ваше питання."
    assert stage.vendor.phone("olena").messages[-1].entities == []


async def test_the_first_refusal_is_the_one_that_is_told(stage: Stage) -> None:
    stage.vendor.refuse_next(400, "Bad Request: the first")
    stage.vendor.refuse_next(400, "Bad Request: the second")
    with pytest.raises(ReplyRejected, match="the first"):
        await stage.say("olena", "Бачу ваше питання.", MARIA)


async def test_a_file_that_is_no_longer_kept_is_rejected(stage: Stage) -> None:
    file = stage.shelf.lay(JPEG, AttachmentKind.PHOTO, "image/jpeg", None)
    stage.shelf.files.clear()
    with pytest.raises(ReplyRejected, match="no longer kept"):
        await stage.say("olena", with_files(file))
    assert stage.vendor.calls == []


async def test_a_file_larger_than_telegram_takes_is_named_in_words() -> None:
    file = (
        Shelf().lay(b"", AttachmentKind.VIDEO, "video/mp4", "дах.mp4").model_copy(update={"size": 50_000_001})
    )
    (payload,) = rendered(with_files(file))
    assert payload["method"] == "sendMessage"
    assert "«дах.mp4»" in payload["fields"]["text"]


async def test_a_file_comes_down(stage: Stage) -> None:
    handle = await stage.vendor.send_photo("olena", JPEG)
    fetched = await stage.channel.fetch_file(handle)
    assert fetched.content == JPEG
    assert fetched.name
    assert fetched.name.endswith(".jpg")
    document = await stage.vendor.send_file("olena", "document", b"%PDF-1.7", name="дов ідка#1?.pdf")
    assert (await stage.channel.fetch_file(document)).content == b"%PDF-1.7"


async def test_a_file_over_20_mb_is_not_handed_out(stage: Stage) -> None:
    handle = await stage.vendor.send_file("olena", "video", b"v" * (20 * 2**20 + 1), media_type="video/mp4")
    with pytest.raises(ReplyRejected, match=r"file is too big \(400\)"):
        await stage.channel.fetch_file(handle)


async def test_a_file_that_is_gone_away_or_late(stage: Stage) -> None:
    with pytest.raises(ReplyRejected, match="invalid file_id"):
        await stage.channel.fetch_file("unknown")
    handle = await stage.vendor.send_photo("olena", JPEG)
    stage.vendor.refuse_next(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    with pytest.raises(ChannelUnavailable):
        await stage.channel.fetch_file(handle)
    stage.vendor.refuse_next(429, "Too Many Requests", retry_after=3)
    with pytest.raises(ChannelUnavailable, match="retry after 3 s"):
        await stage.channel.fetch_file(handle)
    stage.vendor.refuse_next(403, "Forbidden")
    with pytest.raises(ReplyRejected):
        await stage.channel.fetch_file(handle)
    stage.vendor.babble_next(b'{"ok": true, "result": {"file_path": "photos/gone.jpg"}}')
    with pytest.raises(ReplyRejected, match=r"the file is gone \(404\)"):
        await stage.channel.fetch_file(handle)
    stage.vendor.babble_next(b'{"ok": true, "result": {}}')
    with pytest.raises(ReplyRejected):
        await stage.channel.fetch_file(handle)
