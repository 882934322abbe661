"""PyPI aioviberbot as a client and as a bot that echoes and welcomes: a JSON line in, a JSON line out.

Run by the Python of var/peers: `python aioviberbot_bot.py '{"base", "token", "port"}'`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from aioviberbot import Api  # type: ignore[import-not-found]
from aioviberbot.api.bot_configuration import BotConfiguration  # type: ignore[import-not-found]
from aioviberbot.api.messages import (  # type: ignore[import-not-found]
    ContactMessage,
    KeyboardMessage,
    LocationMessage,
    PictureMessage,
    RichMediaMessage,
    StickerMessage,
    TextMessage,
    URLMessage,
)
from aioviberbot.api.messages.data_types.contact import Contact  # type: ignore[import-not-found]
from aioviberbot.api.messages.data_types.location import Location  # type: ignore[import-not-found]
from aioviberbot.api.viber_requests import (  # type: ignore[import-not-found]
    ViberConversationStartedRequest,
    ViberMessageRequest,
)

KEYBOARD = {"Type": "keyboard", "Buttons": [{"ActionType": "reply", "ActionBody": "menu", "Text": "Меню"}]}

MESSAGES: Mapping[str, Callable[[], Any]] = {
    "text": lambda: TextMessage(text="Добрий день!", keyboard=KEYBOARD),
    "long text": lambda: TextMessage(text="а" * 7_001),
    "picture": lambda: PictureMessage(media="https://media.example/a.jpg", text="Довідка"),
    "url": lambda: URLMessage(media="https://zakon.example/393"),
    "contact": lambda: ContactMessage(contact=Contact(name="Приймальня", phone_number="+380670000001")),
    "location": lambda: LocationMessage(location=Location(lat=49.23, lon=28.47)),
    "sticker": lambda: StickerMessage(sticker_id=40108),
    "keyboard": lambda: KeyboardMessage(keyboard=KEYBOARD),
    "rich media": lambda: RichMediaMessage(
        rich_media={"Type": "rich_media", "Buttons": KEYBOARD["Buttons"]}, min_api_version=2
    ),
}


class Bot:
    """The library's Api at our emulator, and the door it is called at."""

    def __init__(self, base: str, token: str) -> None:
        self._base = base
        self.api = self._at(token)
        self.calls: dict[str, Callable[..., Awaitable[Any]]] = {
            "set_webhook": lambda url: self.api.set_webhook(url),
            "get_account_info": lambda: self.api.get_account_info(),
            "get_online": lambda ids: self.api.get_online(ids),
            "get_user_details": lambda person: self.api.get_user_details(person),
            "send": lambda person, kind: self.api.send_messages(person, MESSAGES[kind]()),
            "broadcast": lambda people: self.api.broadcast_messages(people, MESSAGES["text"]()),
            "send as another": lambda token, person: self._at(token).send_messages(
                person, MESSAGES["text"]()
            ),
        }

    def _at(self, token: str) -> Any:
        api = Api(BotConfiguration(auth_token=token, name="Луна", avatar=""))
        api._request_sender._viber_bot_api_url = self._base
        return api

    async def hear(self, request: web.Request) -> web.Response:
        """The webhook: proven and read by the library."""
        body = await request.read()
        if not self.api.verify_signature(body, request.headers.get("X-Viber-Content-Signature")):
            return web.Response(status=403)
        told = self.api.parse_request(body)
        if isinstance(told, ViberConversationStartedRequest):
            welcome = TextMessage(text=f"Вітаю: {told.context}", keyboard=KEYBOARD).to_dict()
            return web.json_response({**welcome, "sender": {"name": "Луна"}})
        if isinstance(told, ViberMessageRequest):
            await self.api.send_messages(told.sender.id, TextMessage(text=f"Луна: {told.message.text}"))
        return web.Response()

    async def tried(self, call: str, args: list[Any]) -> dict[str, Any]:
        """What became of a call."""
        try:
            return {"call": call, "got": await self.calls[call](*args)}
        except Exception as fault:
            return {"call": call, "refused": str(fault)}


async def main() -> None:
    """Serve, and call what is asked for until nothing more is."""
    config = json.loads(sys.argv[1])
    bot = Bot(config["base"], config["token"])
    app = web.Application()
    app.router.add_post("/", bot.hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", config["port"]).start()
    print(json.dumps({"call": "listen", "got": config["port"]}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        print(json.dumps(await bot.tried(asked["call"], asked["args"])), flush=True)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
