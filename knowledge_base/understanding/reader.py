"""Reads what free texts mean: one pass of secrets, danger, labels, commands, facet, topic and small talk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge_base.understanding.artefact import Artefact, Semantic
from knowledge_base.understanding.classifier import Matrix, together
from knowledge_base.understanding.commands import CommandReader, typed_label
from knowledge_base.understanding.confidence import Calibration, features
from knowledge_base.understanding.danger import DangerEar, Listened
from knowledge_base.understanding.embedding import Embedder, Remembering
from knowledge_base.understanding.facets import FacetReader
from knowledge_base.understanding.lexicon import lines, section
from knowledge_base.understanding.meaning import Meaning, Ranked, Verdict
from knowledge_base.understanding.normalise import LONGEST, Normaliser, spell
from knowledge_base.understanding.secrets import mask
from knowledge_base.understanding.stories import StoryEar

WORDS, BOTH = "words", "both"
"""Modes of reading: by words alone, and by words and meaning together."""
AT_ONCE = 4
"""Texts of one batch that are read by their meaning; under more the reception would fall behind."""
# Where a very long text names its matter: how it begins, and what it ends with.
_FIRST_WORDS, _LAST_WORDS = 100, 40
_FIRST_LETTERS, _LAST_LETTERS = 1_000, 500
_SHORTEST_PART = 2
_MOST_PARTS = 6
_MOST_PIECES = 12
_SECOND_FROM, _LIKELY = 0.5, 3
"""From this chance a part names a topic that is offered beside the answer, if it is among so many likely for all of it.

A button too many costs less than a question lost.
"""
_TELLS_FROM = 0.6
"""A part that asks nothing has to be surer of it."""
# What a story of oneself sounds like, and nobody asks in passing.
_OVER_ALL = frozenset({"benefits-overview"})
_AND_ALSO = r",?\s+(?:а ще|і ще:?|та ще|а також|и еще|и ещё|а еще|а ещё|ещё и|і друге питання)\s+"
_ASKS_MORE = re.compile(_AND_ALSO, re.IGNORECASE)
_SENTENCE = re.compile(rf"[.?!;\n]+|{_AND_ALSO}", re.IGNORECASE)
# «хочу субсидію, як стати на облік»: within a sentence another matter begins with «і» or with words that ask.
_BEGINS_TO_ASK = (
    r"(?:як|чи|де|куди|скільки|сколько|как|где|можна|можно|хочу|треба|нужно|потрібн\w*|ще|еще"
    r"|оформ\w*|подат\w*|отрим\w*|получ\w*)\b"
)
_PART = re.compile(rf"{_SENTENCE.pattern}|,?\s+(?:і|й|та|и|плюс)\s+|,\s+(?={_BEGINS_TO_ASK})", re.IGNORECASE)


class Words:
    """The words of a text that may name a topic: normalised, courtesy taken off."""

    def __init__(self, normalise: Normaliser, commands: CommandReader) -> None:
        self.normalise = normalise
        self.commands = commands
        self._empty = frozenset(word for text in lines("words", "empty") for word in normalise.words(text))

    @classmethod
    def from_content(cls) -> Words:
        """With the word lists of the content folder."""
        normalise = Normaliser(section("words", "same"))
        return cls(normalise, CommandReader(normalise))

    def of_matter(self, text: str) -> list[str]:
        """Normalised words of the matter."""
        return self.of_spelled(spell(text))

    def of_spelled(self, spelled: Sequence[str]) -> list[str]:
        """The same for words already spelled."""
        if len(spelled) > _FIRST_WORDS + _LAST_WORDS:
            spelled = [*spelled[:_FIRST_WORDS], *spelled[-_LAST_WORDS:]]
        right = self.normalise.right
        return [right(word) for word in self.commands.matter(spelled)]

    def name_nothing(self, words: Sequence[str]) -> bool:
        """True where no word can name a topic ("а скільки платять?")."""
        return all(word in self._empty or word.isdigit() for word in words)


@dataclass(frozen=True)
class _Heard:
    """A text and what is read from its words alone. `parts`: its sentences, where there are several."""

    meaning: Meaning
    listened: Listened
    text: str
    words: list[str]
    parts: list[list[str]]
    bare: bool
    goes_on: bool
    supposes: bool
    points_back: bool
    asks: bool
    asks_more: bool

    @property
    def needs_a_topic(self) -> bool:
        """Whether the topic is what has to be found out."""
        return bool(self.words) and not (self.bare or self.meaning.ranked or self.meaning.small_talk)


@dataclass(frozen=True)
class _Ranking:
    """The topics best first, the probability of "not ours", and what the thresholds of its mode say."""

    topics: tuple[Ranked, ...]
    not_ours: float
    verdict: Verdict
    for_person: bool = False


class Reader:
    """Reads batches of texts. Pure and thread-safe; a new artefact means a new Reader."""

    def __init__(
        self, artefact: Artefact, labels: Mapping[str, str], embedder: Embedder | None = None
    ) -> None:
        """`labels`: topic -> label of its button.

        With the `embedder` the artefact was trained with, what the words leave open is read by its meaning too.
        """
        self._artefact = artefact
        self._calibration = artefact.calibrations[WORDS]
        self._semantic: Semantic | None = None
        self._embedder: Embedder | None = None
        semantic = artefact.semantic
        if embedder is not None and semantic is not None and semantic.model == embedder.name:
            self._semantic, self._embedder = semantic, Remembering(embedder)
        self._labels = {
            topic: label for topic, label in labels.items() if topic in artefact.classifier.topics
        }
        self._words = Words.from_content()
        self._ear = DangerEar(self._words.normalise, artefact.ear)
        self._facets = FacetReader(self._words.normalise, artefact.facets)
        self._story = StoryEar(self._words.normalise)

    @property
    def version(self) -> str:
        """The artefact's version."""
        return self._artefact.version

    def read(
        self, texts: Sequence[str], *, known_labels: Sequence[Mapping[str, str] | None] | None = None
    ) -> list[Meaning]:
        """The meaning of each text. `known_labels`: for each text, topic -> label of the buttons on offer."""
        on_offer = known_labels if known_labels is not None else [None] * len(texts)
        heard = [self._hear(text, labels) for text, labels in zip(texts, on_offer, strict=True)]
        by_words = self._by_words([one.words for one in heard])
        ranked = self._ranked(by_words, self._calibration)
        self._weigh(heard, by_words, ranked)
        return [self._decide(one, ranking) for one, ranking in zip(heard, ranked, strict=True)]

    def _hear(self, text: str, on_offer: Mapping[str, str] | None) -> _Heard:
        masked, secret = mask(text[:LONGEST])
        spelled = spell(masked)
        listened = self._ear.listen(spelled)
        guessed = self._ear.guess(listened.chances)
        named = (typed_label(masked, on_offer) if on_offer else None) or typed_label(masked, self._labels)
        command = self._words.commands.command(spelled) if named is None else None
        remark = None
        if named is None and command is None:
            # A text whose only content was masked is no gibberish: its warning is the answer.
            only_secret = secret is not None and not spelled
            remark = None if only_secret else self._words.commands.small_talk(masked, spelled)
        words = self._words.of_spelled(spelled)
        told = masked
        if len(masked) > _FIRST_LETTERS + _LAST_LETTERS:
            told = f"{masked[:_FIRST_LETTERS]}\n{masked[-_LAST_LETTERS:]}"
        # A label names a matter; only its listed phrases ask something of it.
        facet = self._facets.by_phrases(told) if named else self._facets.facet(told)
        meaning = Meaning(
            masked=masked,
            ranked=(Ranked(named, 1.0),) if named else (),
            facet=facet if remark is None else None,
            danger=listened.said or guessed,
            danger_guessed=guessed is not None,
            command=command,
            small_talk=remark,
            secret=secret,
            said=self._story.hear(masked),
        )
        return _Heard(
            meaning,
            listened,
            masked,
            words,
            self._parts(told),
            self._words.name_nothing(words),
            self._facets.goes_on(spelled),
            self._facets.supposes(spelled),
            self._facets.points_back(spelled),
            self._facets.asks(told, spelled),
            _ASKS_MORE.search(told) is not None,
        )

    def _parts(self, text: str) -> list[list[str]]:
        """What may be a matter of its own: parts of sentences, or sentences where those would be too many."""
        for by in (_PART, _SENTENCE):
            pieces = [self._words.of_matter(piece) for piece in by.split(text)[: _MOST_PIECES + 1]]
            parts = [
                words
                for words in pieces
                if len(words) >= _SHORTEST_PART and not self._words.name_nothing(words)
            ]
            if len(pieces) <= _MOST_PIECES and len(parts) <= _MOST_PARTS:
                return parts if len(parts) > 1 else []
        return []

    def _by_words(self, batch: Sequence[Sequence[str]]) -> Matrix:
        """Probabilities of the topics and of "not ours", a row a text."""
        vectoriser, classifier = self._artefact.vectoriser, self._artefact.classifier
        return classifier.probabilities([vectoriser.vector(words) for words in batch])

    def _ranked(self, probabilities: Matrix, calibration: Calibration) -> list[_Ranking]:
        if not len(probabilities):
            return []
        topics = self._artefact.classifier.topics
        table = features(probabilities)
        right, not_ours = calibration.right(table), calibration.not_ours(table)
        rankings = []
        # Rounded, since the last bits depend on the size of the batch.
        for row, first, outside in zip(probabilities, right.round(6), not_ours.round(6), strict=True):
            order = np.argsort(-row[:-1], kind="stable")
            # What the first topic leaves is shared by the others and by "not ours" as the model shared it.
            rest = max(float(row.sum() - row[order[0]]), 1e-9)
            left = (1 - float(first)) / rest
            top = Ranked(topics[order[0]], float(first))
            others = (Ranked(topics[n], min(round(float(row[n]) * left, 6), float(first))) for n in order[1:])
            verdict = calibration.verdict(float(first), float(outside))
            rankings.append(_Ranking((top, *others), float(outside), verdict))
        return rankings

    def _weigh(self, heard: list[_Heard], by_words: Matrix, ranked: list[_Ranking]) -> None:
        """Read anew, by words and meaning, the first of those that the words do not decide."""
        semantic, embedder = self._semantic, self._embedder
        if semantic is None or embedder is None:
            return
        open_ones = [
            place
            for place, (one, ranking) in enumerate(zip(heard, ranked, strict=True))
            if (one.needs_a_topic and ranking.topics[0].confidence < semantic.trusts_words_from)
            or self._ear.alarm(one.listened.chances) >= semantic.listens_from
        ]
        # Where there are too many, those that sound most like danger go first.
        open_ones.sort(key=lambda place: -self._ear.alarm(heard[place].listened.chances))
        del open_ones[AT_ONCE:]
        if open_ones:
            vectors = embedder.embed([heard[place].text for place in open_ones])
            meant, personal = semantic.probabilities(vectors), semantic.for_person(vectors)
            dangers = semantic.dangers(vectors).astype(np.float64)
            both = together(by_words[open_ones], meant)
            found = self._ranked(both, self._artefact.calibrations[BOTH])
            for place, ranking, only_person, kinds in zip(open_ones, found, personal, dangers, strict=True):
                one = heard[place]
                if one.needs_a_topic:
                    ranked[place] = replace(ranking, for_person=only_person)
                if one.listened.said is None:
                    guessed = self._ear.guess_by_both(one.listened.chances, kinds, semantic.danger_from)
                    meaning = replace(one.meaning, danger=guessed, danger_guessed=guessed is not None)
                    heard[place] = replace(one, meaning=meaning)

    def _decide(self, heard: _Heard, ranking: _Ranking) -> Meaning:
        meaning, ranked, not_ours = heard.meaning, ranking.topics, ranking.not_ours
        named = meaning.ranked[0].topic if meaning.ranked else None
        if named:
            others = tuple(Ranked(one.topic, 0.0) for one in ranked if one.topic != named)
            ranked, not_ours, verdict = (Ranked(named, 1.0), *others), 0.0, Verdict.SURE
        elif meaning.small_talk or not heard.words:
            verdict = Verdict.UNKNOWN
        else:
            verdict = Verdict.UNSURE if heard.bare else ranking.verdict
        parts = self._named(heard) if verdict is not Verdict.UNKNOWN else []
        # What a part tells of the writer is likely for the whole text only where it is asked about.
        likely = {one.topic for one in ranked[1:_LIKELY]} - _OVER_ALL
        second = next((one.topic for one in parts if one.topic in likely), None)
        if (
            heard.asks_more
            and verdict is not Verdict.UNKNOWN
            and not named
            and (two := self._asks_two(parts))
        ):
            first, second = two[0], two[1].topic
            rest = (one for one in ranked if one.topic != first.topic)
            ranked, verdict = (first, *rest), Verdict.SURE
        leans = meaning.facet is not None or heard.goes_on or heard.bare
        follow_up = leans and verdict is not Verdict.SURE and not meaning.small_talk and not meaning.command
        return Meaning(
            for_person=ranking.for_person,
            masked=meaning.masked,
            ranked=ranked,
            not_ours=not_ours,
            verdict=verdict,
            facet=meaning.facet,
            asks=heard.asks,
            bare=heard.bare,
            goes_on=heard.goes_on,
            supposes=heard.supposes,
            points_back=heard.points_back,
            follow_up=follow_up,
            danger=meaning.danger,
            danger_guessed=meaning.danger_guessed,
            command=meaning.command,
            small_talk=meaning.small_talk,
            secret=meaning.secret,
            second=second,
            said=meaning.said,
        )

    def _named(self, heard: _Heard) -> list[Ranked]:
        """The topics that parts of the text are about far sooner than not, in the order they are told."""
        found: dict[str, Ranked] = {}
        rankings = self._ranked(self._by_words(heard.parts), self._calibration)
        for words, ranking in zip(heard.parts, rankings, strict=True):
            likely = ranking.topics[0]
            enough = _SECOND_FROM if self._facets.has_a_question_word(words) else _TELLS_FROM
            if likely.confidence >= enough:
                found.setdefault(likely.topic, likely)
        return list(found.values())

    def _asks_two(self, named: Sequence[Ranked]) -> tuple[Ranked, Ranked] | None:
        """The topics of «як подати на одне, і ще: як друге?», the one told first first; None where one is in doubt."""
        sure = [one for one in named if one.confidence >= self._calibration.sure_from]
        return (sure[0], sure[1]) if len(sure) > 1 else None
