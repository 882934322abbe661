"""Stories: what a free message states on the way; `StoryEar` hears it."""

from __future__ import annotations

from knowledge_base.understanding.stories.ear import StoryEar

__all__ = ["StoryEar"]
