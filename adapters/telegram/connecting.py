"""Sets the bot up at Telegram and tells how Telegram sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiogram.exceptions import TelegramAPIError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.methods import (
    DeleteWebhook,
    GetMe,
    GetWebhookInfo,
    SetChatMenuButton,
    SetMyCommands,
    SetMyDescription,
    SetMyShortDescription,
    SetWebhook,
    TelegramMethod,
)
from aiogram.types import BotCommand, MenuButtonCommands

from adapters.fit import cut
from adapters.supplies import MenuItem
from adapters.telegram.api import TelegramApi, send_error
from adapters.telegram.updates import HEARD
from conversations.channel import ChannelUnavailable, ConnectFault, VendorStatus

DESCRIPTION_LENGTH = 512
SHORT_DESCRIPTION_LENGTH = 120
COMMAND_LENGTH = 256

WEBHOOK_MEND = (
    "Set the public address to one that begins with https:// and has a certificate, and connect again."
)


class Connection:
    """What is done at Telegram besides messages. `webhook` is "" where there is no public address."""

    def __init__(
        self, api: TelegramApi, *, webhook: str, secret: str, menu: Sequence[MenuItem], name: str
    ) -> None:
        self._api = api
        self._webhook = webhook
        self._secret = secret
        self._menu = menu
        self._name = name

    async def connect(self) -> VendorStatus:
        """Check the token, set webhook, commands, menu button and descriptions. Raises ConnectFault."""
        await self._me()
        if self._webhook:
            await self._ask(
                SetWebhook(
                    url=self._webhook,
                    secret_token=self._secret,
                    allowed_updates=list(HEARD),
                    drop_pending_updates=False,
                ),
                mend=WEBHOOK_MEND,
            )
        else:
            await self._ask(DeleteWebhook(drop_pending_updates=False))
        commands = [
            BotCommand(command=item.command, description=cut(item.words, COMMAND_LENGTH))
            for item in self._menu
        ]
        # Without a language they are for everybody, with it they win over older ones set by hand.
        for language in (None, "uk"):
            await self._ask(SetMyCommands(commands=commands, language_code=language))
        await self._ask(SetChatMenuButton(menu_button=MenuButtonCommands()))
        for description in descriptions(self._name):
            await self._ask(description)
        return await self.status()

    async def status(self) -> VendorStatus:
        """Who we are there, and what Telegram says of our webhook. Raises ConnectFault."""
        me = await self._me()
        told = await self._ask(GetWebhookInfo())
        hook: Mapping[str, Any] = told if isinstance(told, dict) else {}
        waiting, url, error = (
            hook.get(name) for name in ("pending_update_count", "url", "last_error_message")
        )
        return VendorStatus(
            account=account(me),
            webhook=url if isinstance(url, str) and url else None,
            waiting=waiting if type(waiting) is int else None,
            error=error if isinstance(error, str) else None,
            error_at=_moment(hook.get("last_error_date")),
        )

    async def _me(self) -> Mapping[str, Any]:
        told = await self._ask(GetMe())
        if not isinstance(told, dict):
            raise ConnectFault("Telegram does not say who the bot is.", "Check TELEGRAM_API_BASE.")
        return told

    async def _ask(self, method: TelegramMethod[Any], mend: str = "Try again in a minute.") -> Any:
        try:
            return await self._api.ask(method)
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise ConnectFault(
                "Telegram does not know this token.",
                "Take the token from @BotFather once more and put it into TELEGRAM_TOKEN.",
            ) from None
        except TelegramAPIError as fault:
            raise ConnectFault(
                f"Telegram refuses {method.__api_method__}: {send_error(fault)}.", mend
            ) from None
        except ChannelUnavailable as away:
            raise ConnectFault(
                f"Telegram can't be reached: {away}.",
                "Check that this machine reaches TELEGRAM_API_BASE, then try again.",
            ) from None


def descriptions(name: str) -> tuple[SetMyDescription, SetMyShortDescription]:
    """What an empty chat shows, and what the bot's profile says."""
    return (
        SetMyDescription(
            description=cut(
                f"Приймальня, {name}.\nПідкажу, яка допомога вам належить, скільки платять і що принести. "
                "Не знатиму — покличу спеціаліста.",
                DESCRIPTION_LENGTH,
            )
        ),
        SetMyShortDescription(
            short_description=cut(
                f"Підкажу, яка допомога вам належить. Приймальня, {name}.", SHORT_DESCRIPTION_LENGTH
            )
        ),
    )


def account(me: Mapping[str, Any]) -> str:
    """`@username`, or the bot's name where it has none."""
    username, name = me.get("username"), me.get("first_name")
    if isinstance(username, str) and username:
        return f"@{username}"
    return name if isinstance(name, str) and name else "a bot without a name"


def _moment(seconds: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if type(seconds) is int else None
    except (OverflowError, ValueError, OSError):
        return None
