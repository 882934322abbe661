"""How a citizen's free words answer a question: `hear` one fact, `hear_ticks` a list, `hear_children` several ages."""

from __future__ import annotations

from knowledge_base.understanding.answers.children import hear_children
from knowledge_base.understanding.answers.hear import hear
from knowledge_base.understanding.answers.heard import Heard, Outside
from knowledge_base.understanding.answers.ticks import hear_ticks

__all__ = ["Heard", "Outside", "hear", "hear_children", "hear_ticks"]
