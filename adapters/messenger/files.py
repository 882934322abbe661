"""Files of the vendor's: fetched by the address a signed webhook told, and from nowhere inside our own network."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from adapters.incoming import file_name
from adapters.messenger.settings import is_loopback
from adapters.transport import Transport
from conversations.channel import ChannelUnavailable, FetchedFile, ReplyRejected

PATIENCE = 60.0
REDIRECTS = 3

_OURS_ALONE = (".localhost", ".local", ".internal", ".lan", ".home", ".intranet", ".arpa")
_GONE = {400, 401, 403, 404, 410}
"""An address of the vendor's is signed for some days; afterwards it answers 403."""


async def fetch(transport: Transport, address: str, *, loopback: bool) -> FetchedFile:
    """The file behind an address. `loopback`: this machine counts as the vendor, which only an emulator's does.

    Raises ChannelUnavailable (try again), ReplyRejected (gone, or an address we don't go to).
    """
    for _ in range(REDIRECTS + 1):
        parts = _safe(address, loopback=loopback)
        answer = await transport.request("GET", address, patience=PATIENCE)
        if answer.status == 200:
            return FetchedFile(answer.body, file_name(unquote(parts.path)))
        if answer.status in _GONE:
            raise ReplyRejected(f"the file is not there any more ({answer.status})")
        if answer.status not in {301, 302, 303, 307, 308}:
            raise ChannelUnavailable(f"the vendor answered {answer.status} for a file")
        address = urljoin(address, answer.headers.get("location", ""))
    raise ReplyRejected("the file's address leads round in circles")


def _safe(address: str, *, loopback: bool) -> SplitResult:
    """The address taken apart. Raises ReplyRejected for one that leads anywhere but to the public network."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ReplyRejected("the file's address is no address") from None
    if loopback and is_loopback(host):
        return parts
    if parts.scheme != "https" or port not in {None, 443} or parts.username is not None:
        raise ReplyRejected("the file's address is not a plain https one")
    if not _is_public(host.rstrip(".").lower()):
        raise ReplyRejected("the file's address is inside a private network")
    return parts


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        pass
    last = host.rpartition(".")[2]
    # A name whose last part is not letters is an IP address in disguise: 2130706433, 0x7f.1, 127.1.
    return "." in host and last.isascii() and last.isalpha() and not host.endswith(_OURS_ALONE)
