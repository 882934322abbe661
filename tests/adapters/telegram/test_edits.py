"""A message of Telegram that takes another's place."""

from __future__ import annotations

import pytest

from conversations.channel import RecipientUnreachable, ReplyRejected
from conversations.messages import AttachmentKind, Reply
from tests.adapters.telegram_stage import CHOICES, Stage, with_files


async def test_a_message_takes_anothers_place(stage: Stage) -> None:
    (first,) = await stage.say("olena", Reply(text="☐ довідка", choices=CHOICES))
    (second,) = await stage.say(
        "olena", Reply(text="☑ довідка", choices=CHOICES), instead_of=first.external_id
    )
    (shown,) = stage.vendor.screen("olena")
    assert (shown.text, shown.edited) == ("☑ довідка", True)
    assert second == first


async def test_what_did_not_change_is_there_already(stage: Stage) -> None:
    (first,) = await stage.say("olena", Reply(text="☐ довідка", choices=CHOICES))
    (again,) = await stage.say(
        "olena", Reply(text="☐ довідка", choices=CHOICES), instead_of=first.external_id
    )
    assert again == first
    assert len(stage.vendor.screen("olena")) == 1


@pytest.mark.parametrize("target", ["locked", "gone", "a file", "no number"])
async def test_what_can_not_be_edited_is_said_anew(stage: Stage, target: str) -> None:
    (first,) = await stage.say("olena", "☐ довідка")
    place = first.external_id
    if target == "locked":
        stage.vendor.lock("olena")
    elif target == "gone":
        place = "999999"
    elif target == "no number":
        place = "web"
    else:
        file = stage.shelf.lay(b"%PDF-1.7", AttachmentKind.DOCUMENT, "application/pdf", "перелік.pdf")
        ((place),) = [sent.external_id for sent in await stage.say("olena", with_files(file))]
    (second,) = await stage.say("olena", Reply(text="☑ довідка", choices=CHOICES), instead_of=place)
    last = stage.vendor.screen("olena")[-1]
    assert (last.text, last.buttons[:1], last.edited) == ("☑ довідка", ("Документи",), False)
    assert second.external_id not in {first.external_id, place}


async def test_a_message_is_taken_back_and_one_that_is_gone_is_no_fault(stage: Stage) -> None:
    first, second = await stage.say("olena", Reply(text="слово " * 1_000, choices=CHOICES))
    assert len(stage.vendor.screen("olena")) == 2
    ref = stage.ref("olena")
    for sent in (first, second, first):
        payload = stage.channel.take_back(ref, sent.external_id)
        assert payload is not None
        assert await stage.channel.send(ref, payload) == sent
    assert stage.vendor.screen("olena") == []
    assert stage.channel.take_back(ref, "web") is None


async def test_what_telegram_no_longer_deletes_stays_and_is_said(stage: Stage) -> None:
    (first,) = await stage.say("olena", "☐ довідка")
    stage.vendor.lock("olena")
    payload = stage.channel.take_back(stage.ref("olena"), first.external_id)
    assert payload is not None
    with pytest.raises(ReplyRejected, match="can't be deleted"):
        await stage.channel.send(stage.ref("olena"), payload)
    assert len(stage.vendor.screen("olena")) == 1


async def test_a_long_edit_goes_on_below(stage: Stage) -> None:
    (first,) = await stage.say("olena", "☐ довідка")
    await stage.say("olena", Reply(text="слово " * 1_000, choices=CHOICES), instead_of=first.external_id)
    shown = stage.vendor.screen("olena")
    assert [part.edited for part in shown] == [True, False]
    assert [len(part.buttons) for part in shown] == [0, 3]


async def test_an_edit_for_who_blocked_us_is_not_tried_twice(stage: Stage) -> None:
    (first,) = await stage.say("olena", "☐ довідка")
    await stage.vendor.block("olena")
    with pytest.raises(RecipientUnreachable):
        await stage.say("olena", "☑ довідка", instead_of=first.external_id)
    assert [method for method, _ in stage.vendor.calls] == ["sendmessage", "editmessagetext"]
