"""Files people send: recognised by content, kept whole, named safely; everything else is refused with a reason."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from conversations.attachments import FolderStore, clean_name
from conversations.channel import FileRefused
from conversations.messages import AttachmentKind

JPEG = b"\xff\xd8\xff\xe0" + b"j" * 50


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return buffer.getvalue()


def iso(brand: bytes, handler: bytes = b"") -> bytes:
    track = b"\x00\x00\x00\x20hdlr" + b"\0" * 8 + handler if handler else b""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\0" * 12 + track + b"\0" * 20


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files", 10_000)


@pytest.mark.parametrize(
    ("content", "kind", "media_type"),
    [
        (JPEG, "photo", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "photo", "image/png"),
        (b"GIF89a....", "photo", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "photo", "image/webp"),
        (iso(b"heic"), "photo", "image/heic"),
        (b"%PDF-1.7\n", "document", "application/pdf"),
        (b"OggS" + b"\0" * 24 + b"OpusHead", "voice", "audio/ogg"),
        (b"ID3\x04....", "voice", "audio/mpeg"),
        (b"\xff\xfb\x90\x64....", "voice", "audio/mpeg"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "voice", "audio/wav"),
        (iso(b"M4A "), "voice", "audio/mp4"),
        (iso(b"iso5", b"soun"), "voice", "audio/mp4"),
        (iso(b"isom", b"vide"), "video", "video/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x84webm....A_OPUS", "voice", "audio/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x82\x84webm....V_VP9 A_OPUS", "video", "video/webm"),
        (
            zipped(word__document_dot_xml=b"<w/>"),
            "document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            zipped(mimetype=b"application/vnd.oasis.opendocument.text"),
            "document",
            "application/vnd.oasis.opendocument.text",
        ),
    ],
)
async def test_the_content_tells_what_it_is(
    store: FolderStore, content: bytes, kind: str, media_type: str
) -> None:
    stored = await store.put(content, name="photo.exe")
    assert (stored.kind, stored.media_type, stored.size) == (AttachmentKind(kind), media_type, len(content))
    assert stored.content_hash == hashlib.sha256(content).hexdigest()
    assert await store.get(stored.content_hash) == content


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"just words",
        b"\xff\xff\xff\xff",
        b"\xff",
        b"PK\x03\x04 not really an archive",
        zipped(readme_dot_txt=b"an archive"),
        zipped(word__document_dot_xml=b"<w/>", word__vbaProject_dot_bin=b"macros"),
        b"OggS" + b"\0" * 24 + b"\x80theora",
        b"RIFF\x10\0\0\0AVI LIST",
        iso(b"isom"),
        b"\x1aE\xdf\xa3\x9fB\x82\x88matroska",
    ],
)
async def test_what_we_do_not_take_is_refused(store: FolderStore, content: bytes) -> None:
    with pytest.raises(FileRefused) as refusal:
        await store.put(content, name="photo.jpg")
    assert refusal.value.reason == "kind"
    assert not store.folder.exists()


async def test_nothing_and_too_much_are_refused(store: FolderStore) -> None:
    with pytest.raises(FileRefused) as nothing:
        await store.put(b"")
    assert nothing.value.reason == "empty"
    assert (await store.put(JPEG.ljust(10_000, b"."))).size == 10_000
    with pytest.raises(FileRefused) as much:
        await store.put(JPEG.ljust(10_001, b"."))
    assert (much.value.reason, much.value.limit) == ("too_large", 10_000)


async def test_the_same_content_is_kept_once_and_nothing_is_left_half_written(store: FolderStore) -> None:
    first = await store.put(JPEG, name="one.jpg")
    second = await store.put(JPEG, name="two.jpg")
    assert first.content_hash == second.content_hash
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == [first.content_hash]


async def test_dropped_is_gone_and_dropping_twice_is_no_error(store: FolderStore) -> None:
    stored = await store.put(JPEG)
    assert await store.has(stored.content_hash)
    await store.drop(stored.content_hash)
    await store.drop(stored.content_hash)
    assert not await store.has(stored.content_hash)
    with pytest.raises(FileNotFoundError):
        await store.get(stored.content_hash)


@pytest.mark.parametrize("odd", ["../../secret", "", "A" * 64, "a" * 63, "a" * 64 + "\n"])
async def test_only_hashes_name_files(store: FolderStore, odd: str) -> None:
    with pytest.raises(FileNotFoundError):
        await store.get(odd)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        ("довідка.pdf", "довідка.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\фото.jpg", "фото.jpg"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ('<"x">.pdf', "__x__.pdf"),
        ("...", None),
        ("", None),
        ("я" * 300 + ".jpeg", "я" * 115 + ".jpeg"),
    ],
)
def test_names_of_strangers_are_made_safe(given: str | None, kept: str | None) -> None:
    assert clean_name(given) == kept
