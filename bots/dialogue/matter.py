"""What a free question is about: its topic and facet, beside the matter that is spoken of already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue.overview import ENTRY
from bots.dialogue.scene import Scene
from bots.dialogue.skills import answer, clarify, handoff, offices, referral
from bots.dialogue.turn import Outcome
from knowledge_base.understanding.meaning import Facet, SmallTalk, Verdict

# «а які документи на це треба»: so many words may still name nothing.
LONGEST_BARE_QUESTION = 5
STEM = 5
"""Letters of a word by which a topic's name is recognised."""
# How strongly words lean on what is spoken of, as the chance another topic needs to outweigh it.
NAMES_NOTHING, SUPPOSES, GOES_ON, TELLS, ASKS = 2.0, 1.0, 0.75, 0.6, 0.3
# What a topic gains where the words say its name or it was spoken of before, and what those of other bodies lose.
NAMED, SPOKEN_OF_BEFORE, AGAINST = 0.3, 0.25, 0.4
FAR_LIKELIER, LIKELY_ENOUGH = 0.45, 0.3
"""The weight and the chance from which another topic is answered though its words alone leave doubt."""
WEIGHED = 5
SHORT, SHORT_GOING_ON = 6, 9
"""Words of a question that would hardly stand alone; of one that begins with «а» or «і»."""
_CONJUNCTION = re.compile(r"\W*(?:а|і|и|й|ну|та|a|i)\b", re.IGNORECASE)
# Of the words of a name, those that many names have.
_COMMON = frozenset({"випла", "выпла", "допом", "гроші", "помощ", "послу"})
# What nobody asks about an office.
OF_A_BENEFIT = frozenset({Facet.AMOUNT, Facet.DOCUMENTS, Facet.ELIGIBILITY, Facet.REFUSAL, Facet.STATUS})
# Words that stand beside a question rather than instead of it.
BESIDE_A_QUESTION = frozenset({SmallTalk.GREETING, SmallTalk.JOY, SmallTalk.ABUSE, SmallTalk.THANKS})

_ANOTHER = re.compile(
    r"\b(?:про|об) (?:інш|друг)\w+|\b(?:не|ні,?) (?:про )?(?:та|ту|цю|той|того|цього|эта|эту|этот)\b(?! ж)"
    r"|\bне те,? (?:мені|мне|а|я)\b|\bне про (?:це|те)\b|\bне (?:об|про) (?:этом|это)\b"
)
"""«ні, я про іншу»: what was answered was not meant."""
_SLIP = re.compile(r"(?:.*[\s.,])?(?:ой|йой)\b.*|.*\b(?:описал|помилил|ошибл|обмовил)\w+")
"""«ой, два роки, описалась»: what was said just before is mended."""
_LONGEST_SLIP = 8


def answer_to(scene: Scene) -> Outcome | None:
    """The answer about what is asked; None where that is not about any topic."""
    meaning = scene.meaning
    scene = replace(scene, state=replace(scene.state, danger=None)) if scene.state.danger else scene
    open_topic = _spoken_of(scene)
    asked = meaning.facet if meaning.asks else None
    facet = asked or clarify.asked_facet(scene.state.step) or _kept_facet(scene, open_topic) or meaning.facet
    topics = [item.topic for item in meaning.ranked]
    sure = meaning.verdict is Verdict.SURE and bool(topics)
    if not sure and offices.meant(scene):
        return offices.show(scene)
    if handoff.asks_how_long(scene):
        return handoff.ask(scene)
    if open_topic and not sure and (mended := _mended(scene, open_topic, topics, facet)):
        return mended
    if meaning.follow_up and open_topic == offices.TOPIC and meaning.facet in OF_A_BENEFIT:
        return clarify.which_topic(scene, meaning.facet)
    if open_topic and (meant := _in_context(scene, open_topic)):
        if meant == open_topic:
            return answer.follow_up(scene, open_topic, asked)
        return answer.give(scene, meant, facet or Facet.OVERVIEW)
    if sure and (given := answer.give(scene, topics[0], facet or Facet.OVERVIEW, meaning.second)):
        return given
    if meaning.for_person:
        return handoff.personal(scene)
    if meaning.follow_up and meaning.facet and not open_topic and not sure:
        return _facet_alone(scene, topics, meaning.facet)
    if meaning.small_talk is not None and meaning.small_talk not in BESIDE_A_QUESTION:
        return None
    if sure or meaning.verdict is Verdict.UNSURE:
        near = [scene.known(topic) for topic in topics[:2]]
        if open_topic and open_topic in near and (meaning.facet or near[0] == open_topic):
            return answer.give(scene, open_topic, facet or scene.state.facet or Facet.OVERVIEW)
        return clarify.among(scene, topics, facet)
    if meaning.verdict is Verdict.NOT_OURS:
        return _elsewhere(scene, topics, facet)
    if meaning.facet:
        if open_topic:
            return answer.give(scene, open_topic, meaning.facet)
        return clarify.which_topic(scene, meaning.facet)
    return None


def _kept_facet(scene: Scene, open_topic: str | None) -> Facet | None:
    """The facet spoken of, for words that only tell more of the same topic."""
    top = next(iter(scene.meaning.ranked), None)
    same = top is not None and open_topic is not None and scene.known(top.topic) == open_topic
    return scene.state.facet if same and not scene.meaning.asks else None


def _spoken_of(scene: Scene) -> str | None:
    """The topic that words may go on about.

    What is asked in the middle of «На що я маю право?» is about some benefit, never about the questions; and what
    nobody asks of a body we only name («ту допомогу не знімуть?») is about the benefit spoken of before.
    """
    topic = scene.open_topic
    if topic is None or topic == ENTRY:
        return None
    earlier = [known for past in scene.state.past if (known := scene.known(past)) not in (None, ENTRY, topic)]
    card = scene.card(topic)
    if card is not None and referral.is_referral(card) and scene.meaning.facet in OF_A_BENEFIT:
        return next(iter(earlier), topic)
    if scene.meaning.points_back:
        chances = {item.topic: item.confidence for item in scene.meaning.ranked}
        return max([topic, *earlier], key=lambda one: chances.get(one, 0.0))
    return topic


def _in_context(scene: Scene, spoken_of: str) -> str | None:
    """The topic of words that lean on what is spoken of: that one, or another far likelier; None where they don't.

    How strongly they lean is weighed against how likely each topic is by the words alone.
    """
    meaning, lean = scene.meaning, _lean(scene)
    top = meaning.ranked[0] if meaning.ranked else None
    if not lean or (
        meaning.verdict is Verdict.SURE and top is not None and scene.known(top.topic) == spoken_of
    ):
        return None
    of_it = meaning.facet in OF_A_BENEFIT and meaning.asks
    if lean < GOES_ON and not of_it and meaning.not_ours - AGAINST > lean:
        return None
    best, weight, chance = spoken_of, lean, 0.0
    for item in meaning.ranked[:WEIGHED]:
        card = scene.card(item.topic)
        if card is None or card.id == spoken_of:
            weight += item.confidence if card is not None and best == spoken_of else 0.0
            continue
        here = item.confidence
        elsewhere = referral.is_referral(card) and (of_it or not meaning.asks)
        if elsewhere or card.id == ENTRY:
            here -= AGAINST
        elif _names(scene, card.id, spoken_of):
            here += NAMED
        if item.topic in scene.state.past:
            here += SPOKEN_OF_BEFORE
        if here > weight:
            best, weight, chance = card.id, here, item.confidence
    if best == spoken_of:
        return spoken_of
    if meaning.verdict is Verdict.SURE and top is not None and best == scene.known(top.topic):
        return None
    return best if weight >= FAR_LIKELIER and chance >= LIKELY_ENOUGH else None


def _lean(scene: Scene) -> float:
    """How strongly words go on with what is spoken of, as a chance that outweighs it; 0 where they stand alone."""
    meaning = scene.meaning
    if meaning.small_talk is not None or meaning.command is not None:
        return 0.0
    if meaning.bare:
        return NAMES_NOTHING
    if meaning.supposes or meaning.points_back:
        return SUPPOSES
    if meaning.goes_on:
        return GOES_ON
    length = len(meaning.masked.split())
    if not meaning.asks:
        # After words that were not understood, more of them are no story that goes on.
        return 0.0 if scene.state.misunderstood else TELLS
    if meaning.facet is None:
        return 0.0
    short = length <= SHORT or (length <= SHORT_GOING_ON and _CONJUNCTION.match(meaning.masked))
    return TELLS if short else ASKS


def _mended(scene: Scene, open_topic: str, topics: Sequence[str], facet: Facet | None) -> Outcome | None:
    """The answer to a correction: of the topic («ні, я про іншу») or of what was told («ой, два роки»)."""
    words = scene.words.lower()
    kept = facet if scene.meaning.asks else scene.state.facet
    if _ANOTHER.search(words):
        near = [topic for topic in scene.state.near if scene.known(topic) not in (None, open_topic)]
        meant = [*near, *(topic for topic in topics if scene.known(topic) not in (None, open_topic))]
        order = {topic: place for place, topic in enumerate(topics)}
        nearest = min(near, key=lambda topic: order.get(topic, len(order)), default=None)
        likely = scene.likely if scene.likely in meant else nearest
        if likely is not None:
            return answer.give(scene, likely, kept or Facet.OVERVIEW)
        return clarify.among(scene, meant, kept)
    if len(words.split()) <= _LONGEST_SLIP and _SLIP.fullmatch(words.strip(" .!")):
        return answer.give(scene, open_topic, kept or Facet.OVERVIEW)
    return None


def _names(scene: Scene, topic: str, open_topic: str) -> bool:
    """Whether the words say what this topic is called and the one spoken of is not."""
    other, present = scene.card(topic), scene.card(open_topic)
    if other is None or present is None or other.id == present.id:
        return False
    return bool((_stems(other.label) - _stems(present.label) - _COMMON) & _stems(scene.words))


def _stems(text: str) -> set[str]:
    """The beginnings of the longer words, which case endings leave alone."""
    return {word[:STEM] for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) >= STEM}


def _facet_alone(scene: Scene, topics: Sequence[str], facet: Facet) -> Outcome | None:
    """Something is asked and no topic is open: about what is likely, else the candidates already offered, once."""
    offered = clarify.candidates(scene.state.step)
    if offered:
        given = answer.give(scene, scene.likely, facet) if scene.likely else None
        return given or clarify.once_more(scene, facet) or clarify.not_understood(scene)
    if scene.meaning.verdict is Verdict.NOT_OURS:
        return _elsewhere(scene, topics, facet)
    names_a_matter = scene.likely is not None or len(scene.words.split()) > LONGEST_BARE_QUESTION
    return (clarify.among(scene, topics, facet) if names_a_matter else None) or clarify.which_topic(
        scene, facet
    )


def _elsewhere(scene: Scene, topics: Sequence[str], facet: Facet | None) -> Outcome | None:
    """Not our matter: whose it is, where the base knows; else honestly. Small talk is not a matter.

    In the middle of a choice it is asked again once; right after a person was called it is for that person.
    """
    meaning = scene.meaning
    if meaning.small_talk is not None:
        return None
    top = scene.card(topics[0]) if topics else None
    if top is not None and referral.is_referral(top) and meaning.ranked[0].confidence > meaning.not_ours:
        return referral.show(scene, top, facet or Facet.OVERVIEW)
    if handoff.just_called(scene):
        return handoff.added(scene)
    return clarify.once_more(scene) or clarify.not_ours(scene)
