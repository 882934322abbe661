"""Redis flushed, standing still, killed and slow: it only wakes and counts, so nothing may depend on it."""

from __future__ import annotations

import signal

from benchmarks.faults.faults.fault import Fault, Scene, Where

SLOW = 0.4
"""Seconds each piece is held up, each way."""


async def harm(scene: Scene) -> None:
    """Each for a fifth of the load."""
    redis = scene.stage.redis
    assert redis is not None
    share = scene.seconds / 5
    try:
        while await scene.pause(share / 10) and scene.done.get("flushes", 0) < 10:
            await redis.flush()
            scene.did("flushes")
        redis.send_signal(signal.SIGSTOP)
        scene.did("standstills")
        await scene.pause(share)
        redis.send_signal(signal.SIGCONT)
        redis.delay = SLOW
        scene.did("slow times")
        await scene.pause(share)
        redis.delay = 0.0
        await redis.kill()
        scene.did("deaths")
        await scene.pause(share)
    finally:
        redis.delay = 0.0
        await redis.kill()
        await redis.start()


REDIS = Fault("redis", "Redis flushed, stopped, killed, slow", Where.CLUSTER, harm)
