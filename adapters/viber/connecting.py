"""Sets the bot up at Viber and reads how Viber sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapters.incoming import readable
from adapters.viber.api import INVALID_URL, OK, REFUSED_TOKEN, Told, ViberApi
from conversations.channel import ChannelUnavailable, ConnectFault, RateLimited, VendorStatus

EVENTS = (
    "conversation_started",
    "subscribed",
    "unsubscribed",
    "delivered",
    "seen",
    "failed",
)
"""What Viber has to tell beside `message`, which it always does."""

_URI = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_ASKED_ALWAYS = frozenset({"subscribed", "unsubscribed"})
"""Viber tells these without being asked, so a list without them lacks nothing."""


async def connect(api: ViberApi, webhook: str) -> VendorStatus:
    """Check the token, set the webhook, read the account again. Raises ConnectFault."""
    if not webhook:
        raise ConnectFault(
            "There is no public address for Viber to call.",
            "Set PRYIMALNIA_PUBLIC_URL to the https address of this server.",
        )
    await _ask(api, "get_account_info", {})
    wanted = {"url": webhook, "event_types": list(EVENTS), "send_name": True, "send_photo": False}
    told = await _ask(api, "set_webhook", wanted)
    if told.status == INVALID_URL:
        raise ConnectFault(
            f"Viber called {webhook} and got no 200: {told.reason}.",
            "The server must be running and reachable there over https, with a certificate of a known authority.",
        )
    if told.status != OK:
        raise ConnectFault(f"Viber did not set the webhook: {told.reason}.", "See its list of errors.")
    return await status(api, webhook)


async def status(api: ViberApi, webhook: str) -> VendorStatus:
    """The account as Viber has it now. `error` is what in it is not as `connect` sets it. Raises ConnectFault."""
    told = await _ask(api, "get_account_info", {})
    if told.status != OK:
        raise ConnectFault(f"Viber does not tell about the bot: {told.reason}.", "See its list of errors.")
    set_to = told.fields.get("webhook")
    address = readable(set_to, 500) if isinstance(set_to, str) and set_to else None
    return VendorStatus(_account(told.fields), address, error=_amiss(told.fields, address, webhook))


async def uri(api: ViberApi) -> str | None:
    """The account's name in links; None where Viber does not tell it now."""
    try:
        told = await api.ask("get_account_info", {})
    except (ChannelUnavailable, RateLimited):
        return None
    named = told.fields.get("uri")
    return named if told.status == OK and isinstance(named, str) and _URI.fullmatch(named) else None


async def _ask(api: ViberApi, method: str, body: Mapping[str, Any]) -> Told:
    try:
        told = await api.ask(method, body)
    except (ChannelUnavailable, RateLimited) as fault:
        raise ConnectFault(
            f"Viber gives no answer: {fault}.", "Look at the network and VIBER_API_BASE, then try again."
        ) from None
    if told.status == REFUSED_TOKEN:
        raise ConnectFault(
            f"Viber refuses the token: {told.reason}.",
            "Copy it again from the bot's settings in Viber (Edit Info, Your app key) to VIBER_TOKEN.",
        )
    return told


def _account(fields: Mapping[str, Any]) -> str:
    """`Приймальня (viber://pa?chatURI=zrazkova), 128 subscribers`."""
    name = fields.get("name")
    uri = fields.get("uri")
    count = fields.get("subscribers_count")
    account = readable(name, 100) if isinstance(name, str) and name else "Viber"
    if isinstance(uri, str) and uri:
        account += f" (viber://pa?chatURI={readable(uri, 100)})"
    if type(count) is int:
        account += f", {count} subscribers"
    return account


def _amiss(fields: Mapping[str, Any], address: str | None, webhook: str) -> str | None:
    if address is None:
        return "no webhook is set"
    if webhook and address != webhook:
        return "the webhook is not this server's"
    asked = fields.get("event_types")
    if not isinstance(asked, list):
        return None
    missing = [event for event in EVENTS if event not in asked and event not in _ASKED_ALWAYS]
    return f"Viber was not asked to tell: {', '.join(missing)}" if missing else None
