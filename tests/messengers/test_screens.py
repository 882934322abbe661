"""Every screen of the bot in every channel: within the vendor's own limits, whole, each button with its own name.

The limits are those of the emulators, written from the vendors' documentation, and for Telegram also those of
`teremok`, which knows nothing of us; no channel's own `Capabilities` are asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import aiogram.methods
import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import TelegramMethod
from teremok import MockBot

from adapters.console.channel import ConsoleChannel
from adapters.messenger.render import introduced
from adapters.supplies import Supplies
from adapters.transport import Answer
from adapters.web.channel import WebChannel
from bots.app.menu import MENU
from bots.dialogue import welcome
from conversations.channel import Channel, Payload
from conversations.messages import Author, AuthorKind, Choice, ConversationRef, OutgoingMessage, Reply
from tests.contract.supplies import EveryFile, supplied
from tests.contract.wire import FakeWire
from tests.dialogue.real_knowledge import real_cases, real_knowledge
from tests.dialogue.stage import NOON
from tests.emulators import messenger_rules, telegram_rules, viber_rules
from tests.messengers.screens import OF_AN_ENTRY, OF_THE_HOUSE, Part, asked, parts
from tests.messengers.stage import PAGE, SECRET, TELEGRAM_TOKEN, VIBER_TOKEN

PERSON = "700000001"
BOT = Author(kind=AuthorKind.BOT)
LONG_NAME = "Олександра-Вікторія Костянтинівна Переяславська-Хмельницька з відділу допомог"
SPECIALIST = Author(kind=AuthorKind.SPECIALIST, id="7", name=LONG_NAME)

LEAST = {
    "dialogues": 200,
    "invented entries": 50,
    "overviews": 2,
    "menu": 150,
    "offices": 45,
    "one's data": 6,
    "danger": 40,
    "hand-overs": 45,
    "words": 60,
    "the house": 28,
    "first words": 20,
}
"""Screens each source of the house gives at least."""
LEAST_OF_AN_ENTRY = {"answers": 1, "papers": 4}
"""Screens each entry gives at least."""
LEAST_OF_AN_INTERVIEW = {"interviews": 2, "facts": 1, "results": 1.5}
"""Screens each evaluated entry gives besides: for each fact it looks at, of results for each case beside it."""

Shown = Callable[[str, Author], Sequence[tuple[Reply, Sequence[Payload]]]]
"""Every screen with what the channel of this name makes of it for this author."""
Button = tuple[str, str]
"""What a button carries and what it is called; "" where it shares something instead."""


@dataclass(frozen=True)
class Looked:
    """How a channel's payloads are looked at.

    `refusal` is the vendor's no to a payload, None where it takes it. `signed` is the name of who speaks, where the
    channel has a place for it. `shares`: the vendor has buttons that share a phone and a place.
    """

    channel: Channel
    words: Callable[[Payload], str]
    buttons: Callable[[Payload], Sequence[Button]]
    refusal: Callable[[Payload], str | None]
    signed: Callable[[Payload], str]
    shares: bool = False


def _supplies() -> Supplies:
    return supplied(
        FakeWire(well=lambda asked: Answer(500)),
        name="Управління соціального захисту населення Зразкової міської територіальної громади",
        store=EveryFile(),
        menu=MENU,
        welcome=lambda link: welcome(real_knowledge(), NOON, link),
        clock=lambda: NOON,
    )


# ---- web and console: nobody but us sets a limit


def _web() -> Looked:
    return Looked(
        channel=WebChannel("zrazkova", SECRET, clock=lambda: NOON),
        words=lambda payload: str(payload["text"]),
        buttons=lambda payload: [(one["id"], one["label"]) for one in payload["choices"]],
        refusal=lambda payload: None,
        signed=lambda payload: str(payload["author"]["name"]),
    )


def _console() -> Looked:
    return Looked(
        channel=ConsoleChannel("zrazkova", write=lambda text: None, clock=lambda: NOON),
        words=lambda payload: str(payload["text"]),
        buttons=lambda payload: (),
        refusal=lambda payload: None,
        signed=lambda payload: str(payload["text"]).partition(":\n")[0].removesuffix(":"),
    )


# ---- Telegram


def _telegram() -> Looked:
    from adapters.telegram.channel import opened

    channel = opened({"TELEGRAM_TOKEN": TELEGRAM_TOKEN}, _supplies())
    assert channel is not None
    return Looked(
        channel=channel,
        words=_telegram_words,
        buttons=_telegram_buttons,
        refusal=_telegram_refusal,
        signed=lambda payload: _telegram_words(payload).partition(":\n")[0],
        shares=True,
    )


def _telegram_words(payload: Payload) -> str:
    """A text; of a place on the map its name and address."""
    fields = payload["fields"]
    return str(fields["text"]) if "text" in fields else f"{fields['title']}\n{fields['address']}"


def _telegram_buttons(payload: Payload) -> Sequence[Button]:
    keys = [key for row in telegram_rules.keyboard_of(payload["fields"]) for key in row]
    # A key in place of the phone's own writes its label, which means the same.
    return [(str(key.get("callback_data", "")), key["text"]) for key in keys]


def _telegram_refusal(payload: Payload) -> str | None:
    try:
        if payload["method"] == "sendVenue":
            telegram_rules.venue_of(payload["fields"])
            return None
        shown = telegram_rules.text_of(payload["fields"])
        telegram_rules.keyboard_of(payload["fields"])
    except telegram_rules.Refused as refusal:
        return refusal.description
    # Telegram strips the text it gets, and then every entity would stand beside its words.
    return None if shown == payload["fields"]["text"] else "spaces at the ends"


# ---- Viber


def _viber() -> Looked:
    from adapters.viber.channel import opened

    channel = opened({"VIBER_TOKEN": VIBER_TOKEN}, _supplies())
    assert channel is not None
    return Looked(
        channel=channel,
        words=lambda payload: str(payload["body"].get("text") or payload["body"]["location"]),
        buttons=_viber_buttons,
        refusal=_viber_refusal,
        signed=lambda payload: str(payload["body"]["sender"]["name"]),
        shares=True,
    )


def _viber_buttons(payload: Payload) -> Sequence[Button]:
    shown = viber_rules.buttons_of(payload["body"].get("keyboard"))
    return [(re.sub(r"^=>(\S+) .*$", r"\1", one.body), one.label) for one in shown]


def _viber_refusal(payload: Payload) -> str | None:
    body = {"receiver": "01234567890A=", **payload["body"]}
    verdict = viber_rules.refusal(body)
    return verdict[1] if verdict else viber_rules.fault_on_phone(body)


# ---- Messenger


def _messenger() -> Looked:
    from adapters.messenger.channel import opened

    settings = {f"MESSENGER_{name.upper()}": value for name, value in PAGE.items()}
    channel = opened(settings, _supplies())
    assert channel is not None
    return Looked(
        channel=channel,
        words=lambda payload: messenger_rules.words_of(payload["message"]),
        buttons=lambda payload: [
            (one["payload"], one["title"]) for one in payload["message"].get("quick_replies", ())
        ],
        refusal=_messenger_refusal,
        signed=lambda payload: str(payload["persona"]),
    )


def _messenger_refusal(payload: Payload) -> str | None:
    """Also of what goes out instead: without its template, and with the name in words where no persona can be had."""
    plain = payload.get("plain", payload["message"])
    try:
        messenger_rules.check_message(payload["message"], None)
        messenger_rules.check_message(plain, None)
        if "persona" in payload:
            picture = "https://chat.example/picture.png"
            messenger_rules.check_persona({"name": payload["persona"], "profile_picture_url": picture})
            named = {**plain, "text": introduced(payload["persona"], plain["text"])}
            messenger_rules.check_message(named, None)
    except messenger_rules.GraphError as refusal:
        return refusal.message
    return None


CHANNELS: Mapping[str, Callable[[], Looked]] = {
    "web": _web,
    "console": _console,
    "telegram": _telegram,
    "viber": _viber,
    "messenger": _messenger,
}
every_channel = pytest.mark.parametrize("name", CHANNELS)
every_author = pytest.mark.parametrize("author", [BOT, SPECIALIST], ids=["the bot", "a specialist"])


@cache
def look(name: str) -> Looked:
    """The channel, opened once."""
    return CHANNELS[name]()


def rendered(name: str, reply: Reply, author: Author) -> Sequence[Payload]:
    ref = ConversationRef(community="zrazkova", channel=name, bot=name, address=PERSON)
    return look(name).channel.render(OutgoingMessage(ref=ref, reply=reply, author=author))


@pytest.fixture(scope="module", params=parts(), ids=lambda part: part.name)
def part(request: pytest.FixtureRequest) -> Part:
    """Some of the screens; all tests of a part come before those of the next."""
    # A copy is collected anew, so that what is collected goes when the part is done.
    return replace(request.param)


@pytest.fixture(scope="module")
def shown(part: Part) -> Shown:
    """Every screen with what a channel makes of it."""

    @cache
    def made(name: str, author: Author) -> Sequence[tuple[Reply, Sequence[Payload]]]:
        return [(reply, rendered(name, reply, author)) for reply in part.screens]

    return made


# ---- the screens


def test_no_source_of_screens_dries_up(part: Part) -> None:
    few = [name for name, replies in part.of_the_house.items() if len(replies) < LEAST[name]]
    for entry, sources in part.of_entries.items():
        least = {**LEAST_OF_AN_ENTRY, **_least_of_an_interview(entry)}
        few += [f"{entry}: {name}" for name, count in least.items() if len(sources[name]) < count]
    assert not few


def _least_of_an_interview(entry: str) -> Mapping[str, float]:
    assessor = real_knowledge().assessor(entry, NOON)
    if assessor is None:
        return {}
    counted = {"results": len(real_cases(entry))}
    return {
        name: count * counted.get(name, len(assessor.facts)) for name, count in LEAST_OF_AN_INTERVIEW.items()
    }


def test_every_entry_is_in_a_part() -> None:
    entries = [entry for part in parts() for entry in part.entries]
    assert sorted(entries) == sorted(real_knowledge().entry_ids)
    assert sum(map(real_knowledge().evaluated, entries)) >= 12
    assert OF_THE_HOUSE.keys() == LEAST.keys()
    assert OF_AN_ENTRY.keys() == {*LEAST_OF_AN_ENTRY, *LEAST_OF_AN_INTERVIEW}


def test_every_fact_of_every_evaluated_entry_is_asked_about(part: Part) -> None:
    base, shown = real_knowledge(), {reply.text for reply in part.screens}
    assessors = [one for entry in part.entries if (one := base.assessor(entry, NOON)) is not None]
    for assessor in assessors:
        for fact, reply in asked(assessor).items():
            assert assessor.fact(fact).ask in reply.text
            assert reply.text in shown


# ---- in the channels


@every_channel
@every_author
def test_no_vendor_refuses_a_screen(shown: Shown, name: str, author: Author) -> None:
    looked, faults = look(name), []
    for reply, payloads in shown(name, author):
        for payload in payloads:
            assert json.loads(json.dumps(payload)) == payload
            if refusal := looked.refusal(payload):
                faults.append(f"{refusal}: {reply.text!r} {_labels(reply)}")
    assert not faults, "\n".join(faults)


@every_channel
@every_author
def test_every_screen_is_whole(shown: Shown, name: str, author: Author) -> None:
    faults = [
        f"{fault}: {reply.text!r} {_labels(reply)}"
        for reply, payloads in shown(name, author)
        for fault in _losses(look(name), reply, payloads)
    ]
    assert not faults, "\n".join(faults)


def _losses(looked: Looked, reply: Reply, payloads: Sequence[Payload]) -> Iterator[str]:
    """What of a reply does not arrive: words, whole words, choices, the difference between two of them."""
    parts = [looked.words(payload) for payload in payloads]
    if not parts or not all(part.strip() for part in parts):
        yield "an empty message"
    # Parted in the middle, a word would be two; parts are messages of their own.
    said, wanted = _spaced("\n".join(parts)), _spaced(reply.text)
    if wanted not in said:
        yield f"words are lost or torn, what arrives is {parts!r}"
    after = said.rpartition(wanted)[2]
    shown = [button for payload in payloads for button in looked.buttons(payload)]
    for choice in reply.choices:
        if not _can_be_made(choice, shown, after, shares=looked.shares):
            yield f"«{choice.label}» can't be chosen among {shown} or after {after!r}"
    if alike := _alike(shown):
        yield f"two buttons look the same: {alike}"


def _can_be_made(choice: Choice, shown: Sequence[Button], after: str, *, shares: bool) -> bool:
    """Whether a button or the words under the text stand for a choice, under its whole label.

    What only a press can share is no choice where the vendor has no such press: there it must not be shown.
    """
    by_button = (choice.id, choice.label) in shown or ("", choice.label) in shown
    if choice.asks:
        return by_button if shares else not by_button and _spaced(choice.label) not in after
    return by_button or re.search(rf"(?:[«]|\d\. ){re.escape(choice.label)}(?:»| )", after) is not None


def _alike(buttons: Iterable[Button]) -> list[str]:
    """The names that two buttons bear."""
    bearers: dict[str, list[str]] = {}
    for carried, label in buttons:
        bearers.setdefault(label.casefold(), []).append(carried)
    return [label for label, ids in bearers.items() if len(ids) > 1]


def _spaced(text: str) -> str:
    return f" {' '.join(text.split())} "


def _labels(reply: Reply) -> list[str]:
    return [choice.label for choice in reply.choices]


@every_channel
def test_a_long_name_is_shown_and_cut_between_words_at_most(shown: Shown, name: str) -> None:
    looked = look(name)
    # A place on the map has no room for a name; the words right after it have.
    pins = looked.channel.capabilities.pins and name != "web"
    (said,) = {
        looked.signed(payloads[1 if pins and reply.pin else 0]) for reply, payloads in shown(name, SPECIALIST)
    }
    kept = said.removesuffix("…")
    assert kept
    assert f"{LONG_NAME} ".startswith(f"{kept} ")
    assert (kept == LONG_NAME) == (kept == said)


def test_no_label_is_cut_and_no_two_of_a_screen_are_alike(part: Part) -> None:
    faults = []
    for reply in part.screens:
        alike = _alike((choice.id, choice.label) for choice in reply.choices)
        cut = [choice.label for choice in reply.choices if choice.label.endswith("…")]
        if alike or cut:
            faults.append(f"{alike or cut}: {reply.text!r}")
    assert not faults, "\n".join(faults)


# ---- Telegram by somebody else's rules


def as_method(payload: Payload) -> TelegramMethod[Any]:
    """The call as aiogram makes it, out of what goes over the wire."""
    method = str(payload["method"])
    made = getattr(aiogram.methods, method[:1].upper() + method[1:])(**payload["fields"])
    assert isinstance(made, TelegramMethod)
    return made


@every_author
async def test_teremok_accepts_every_payload(shown: Shown, part: Part, author: Author) -> None:
    bot, faults, count = MockBot(), [], 0
    for reply, payloads in shown("telegram", author):
        for payload in payloads:
            count += 1
            try:
                await bot(as_method(payload))
            except TelegramBadRequest as refusal:
                faults.append(f"{refusal.message}: {reply.text!r} {_labels(reply)}")
    assert not faults, "\n".join(faults)
    assert len(bot.requests) == count >= len(part.screens)


# ---- the checks can fail


LONG = "Слово " * 833 + "ще"
BUTTON_OF_66_BYTES = {"inline_keyboard": [[{"text": "Меню", "callback_data": "я" * 33}]]}


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"text": LONG}, "message is too long"),
        ({"text": "Меню", "reply_markup": BUTTON_OF_66_BYTES}, "BUTTON_DATA_INVALID"),
    ],
    ids=["5000 characters", "a button of 66 bytes"],
)
async def test_teremok_refuses_what_telegram_would(fields: Mapping[str, Any], refusal: str) -> None:
    payload = {"method": "sendMessage", "fields": {"chat_id": 1, **fields}}
    assert len(LONG) == 5000
    with pytest.raises(TelegramBadRequest, match=refusal):
        await MockBot()(as_method(payload))
    assert refusal in (_telegram_refusal(payload) or "")


def test_viber_and_messenger_refuse_what_is_too_much() -> None:
    (payload,) = rendered("viber", Reply(text="Так"), BOT)
    keyboard = payload["body"]["keyboard"]
    rows = [{**keyboard["Buttons"][0], "Columns": 6}] * 13
    assert _viber_refusal(payload) is None
    assert _viber_refusal({"body": {**payload["body"], "text": "я" * 7_001}}) == "badData"
    high = {**keyboard, "Buttons": rows}
    assert _viber_refusal({"body": {**payload["body"], "keyboard": high}}) == "more than 12 rows"
    (payload,) = rendered("messenger", Reply(text="Так", choices=(Choice(id="m:menu", label="Меню"),)), BOT)
    message = payload["message"]
    assert _messenger_refusal(payload) is None
    assert _messenger_refusal({"message": {**message, "text": "я" * 2_001}})
    assert _messenger_refusal({"message": {**message, "quick_replies": message["quick_replies"] * 14}})


def test_what_is_lost_or_torn_or_alike_is_seen() -> None:
    choices = (Choice(id="m:menu", label="Меню"), Choice(id="m:person", label="Покликати людину"))
    reply = Reply(text="Слова, яких не можна рвати.", choices=choices)
    web = look("web")
    (whole,) = rendered("web", reply, BOT)
    menu, person = whole["choices"]

    def losses(*payloads: Payload) -> str:
        return "\n".join(_losses(web, reply, payloads))

    assert not losses(whole)
    assert not losses(
        {**whole, "text": f"{reply.text}\n\nМожна написати: «Покликати людину».", "choices": [menu]}
    )
    assert "torn" in losses(
        {**whole, "text": "Слова, яких не мож", "choices": []}, {**whole, "text": "на рвати."}
    )
    assert "lost" in losses({**whole, "text": "Слова, яких не можна."})
    assert "empty" in losses({**whole, "text": " "})
    assert "«Покликати людину» can't be chosen" in losses({**whole, "choices": [menu]})
    assert "can't be chosen" in losses({**whole, "choices": [menu, {**person, "label": "Покликати…"}]})
    assert "look the same" in losses({**whole, "choices": [menu, person, {**menu, "id": "m:life"}]})
