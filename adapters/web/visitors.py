"""Who is at the page: an anonymous visitor known by a random cookie, and what we sign for that visitor.

The cookie is 256 random bits; the address in the log is its SHA-256, so the log alone lets nobody in.
Requests that change something must come from our own page (CSRF): browsers say so in Sec-Fetch-Site, older
ones in Origin.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from conversations.channel import NotAuthentic

COOKIE_DAYS = 365

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """A fresh visitor: 256 random bits in 43 characters."""
    return secrets.token_urlsafe(32)


def cookie_name(*, secure: bool) -> str:
    """Over HTTPS with the prefix that keeps other hosts of the domain from setting it (RFC 6265bis)."""
    return "__Host-pryimalnia-visitor" if secure else "pryimalnia-visitor"


def address_of(cookies: Mapping[str, str], *, secure: bool) -> str:
    """The visitor's address, SHA-256 in hex. Raises NotAuthentic without a well-formed cookie."""
    token = cookies.get(cookie_name(secure=secure), "")
    if not _TOKEN.fullmatch(token):
        raise NotAuthentic("no visitor cookie")
    return hashlib.sha256(token.encode()).hexdigest()


def require_own_page(headers: Mapping[str, str], origin: str) -> None:
    """Only our own page may post. `origin` is the configured public address, or "". Raises NotAuthentic."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise NotAuthentic("posted from another site")
        return
    claimed = headers.get("origin", "")
    host = headers.get("host", "")
    if origin and claimed == origin:
        return
    try:
        same = bool(host) and urlsplit(claimed).netloc.lower() == host.lower()
    except ValueError:
        same = False
    if not same:
        raise NotAuthentic("posted from another origin")


class Seal:
    """Signs facts for one purpose, so that a signature made for one thing is worth nothing for another."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._key = hmac.new(secret, f"web:{purpose}".encode(), hashlib.sha256).digest()

    def sign(self, *facts: str | int | None) -> str:
        """A signature in hex over the facts in their order."""
        return hmac.new(self._key, json.dumps(facts).encode(), hashlib.sha256).hexdigest()

    def holds(self, signature: str, *facts: str | int | None) -> bool:
        """Whether the signature is ours for these facts, in constant time."""
        return hmac.compare_digest(self.sign(*facts).encode(), signature.encode("utf-8", "replace"))
