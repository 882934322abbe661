"""The throughput benchmark: its closing lines, its options, and webhooks that are real to our own channels."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from adapters.messenger import channel as messenger
from adapters.supplies import ChannelSettingsFault
from adapters.telegram import channel as telegram
from adapters.transport import HttpTransport
from adapters.viber import channel as viber
from benchmarks.throughput import metrics, report
from benchmarks.throughput.__main__ import main
from benchmarks.throughput.load import Load, Outcome, Plan, Ready, quantiles
from benchmarks.throughput.measuring import Figures, Full
from benchmarks.throughput.report import Run
from benchmarks.throughput.stub import RECORD, Vendors, person_of
from benchmarks.throughput.vendors import VENDORS, Webhook, webhooks
from bots.dialogue.texts import say
from bots.turns.measures import Measures
from conversations.channel import Channel, NotAuthentic, Request
from conversations.messages import (
    Author,
    AuthorKind,
    Choice,
    ConversationRef,
    IncomingMessage,
    MessageKind,
    OutgoingMessage,
    Reply,
)
from tests.contract.case import NOW
from tests.contract.supplies import supplied

PEOPLE = range(3)
OPENERS = {"telegram": telegram.opened, "viber": viber.opened, "messenger": messenger.opened}


def figures(channel: str, database: str, turns_per_second: float, **changed: object) -> Figures:
    """As if measured: a hundred turns."""
    outcome = Outcome(accepted=100, answered=100, accepting=1.0, answering=100 / turns_per_second, **changed)  # type: ignore[arg-type]
    full, arrivals = Full(outcome, turns_per_second, {}, 0.0), {"openings": {"Документи": 100}}
    return Figures(channel, database, full, None, None, {}, arrivals=arrivals)


def run_of(peer: float, *ours: Figures) -> Run:
    return Run(1_000.0, {one.channel: figures(one.channel, "", peer) for one in ours}, ours)


def channel_of(name: str) -> Channel:
    """Ours, with the very settings the benchmark starts it with."""
    opened = OPENERS[name](VENDORS[name].settings("http://127.0.0.1:9"), supplied(HttpTransport()))
    assert opened is not None
    return opened


def as_request(webhook: Webhook) -> Request:
    headers = {name.lower(): value for name, value in webhook.headers.items()}
    return Request(method="POST", headers=headers, body=webhook.body)


# ---- the closing lines


def test_the_closing_lines_are_the_medians_of_the_runs_with_two_decimals() -> None:
    def ours(postgresql: float, sqlite: float) -> list[Figures]:
        return [figures("telegram", "postgresql", postgresql), figures("telegram", "sqlite", sqlite)]

    runs = [run_of(100, *ours(150, 99)), run_of(200, *ours(400, 200)), run_of(100, *ours(149, 123.456))]
    lines = report.closing(run.ratios() for run in runs)
    assert lines == ["ratio telegram postgresql 1.50", "ratio telegram sqlite 1.00"]


def test_every_pair_has_a_line_of_one_form() -> None:
    pairs = [(channel, database) for channel in VENDORS for database in ("postgresql", "sqlite")]
    run = run_of(700, *(figures(channel, database, 1234.5) for channel, database in pairs))
    lines = report.closing([run.ratios()])
    form = re.compile(r"ratio (telegram|viber|messenger) (postgresql|sqlite) \d+\.\d\d")
    assert len(lines) == 6
    assert all(form.fullmatch(line) for line in lines)


def test_without_the_peer_there_is_no_ratio() -> None:
    assert report.closing([Run(None, {}, [figures("viber", "sqlite", 10)]).ratios()]) == []


def test_a_lost_turn_and_a_refusal_are_problems() -> None:
    lost = figures("viber", "sqlite", 50, faults={"500": 2})
    lost.full.outcome.answered = 97
    assert run_of(10, lost).problems() == [
        "viber sqlite: full load: 3 turns without an answer in time",
        "viber sqlite: full load: 2 x 500",
    ]


def test_an_answer_to_a_button_nobody_knows_is_a_problem() -> None:
    stale = replace(figures("viber", "sqlite", 50), arrivals={"openings": {say("stale-button")[:30]: 4}})
    assert run_of(10, stale).problems() == ["viber sqlite: 4 answers were to a button nobody knows"]


# ---- options


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--channels", "telegram,whatsapp"], "'whatsapp' is none of telegram, viber, messenger"),
        (["--databases", "mysql"], "'mysql' is none of postgresql, sqlite"),
        (["--databases", ""], "'' is none of"),
        (["--turns", "0"], "'0' is not a whole number above 0"),
        (["--runs", "two"], "'two' is not a whole number above 0"),
        (["--worker", "-1"], "'-1' is not a whole number above 0"),
        (["--fast"], "--fast"),
    ],
)
def test_a_wrong_option_is_named(
    options: Sequence[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


# ---- what is sent


@pytest.mark.parametrize("name", list(VENDORS))
def test_our_channel_takes_the_webhooks_and_sees_their_kinds(name: str) -> None:
    channel, vendor = channel_of(name), VENDORS[name]
    sent = [*webhooks(vendor, "start", PEOPLE, 3, 1), *webhooks(vendor, "talk", PEOPLE, 400, 10)]
    heard: list[IncomingMessage] = []
    for webhook in sent:
        request = as_request(webhook)
        (event,) = channel.parse(webhook.body, channel.authenticate(request))
        assert isinstance(event, IncomingMessage)
        assert event.ref.address == vendor.address(webhook.person)
        assert person_of(int(event.ref.address.removesuffix("=="))) == webhook.person
        heard.append(event)
    assert [event.kind for event in heard[:3]] == [MessageKind.START] * 3
    talk = heard[3:]
    presses = [event for event in talk if event.kind is MessageKind.PRESS]
    texts = [event for event in talk if event.kind is MessageKind.TEXT]
    assert len(presses) == len(texts) == 200
    assert {"m:menu", "m:life", "m:offices"} < {event.choice_id for event in presses}
    assert all(event.text for event in texts)
    assert len({event.event_key for event in heard}) == len(heard)
    # Nobody only presses, nobody only writes.
    of_first = [event.kind for event in talk if event.ref.address == vendor.address(0)]
    assert set(of_first) == {MessageKind.PRESS, MessageKind.TEXT}


@pytest.mark.parametrize("name", list(VENDORS))
def test_a_webhook_without_its_proof_is_refused(name: str) -> None:
    (webhook,) = webhooks(VENDORS[name], "talk", PEOPLE, 1, 1)
    with pytest.raises(NotAuthentic):
        channel_of(name).authenticate(Request(method="POST", body=webhook.body))


@pytest.mark.parametrize("name", list(VENDORS))
def test_the_pace_asked_for_is_one_the_channel_takes(name: str) -> None:
    assert channel_of(name).capabilities.pace == 10_000
    settings = VENDORS[name].settings("http://127.0.0.1:9") | {f"{name.upper()}_PER_SECOND": "10001"}
    with pytest.raises(ChannelSettingsFault, match="PER_SECOND"):
        OPENERS[name](settings, supplied(HttpTransport()))


# ---- what arrives


@pytest.mark.parametrize("name", list(VENDORS))
async def test_the_stub_takes_our_messages_and_tells_whom_they_reached(name: str, tmp_path: Path) -> None:
    vendor, feed = VENDORS[name], tmp_path / "feed"
    command = [sys.executable, "-m", "benchmarks.throughput.stub", str(feed)]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    transport = HttpTransport()
    try:
        assert process.stdout is not None
        port = json.loads(await process.stdout.readline())["port"]
        told, listening = await asyncio.open_unix_connection(str(feed))
        channel = OPENERS[name](vendor.settings(f"http://127.0.0.1:{port}"), supplied(transport))
        assert channel is not None
        ref = ConversationRef(community="zrazkova", channel=name, bot="1", address=vendor.address(1234))
        reply = Reply(text="Добрий день!", choices=(Choice(id="m:menu", label="Меню"),))
        message = OutgoingMessage(ref=ref, reply=reply, author=Author(kind=AuthorKind.BOT))
        (payload,) = channel.render(message)
        sent = [await channel.send(ref, payload, NOW) for _ in range(2)]
        records = [RECORD.unpack(await told.readexactly(RECORD.size)) for _ in sent]
        listening.close()
    finally:
        await transport.close()
        process.terminate()
    arrivals = json.loads(await process.stdout.read())
    await process.wait()
    assert len({one.external_id for one in sent}) == 2
    assert [person for person, _ in records] == [1234, 1234]
    assert arrivals["messages"] == 2
    assert report.samples(arrivals) == ["Добрий день!"]
    assert report.not_real(arrivals) == {"a button nobody knows": 0, "not understood": 0}


def test_a_call_that_is_no_message_reaches_nobody() -> None:
    vendors = Vendors()
    vendors.answer(b"/bot1:a/getMe", b"{}")
    vendors.answer(
        b"/v25.0/1/messages", b'{"recipient": {"id": "7700000000000005"}, "sender_action": "typing_on"}'
    )
    assert vendors.report()["messages"] == 0
    assert vendors.report()["calls"] == {"getMe": 1, "messages": 1}


def test_the_beginnings_of_answers_that_are_none_are_those_we_say() -> None:
    ours = [say("stale-button"), say("not-understood"), say("not-understood-long"), say("no-such-number")]
    arrivals = {"openings": {text[:30]: 1 for text in [*ours, say("thanks")]}}
    assert report.not_real(arrivals) == {"a button nobody knows": 2, "not understood": 2}


# ---- how it is sent


class Desk:
    """A bot for the load: refuses the first webhook with 503, takes the rest, and answers each where it `answers`."""

    def __init__(self, *, answers: bool) -> None:
        self.requests = 0
        self.handlers: set[asyncio.Task[None]] = set()
        self._answers = answers
        self._feed: asyncio.StreamWriter | None = None

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The load wants to hear of arrivals."""
        self._note()
        self._feed = writer
        await reader.read()
        writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, closed after every third request."""
        self._note()
        with suppress(asyncio.IncompleteReadError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = re.search(r"content-length: (\d+)", head)
                assert length
                self._take(json.loads(await reader.readexactly(int(length[1]))), writer)
        writer.close()

    def _take(self, update: Any, writer: asyncio.StreamWriter) -> None:
        self.requests += 1
        taken, closing = self.requests > 1, self.requests % 3 == 0
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n" % (b"200 OK" if taken else b"503 Busy"))
        writer.write(b"Connection: close\r\n\r\n" if closing else b"\r\n")
        if taken and self._answers and self._feed is not None:
            person = person_of(update["message"]["chat"]["id"])
            self._feed.write(RECORD.pack(person, time.monotonic()))
        if closing:
            writer.close()

    def _note(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.handlers.add(task)


async def loaded(desk: Desk, folder: Path, turns: int, **more: Any) -> Outcome:
    """What a load of that many echoes of five people came to at this desk."""
    feed = str(folder / "feed")
    bot = await asyncio.start_server(desk.serve, "127.0.0.1", 0)
    listening = await asyncio.start_unix_server(desk.listen, feed)
    port = bot.sockets[0].getsockname()[1]
    plan = Plan("telegram", "echo", port, "/webhooks/telegram", feed, 0, 5, turns, 1, connections=3, **more)
    sent = webhooks(VENDORS["telegram"], "echo", range(5), turns, 1)
    outcome = await Load(plan, [Ready(one.person, one.request(plan.path)) for one in sent]).run()
    bot.close()
    listening.close()
    await asyncio.gather(*desk.handlers)
    return outcome


@pytest.mark.parametrize("pressure", [{"window": 4}, {"rate": 500.0}, {}])
async def test_the_load_counts_every_turn_once(pressure: dict[str, float], tmp_path: Path) -> None:
    desk = Desk(answers=True)
    outcome = await loaded(desk, tmp_path, 20, **pressure)
    assert (outcome.accepted, outcome.answered, outcome.refused) == (20, 20, 1)
    assert (outcome.more, outcome.faults) == (0, {})
    assert desk.requests == 21
    assert set(outcome.answer_ms) == set(outcome.accept_ms) == {"p50", "p99", "max"}


async def test_the_load_gives_up_what_nobody_answers(tmp_path: Path) -> None:
    outcome = await loaded(Desk(answers=False), tmp_path, 2, patience=1.5)
    assert (outcome.accepted, outcome.answered, outcome.faults) == (2, 0, {})


def test_quantiles_are_by_nearest_rank_in_milliseconds() -> None:
    assert quantiles([number / 1000 for number in range(101)]) == {"p50": 50.0, "p99": 99.0, "max": 100.0}
    assert quantiles([]) == {}


# ---- what ours tell of themselves


def test_stages_batches_and_modes_are_read_from_the_metrics_page() -> None:
    def page(measures: Measures) -> metrics.Readings:
        return metrics.parsed(generate_latest(measures.registry).decode())

    measures = Measures()
    measures.understood("cached", 5)
    measures.batch("think", 100, 0.2)
    before = page(measures)
    measures.batch("think", 40, 0.1)
    measures.batch("think", 20, 0.1)
    measures.stage("think", "respond", 0.05)
    measures.understood("words", 30)
    measures.understood("cached", 10)
    growth = metrics.grown(before, page(measures))
    assert metrics.stages(growth, 100) == pytest.approx({"think": 2.0, "think respond": 0.5})
    assert metrics.batches(growth) == {"think": 30.0}
    assert metrics.modes(growth) == {"words": 0.75, "cached": 0.25}
