"""Connecting: the Page's token checked, its events subscribed to, its greeting and menu set, and what Meta sees."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from adapters.fit import cut
from adapters.messenger.api import GraphApi
from adapters.messenger.contents import listed, mapping, string
from adapters.messenger.render import GET_STARTED
from adapters.supplies import Supplies
from conversations.channel import (
    ChannelUnavailable,
    ConnectFault,
    RateLimited,
    ReplyRejected,
    SendError,
    VendorStatus,
)

NEEDED = (
    "messages",
    "messaging_postbacks",
    "message_deliveries",
    "message_reads",
    "message_echoes",
    "messaging_referrals",
)
WISHED = ("message_edits", "standby")
"""Left out where the vendor does not know them: they are newer, or not for every app."""

GREETING_LIMIT = 160
GREETING = "Це бот: підкаже, яка допомога вам належить і що принести. Не знатиме — покличе спеціаліста."
MENU_LIMIT = 20
DEFAULT_LOCALE = "default"

PERMITTED = (
    "Check MESSENGER_PAGE_ID, MESSENGER_PAGE_TOKEN, MESSENGER_APP_SECRET and the token's permissions:"
    " pages_messaging and pages_manage_metadata."
)
CALLED_BACK = (
    "Meta calls the webhook at once: see that this house is running and can be reached at its public address,"
    " and that MESSENGER_APP_ID is right."
)

Told = TypeVar("Told")


@dataclass(frozen=True)
class Connection:
    """One Page and, where its id is known, the app that serves it."""

    api: GraphApi
    supplies: Supplies
    app_id: str | None
    verify_token: str = field(repr=False)

    async def connect(self) -> VendorStatus:
        """Everything in order; doing it again changes nothing. Raises ConnectFault."""
        await self._account()
        webhook = self._webhook()
        if self.app_id is not None:
            await _or_fault(
                self._call_back(self.app_id, webhook), "The app's webhook could not be set.", CALLED_BACK
            )
        await _or_fault(self._subscribe(), "The app could not be subscribed to the Page.")
        await _or_fault(self._introduce(), "The Page's greeting and menu could not be set.")
        return await self.status()

    async def status(self) -> VendorStatus:
        """The Page's name, where Meta calls us, and what is missing. Raises ConnectFault."""
        account = await self._account()
        told = await _or_fault(
            self.api.call("GET", f"{self.api.page_id}/subscribed_apps"),
            "Meta does not tell what is subscribed to the Page.",
        )
        fields = self._fields_of_page(told)
        missing = [name for name in NEEDED if name not in fields]
        error = f"The Page does not send us: {', '.join(missing)}." if missing else None
        if self.app_id is None:
            return VendorStatus(account, webhook=self._to_paste(), error=error)
        address, active = await self._address_of_app(self.app_id)
        if not active:
            error = error or "The app's webhook is not set or has been switched off."
        return VendorStatus(account, webhook=address, error=error)

    async def _account(self) -> str:
        page = await _or_fault(
            self.api.call("GET", self.api.page_id, query={"fields": "id,name"}),
            "Meta does not let us in as this Page.",
        )
        return f"{string(page.get('name')) or 'Page'} ({self.api.page_id})"

    def _webhook(self) -> str:
        address = self.supplies.webhook("messenger")
        if not address.startswith("https://"):
            raise ConnectFault(
                "Meta calls only public https addresses.", "Set the public address of this house first."
            )
        return address

    def _to_paste(self) -> str:
        """What a person has to put into the app's page, since without its id we can't."""
        address = self.supplies.webhook("messenger") or "(no public address is set)"
        return (
            "paste in the app's page, Messenger, Webhooks: "
            f"callback URL {address} and verify token {self.verify_token}"
        )

    async def _call_back(self, app_id: str, webhook: str) -> None:
        async def ask(fields: tuple[str, ...]) -> None:
            body = {
                "object": "page",
                "callback_url": webhook,
                "verify_token": self.verify_token,
                "fields": ",".join(fields),
                "include_values": True,
            }
            await self.api.call_as_app(app_id, "POST", f"{app_id}/subscriptions", body)

        try:
            await ask((*NEEDED, *WISHED))
        except ReplyRejected:
            await ask(NEEDED)

    async def _subscribe(self) -> None:
        async def ask(fields: tuple[str, ...]) -> None:
            body = {"subscribed_fields": ",".join(fields)}
            await self.api.call("POST", f"{self.api.page_id}/subscribed_apps", json_body=body)

        try:
            await ask((*NEEDED, *WISHED))
        except ReplyRejected:
            await ask(NEEDED)

    async def _introduce(self) -> None:
        """In one request: the menu is refused where the button that opens the chat is not set."""
        greeting = cut(f"{self.supplies.name}. {GREETING}", GREETING_LIMIT)
        profile: dict[str, object] = {
            "get_started": {"payload": GET_STARTED},
            "greeting": [{"locale": DEFAULT_LOCALE, "text": greeting}],
        }
        if buttons := [
            {"type": "postback", "title": item.choice.label, "payload": item.choice.id}
            for item in self.supplies.menu[:MENU_LIMIT]
        ]:
            profile["persistent_menu"] = [
                {"locale": DEFAULT_LOCALE, "composer_input_disabled": False, "call_to_actions": buttons}
            ]
        await self.api.call("POST", "me/messenger_profile", json_body=profile)

    def _fields_of_page(self, told: Mapping[str, Any]) -> set[str]:
        apps = map(mapping, listed(told.get("data")))
        return {
            name
            for app in apps
            if self.app_id is None or str(app.get("id")) == self.app_id
            for name in listed(app.get("subscribed_fields"))
            if isinstance(name, str)
        }

    async def _address_of_app(self, app_id: str) -> tuple[str | None, bool]:
        told = await _or_fault(
            self.api.call_as_app(app_id, "GET", f"{app_id}/subscriptions"),
            "Meta does not tell where it calls us.",
        )
        for subscription in map(mapping, listed(told.get("data"))):
            if subscription.get("object") == "page":
                address = string(subscription.get("callback_url")) or None
                return address, subscription.get("active") is not False
        return None, False


async def _or_fault(asking: Awaitable[Told], what: str, if_refused: str = PERMITTED) -> Told:
    """What was asked for; a SendError as what went wrong and what to do."""
    try:
        return await asking
    except SendError as fault:
        raise ConnectFault(f"{what} {fault}.", _mend(fault, if_refused)) from None


def _mend(fault: SendError, if_refused: str) -> str:
    if isinstance(fault, RateLimited):
        return "Try again later."
    if isinstance(fault, ChannelUnavailable) and "token" not in fault.reason:
        return "Try again; should it stay, look at Meta's status page and at MESSENGER_API_BASE."
    return PERMITTED if isinstance(fault, ChannelUnavailable) else if_refused
