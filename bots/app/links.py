"""Public links to stored files, for vendors that fetch what we send: signed, for one file, until a day."""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import urlencode

from conversations.clock import utc_now
from conversations.messages import Attachment

LIFETIME = timedelta(days=7)
"""A vendor fetches a file when the person opens the message, which may be days later."""


class PublicLinks:
    """Makes links under the public address and checks them. Without a public address there are none."""

    def __init__(self, secret: bytes, public_url: str, clock: Callable[[], datetime] = utc_now) -> None:
        self._secret = secret
        self._public_url = public_url
        self._clock = clock

    def link(self, file: Attachment) -> str | None:
        """The address of a stored file; None without a public address."""
        if not self._public_url:
            return None
        until = str(int((self._clock() + LIFETIME).timestamp()))
        shown = {"type": file.media_type, "name": file.name or "", "until": until}
        token = self._sign(file.content_hash, shown)
        path = f"/files/{file.content_hash}/file{_ending(file)}"
        return f"{self._public_url}{path}?{urlencode({**shown, 'token': token})}"

    def holds(self, content_hash: str, query: Mapping[str, str]) -> bool:
        """Whether `link` made this address and its day has not passed."""
        shown = {name: query.get(name, "") for name in ("type", "name", "until")}
        expected = self._sign(content_hash, shown)
        if not hmac.compare_digest(expected.encode(), query.get("token", "").encode()):
            return False
        return self._clock().timestamp() < int(shown["until"])

    def _sign(self, content_hash: str, shown: Mapping[str, str]) -> str:
        signed = "\n".join(["file", content_hash, *(f"{len(value)}:{value}" for value in shown.values())])
        return hmac.new(self._secret, signed.encode(), hashlib.sha256).hexdigest()


def _ending(file: Attachment) -> str:
    """Viber shows a picture only where the address ends as a picture's does."""
    return mimetypes.guess_extension(file.media_type) or PurePosixPath(file.name or "").suffix
