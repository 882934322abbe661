"""What is said on the way: how it is kept, whom it reaches, and that it is forgotten with the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.dialogue.state import dump_state, load_state
from bots.dialogue.turn import OpenTicket, State, View
from bots.dialogue.whose import turn_to

from .real_knowledge import real_knowledge
from .stage import Stage

STORY = "нас двоє, пенсія моя 4200"
ASKED = "чи маю право на субсидію"


def stage(**state: object) -> Stage:
    found = Stage(state=replace(State(greeted=True), **state))  # type: ignore[arg-type]  # fields of State by name
    found.knowledge = real_knowledge()
    return found


def test_what_is_said_is_kept_apart_from_what_is_told() -> None:
    said = stage()
    said.line(STORY)
    assert {name: (one.value, one.by, one.said) for name, one in said.state.told.items()} == {
        "household.size": (("2", "2"), "citizen", True),
        "applicant.pension_month": (("4200", "4200"), "citizen", True),
    }
    said.line(ASKED)
    said.line("так")
    # The pension is no matter of the subsidy: nobody was asked about it.
    assert {name: one.said for name, one in said.state.told.items()} == {
        "household.size": False,
        "applicant.pension_month": True,
    }


def test_a_state_stored_before_facts_were_overheard_is_loaded() -> None:
    said = stage()
    said.line(STORY)
    kept = dump_state(said.state)
    for one in kept["told"].values():
        del one["said"]
    loaded = load_state(kept)
    assert {name: one.said for name, one in loaded.told.items()} == {
        "household.size": False,
        "applicant.pension_month": False,
    }


def test_the_specialist_sees_what_was_only_said() -> None:
    said = stage()
    said.line(STORY)
    said.line(ASKED)
    turn = said.line("оператор")
    (ticket,) = [effect for effect in turn.effects if isinstance(effect, OpenTicket)]
    assert dict(ticket.told)["скільки людей у сім’ї"] == "2 (сказано в розмові, не підтверджено)"

    said = stage()
    said.line(STORY)
    said.line(ASKED)
    said.line("так")
    turn = said.line("оператор")
    (ticket,) = [effect for effect in turn.effects if isinstance(effect, OpenTicket)]
    assert dict(ticket.told)["скільки людей у сім’ї"] == "2"


def test_it_is_erased_with_everything_and_counted_among_the_answers() -> None:
    said = stage()
    said.line(STORY)
    assert "2 відповіді" in said.line("мої дані").replies[-1].text.replace("\u00a0", " ")
    said.line("[press:e:all]")
    assert said.state.told == {}


def test_nothing_is_kept_of_a_cry_for_help_nor_of_somebody_close_nor_of_what_a_specialist_hears() -> None:
    cry = stage()
    cry.line("чоловік побив мене, нас двоє")
    kin = stage()
    kin.state = turn_to(kin.state, "kin")
    kin.line(STORY)
    owned = stage()
    owned.view = View(owner="specialist")
    owned.line(STORY)
    assert (cry.state.told, kin.state.told, kin.state.aside.told, owned.state.told) == ({}, {}, {}, {})


def test_it_is_forgotten_in_time() -> None:
    said = stage()
    said.line(STORY)
    said.now += timedelta(days=91)
    assert "З ваших слів" not in said.line(ASKED).replies[-1].text


def test_a_later_word_takes_the_place_of_an_earlier_one() -> None:
    said = stage()
    said.line("нас двоє")
    said.line("нас троє, сину 4, доньці 6")
    said.line("сину 5 років")
    assert said.state.told["household.size"].value == ("3", "3")
    assert said.state.children == ()
    assert said.state.told["child.birth_date"].said
