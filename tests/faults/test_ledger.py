"""The ledger's verdicts on paper: whatever a fault may do to a conversation is found, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.faults.ledger import Count, Fate, Row, Sending, Talk, Written, judged

TEXTS = ("перша", "друга", "третя")


def calm() -> Talk:
    """Three messages, each answered with a text of its own, one second later."""
    return Talk(
        name="telegram 1",
        written=[
            Written(key=f"k{n}", answer=(text,), at=float(n), accepted=1) for n, text in enumerate(TEXTS)
        ],
        heard=["k0", "k1", "k2"],
        rows=[Row(text, "sent") for text in TEXTS],
        sendings=[Sending(text, n + 1.0, Fate.SHOWN) for n, text in enumerate(TEXTS)],
    )


def verdict(talk: Talk) -> Count:
    return judged([talk])


def with_row(talk: Talk, text: str, state: str) -> Talk:
    """The same with the row of this text in another state."""
    return replace(talk, rows=[replace(row, state=state) if row.text == text else row for row in talk.rows])


def test_a_calm_day_is_good() -> None:
    count = verdict(calm())
    assert count.good
    assert (count.sent_in, count.accepted, count.expected, count.delivered) == (3, 3, 3, 3)
    assert count.pause == 1.0


def test_nothing_counted_is_not_good() -> None:
    assert not judged([]).good


@pytest.mark.parametrize("state", ["sent", "due", "sending", "failed", "withdrawn"])
def test_an_answer_that_never_came_is_lost(state: str) -> None:
    talk = with_row(calm(), "друга", state)
    count = verdict(replace(talk, sendings=[one for one in talk.sendings if one.text != "друга"]))
    assert (count.lost, count.delivered, count.good) == (1, 2, False)


def test_an_answer_without_a_row_is_lost() -> None:
    talk = calm()
    count = verdict(
        replace(
            talk,
            rows=[row for row in talk.rows if row.text != "друга"],
            sendings=[one for one in talk.sendings if one.text != "друга"],
        )
    )
    assert count.lost == 1


def test_an_answer_that_only_the_vendor_refused_is_lost() -> None:
    talk = calm()
    refused = [replace(one, fate=Fate.REFUSED) if one.text == "друга" else one for one in talk.sendings]
    assert verdict(replace(talk, sendings=refused)).lost == 1


def test_what_is_marked_unknown_and_did_not_arrive_is_counted_apart() -> None:
    talk = with_row(calm(), "друга", "unknown")
    count = verdict(replace(talk, sendings=[one for one in talk.sendings if one.text != "друга"]))
    assert (count.lost, count.unknown, count.unknown_not_shown, count.good) == (0, 1, 1, True)


def test_a_message_that_was_never_taken_in_is_lost() -> None:
    talk = calm()
    talk.written[1].accepted = 0
    assert verdict(talk).lost == 1


def test_a_message_answered_200_and_not_written_down_is_lost() -> None:
    count = verdict(replace(calm(), heard=["k0", "k2"]))
    assert count.lost == 1
    assert not count.good


def test_a_message_written_down_twice_is_doubled() -> None:
    assert verdict(replace(calm(), heard=["k0", "k1", "k1", "k2"])).doubled == 1


@pytest.mark.parametrize("fate", [Fate.SHOWN, Fate.SHOWN_UNTOLD, Fate.DROPPED_UNTOLD])
def test_a_repeat_without_the_mark_is_doubled(fate: Fate) -> None:
    talk = calm()
    count = verdict(replace(talk, sendings=[*talk.sendings, Sending("третя", 9.0, fate)]))
    assert (count.doubled, count.good) == (1, False)


def test_a_repeat_of_what_is_marked_unknown_is_explained() -> None:
    talk = with_row(calm(), "третя", "unknown")
    count = verdict(replace(talk, sendings=[*talk.sendings, Sending("третя", 9.0, Fate.SHOWN)]))
    assert (count.doubled, count.unknown, count.good) == (0, 1, True)


def test_a_repeat_after_a_sure_refusal_is_none() -> None:
    talk = calm()
    count = verdict(replace(talk, sendings=[Sending("перша", 0.5, Fate.REFUSED), *talk.sendings]))
    assert count.good


def test_two_rows_for_one_answer_are_doubled() -> None:
    talk = calm()
    assert verdict(replace(talk, rows=[*talk.rows, Row("друга", "sent")])).doubled == 1


def test_answers_that_change_places_are_out_of_order() -> None:
    talk = calm()
    first, second, third = talk.sendings
    swapped = [replace(second, at=1.0), replace(first, at=2.0), third]
    count = verdict(replace(talk, sendings=swapped))
    assert (count.out_of_order, count.good) == (1, False)


def test_the_mark_does_not_excuse_the_order() -> None:
    talk = with_row(calm(), "перша", "unknown")
    first, second, third = talk.sendings
    assert verdict(replace(talk, sendings=[second, replace(first, at=2.5), third])).out_of_order == 1


def test_messages_written_down_in_another_order_are_out_of_order() -> None:
    talk = calm()
    first, second, third = talk.sendings
    swapped = replace(
        talk, heard=["k1", "k0", "k2"], sendings=[replace(second, at=1.0), replace(first, at=2.0), third]
    )
    assert verdict(swapped).out_of_order == 1
    assert verdict(replace(swapped, serial=False)).good


def test_the_parts_of_one_answer_keep_their_order() -> None:
    talk = Talk(
        name="messenger 1",
        written=[Written(key="k", answer=("перша", "друга"), at=0.0, accepted=1)],
        heard=["k"],
        rows=[Row("перша", "sent"), Row("друга", "sent")],
        sendings=[Sending("друга", 1.0, Fate.SHOWN), Sending("перша", 2.0, Fate.SHOWN)],
    )
    assert verdict(talk).out_of_order == 1


def test_words_that_nobody_asked_for_are_found() -> None:
    talk = calm()
    count = verdict(replace(talk, sendings=[*talk.sendings, Sending("щось", 9.0, Fate.SHOWN)]))
    assert (count.unforeseen, count.good) == (1, False)


def test_a_vendor_that_was_not_waited_for_is_found() -> None:
    talk = calm()
    limited = Sending("перша", 0.1, Fate.REFUSED, not_before=2.1)
    assert verdict(replace(talk, sendings=[limited, *talk.sendings])).hasty == 1
    patient = replace(limited, not_before=0.9)
    assert verdict(replace(talk, sendings=[patient, *talk.sendings])).good


def test_repeats_that_were_answered_200_are_counted_and_are_no_fault() -> None:
    talk = calm()
    talk.written[0].accepted = 3
    count = verdict(talk)
    assert (count.accepted, count.repeats_refused, count.good) == (3, 2, True)


def test_sums_are_of_all_conversations() -> None:
    late = replace(calm(), sendings=[replace(one, at=one.at + 5) for one in calm().sendings])
    count = judged([calm(), late])
    assert (count.sent_in, count.delivered, count.pause) == (6, 6, 6.0)
