"""The pure engine: what was said and what is known go in, replies and effects come out."""

from bots.dialogue.skills.smalltalk import welcome

__all__ = ["welcome"]
