"""The three vendors as seen from outside: signed webhooks of many people, settings that point a bot at the stub.

A person is a number; their address at a vendor holds it, so that the stub knows whom a message reached.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from knowledge_base.checks import CONTENT
from knowledge_base.rules.schema import ANSWERABLE

COMMUNITY = "zrazkova"
PUBLIC_URL = "https://reception.example"
PER_SECOND = "10000"
"""The largest pace the channels take: the vendors' own limits would be all there is to measure."""

Kind = Literal["start", "talk", "echo"]
"""`start`: each opens the chat; `talk`: half menu presses, half questions; `echo`: questions only."""

STATUS = re.compile(r"^status: (\w+)$", re.MULTILINE)

DOORS = (("m:menu", "Меню"), ("m:life", "Обрати ситуацію"), ("m:offices", "Адреси"))
FACETS = (("o", "Коротко"), ("d", "Документи"), ("a", "Скільки"), ("w", "Куди звертатись"))


@dataclass(frozen=True)
class Webhook:
    """One request of a vendor: who it comes from, its body and the headers that prove it."""

    person: int
    body: bytes
    headers: Mapping[str, str]

    def request(self, path: str) -> bytes:
        """As HTTP/1.1 over a connection that stays open."""
        lines = [
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


class Vendor(ABC):
    """How one vendor calls a bot. `number` is unique for each webhook of a run."""

    name: str

    @abstractmethod
    def address(self, person: int) -> str:
        """The person's id; its digits are `FIRST` + the person."""

    @abstractmethod
    def start(self, person: int, number: int) -> dict[str, Any]:
        """The person opens the chat."""

    @abstractmethod
    def text(self, person: int, number: int, words: str) -> dict[str, Any]:
        """The person writes."""

    @abstractmethod
    def press(self, person: int, number: int, choice: str, label: str) -> dict[str, Any]:
        """The person presses a button."""

    @abstractmethod
    def proof(self, body: bytes) -> Mapping[str, str]:
        """The headers the vendor proves a body with."""

    @abstractmethod
    def settings(self, stub: str) -> dict[str, str]:
        """The variables that connect a bot to the stub at this origin."""

    def webhook(self, person: int, content: Mapping[str, Any]) -> Webhook:
        """As it goes over the wire."""
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return Webhook(person, body, self.proof(body))


class Telegram(Vendor):
    """A secret in a header; numbers as chat ids."""

    name = "telegram"
    first = 7_000_000_000
    token = "7000000001:AAF-a-token-of-the-benchmark-012345678"
    secret = "a-header-secret-of-the-benchmark"

    def address(self, person: int) -> str:
        return str(self.first + person)

    def start(self, person: int, number: int) -> dict[str, Any]:
        return {"update_id": number, "message": {**self._message(person, number), "text": "/start"}}

    def text(self, person: int, number: int, words: str) -> dict[str, Any]:
        return {"update_id": number, "message": {**self._message(person, number), "text": words}}

    def press(self, person: int, number: int, choice: str, label: str) -> dict[str, Any]:
        keyboard = {"inline_keyboard": [[{"text": label, "callback_data": choice}]]}
        shown = {
            **self._message(person, number),
            "from": {"id": 7000000001, "is_bot": True, "first_name": "Приймальня", "username": "bench_bot"},
            "text": "Що саме?",
            "reply_markup": keyboard,
        }
        query = {
            "id": str(number),
            "from": self._person(person),
            "chat_instance": "-4912310044",
            "message": shown,
            "data": choice,
        }
        return {"update_id": number, "callback_query": query}

    def proof(self, body: bytes) -> Mapping[str, str]:  # noqa: ARG002  the secret does not depend on it
        return {"X-Telegram-Bot-Api-Secret-Token": self.secret}

    def settings(self, stub: str) -> dict[str, str]:
        return {
            "TELEGRAM_TOKEN": self.token,
            "TELEGRAM_SECRET": self.secret,
            "TELEGRAM_API_BASE": stub,
            "TELEGRAM_PER_SECOND": PER_SECOND,
        }

    def _person(self, person: int) -> dict[str, Any]:
        return {"id": self.first + person, "is_bot": False, "first_name": "Олена", "language_code": "uk"}

    def _message(self, person: int, number: int) -> dict[str, Any]:
        chat = {"id": self.first + person, "type": "private", "first_name": "Олена"}
        return {"message_id": number, "from": self._person(person), "chat": chat, "date": int(time.time())}


class Viber(Vendor):
    """HMAC-SHA256 of the raw body with the bot's token; ids of 24 characters."""

    name = "viber"
    first = 7_000_000_000
    token = "4d5e6f7a8b9c0d1e-2f3a4b5c6d7e8f90-a1b2c3d4e5f60718"

    def address(self, person: int) -> str:
        return f"{self.first + person:022d}=="

    def start(self, person: int, number: int) -> dict[str, Any]:
        return {**self._event("conversation_started", number), "type": "open", "subscribed": True} | {
            "user": self._person(person)
        }

    def text(self, person: int, number: int, words: str) -> dict[str, Any]:
        said = {"type": "text", "text": words, "tracking_data": "talk"}
        return {
            **self._event("message", number),
            "sender": self._person(person),
            "message": said,
            "silent": False,
        }

    def press(self, person: int, number: int, choice: str, label: str) -> dict[str, Any]:
        return {**self.text(person, number, f"=>{choice} {label}"), "silent": True}

    def proof(self, body: bytes) -> Mapping[str, str]:
        return {"X-Viber-Content-Signature": hmac.new(self.token.encode(), body, hashlib.sha256).hexdigest()}

    def settings(self, stub: str) -> dict[str, str]:
        return {
            "VIBER_TOKEN": self.token,
            "VIBER_API_BASE": f"{stub}/pa",
            "VIBER_PER_SECOND": PER_SECOND,
        }

    def _event(self, event: str, number: int) -> dict[str, Any]:
        return {
            "event": event,
            "timestamp": int(time.time() * 1000),
            "chat_hostname": "SN-CHAT-05_",
            "message_token": 4_912_661_846_655_000_000 + number,
        }

    def _person(self, person: int) -> dict[str, Any]:
        return {
            "id": self.address(person),
            "name": "Ганна",
            "avatar": "https://media.example/hanna.jpg",
            "country": "UA",
            "language": "uk",
            "api_version": 10,
        }


class Messenger(Vendor):
    """HMAC of the raw body with the app's secret, as SHA-256 and, as Meta still sends it too, SHA-1."""

    name = "messenger"
    first = 7_700_000_000_000_000
    page = "104857600012345"
    app = "515151515151"
    token = "EAAGm0PX4ZCpsBAKtokenofthebenchmark"
    secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

    def address(self, person: int) -> str:
        return str(self.first + person)

    def start(self, person: int, number: int) -> dict[str, Any]:
        postback = {"mid": f"m_bench-{number}", "title": "Почати", "payload": "#start"}
        return self._batch(person, postback=postback)

    def text(self, person: int, number: int, words: str) -> dict[str, Any]:
        return self._batch(person, message={"mid": f"m_bench-{number}", "text": words})

    def press(self, person: int, number: int, choice: str, label: str) -> dict[str, Any]:
        message = {"mid": f"m_bench-{number}", "text": label, "quick_reply": {"payload": choice}}
        return self._batch(person, message=message)

    def proof(self, body: bytes) -> Mapping[str, str]:
        key = self.secret.encode()
        return {
            "X-Hub-Signature": "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest(),
            "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
        }

    def settings(self, stub: str) -> dict[str, str]:
        return {
            "MESSENGER_PAGE_ID": self.page,
            "MESSENGER_PAGE_TOKEN": self.token,
            "MESSENGER_APP_ID": self.app,
            "MESSENGER_APP_SECRET": self.secret,
            "MESSENGER_API_BASE": stub,
            "MESSENGER_PER_SECOND": PER_SECOND,
        }

    def _batch(self, person: int, **fields: Any) -> dict[str, Any]:
        stamp = int(time.time() * 1000)
        item = {
            "sender": {"id": self.address(person)},
            "recipient": {"id": self.page},
            "timestamp": stamp,
            **fields,
        }
        return {"object": "page", "entry": [{"id": self.page, "time": stamp, "messaging": [item]}]}


VENDORS: Mapping[str, Vendor] = {vendor.name: vendor for vendor in (Telegram(), Viber(), Messenger())}


def questions() -> list[str]:
    """The golden messages in citizens' words, without those that cry for help: these are rare, and call people."""
    unserved = {name for name, status in _entries().items() if status not in ANSWERABLE}
    return [
        golden["text"]
        for path in sorted((CONTENT / "golden").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and (golden := json.loads(line))["label"] not in {"danger", *unserved}
    ]


def _entries() -> dict[str, str]:
    """The status of each entry of the national base, by id in order."""
    files = sorted((CONTENT / "national" / "benefits").glob("*/*.yaml"), key=lambda path: path.stem)
    return {
        path.stem: told[1]
        for path in files
        if (told := STATUS.search(path.read_text(encoding="utf-8"))) is not None
    }


def presses() -> list[tuple[str, str]]:
    """Buttons with their labels that mean the same at any moment: the doors, and benefits at a facet."""
    benefits = [name for name, status in _entries().items() if status in ANSWERABLE]
    of_benefits = [(f"a:{name}:{letter}", label) for name in benefits for letter, label in FACETS]
    fitting = [(choice, label) for choice, label in of_benefits if len(choice) <= 40]
    # A door for every two presses of a benefit, as the menu leads to them.
    return [one for place, press in enumerate(fitting) for one in _with_door(place, press)]


def _with_door(place: int, press: tuple[str, str]) -> Iterator[tuple[str, str]]:
    if place % 2 == 0:
        yield DOORS[place // 2 % len(DOORS)]
    yield press


def webhooks(vendor: Vendor, kind: Kind, people: range, count: int, first_number: int) -> Iterator[Webhook]:
    """`count` webhooks, the people one after another, round and round; numbers from `first_number` on."""
    chance = random.Random(first_number)
    texts, choices = questions(), presses()
    chance.shuffle(texts)
    chance.shuffle(choices)
    # Where the people are an even number, whoever pressed writes in the next round, and the other way round.
    shifting = 1 - len(people) % 2
    for place in range(count):
        person, number = people[place % len(people)], first_number + place
        turn = place + shifting * (place // len(people))
        if kind == "start":
            content = vendor.start(person, number)
        elif kind == "talk" and turn % 2 == 0:
            content = vendor.press(person, number, *choices[turn // 2 % len(choices)])
        else:
            content = vendor.text(person, number, texts[turn // 2 % len(texts)])
        yield vendor.webhook(person, content)
