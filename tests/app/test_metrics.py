"""/metrics counts what happened and what waits; the runbook and its alarms speak only of what is counted."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from typer.core import TyperGroup
from typer.main import get_command

from bots.app import marks
from bots.app.cli import app as cli
from bots.app.health import Health, routes
from bots.app.house import House
from bots.app.settings import load
from bots.app.soundings import Sounding, Soundings, families
from bots.turns.deliver import deliver
from bots.turns.measures import Measures
from bots.turns.presence import Presence
from bots.turns.think import think
from conversations import inbox
from conversations.channel import ChannelUnavailable, ConnectFault, RateLimited, VendorStatus
from conversations.database import Database
from conversations.signals import MemorySignals
from handover.tickets import tickets
from tests.conftest import free_port
from tests.turns.world import COMMUNITY, NOON, POISON, StubChannel, World, message, world

ROOT = Path(__file__).parents[2]
OURS = "https://reception.test"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def reception(database: Database, tmp_path: Path) -> World:
    made = world(database, MemorySignals(), tmp_path / "files")
    made.runtime.measures.prepare(made.runtime.channels)
    return made


@pytest.fixture
async def health(reception: World, tmp_path: Path) -> AsyncIterator[Health]:
    settings = load({"PRYIMALNIA_FOLDER": str(tmp_path)}, tmp_path / ".env")
    health = Health(House(settings, reception.runtime, b"secret"), "serve")
    yield health
    await health.close()


async def scraped(health: Health) -> Samples:
    """Every sample, as Prometheus' own parser reads it."""
    app = Starlette(routes=routes(health, "", behind_proxy=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OURS) as prometheus:
        answer = await prometheus.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"pryimalnia_{name}", frozenset(labels.items())]


async def say(reception: World, *texts: str, address: str = "anna") -> None:
    runtime = reception.runtime
    for number, text in enumerate(texts):
        said = message(text, key=f"{address}-{text}-{number}", address=address)
        await runtime.intake.store(
            runtime.database, runtime.signals, runtime.measures, [said], runtime.clock()
        )


async def test_a_conversation_is_counted_on_its_whole_way(reception: World, health: Health) -> None:
    await say(reception, "субсидія", "людина")
    await say(reception, "субсидія")  # the same event again
    assert of(await scraped(health), "inbox_waiting") == 2
    await think(reception.runtime)
    while await deliver(reception.runtime):
        pass
    seen = await scraped(health)
    assert of(seen, "events_accepted_total", channel="web") == 2
    assert of(seen, "events_repeated_total", channel="web") == 1
    decided = [value for (name, _), value in seen.items() if name == "pryimalnia_decisions_total"]
    assert sum(decided) == 2
    assert of(seen, "sendings_total", channel="web", outcome="sent") == len(reception.channel.sent) > 1
    assert of(seen, "sending_seconds_count", channel="web") == len(reception.channel.sent)
    assert of(seen, "batch_items_sum", loop="think") == 2
    assert of(seen, "batch_items_bucket", loop="think", le="1.0") == 0
    assert of(seen, "batch_items_bucket", loop="think", le="2.0") == 1
    assert of(seen, "batch_items_bucket", loop="think", le="+Inf") == 1
    assert of(seen, "batch_seconds_count", loop="think") == 1


async def test_what_waits_is_counted_with_the_age_of_the_oldest(reception: World, health: Health) -> None:
    await say(reception, "субсидія", address="anna")
    reception.clock.move(timedelta(seconds=90))
    await say(reception, "субсидія", address="borys")
    reception.clock.move(timedelta(seconds=10))
    waiting = await scraped(health)
    assert of(waiting, "inbox_waiting") == 2
    assert of(waiting, "inbox_oldest_seconds") == 100
    assert of(waiting, "outbox_waiting", channel="web") == 0
    assert of(waiting, "outbox_oldest_seconds", channel="web") == 0


async def test_answers_and_tickets_that_wait_have_an_age(reception: World, health: Health) -> None:
    await say(reception, "субсидія", address="anna")
    await say(reception, POISON, address="borys")  # who gets a consultation instead of an answer
    while await think(reception.runtime):
        pass
    async with reception.runtime.database.write() as db:
        conversation = await inbox.find(db, message("", key="", address="anna").ref)
        assert conversation
        await tickets.open_ticket(
            db,
            community=COMMUNITY,
            conversation_id=conversation,
            number="7",
            reason="asked",
            question="",
            now=NOON + timedelta(hours=1),
            promised_at=NOON + timedelta(hours=2),
        )
    reception.clock.move(timedelta(days=3))
    waiting = await scraped(health)
    assert of(waiting, "outbox_waiting", channel="web") >= 1
    assert of(waiting, "outbox_oldest_seconds", channel="web") == 3 * 86400
    assert of(waiting, "tickets_waiting") == 2
    assert of(waiting, "tickets_oldest_seconds") == 3 * 86400
    assert of(waiting, "tickets_late") == 1
    assert of(waiting, "inbox_waiting") == 0


async def test_what_went_wrong_is_counted_for_a_day(reception: World, health: Health, tmp_path: Path) -> None:
    runtime = reception.runtime
    await say(reception, POISON, address="anna")
    await say(reception, "субсидія", address="borys")
    await think(runtime)
    async with runtime.database.write() as db:
        await inbox.keep_unreadable(db, COMMUNITY, "web", b"{", "no JSON", runtime.clock())
    reception.channel.answers = [ChannelUnavailable("no answer", uncertain=True)]
    await deliver(runtime)
    wrong = await scraped(health)
    assert of(wrong, "events_set_aside_total", channel="web") == 1
    assert of(wrong, "inbox_set_aside_last_day") == 1
    assert of(wrong, "unreadable_last_day", channel="web") == 1
    assert of(wrong, "outbox_unknown_last_day", channel="web") == 1
    assert of(wrong, "sendings_total", channel="web", outcome="unknown") == 1
    assert of(wrong, "vendor_errors_total", channel="web", error="ChannelUnavailable") == 1
    reception.clock.move(timedelta(days=1, seconds=1))
    settings = load({"PRYIMALNIA_FOLDER": str(tmp_path)}, tmp_path / ".env")
    later = await scraped(Health(House(settings, runtime, b"secret"), "web"))
    assert of(later, "inbox_set_aside_last_day") == 0
    assert of(later, "unreadable_last_day", channel="web") == 0
    assert of(later, "outbox_unknown_last_day", channel="web") == 0
    assert of(later, "events_set_aside_total", channel="web") == 1


async def test_a_vendor_that_slows_us_down_is_counted(reception: World, health: Health) -> None:
    await say(reception, "субсидія")
    await think(reception.runtime)
    reception.channel.answers = [RateLimited(retry_after=5)]
    await deliver(reception.runtime)
    seen = await scraped(health)
    assert of(seen, "sendings_total", channel="web", outcome="rate-limited") == 1


async def test_workers_are_counted_while_they_say_that_they_are_there(
    reception: World, health: Health, tmp_path: Path
) -> None:
    runtime = reception.runtime
    await Presence().say(runtime.database, "one", runtime.clock())
    await Presence().say(runtime.database, "two", runtime.clock())
    assert of(await scraped(health), "workers_present") == 2
    reception.clock.move(timedelta(minutes=5))
    settings = load({"PRYIMALNIA_FOLDER": str(tmp_path)}, tmp_path / ".env")
    assert of(await scraped(Health(House(settings, runtime, b"secret"), "web")), "workers_present") == 0


async def test_the_database_is_not_counted_anew_for_everybody_who_asks(
    reception: World, health: Health
) -> None:
    assert of(await scraped(health), "inbox_waiting") == 0
    await say(reception, "субсидія")
    assert of(await scraped(health), "inbox_waiting") == 0


async def test_without_the_database_the_process_still_tells_of_itself(tmp_path: Path) -> None:
    database = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none")
    runtime = world(database, MemorySignals(), tmp_path).runtime
    settings = load({"PRYIMALNIA_FOLDER": str(tmp_path)}, tmp_path / ".env")
    seen = await scraped(Health(House(settings, runtime, b"secret"), "web"))
    await database.close()
    assert of(seen, "reachable", part="database") == 0
    assert of(seen, "ready") == 0
    assert ("pryimalnia_inbox_waiting", frozenset()) not in seen


def test_two_houses_in_one_process_count_apart() -> None:
    one, other = Measures(), Measures()
    one.accepted("web", 3, 0)
    assert [sample.value for sample in _samples(one, "pryimalnia_events_accepted_total")] == [3]
    assert _samples(other, "pryimalnia_events_accepted_total") == []


def _samples(measures: Measures, name: str) -> list[Any]:
    return [
        sample for family in measures.registry.collect() for sample in family.samples if sample.name == name
    ]


async def test_a_job_is_told_by_its_last_success(reception: World, health: Health, tmp_path: Path) -> None:
    settings = load({"PRYIMALNIA_FOLDER": str(tmp_path)}, tmp_path / ".env")
    marks.mark(settings, "retention")
    seen = await scraped(health)
    assert of(seen, "job_done_timestamp_seconds", job="retention") == pytest.approx(
        (tmp_path / "done" / "retention").stat().st_mtime
    )
    assert of(seen, "job_done_timestamp_seconds", job="backup") == 0


class Connecting(StubChannel):
    """A channel whose vendor says `told`, or fails with it."""

    def __init__(self, name: str, told: VendorStatus | Exception, *, pulling: bool = False) -> None:
        super().__init__(name=name)
        self.told = told
        self.pulling = pulling

    async def connect(self) -> VendorStatus:
        return await self.status()

    async def status(self) -> VendorStatus:
        if isinstance(self.told, Exception):
            raise self.told
        return self.told

    async def pull(self, take: object) -> None:
        """Nothing new."""


async def test_what_vendors_say_of_us(reception: World) -> None:
    lately, long_ago = NOON - timedelta(minutes=1), NOON - timedelta(hours=1)
    hook = f"{OURS}/webhooks/zrazkova/x"
    told: dict[str, tuple[Connecting, Sounding]] = {
        "well": (Connecting("well", VendorStatus("@a", hook, waiting=3)), Sounding(True, True, False, 3)),
        "lost": (Connecting("lost", VendorStatus("@a", None)), Sounding(True, False)),
        "elsewhere": (
            Connecting("elsewhere", VendorStatus("@a", f"{OURS}.elsewhere.test/x")),
            Sounding(True, False),
        ),
        "lately": (
            Connecting("lately", VendorStatus("@a", hook, error="certificate", error_at=lately)),
            Sounding(True, True, True),
        ),
        "long ago": (
            Connecting("long ago", VendorStatus("@a", hook, error="certificate", error_at=long_ago)),
            Sounding(True, True),
        ),
        "revoked": (Connecting("revoked", ConnectFault("no such token", "take another")), Sounding(False)),
        "broken": (Connecting("broken", ValueError("our own fault")), Sounding(False)),
    }
    runtime = replace(reception.runtime, channels={name: channel for name, (channel, _) in told.items()})
    soundings = Soundings(runtime, OURS)
    await soundings.ask()
    assert soundings.look() == {name: expected for name, (_, expected) in told.items()}
    samples = {
        (sample.name, sample.labels["channel"]): sample.value
        for family in families(soundings.look())
        for sample in family.samples
    }
    assert samples["pryimalnia_vendor_knows_us", "revoked"] == 0
    assert samples["pryimalnia_vendor_webhook_ours", "elsewhere"] == 0
    assert samples["pryimalnia_vendor_complains", "lately"] == 1
    assert samples["pryimalnia_vendor_waiting", "well"] == 3
    assert ("pryimalnia_vendor_webhook_ours", "revoked") not in samples
    await soundings.close()


async def test_where_we_ask_the_vendor_no_webhook_is_missed(reception: World) -> None:
    asking = Connecting("asking", VendorStatus("@a", None), pulling=True)
    runtime = replace(reception.runtime, channels={"asking": asking})
    for address in (OURS, ""):
        soundings = Soundings(runtime, address)
        await soundings.ask()
        assert soundings.look()["asking"].webhook_ours is None
        await soundings.close()


# ---- the runbook

NAME = re.compile(r"\b(?:pryimalnia_[a-z_]+|process_[a-z_]+)\b")
ROW = re.compile(r"^\| ([A-Z]\w+) \| `(.+?)` \| (.+?) \| (.+) \|$", re.MULTILINE)
MATCHER = re.compile(r"(\w+)=\"([^\"]*)\"")


def runbook() -> str:
    return (ROOT / "docs" / "runbook.md").read_text()


@pytest.fixture
async def known(reception: World, health: Health) -> tuple[set[str], set[tuple[str, str]]]:
    """Every name of a sample there can be, and every label with a value that is there before anything happened."""
    told = (await health.exposition()).decode()
    names = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", told, re.MULTILINE):
        names |= (
            {f"{name}{end}" for end in ("", "_bucket", "_sum", "_count")} if kind == "histogram" else {name}
        )
    labels = {
        label
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        for label in sample.labels.items()
    }
    return names, labels


async def test_the_runbook_names_only_what_is_counted(known: tuple[set[str], Any]) -> None:
    named = set(NAME.findall(runbook()))
    assert len(named) > 25
    assert named - known[0] == set()


async def test_every_alarm_can_fire(known: tuple[set[str], set[tuple[str, str]]]) -> None:
    alarms = ROW.findall(runbook())
    assert len(alarms) > 20
    for alarm, expression, _, _ in alarms:
        used = NAME.findall(expression)
        assert used, alarm
        assert set(used) <= known[0], alarm
        for label in MATCHER.findall(expression):
            if label not in {
                ("part", "redis"),
                ("loop", "think"),
            }:  # only where there is one; only once it has run
                assert label in known[1], (alarm, label)


def test_the_rules_for_prometheus_are_those_of_the_runbook() -> None:
    rules = yaml.safe_load((ROOT / "docs" / "alarms.yaml").read_text())["groups"][0]["rules"]
    in_yaml = [(rule["alert"], rule["expr"], rule["annotations"]["summary"]) for rule in rules]
    assert in_yaml == [(alarm, expression, means) for alarm, expression, means, _ in ROW.findall(runbook())]
    assert {rule["labels"]["severity"] for rule in rules} == {"page", "ticket"}
    assert all(re.fullmatch(r"\d+[mh]", rule["for"]) for rule in rules)


def test_every_command_of_the_runbook_exists() -> None:
    commands = set(re.findall(r"`pryimalnia ([a-z-]+(?: (?:connect|status|people-only))?)", runbook()))
    assert {"migrate", "backup", "restore-check", "retention", "channel connect"} <= commands
    for command in commands:
        offered = get_command(cli)
        for word in command.split():
            assert isinstance(offered, TyperGroup)
            assert word in offered.commands, command
            offered = offered.commands[word]
