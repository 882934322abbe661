"""How places of the community are called in messages, and where the person is said to be."""

from __future__ import annotations

from bots.dialogue.scene import Scene
from bots.dialogue.texts import say
from knowledge_base.answers import Locality


def name(locality: Locality) -> str:
    """`Липівка`, `вул. Мостова`, `район Заріччя`."""
    if locality.kind == "street":
        return say("place-street", name=locality.name)
    return say("place-district", name=locality.name) if locality.kind == "district" else locality.name


def label(locality: Locality) -> str:
    """The same for a button, with what tells it from others of its name: `Садова, Липівка`."""
    if locality.within and locality.kind == "street":
        return f"{locality.name}, {locality.within}"
    return name(locality)


def of_spot(scene: Scene) -> Locality | None:
    """The place the person named as theirs; None for a point they shared."""
    spot = scene.spot
    return of_id(scene, spot.locality) if spot is not None else None


def of_id(scene: Scene, locality_id: str | None) -> Locality | None:
    """The place of an id, if this base still knows it."""
    return next((one for one in scene.knowledge.localities if one.id == locality_id), None)
