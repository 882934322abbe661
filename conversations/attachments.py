"""Files people send, kept in a folder under their hash: checked by content, written whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import os
import re
import tempfile
import unicodedata
import zipfile
from datetime import datetime
from pathlib import Path

from conversations.channel import FileRefused
from conversations.messages import Attachment, AttachmentKind

EMPTY = "empty"
TOO_LARGE = "too_large"
KIND = "kind"

LONGEST_NAME = 120

_HASH = re.compile(r"[0-9a-f]{64}")

Found = tuple[AttachmentKind, str]

# The first bytes that tell a kind, with where they stand and what kind they tell.
_SIGNATURES: tuple[tuple[int, bytes, Found], ...] = (
    (0, b"\xff\xd8\xff", (AttachmentKind.PHOTO, "image/jpeg")),
    (0, b"\x89PNG\r\n\x1a\n", (AttachmentKind.PHOTO, "image/png")),
    (0, b"GIF87a", (AttachmentKind.PHOTO, "image/gif")),
    (0, b"GIF89a", (AttachmentKind.PHOTO, "image/gif")),
    (0, b"%PDF-", (AttachmentKind.DOCUMENT, "application/pdf")),
    (0, b"BEGIN:VCALENDAR", (AttachmentKind.DOCUMENT, "text/calendar")),
    (0, b"ID3", (AttachmentKind.VOICE, "audio/mpeg")),
)

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})

_ZIPPED = (
    ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
)
_OPEN_DOCUMENTS = frozenset(
    {"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"}
)


class FolderStore:
    """An attachment store in a folder of this machine; `limit` is the largest file in bytes."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit

    async def put(self, content: bytes, *, name: str | None = None) -> Attachment:
        """Store and describe. Raises FileRefused: `empty`, `too_large` (with the limit) or `kind`."""
        if not content:
            raise FileRefused(EMPTY)
        if len(content) > self.limit:
            raise FileRefused(TOO_LARGE, self.limit)
        found = await asyncio.to_thread(recognise, content)
        if found is None:
            raise FileRefused(KIND)
        kind, media_type = found
        return Attachment(
            kind=kind,
            content_hash=await self.keep(content),
            media_type=media_type,
            size=len(content),
            name=clean_name(name),
        )

    async def keep(self, content: bytes) -> str:
        """Store bytes that were checked before (a restore does) and return their hash."""
        return await asyncio.to_thread(self._write, content)

    async def get(self, content_hash: str) -> bytes:
        """The bytes. Raises FileNotFoundError."""
        return await asyncio.to_thread(self.read, content_hash)

    def read(self, content_hash: str) -> bytes:
        """The same for code that already runs in a thread. Raises FileNotFoundError."""
        return self._path(content_hash).read_bytes()

    async def has(self, content_hash: str) -> bool:
        """Whether the bytes are here."""
        return await asyncio.to_thread(self._path(content_hash).is_file)

    async def drop(self, content_hash: str) -> None:
        """Delete the bytes; those that are gone already are no error."""
        with contextlib.suppress(FileNotFoundError):
            await asyncio.to_thread(self._path(content_hash).unlink)

    async def older(self, before: datetime) -> list[str]:
        """The content hashes of files that were last put before this moment."""
        return await asyncio.to_thread(self._older, before.timestamp())

    def _older(self, before: float) -> list[str]:
        return sorted(
            path.name
            for path in self.folder.glob("??/*")
            if _HASH.fullmatch(path.name) and path.stat().st_mtime < before
        )

    def _path(self, content_hash: str) -> Path:
        if not _HASH.fullmatch(content_hash):
            raise FileNotFoundError(content_hash)
        return self.folder / content_hash[:2] / content_hash

    def _write(self, content: bytes) -> str:
        content_hash = hashlib.sha256(content).hexdigest()
        path = self._path(content_hash)
        try:
            os.utime(path)  # put again just now: nobody may take it for a stray
            return content_hash
        except FileNotFoundError:
            pass
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return content_hash


def _sync_folder(folder: Path) -> None:
    """A new name survives a power cut only when its folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def recognise(content: bytes) -> Found | None:
    """The kind and the media type by content; None for what we do not take."""
    for offset, signature, found in _SIGNATURES:
        if content.startswith(signature, offset):
            return found
    if content.startswith(b"RIFF"):
        return _riff(content)
    if content.startswith(b"OggS"):
        return _ogg(content)
    if content.startswith(b"\x1aE\xdf\xa3"):
        return _webm(content)
    if content[4:8] == b"ftyp":
        return _iso_media(content)
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    if _is_mpeg_audio(content):
        return AttachmentKind.VOICE, "audio/mpeg"
    return None


def _riff(content: bytes) -> Found | None:
    if content[8:12] == b"WEBP":
        return AttachmentKind.PHOTO, "image/webp"
    if content[8:12] == b"WAVE":
        return AttachmentKind.VOICE, "audio/wav"
    return None


def _ogg(content: bytes) -> Found | None:
    """The codec names itself in the first page."""
    first = content[:256]
    if b"OpusHead" in first or b"\x01vorbis" in first or b"Speex   " in first:
        return AttachmentKind.VOICE, "audio/ogg"
    return None


def _webm(content: bytes) -> Found | None:
    """EBML with its document type, and the codecs of its tracks, which stand near the start."""
    if b"webm" not in content[:64]:
        return None
    tracks = content[:65_536]
    if b"V_VP8" in tracks or b"V_VP9" in tracks or b"V_AV1" in tracks:
        return AttachmentKind.VIDEO, "video/webm"
    if b"A_OPUS" in tracks or b"A_VORBIS" in tracks:
        return AttachmentKind.VOICE, "audio/webm"
    return None


def _iso_media(content: bytes) -> Found | None:
    """MPEG-4 and its relatives: a brand, then tracks that name their handler ('vide', 'soun')."""
    brand = content[8:12]
    if brand in _HEIC_BRANDS:
        return AttachmentKind.PHOTO, "image/heic"
    handlers = {match.group(1) for match in re.finditer(rb"hdlr.{8}(vide|soun)", content, re.DOTALL)}
    if b"vide" in handlers:
        return AttachmentKind.VIDEO, "video/quicktime" if brand == b"qt  " else "video/mp4"
    if b"soun" in handlers or brand in (b"M4A ", b"M4B "):
        return AttachmentKind.VOICE, "audio/mp4"
    return None


def _is_mpeg_audio(content: bytes) -> bool:
    """MP3 without tags: a frame header with layer III, a real bit rate and a real sample rate."""
    if len(content) < 4 or content[0] != 0xFF:
        return False
    header = int.from_bytes(content[:4], "big")
    sync, layer = header >> 21, header >> 17 & 0b11
    rate, samples = header >> 12 & 0b1111, header >> 10 & 0b11
    return sync == 0b111_1111_1111 and layer == 0b01 and rate not in (0, 15) and samples != 3


def _zipped(content: bytes) -> Found | None:
    """An office document by its members; with macros it is refused, and so is any other archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") for name in names):
                return None
            for member, media_type in _ZIPPED:
                if member in names:
                    return AttachmentKind.DOCUMENT, media_type
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                media_type = archive.read("mimetype").decode("ascii", "replace").strip()
                if media_type in _OPEN_DOCUMENTS:
                    return AttachmentKind.DOCUMENT, media_type
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError):
        return None  # damaged, encrypted or of an odd method
    return None


def clean_name(name: str | None) -> str | None:
    """A stranger's file name made safe to show and to save under: no folders, no invisible signs, not too long."""
    if name is None:
        return None
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Category C holds control signs, directions that make "fdp.exe" look like "exe.pdf", and halves of characters.
    visible = "".join(sign for sign in last if not unicodedata.category(sign).startswith("C"))
    kept = re.sub(r'[<>:"|?*]', "_", visible).strip(" .")
    if len(kept) > LONGEST_NAME:
        stem, dot, suffix = kept.rpartition(".")
        ending = dot + suffix if stem and len(suffix) <= 10 else ""
        kept = kept[: LONGEST_NAME - len(ending)].rstrip(" .") + ending
    return kept or None
