"""The three messengers on the wire, both ways: a citizen's webhook as the vendor signs it, and a sending read back."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = Mapping[str, Any]

PER_SECOND = "200"
"""The stub takes more than the real vendors, so that what piled up is soon gone."""

BOT = "7000000001"
TELEGRAM_TOKEN = f"{BOT}:AAE-a-token-of-nobody-for-the-bench-00"
TELEGRAM_SECRET = "a-secret-header-of-the-bench"
VIBER_TOKEN = "4d5e6f7a8b9c0d1e-2f3a4b5c6d7e8f90-a1b2c3d4e5f60718"
PAGE = "104857600012345"
PAGE_TOKEN = "EAAG-a-page-token-of-nobody"
APP_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@dataclass(frozen=True)
class Ask:
    """What a citizen does: presses a button by its id, or writes words."""

    words: str
    press: bool = True


@dataclass(frozen=True)
class Webhook:
    """A signed request to us. `key` is the event's key by the adapter's own rule."""

    channel: str
    key: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """A sending that is meant for a citizen's screen."""

    address: str
    text: str


class Messenger(Protocol):
    """One vendor. `settings` are its variables for the stub at `base`."""

    name: str

    def settings(self, base: str) -> dict[str, str]: ...

    def address(self, person: int) -> str: ...

    def written(self, person: int, number: int, ask: Ask) -> Webhook: ...

    def receipts(self, address: str, external_id: str) -> list[Webhook]: ...

    def heard(self, method: str, body: Json) -> Heard | None:
        """The sending in a request to the vendor; None for what shows nothing (typing, answered presses)."""
        ...

    def words(self, payload: Json) -> str:
        """The words of a payload as the outbox keeps it."""
        ...

    def taken(self, number: int) -> tuple[str, Json]:
        """The id a sending gets, and the answer that tells it."""
        ...


class Telegram:
    name = "telegram"

    def settings(self, base: str) -> dict[str, str]:
        return {
            "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_SECRET": TELEGRAM_SECRET,
            "TELEGRAM_API_BASE": f"{base}/telegram",
            "TELEGRAM_PER_SECOND": PER_SECOND,
        }

    def address(self, person: int) -> str:
        return str(700_000_000 + person)

    def written(self, person: int, number: int, ask: Ask) -> Webhook:
        chat = {"id": int(self.address(person)), "type": "private", "first_name": "Олена"}
        sender = {"id": chat["id"], "is_bot": False, "first_name": "Олена"}
        own: dict[str, Any]
        if ask.press:
            query = f"{chat['id']}{number:06d}"
            shown = {"message_id": 1, "date": int(time.time()), "chat": chat, "text": "…"}
            own = {
                "callback_query": {
                    "id": query,
                    "from": sender,
                    "chat_instance": "-1",
                    "message": shown,
                    "data": ask.words,
                }
            }
            key = f"press:{query}"
        else:
            message = {"message_id": number, "from": sender, "chat": chat, "date": int(time.time())}
            own = {"message": {**message, "text": ask.words}}
            key = f"message:{chat['id']}:{number}"
        body = _bytes({"update_id": person * 1_000_000 + number, **own})
        return Webhook(self.name, key, body, {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET})

    def receipts(self, address: str, external_id: str) -> list[Webhook]:  # noqa: ARG002  Telegram sends none
        return []

    def heard(self, method: str, body: Json) -> Heard | None:  # noqa: ARG002  the contract of all three
        return (
            Heard(str(body["chat_id"]), str(body["text"])) if "text" in body and "chat_id" in body else None
        )

    def words(self, payload: Json) -> str:
        return str(payload["fields"].get("text", ""))

    def taken(self, number: int) -> tuple[str, Json]:
        return str(number), {"ok": True, "result": {"message_id": number}}


class Viber:
    name = "viber"

    def settings(self, base: str) -> dict[str, str]:
        return {
            "VIBER_TOKEN": VIBER_TOKEN,
            "VIBER_API_BASE": f"{base}/viber",
            "VIBER_PER_SECOND": PER_SECOND,
        }

    def address(self, person: int) -> str:
        return f"v{person:011d}="

    def written(self, person: int, number: int, ask: Ask) -> Webhook:
        token = 10**18 + person * 1_000_000 + number
        text = f"=>{ask.words} Кнопка" if ask.press else ask.words
        return self._signed(
            f"message:{token}",
            {
                "event": "message",
                "message_token": token,
                "sender": {"id": self.address(person), "name": "Ганна", "api_version": 10},
                "message": {"type": "text", "text": text},
            },
        )

    def receipts(self, address: str, external_id: str) -> list[Webhook]:
        return [
            self._signed(
                f"{state}:{external_id}:{address}",
                {"event": state, "message_token": int(external_id), "user_id": address},
            )
            for state in ("delivered", "seen")
        ]

    def heard(self, method: str, body: Json) -> Heard | None:
        return Heard(str(body["receiver"]), str(body["text"])) if method == "send_message" else None

    def words(self, payload: Json) -> str:
        return str(payload["body"].get("text", ""))

    def taken(self, number: int) -> tuple[str, Json]:
        token = 5 * 10**18 + number
        return str(token), {"status": 0, "status_message": "ok", "message_token": token, "billing_status": 1}

    def _signed(self, key: str, fields: Json) -> Webhook:
        body = _bytes({"timestamp": _milliseconds(), "chat_hostname": "SN-CHAT-01_", **fields})
        signature = hmac.new(VIBER_TOKEN.encode(), body, hashlib.sha256).hexdigest()
        return Webhook(self.name, key, body, {"X-Viber-Content-Signature": signature})


class Facebook:
    name = "messenger"

    def settings(self, base: str) -> dict[str, str]:
        return {
            "MESSENGER_PAGE_ID": PAGE,
            "MESSENGER_PAGE_TOKEN": PAGE_TOKEN,
            "MESSENGER_APP_SECRET": APP_SECRET,
            "MESSENGER_API_BASE": f"{base}/messenger",
            "MESSENGER_PER_SECOND": PER_SECOND,
        }

    def address(self, person: int) -> str:
        return str(7_781_000_000_000_000 + person)

    def written(self, person: int, number: int, ask: Ask) -> Webhook:
        address = self.address(person)
        mid = f"m_{address}_{number}"
        own = {"text": "Кнопка", "quick_reply": {"payload": ask.words}} if ask.press else {"text": ask.words}
        return self._signed(f"message:{mid}", address, {"message": {"mid": mid, **own}})

    def receipts(self, address: str, external_id: str) -> list[Webhook]:
        moment = _milliseconds()
        told = {"mids": [external_id], "watermark": moment}
        return [
            self._signed(f"delivery:{external_id}", address, {"delivery": told}),
            self._signed(f"read:{external_id}", address, {"read": {"watermark": moment}}),
        ]

    def heard(self, method: str, body: Json) -> Heard | None:  # noqa: ARG002  the contract of all three
        message = body.get("message")
        return None if message is None else Heard(str(body["recipient"]["id"]), self._text(message))

    def words(self, payload: Json) -> str:
        return self._text(payload["message"])

    def taken(self, number: int) -> tuple[str, Json]:
        mid = f"m_ours_{number}"
        return mid, {"recipient_id": "0", "message_id": mid}

    def _text(self, message: Json) -> str:
        template = message.get("attachment", {}).get("payload", {})
        return str(message.get("text") or template.get("text", ""))

    def _signed(self, key: str, address: str, fields: Json) -> Webhook:
        moment = _milliseconds()
        item = {"sender": {"id": address}, "recipient": {"id": PAGE}, "timestamp": moment, **fields}
        body = _bytes({"object": "page", "entry": [{"id": PAGE, "time": moment, "messaging": [item]}]})
        signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        return Webhook(self.name, key, body, {"X-Hub-Signature-256": f"sha256={signature}"})


MESSENGERS: Mapping[str, Messenger] = {one.name: one for one in (Telegram(), Viber(), Facebook())}


def _bytes(fields: Json) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def _milliseconds() -> int:
    return int(time.time() * 1000)
