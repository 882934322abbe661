"""The compiled snapshot: whole or not at all, loaded as written, swapped at once, the last three kept."""

from __future__ import annotations

import pytest

from knowledge_base.rules.reading import read_content
from knowledge_base.snapshot import NoSnapshot, RefusedBase, build, current, ready, version_of
from tests.knowledge_base.tiny_base import TinyBase


def test_what_is_loaded_is_what_was_written(tiny: TinyBase) -> None:
    version = build(tiny.content, tiny.target)
    snapshot = current(tiny.target)
    written = read_content(tiny.content).base
    assert (snapshot.version, version) == (version_of(tiny.content), version_of(tiny.content))
    assert snapshot.base.model_dump_json() == written.model_dump_json()
    for registry in ("facts", "parameters", "documents", "sources", "hotlines"):
        assert getattr(snapshot.base, registry) == getattr(written, registry)


def test_a_start_with_the_same_content_only_loads(tiny: TinyBase) -> None:
    version = build(tiny.content, tiny.target)
    file = tiny.target / version / "snapshot.json"
    marked = file.read_text(encoding="utf-8").replace("Зразкова громада", "Позначена громада")
    file.write_text(marked, encoding="utf-8")
    assert ready(tiny.content, tiny.target).base.communities["sample"].head.name == "Позначена громада"


def test_a_start_with_other_content_compiles(tiny: TinyBase) -> None:
    first = ready(tiny.content, tiny.target)
    tiny.change("community", "365", "30")
    second = ready(tiny.content, tiny.target)
    assert first.version != second.version
    assert second.base.communities["sample"].head.retention_days == 30


def test_a_broken_base_is_refused_and_the_last_good_one_keeps_serving(tiny: TinyBase) -> None:
    version = build(tiny.content, tiny.target)
    line = tiny.change("grant", "kind: cash", "kind: gold")
    with pytest.raises(RefusedBase) as refused:
        ready(tiny.content, tiny.target)
    problem = refused.value.problems[0]
    assert (problem.file, problem.line, problem.field) == (
        "national/benefits/families/baby-grant.yaml",
        line,
        "kind",
    )
    assert f"baby-grant.yaml:{line}: kind" in str(refused.value)
    assert current(tiny.target).version == version


def test_a_note_does_not_stop_the_build(tiny: TinyBase) -> None:
    tiny.change("overlay", "made_for_version: 2", "made_for_version: 1")
    assert build(tiny.content, tiny.target) == version_of(tiny.content)


def test_nothing_compiled_yet(tiny: TinyBase) -> None:
    with pytest.raises(NoSnapshot):
        current(tiny.target)


def test_a_damaged_snapshot_is_compiled_again(tiny: TinyBase) -> None:
    version = build(tiny.content, tiny.target)
    (tiny.target / version / "snapshot.json").write_text('{"facts": ', encoding="utf-8")
    with pytest.raises(NoSnapshot):
        current(tiny.target)
    assert ready(tiny.content, tiny.target).version == version


def test_the_last_three_are_kept(tiny: TinyBase) -> None:
    versions = []
    for days in ("365", "30", "31", "32", "33"):
        text = f"id: sample\nname: а\ntimezone: Europe/Kyiv\nretention_days: {days}\nreception: main\n"
        tiny.write("community", text)
        versions.append(build(tiny.content, tiny.target))
    assert {path.name for path in tiny.target.iterdir() if path.is_dir()} == set(versions[-3:])
    assert [path.name for path in tiny.target.iterdir() if path.is_file()] == ["CURRENT"]


def test_the_version_follows_every_file_and_its_name(tiny: TinyBase) -> None:
    before = version_of(tiny.content)
    path = tiny.content / "national/facts/all.yaml"
    path.rename(path.with_name("every.yaml"))
    renamed = version_of(tiny.content)
    tiny.write("national/understanding/words.yaml", "a: 1\n")
    assert before != renamed
    assert version_of(tiny.content) == renamed
