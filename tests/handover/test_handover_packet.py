"""The packet beside a conversation, and interviews that are one line of the transcript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect
from sqlalchemy import update

from conversations import transcript
from conversations.drafts import hold, write
from conversations.messages import Choice, Reply
from conversations.tables import conversations
from handover.tickets.packet import KnownFact, Matter, Paper, Papers, RuleTried
from knowledge_base.assessor import Figure, Reason
from knowledge_base.rules.comparing import Truth
from tests.handover.browsing import Served, violations
from tests.handover.handover_world import BOT, TUESDAY, said, waiting

MATTER = Matter(
    facts=(
        KnownFact("дохід на місяць", "від 10 000 до 12 000 грн", "said", TUESDAY, about=True),
        KnownFact("скільки людей у сім’ї", "<b>2</b>", "asked", TUESDAY),
        KnownFact("вік", "68 років", "specialist", TUESDAY),
    ),
    rules=(
        RuleTried(
            "Субсидія",
            Truth.NO,
            ("дохід більший за межу",),
            reasons=(
                Reason(
                    "income",
                    "дохід не більший за межу",
                    Truth.NO,
                    "постанова № 1, п. 2",
                    (Figure("Прожитковий мінімум", "3 209 грн", date(2026, 1, 1), date(2026, 12, 31)),),
                ),
            ),
        ),
        RuleTried(
            "Догляд",
            Truth.UNKNOWN,
            missing=(("вік", "not_asked"), ("дохід", "not_known"), ("житло", "not_told")),
        ),
        RuleTried("Пільга", None),
        RuleTried("Виплата", None, differs=True),
    ),
    possible=("Хлібна картка",),
    papers=Papers(
        "Субсидія",
        own=True,
        every=(Paper("Заява", "have"), Paper("Паспорт", "need", "ЦНАП"), Paper("Довідка", "maybe")),
    ),
)


def words_of(part: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))


async def test_the_packet_says_who_stated_each_fact_why_each_rule_failed_and_what_papers_are_there(
    reception, now
):
    iryna = await reception.signed_in("iryna")
    reception.vendors.matter = MATTER
    told = (("дохід", "що було на час передачі"),)
    ticket = await waiting(reception.database, now, told=told)
    page = (await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")).text
    packet = page[page.index('id="packet"') : page.index('id="panel-history"')]
    assert "<b>2</b>" not in packet
    shown = words_of(packet)
    for words in (
        "Дохід на місяць приблизно від 10 000 до 12 000 грн зі слів, не підтверджено, 10:30",
        "відповідь на питання бота, 10:30",
        "Вік 68 років записав спеціаліст, 10:30",
        "Субсидія : ні Дохід більший за межу",
        "Дохід не більший за межу: не виконано постанова № 1, п. 2 "
        "Прожитковий мінімум: 3 209 грн, з 1 січня 2026 року до 31 грудня 2026 року",
        "Догляд : можливо Ще не питали: вік Не знає: дохід Не хоче казати: житло",
        "Пільга : не перевірено",
        "Виплата : сказане не сходиться",
        "Ще можливо: Хлібна картка",
        "Документи є 1 з 2",
        "Паспорт Де взяти: ЦНАП треба",
    ):
        assert words in shown.replace("\xa0", " ").replace(" :", " :"), words
    assert "що було на час передачі" not in shown


async def test_what_was_filed_on_the_phone_was_noted_by_a_specialist(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now, channel="phone", told=(("вік", "68 років"),))
    page = (await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")).text
    assert "<dd>68 років<small>записав спеціаліст, 10:30</small></dd>" in page


async def test_the_matter_is_made_of_the_engines_memory_and_the_tickets_topic(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now, topic="housing-subsidy")
    async with reception.database.write() as db:
        kept = update(conversations).values(state={"version": 1, "asked": "?"})
        await db.execute(kept.where(conversations.c.id == ticket.conversation_id))
    await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")
    assert reception.vendors.asked == [({"version": 1, "asked": "?"}, "housing-subsidy")]


async def interview(database, conversation_id, now, *, concluded: bool, questions: int = 3) -> None:
    """The bot asks, the person answers; in the end the bot says what it comes to."""
    async with database.write() as db:
        for number in range(1, questions + 1):
            draft = (await hold(db, [conversation_id]))[conversation_id]
            reply = Reply(text=f"Питання {number}?", choices=(Choice(id="i:x:yes", label="Так"),))
            draft.say(BOT, reply, now, topic="housing-subsidy", turn="interview")
            await write(db, [draft])
            if concluded or number < questions:
                await transcript.hear(db, conversation_id, said("x", f"Відповідь {number}", now), now)
        if concluded:
            draft = (await hold(db, [conversation_id]))[conversation_id]
            draft.say(BOT, Reply(text="Так, право є."), now, topic="housing-subsidy", turn="answer")
            await write(db, [draft])


def folded(page: str) -> tuple[str, str]:
    """What is inside the first interview, and what stands outside of it."""
    log = page[page.index('id="lines"') : page.index('id="compose"')]
    begin, end = log.index("<details"), log.index("</details>")
    return words_of(log[begin:end]), words_of(log[:begin] + log[end:])


async def test_a_finished_interview_is_one_line_and_its_conclusion_stays(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now)
    await interview(reception.database, ticket.conversation_id, now, concluded=True)
    page = (await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")).text
    inside, outside = folded(page)
    assert "Опитування: Житлова субсидія, 3 питання" in inside
    assert [word in inside for word in ("Питання 1?", "Відповідь 3", "Так, право є.")] == [True, True, False]
    assert "Так, право є." in outside
    assert "Чи приймуть договір?" in outside
    assert "Питання" not in outside


async def test_what_is_asked_just_now_and_a_single_question_stay_in_sight(reception, now):
    iryna = await reception.signed_in("iryna")
    ticket = await waiting(reception.database, now)
    await interview(reception.database, ticket.conversation_id, now, concluded=False)
    inside, outside = folded((await iryna.get(f"/workplace/conversations/{ticket.conversation_id}")).text)
    assert "2 питання" in inside
    assert "Питання 3?" in outside
    alone = await waiting(reception.database, now)
    await interview(reception.database, alone.conversation_id, now, concluded=True, questions=1)
    page = (await iryna.get(f"/workplace/conversations/{alone.conversation_id}")).text
    assert 'class="interview"' not in page
    assert "Питання 1?" in page


def test_an_interview_and_the_conditions_of_a_rule_open_by_the_keyboard_and_stay_open(
    served: Served, open_page: Callable[..., Page]
) -> None:
    page = open_page(bypass_csp=True)
    served.vendors.matter = MATTER
    ticket = served.run(waiting(served.database, served.wall.now, channel="messenger"))
    chat = ticket.conversation_id
    served.run(interview(served.database, chat, served.wall.now, concluded=True))
    page.goto(f"{served.address}/workplace/conversations/{chat}")
    summary = page.locator(".interview > summary")
    expect(page.get_by_text("Питання 1?")).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Питання 1?")).to_be_visible()
    why = page.locator("#rule-1 > summary")
    why.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("постанова № 1, п. 2")).to_be_visible()
    assert violations(page) == []
    served.hears(chat, "Ще одне")
    expect(page.locator("#lines")).to_contain_text("Ще одне")
    expect(page.get_by_text("Питання 1?")).to_be_visible()
    expect(page.get_by_text("постанова № 1, п. 2")).to_be_visible()
