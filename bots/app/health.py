"""Whether this process is alive, whether it can do its work, and what it counts: /health, /ready and /metrics.

Nothing here needs more than this process can see for itself, and nothing waits longer than two seconds.
"""

from __future__ import annotations

import asyncio
import hmac
import importlib.metadata
import ipaddress
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Literal

from alembic.script import ScriptDirectory
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bots.app import backlog, marks, soundings
from bots.app.backlog import Backlog
from bots.app.house import House
from bots.app.soundings import Soundings
from bots.turns.measures import Loop
from conversations.compatibility import read_oldest_program
from conversations.database import SCRIPTS, revision
from handover.applications import syncing
from handover.applications.register import REGISTER

PATIENCE = 2.0
"""Seconds the database and Redis get to answer."""

SILENT_AFTER: dict[Loop, float] = {
    "think": 30.0,
    "deliver": 90.0,
    "fetch": 300.0,
    "pull": 180.0,
    "tend": 90.0,
    "assign": 90.0,
    "count": 300.0,
    "register": 600.0,
}
"""Seconds without a good round after which a loop is taken for dead: what one round may take at the worst, and more."""

REFUSING = 10.0
"""Seconds that one refusal of the database counts, where nothing was stored since."""

COUNTED_FOR = 5.0
"""Seconds one count of the backlog is good for, however many ask."""

Role = Literal["serve", "web", "worker"]
Schema = Literal["ok", "old", "newer", "foreign", "unknown"]


@dataclass(frozen=True)
class LoopState:
    """One loop: seconds since its last good round, and whether that is too long."""

    loop: str
    channel: str
    silent_seconds: float
    state: Literal["ok", "silent"]


@dataclass(frozen=True)
class Readiness:
    """What /ready answers. `reasons` says in a line each why this process is not ready, or not whole."""

    ready: bool
    status: Literal["ready", "degraded", "unready"]
    reasons: tuple[str, ...]
    database: Literal["ok", "away", "refusing"]
    schema: Schema
    knowledge: Literal["ok", "missing"]
    redis: Literal["ok", "away", "unused"]
    loops: tuple[LoopState, ...]
    stopping: bool


class Health:
    """What one process knows of itself. `stopping` is set by whoever stops it. Close it when done."""

    def __init__(self, house: House, role: Role) -> None:
        self.stopping = False
        self._house = house
        self._role = role
        self._started = monotonic()
        self._head, self._revisions = _revisions()
        self._soundings = Soundings(house.runtime, house.settings.public_url)
        self._counted: tuple[float, Backlog] | None = None
        self._counting = asyncio.Lock()
        url = house.settings.redis_url
        self._redis = (
            Redis.from_url(
                url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
            )
            if url
            else None
        )

    async def close(self) -> None:
        """Give back what is held."""
        await self._soundings.close()
        if self._redis is not None:
            await self._redis.aclose()

    # ---- alive

    async def alive(self) -> dict[str, object]:
        """What /health answers: what runs here, and whether the database answers it."""
        database, _ = await self._database()
        runtime = self._house.runtime
        return {
            "product": "pryimalnia",
            "version": importlib.metadata.version("pryimalnia"),
            "status": "ok" if database == "ok" else "degraded",
            "database": database,
            "knowledge": {
                community: runtime.minds[community].knowledge.version
                for community in runtime.minds.communities
            },
            "role": self._role,
            "uptime_seconds": int(monotonic() - self._started),
            "channels": sorted(runtime.channels),
        }

    # ---- ready

    async def ready(self) -> Readiness:
        """Whether this process can do its work now."""
        (database, schema), redis, register = await asyncio.gather(
            self._database(), self._redis_state(), self._register()
        )
        knowledge = self._knowledge()
        refused = self._house.runtime.measures.database_refused()
        refusing = database == "ok" and refused is not None and refused < REFUSING
        loops = self._loops()
        unready = [
            *(["this process is stopping"] if self.stopping else []),
            *(["the database gives no answer"] if database == "away" else []),
            *(["the database answers, but did not take the last events"] if refusing else []),
            *([_SCHEMAS[schema]] if schema in ("old", "foreign") else []),
            *(["no knowledge is loaded"] if knowledge == "missing" else []),
            *(["the loops have not begun"] if self._role != "web" and not loops else []),
            *(
                f"loop {' '.join(filter(None, (one.loop, one.channel)))} has had no good round for "
                f"{one.silent_seconds:.0f} s"
                for one in loops
                if one.state == "silent"
            ),
        ]
        degraded = [
            *(["Redis is away: wake-ups wait for the slow poll"] if redis == "away" else []),
            *([_SCHEMAS[schema]] if schema == "newer" else []),
            *([register] if register else []),
        ]
        return Readiness(
            ready=not unready,
            status="unready" if unready else "degraded" if degraded else "ready",
            reasons=(*unready, *degraded),
            database="refusing" if refusing else database,
            schema=schema,
            knowledge=knowledge,
            redis=redis,
            loops=loops,
            stopping=self.stopping,
        )

    async def _database(self) -> tuple[Literal["ok", "away"], Schema]:
        try:
            async with asyncio.timeout(PATIENCE), self._house.runtime.database.read() as db:
                present = await revision(db)
                if present == self._head:
                    return "ok", "ok"
                if present in self._revisions or not present:
                    return "ok", "old"
                oldest = await db.run_sync(read_oldest_program)
                return "ok", "newer" if oldest in self._revisions else "foreign"
        except (SQLAlchemyError, OSError):  # a time-out is an OSError
            return "away", "unknown"

    async def _redis_state(self) -> Literal["ok", "away", "unused"]:
        if self._redis is None:
            return "unused"
        try:
            async with asyncio.timeout(PATIENCE):
                await self._redis.ping()
        except (RedisError, OSError):
            return "away"
        return "ok"

    async def _register(self) -> str | None:
        """What is wrong with the register of applications, where one is read; None where it answers."""
        runtime = self._house.runtime
        if runtime.registers.applications is None:
            return None
        try:
            async with asyncio.timeout(PATIENCE), runtime.database.read() as db:
                stand = [
                    await syncing.state(db, community, REGISTER) for community in runtime.minds.communities
                ]
        except (SQLAlchemyError, OSError):
            return None
        away = [one for one in stand if one is not None and one.failed_at is not None]
        if not away:
            return None
        good = min((one.good_at for one in away if one.good_at is not None), default=None)
        since = f"since {good:%Y-%m-%d %H:%M} UTC" if good is not None else "and never did"
        return f"the register of applications gives no answer {since}: what is known is told as of then"

    def _knowledge(self) -> Literal["ok", "missing"]:
        minds = self._house.runtime.minds
        whole = minds.communities and all(minds[one].knowledge.version for one in minds.communities)
        return "ok" if whole else "missing"

    def _loops(self) -> tuple[LoopState, ...]:
        return tuple(
            LoopState(
                beat.loop,
                beat.channel,
                round(beat.silent, 1),
                "silent" if beat.silent > SILENT_AFTER.get(beat.loop, max(SILENT_AFTER.values())) else "ok",
            )
            for beat in self._house.runtime.measures.beats()
        )

    # ---- counted

    async def exposition(self) -> bytes:
        """Everything this process counts and what waits in the database, in Prometheus' text form."""
        readiness, counted = await asyncio.gather(self.ready(), self._backlog())
        seen = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=seen)
        seen.register(_Seen([*self._own(readiness), *self._looked(counted)]))
        return generate_latest(self._house.runtime.measures.registry) + generate_latest(seen)

    async def _backlog(self) -> Backlog | None:
        """The last count, or a new one; None where the database does not answer."""
        runtime = self._house.runtime
        async with self._counting:
            if self._counted is None or monotonic() - self._counted[0] > COUNTED_FOR:
                self._counted = None
                try:
                    async with asyncio.timeout(PATIENCE), runtime.database.read() as db:
                        found = await backlog.look(
                            db, tuple(runtime.minds.communities), tuple(runtime.channels), runtime.clock()
                        )
                except (SQLAlchemyError, OSError):
                    return None
                self._counted = monotonic(), found
            return self._counted[1]

    def _own(self, readiness: Readiness) -> Iterator[Metric]:
        version = importlib.metadata.version("pryimalnia")
        yield InfoMetricFamily(
            "pryimalnia_build", "What runs.", value={"version": version, "role": self._role}
        )
        yield GaugeMetricFamily("pryimalnia_ready", "Whether /ready answers 200.", value=readiness.ready)
        reachable = GaugeMetricFamily("pryimalnia_reachable", "Whether it answers us.", labels=["part"])
        reachable.add_metric(["database"], readiness.database != "away")
        if readiness.redis != "unused":
            reachable.add_metric(["redis"], readiness.redis == "ok")
        yield reachable
        settings = self._house.settings
        done = GaugeMetricFamily(
            "pryimalnia_job_done_timestamp_seconds", "When a job last went well; 0 never.", labels=["job"]
        )
        for job in marks.JOBS:
            done.add_metric([job], marks.marked_at(settings, job))
        yield done
        disk = shutil.disk_usage(settings.folder)
        yield GaugeMetricFamily("pryimalnia_disk_free_bytes", "Room where the folder is.", value=disk.free)
        yield GaugeMetricFamily("pryimalnia_disk_bytes", "Its size.", value=disk.total)

    def _looked(self, counted: Backlog | None) -> Iterator[Metric]:
        if counted is not None:
            yield from backlog.families(counted)
        if self._role != "web":
            yield from soundings.families(self._soundings.look())


_SCHEMAS: dict[Schema, str] = {
    "old": "the database's schema is older than this version: run pryimalnia migrate",
    "foreign": "the database's schema is of a version this one can't run on",
    "newer": "the database's schema is of a newer version that this one can still run on",
}


def _revisions() -> tuple[str, frozenset[str]]:
    """The newest revision of this version and all of them."""
    scripts = ScriptDirectory(str(SCRIPTS))
    return scripts.get_current_head() or "", frozenset(one.revision for one in scripts.walk_revisions())


class _Seen(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


# ---- the doors


def routes(health: Health, token: str, *, behind_proxy: bool) -> list[Route]:
    """The three doors. /metrics opens for the bearer of `token`, and for the machine itself unless `behind_proxy`:
    there everybody who comes through the proxy looks like the machine itself."""

    async def alive(_: Request) -> Response:
        told = await health.alive()
        return JSONResponse(told, status_code=200 if told["database"] == "ok" else 503)

    async def ready(_: Request) -> Response:
        told = await health.ready()
        return JSONResponse(asdict(told), status_code=200 if told.ready else 503)

    async def metrics(request: Request) -> Response:
        if not (_bears(request, token) or (not behind_proxy and _from_here(request))):
            return PlainTextResponse(
                "Send PRYIMALNIA_METRICS_TOKEN as a bearer token.\n",
                status_code=401,
                headers={"WWW-Authenticate": "Bearer"},
            )
        return Response(await health.exposition(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/health", alive), Route("/ready", ready), Route("/metrics", metrics)]


def _bears(request: Request, token: str) -> bool:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return bool(token) and kind.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())


_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def _from_here(request: Request) -> bool:
    """From this machine, and through nobody who passes on what others ask."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
