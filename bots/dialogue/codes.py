"""The confirmation code of an erasure: short, and the same for the same event, because the engine is pure."""

from __future__ import annotations

from hashlib import sha256

from bots.dialogue.scene import Scene

CODE_LENGTH = 6


def confirmation_code(scene: Scene) -> str:
    """Six signs a person can read out, made of the event and the moment."""
    ref = scene.event.ref
    seed = (ref.community, ref.channel, ref.bot, ref.address, scene.event.event_key, scene.now.isoformat())
    return sha256("|".join(seed).encode("utf-8", "surrogatepass")).hexdigest()[:CODE_LENGTH].upper()
