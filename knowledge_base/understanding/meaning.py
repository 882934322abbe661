"""What a free text means, as the engine receives it: computed for a batch before the engine runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.understanding.said import Said


class Facet(StrEnum):
    """What is asked about a topic. For whom is a person, not a facet."""

    OVERVIEW = "overview"
    ELIGIBILITY = "eligibility"
    AMOUNT = "amount"
    DOCUMENTS = "documents"
    WHERE = "where"
    HOW = "how"
    DEADLINE = "deadline"
    REFUSAL = "refusal"
    STATUS = "status"


class Danger(StrEnum):
    """Kinds of danger, each with its own hotline card."""

    VIOLENCE = "violence"
    SUICIDE = "suicide"
    EVACUATION = "evacuation"
    HUNGER = "hunger"
    CHILD = "child"


class Command(StrEnum):
    """Global words: understood in every state, typed or pressed."""

    MENU = "menu"
    BACK = "back"
    PERSON = "person"
    STOP = "stop"
    MY_DATA = "my_data"
    ERASE = "erase"
    CALL_BACK = "call_back"
    SCREENER = "screener"
    OTHER_TOPIC = "other_topic"


class SmallTalk(StrEnum):
    """What needs a word, not an answer."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    YES = "yes"
    NO = "no"
    WHO_ARE_YOU = "who_are_you"
    ABUSE = "abuse"
    JOY = "joy"
    GIBBERISH = "gibberish"


class Verdict(StrEnum):
    """What the fitted thresholds say of the ranking."""

    SURE = "sure"
    UNSURE = "unsure"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Ranked:
    """A topic and the calibrated probability that it is what was meant."""

    topic: str
    confidence: float


@dataclass(frozen=True)
class Meaning:
    """The reading of one text. `masked` is the text with card numbers and codes replaced by dots.

    `ranked` holds at least five topics (or all, where the base has fewer), best first. `not_ours` is the
    probability of "not a matter of ours". `secret` names what was masked: 'card', 'code' or 'receipt'.
    `danger_guessed`: no words of danger were found, only the learned ear hears it. `for_person`: it is about the
    writer's own file, and
    only a person can answer. `said` are facts that the text states on the way. `asks`: the text asks in words of its
    own, by a question mark or a phrase of the facet; else the facet is what somebody who tells this mostly wants.
    `bare`: none of its words can name a topic. `goes_on`: it begins or points like words that go on with what was
    said («а коли», «за неї»); `supposes`: it begins with «а якщо»; `points_back`: it names something spoken of
    earlier, maybe not the last («ту допомогу»).
    """

    masked: str
    ranked: tuple[Ranked, ...] = ()
    not_ours: float = 0.0
    verdict: Verdict = Verdict.UNKNOWN
    facet: Facet | None = None
    asks: bool = True
    bare: bool = False
    goes_on: bool = False
    supposes: bool = False
    points_back: bool = False
    follow_up: bool = False
    danger: Danger | None = None
    danger_guessed: bool = False
    command: Command | None = None
    small_talk: SmallTalk | None = None
    secret: str | None = None
    second: str | None = None
    for_person: bool = False
    said: tuple[Said, ...] = ()
