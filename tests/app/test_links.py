"""Public links to files: for one file, signed, until a day; and the door that gives the file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from bots.app.links import LIFETIME, PublicLinks
from conversations.messages import Attachment, AttachmentKind

NOON = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
FILE = Attachment(
    kind=AttachmentKind.DOCUMENT,
    content_hash="a" * 64,
    media_type="application/pdf",
    size=9,
    name="рішення.pdf",
)


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def test_without_a_public_address_there_is_no_link() -> None:
    assert PublicLinks(b"secret", "").link(FILE) is None


def test_a_link_opens_its_file_until_its_day() -> None:
    now = [NOON]
    links = PublicLinks(b"secret", "https://chat.example", lambda: now[0])
    address = links.link(FILE)
    assert address is not None
    assert urlsplit(address).path == f"/files/{FILE.content_hash}/file.pdf"
    query = query_of(address)
    assert links.holds(FILE.content_hash, query)
    now[0] += LIFETIME - timedelta(seconds=1)
    assert links.holds(FILE.content_hash, query)
    now[0] += timedelta(seconds=2)
    assert not links.holds(FILE.content_hash, query)


@pytest.mark.parametrize("name", ["type", "name", "until", "token"])
@pytest.mark.parametrize("value", ["", "x", "99999999999", "ї"])
def test_nothing_of_a_link_can_be_changed(name: str, value: str) -> None:
    links = PublicLinks(b"secret", "https://chat.example", lambda: NOON)
    query = query_of(links.link(FILE) or "")
    assert not links.holds(FILE.content_hash, {**query, name: value})
    assert not links.holds(FILE.content_hash, {key: kept for key, kept in query.items() if key != name})
    assert not links.holds("b" * 64, query)
    assert not PublicLinks(b"other", "https://chat.example", lambda: NOON).holds(FILE.content_hash, query)
