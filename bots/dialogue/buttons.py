"""Every button's id and label. Ids are a promise: they mean the same for ever, pressed a year later too.

m:menu m:life m:more:<page> m:life:<event> m:person m:back m:offices m:visit m:data m:call m:start   global words
a:<entry>:<facet letter>      an answer; letters in FACET_LETTERS
k:<entry>:all|where|again|pdf the document list: I have everything; where to get the papers; tick anew; as a file
i:<entry>                     am I entitled? the interview
i:<fact key>:<answer>         an answer: yes no, an option, n<number>, le gt lt ge<limit>, or idk, skip, why
i:ticks:none|idk|why          none of the list; the same words about a list
i:go|end|ok|fix|agree|decline|first|second   go on; enough; facts confirmed; consent; which of two is right
i:<entry>:because|how|edit|more|papers       about a result: why; how it was counted; mend; go on; settle papers
c:other                       none of the three
h:add  h:cancel               the hand-over: add something; no need
p:any  p:morning  p:evening   the time of a call-back
p:share  o:near               the person's own phone, the person's place, where a press can share them
f:person  f:write  f:erase    a voice or a file: pass it on; I will write; erase
r:ask|more|skip|yes|partly|no:<ticket number>   the rating
e:all  e:files  e:keep        my data
o:<office>  o:more:<page>     an office in full; more offices
o:map:<office>                it on the map, and the way there
o:for:<entry>  o:from:<place> where one goes with a matter; what is nearest to a village, district or street
o:where                       where I live, to see what is nearest
o:mob  o:mob:<stop>           the mobile office: all its stops; one of them
w:<office>                    who receives people there
s:self  s:kin                 what is due: for myself; for somebody close
s:on:<event>  s:go  s:anew    a situation in life is theirs; go on with those chosen; choose anew
s:life:<event>                everything of one situation
s:more:<page>  s:no:<page>    what is due and possible; what is refused and why
u:yes:<question>  u:no:<question>   the other chat is mine too; it is not, or no longer
v:new  v:go  v:drop  v:mine   book a visit; go on booking; don't; the visits I have
v:r:<office>:<position>  v:o:<office>  v:any   with whom; where; whoever is free
v:days  v:d:<20261224>  v:t:<202612240920>  v:n:none   another day; a day; a time by the local clock; no name
v:w  v:unwait  v:take:<offer>  v:pass:<offer>   tell me of a free time; don't; take the one offered; leave it
v:mv|x|xy|keep|ok|cal|way|law:<number>   of a visit: move, cancel, cancel indeed, keep, I come, file, way, go first
v:law:<number>:<ground>       on what ground
z:ask|nocode|mine             the state of an application: by number and code; no code; those I follow
z:again|follow|why|history    of the application spoken of: its state; tell me of changes; why so; earlier states
z:see|stop:<following>        one of those I follow; tell me no more
d:...                         inside danger, see skills/danger.py
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from bots.dialogue.texts import label
from bots.dialogue.texts.style import LABEL_LIMIT
from conversations.messages import Choice
from knowledge_base.answers import EntryCard
from knowledge_base.understanding.meaning import Facet

FACET_LETTERS = {
    "o": Facet.OVERVIEW,
    "e": Facet.ELIGIBILITY,
    "a": Facet.AMOUNT,
    "d": Facet.DOCUMENTS,
    "w": Facet.WHERE,
    "h": Facet.HOW,
    "t": Facet.DEADLINE,
    "r": Facet.REFUSAL,
    "s": Facet.STATUS,
}
LETTER_OF = {facet: letter for letter, facet in FACET_LETTERS.items()}
OWN_BUTTONS = 9
CHOICES_KEPT = 10_000
_SAFE_ID = re.compile(r"[A-Za-z0-9_:.\-]{1,40}")


def button(choice_id: str, text_id: str) -> Choice:
    """A button with a label of ours."""
    return _choice(choice_id, label(f"button-{text_id}"))


@lru_cache(maxsize=CHOICES_KEPT)
def _choice(choice_id: str, words: str) -> Choice:
    """The same few buttons stand under everybody's answers."""
    return Choice(id=choice_id, label=words)


def named(choice_id: str, words: str) -> Choice | None:
    """A button labelled by the base, cut to the limit; None where the id does not fit on a button."""
    if not _SAFE_ID.fullmatch(choice_id):
        return None
    text = words.strip() or "…"
    if len(text) > LABEL_LIMIT:
        text = text[: LABEL_LIMIT - 1].rstrip() + "…"
    return _choice(choice_id, text)


def entry(card: EntryCard, facet: Facet | None = None) -> Choice | None:
    """A button that opens an entry at a facet."""
    return named(f"a:{card.on_button}:{LETTER_OF[facet or Facet.OVERVIEW]}", card.label or card.title)


def facet_of(card: EntryCard, facet: Facet) -> Choice | None:
    """A button that asks the open entry about a facet."""
    return named(f"a:{card.on_button}:{LETTER_OF[facet]}", label(f"button-{facet.value}"))


def rights(card: EntryCard) -> Choice | None:
    """A button that begins the interview of an entry."""
    return named(f"i:{card.on_button}", label("button-rights"))


def own(*choices: Choice | None) -> tuple[Choice, ...]:
    """The buttons that exist, each once, at most nine."""
    seen: dict[str, Choice] = {}
    for choice in choices:
        if choice is not None:
            seen.setdefault(choice.id, choice)
    return tuple(seen.values())[:OWN_BUTTONS]


def menu() -> Choice:
    return button("m:menu", "menu")


def person() -> Choice:
    return button("m:person", "person")


def life() -> Choice:
    return button("m:life", "life")


def rights_to_all() -> Choice:
    return button("m:rights", "rights-all")


def visit() -> Choice:
    return button("m:visit", "visit")


def offices() -> Choice:
    return button("m:offices", "offices")


def share_phone() -> Choice:
    """Shares the person's own number."""
    return button("p:share", "share-phone").model_copy(update={"asks": "phone"})


def share_place() -> Choice:
    """Shares where the person is."""
    return button("o:near", "share-place").model_copy(update={"asks": "location"})


def row() -> tuple[Choice, ...]:
    """The row under every answer."""
    return menu(), person()


def label_everywhere(choice_id: str) -> str | None:
    """What stands on a button that looks the same wherever it stands; None for the others."""
    return _everywhere().get(choice_id)


@cache
def _everywhere() -> dict[str, str]:
    return {
        choice.id: choice.label for choice in (menu(), person(), life(), visit(), offices(), rights_to_all())
    }
