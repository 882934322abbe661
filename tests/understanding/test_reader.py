"""What the reading of whole messages promises, on the real content."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.checks import CONTENT
from knowledge_base.library import Library
from knowledge_base.understanding.artefact import Artefact
from knowledge_base.understanding.meaning import Command, Danger, Facet, Meaning, SmallTalk, Verdict
from knowledge_base.understanding.reader import Reader
from tests.understanding.conftest import GOLDEN, golden


def read(reader: Reader, text: str) -> Meaning:
    return reader.read([text])[0]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("як оформити субсидію на комуналку", "housing-subsidy"),
        ("dopomoga pry narodzhenni dytyny", "birth-benefit"),
        ("выплаты переселенцам сколько", "idp-living-allowance"),
        ("загубив паспорт", "referral-passport"),
    ],
)
def test_the_topic_is_found(reader: Reader, text: str, topic: str) -> None:
    assert read(reader, text).ranked[0].topic == topic


@pytest.mark.parametrize("text", ["hello", "привіт", "Доброго дня!", "добрый вечер", "👋"])
def test_hello_is_not_answered_with_a_benefit(reader: Reader, text: str) -> None:
    meaning = read(reader, text)
    assert (meaning.small_talk, meaning.verdict) == (SmallTalk.GREETING, Verdict.UNKNOWN)


def test_polite_padding_changes_nothing(reader: Reader) -> None:
    bare = read(reader, "які документи на субсидію")
    padded = read(
        reader, "Доброго дня! Підкажіть, будь ласка, які документи на субсидію? Дуже дякую, гарного дня!"
    )
    assert (padded.ranked, padded.verdict, padded.facet) == (bare.ranked, bare.verdict, Facet.DOCUMENTS)
    assert padded.small_talk is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "12345",
        "😀",
        "https://example.org",
        "...",
        "\0",
        "asdfgh",
        "漢字",
        "٣٤",
        "ъ",
        "а" * 10_000,
        "qwe " * 3000,
    ],
)
def test_odd_texts_are_never_answered_directly(reader: Reader, text: str) -> None:
    assert read(reader, text).verdict is not Verdict.SURE


@pytest.mark.parametrize("text", ["а скільки платять?", "які документи", "куди йти", "а якщо", "шо нести"])
def test_a_facet_without_a_topic_is_a_follow_up(reader: Reader, text: str) -> None:
    meaning = read(reader, text)
    assert meaning.follow_up
    assert meaning.verdict is Verdict.UNSURE


def test_a_named_topic_is_no_follow_up(reader: Reader) -> None:
    meaning = read(reader, "скільки платять при народженні дитини")
    assert (meaning.verdict, meaning.follow_up, meaning.facet) == (Verdict.SURE, False, Facet.AMOUNT)


def test_a_typed_label_is_certain(reader: Reader) -> None:
    meaning = read(reader, "субсидия")
    assert (meaning.ranked[0].topic, meaning.ranked[0].confidence) == ("housing-subsidy", 1.0)
    assert meaning.verdict is Verdict.SURE


def test_labels_on_offer_come_before_others(reader: Reader) -> None:
    offered = {"birth-benefit": "Перша з двох", "office-info": "Друга з двох"}
    first, plain = reader.read(["друга з двох", "друга з двох"], known_labels=[offered, None])
    assert first.ranked[0].topic == "office-info"
    assert first.verdict is Verdict.SURE
    assert plain.verdict is not Verdict.SURE


def test_two_topics_in_one_message(reader: Reader) -> None:
    meaning = read(reader, "Як оформити житлову субсидію? І ще: як зробити закордонний паспорт?")
    assert {meaning.ranked[0].topic, meaning.second} == {"housing-subsidy", "referral-passport"}


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("хочу субсидію і оформити групу інвалідності", {"housing-subsidy", "disability-assessment"}),
        ("ми переселенці як оформити довідку впо та субсидію на комуналку", {"idp-registration", "housing-subsidy"}),
        (
            "третя дитина народилась яка виплата та як зробити посвідчення багатодітної",
            {"large-family-certificate", "large-family-benefit"},
        ),
    ],
)  # fmt: skip
def test_a_second_topic_needs_no_sentence_of_its_own(reader: Reader, text: str, topics: set[str]) -> None:
    meaning = read(reader, text)
    assert {meaning.ranked[0].topic, meaning.second} == topics


@pytest.mark.parametrize(
    "text",
    [
        "двоє дітей, 4 і 7 років, як оформити субсидію",
        "я пенсіонерка, живу сама і топлю дровами, хочу субсидію на дрова",
    ],
)
def test_a_story_of_one_matter_has_no_second(reader: Reader, text: str) -> None:
    assert read(reader, text).second is None


def test_one_topic_has_no_second(reader: Reader) -> None:
    assert read(reader, "Як оформити житлову субсидію? Які документи на субсидію?").second is None


def test_danger_is_heard_beside_a_topic(reader: Reader) -> None:
    meaning = read(reader, "яка субсидія буде, якщо піду від чоловіка, він мене б'є")
    assert meaning.danger is Danger.VIOLENCE


def test_a_secret_is_masked_and_its_kind_named(reader: Reader) -> None:
    meaning = read(reader, "прийшов код 123456, що робити")
    assert (meaning.masked, meaning.secret) == ("прийшов код ••••••, що робити", "code")
    assert read(reader, "4111 1111 1111 1111").small_talk is None


def test_a_command_is_named(reader: Reader) -> None:
    assert read(reader, "покличте оператора").command is Command.PERSON


def test_every_reading_ranks_all_topics_best_first(reader: Reader, artefact: Artefact) -> None:
    for meaning in reader.read(["субсидія на дрова", "привіт", "", "меню"]):
        assert {one.topic for one in meaning.ranked} == set(artefact.classifier.topics)
        confidences = [one.confidence for one in meaning.ranked]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0 <= confidence <= 1 for confidence in confidences)


def test_sure_means_above_the_artefacts_threshold(reader: Reader, artefact: Artefact) -> None:
    sure_from = artefact.calibrations["words"].sure_from
    rows = [row["text"] for path in sorted(GOLDEN.glob("*.jsonl")) for row in golden(path)]
    for meaning in reader.read(rows):
        if meaning.verdict is Verdict.SURE:
            assert meaning.ranked[0].confidence >= sure_from
        elif meaning.verdict is Verdict.NOT_OURS:
            assert meaning.not_ours >= artefact.calibrations["words"].not_ours_from


def test_a_batch_reads_as_its_parts_do(reader: Reader) -> None:
    texts = ["як оформити субсидію", "", "привіт", "довідка переселенця де взяти"]
    assert reader.read(texts) == [read(reader, text) for text in texts]
    assert reader.read([]) == []


def test_many_threads_read_alike(reader: Reader) -> None:
    texts = ["як оформити субсидію", "мене б'є чоловік", "довідка ВПО", "оператор"] * 5
    expected = reader.read(texts)
    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(lambda _: reader.read(texts), range(16)))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_no_text_raises(reader: Reader, text: str) -> None:
    assert read(reader, text).ranked


def test_golden_messages_of_the_community(reader: Reader, library: Library) -> None:
    """A community's own programmes are found too; their messages stand beside them."""
    folder = CONTENT / "communities" / library.community.id / "golden"
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in golden(path)]
    assert len({row["label"] for row in rows}) >= 3
    found = [meaning.ranked[0].topic for meaning in reader.read([row["text"] for row in rows])]
    wrong = [(row["text"], topic) for row, topic in zip(rows, found, strict=True) if topic != row["label"]]
    assert len(wrong) <= 0.2 * len(rows), wrong


def test_a_label_asks_nothing_by_itself(reader: Reader, labels: Mapping[str, str]) -> None:
    """Naming a matter opens its card; only a listed phrase in the label asks for more."""
    for label in ("Хлібна картка", "Ремонт удома"):
        assert label in labels.values()
        assert read(reader, label.lower()).facet is None


def test_golden_messages(reader: Reader, artefact: Artefact) -> None:
    written = {path.stem for path in (CONTENT / "national" / "benefits").rglob("*.yaml")}
    # An entry that waits for its second reader is not answered from, so its messages have no right answer yet.
    waiting = written - set(artefact.classifier.topics)
    rows = [
        row
        for path in sorted(GOLDEN.glob("*.jsonl"))
        if path.stem not in {"danger", "not-danger"}
        for row in golden(path)
        if row["label"] not in waiting
    ]
    wrong, first, inside = [], 0, 0
    for row, meaning in zip(rows, reader.read([row["text"] for row in rows]), strict=True):
        accepted = {row["label"], *row.get("also", ())}
        top = meaning.ranked[0].topic
        if row["label"] in {one.topic for one in meaning.ranked}:
            inside += 1
            first += top in accepted
        if meaning.verdict is Verdict.SURE and top not in accepted:
            wrong.append((row["text"], top))
    assert len(wrong) <= 0.02 * len(rows), wrong
    assert first >= 0.80 * inside
