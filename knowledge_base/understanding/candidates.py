"""Groups what people asked by likeness, for an editor to make phrasings of; nothing is learned by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz, process

from knowledge_base.understanding.reader import Words

ALIKE = 78
"""From how many hundredths of likeness (`token_sort_ratio` of normalised words) two questions are one."""
EXAMPLES = 5


@dataclass(frozen=True)
class Asked:
    """A question that was kept. `reason`, `chosen`, `ranked` as the engine noted them."""

    text: str
    reason: str
    chosen: str | None
    ranked: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Group:
    """Questions alike. `reasons`: how often each. `proposed`: the topic most chosen for them, else the nearest one.

    `chosen` is how many times people chose it themselves. `examples` are different wordings, the latest first.
    """

    size: int
    reasons: tuple[tuple[str, int], ...]
    proposed: str | None
    chosen: int
    examples: tuple[str, ...]
    last_at: datetime


def grouped(questions: Iterable[Asked], words: Words) -> list[Group]:
    """The groups, the largest first; questions that name nothing are left out."""
    leaders: list[str] = []
    members: list[list[Asked]] = []
    for asked in sorted(questions, key=lambda one: one.at, reverse=True):
        matter = words.of_matter(asked.text)
        if not matter or words.name_nothing(matter):
            continue
        spelled = " ".join(matter)
        nearest = process.extractOne(spelled, leaders, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        if nearest is None:
            leaders.append(spelled)
            members.append([asked])
        else:
            members[nearest[2]].append(asked)
    groups = [_group(some) for some in members]
    return sorted(groups, key=lambda group: (-group.size, group.examples))


def _group(some: Sequence[Asked]) -> Group:
    chosen = Counter(one.chosen for one in some if one.chosen is not None)
    nearest = Counter(one.ranked[0] for one in some if one.ranked)
    # Where nobody chose, what came nearest most often.
    proposed, _ = next(iter([*chosen.most_common(1), *nearest.most_common(1)]), (None, 0))
    return Group(
        size=len(some),
        reasons=tuple(Counter(one.reason for one in some).most_common()),
        proposed=proposed,
        chosen=chosen[proposed] if proposed is not None else 0,
        examples=tuple(dict.fromkeys(one.text for one in some))[:EXAMPLES],
        last_at=max(one.at for one in some),
    )
