"""The packet beside a conversation in words: the reason, facts with who stated them, rules tried and why, papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from conversations.messages import PHONE, AuthorKind
from conversations.transcript import Line
from handover.accounts.accounts import Account
from handover.tickets.packet import AskedRegister, KnownFact, Lacking, Matter, PaperState, RuleTried, StatedBy
from handover.tickets.tickets import Ticket
from handover.tickets.wording import danger_word
from handover.workplace import words
from handover.workplace.deeds import page
from handover.workplace.found import Found, said_here
from handover.workplace.masking import Said, masked
from handover.workplace.one_person import OnePerson
from handover.workplace.queue_view import topic_title
from knowledge_base.answers import Knowledge
from knowledge_base.assessor import Figure, Reason
from knowledge_base.language import day, plural
from knowledge_base.rules.comparing import Truth

SHOWN_MISSING = 3
"""Missing facts that are named at once; the rest stands with the conditions."""

_STATED: dict[StatedBy, str] = {
    "said": "зі слів, не підтверджено",
    "asked": "відповідь на питання бота",
    "specialist": "записав спеціаліст",
}
_LACKING: dict[Lacking, str] = {
    "not_asked": "Ще не питали",
    "not_known": "Не знає",
    "not_told": "Не хоче казати",
}
_VERDICTS: dict[Truth | None, tuple[str, str, str]] = {
    Truth.YES: ("ok", "check", "так, за сказаним"),
    Truth.NO: ("bad", "cross", "ні"),
    Truth.SPECIALIST: ("soon", "person", "вирішує спеціаліст"),
    Truth.UNKNOWN: ("soon", "question", "можливо"),
    None: ("", "question", "не перевірено"),
}
_CONDITIONS = {
    Truth.YES: ("check", "виконано"),
    Truth.NO: ("cross", "не виконано"),
    Truth.SPECIALIST: ("person", "вирішує спеціаліст"),
    Truth.UNKNOWN: ("question", "не відомо"),
}
_PAPERS: dict[PaperState, tuple[str, str]] = {
    "have": ("check", "є"),
    "need": ("file", "треба"),
    "maybe": ("question", "можливо"),
}

_CHECKED = {"found": "У реєстрі є", "not_found": "У реєстрі немає", "unknown": "Реєстр не знає напевно"}


@dataclass(frozen=True)
class Fact:
    """A word and a value; `by`: who stated it and when."""

    word: str
    value: str | Said
    href: str | None = None
    by: str | None = None


@dataclass(frozen=True)
class Condition:
    """A condition of the law: whether it is met, the act it stands in, and the figures with their days."""

    icon: str
    word: str
    text: str
    source: str | None
    figures: Sequence[str]


@dataclass(frozen=True)
class Rule:
    """What an entry comes to: a verdict, the reasons in a line each, and its conditions behind a press."""

    kind: str
    icon: str
    title: str
    verdict: str
    why: Sequence[str]
    lacks: Sequence[str]
    conditions: Sequence[Condition]


@dataclass(frozen=True)
class PaperLine:
    icon: str
    name: str
    word: str
    where: str | None
    id: str = ""
    register: AskedRegister | None = None
    checked: str | None = None


@dataclass(frozen=True)
class PaperList:
    """`why` is what a register is told it is asked for, until the specialist says otherwise."""

    title: str
    count: str
    lines: Sequence[PaperLine]
    why: str = ""


@dataclass(frozen=True)
class Past:
    title: str
    question: Said
    summary: Said | None
    by: str | None
    rating: str | None
    href: str | None = None


@dataclass(frozen=True)
class Packet:
    alarm: bool
    reason: str
    question: Said
    hint: str | None
    about: Sequence[Fact]
    facts: Sequence[Fact]
    rules: Sequence[Rule]
    possible: str | None
    papers: PaperList | None
    told: Sequence[str]
    past: Sequence[Past]
    person: OnePerson


def packet(
    found: Found, person: OnePerson, me: Account, knowledge: Knowledge, matter: Matter, now: datetime
) -> Packet:
    """Everything a specialist sees beside the conversation; `matter` is what the engine and the rules know.

    `person`: the other conversations of whoever writes.
    """
    ticket = found.ticket
    reason = words.REASONS.get(ticket.reason, words.REASONS["asked"])
    if ticket.danger:
        reason = f"Небезпека: {danger_word(ticket.danger)}"
    return Packet(
        alarm=ticket.danger is not None,
        reason=reason,
        question=said_here(ticket.question, "question", found, me),
        hint="У базі цього немає." if ticket.reason == "unknown" else None,
        about=list(_about(found, me, knowledge, now)),
        facts=_facts(found, me, matter, now),
        rules=[rule_view(one) for one in matter.rules],
        possible=", ".join(matter.possible) or None,
        papers=_papers(found, matter, now),
        told=_told(found.lines, knowledge, now),
        past=[
            Past(
                f"№ {words.unbroken(it.number)}, {words.moment(it.created_at, now)}{_where(it, found)}",
                said_here(it.question, f"asked-{it.id}", found, me),
                said_here(it.summary, f"past-{it.id}", found, me) if it.summary else None,
                it.assigned_name,
                words.RATINGS.get(it.rating or ""),
                page(it.conversation_id) if it.conversation_id != found.conversation else None,
            )
            for it in found.past
            if it.id != ticket.id
        ],
        person=person,
    )


def _where(ticket: Ticket, found: Found) -> str:
    """The channel of a consultation in another conversation of the same person."""
    head = found.person.heads.get(ticket.conversation_id)
    return f", {words.channel(head.ref.channel)}" if head is not None else ""


def _about(found: Found, me: Account, knowledge: Knowledge, now: datetime) -> Iterator[Fact]:
    """The consultation itself: how to reach the person, since when they wait, who leads it."""
    ticket = found.ticket
    if ticket.phone:
        yield Fact("Телефон", ticket.phone, words.tel(ticket.phone))
    if ticket.call_at:
        yield Fact("Дзвонити", said_here(ticket.call_at, "call", found, me))
    if found.call is not None:
        at = words.moment(found.call.due_at, now)
        yield Fact("Дзвінок", at, f"/workplace/desk/calls#call-{found.call.id}")
    about = topic_title(ticket.topic, knowledge, now)
    if about:
        yield Fact("Тема", about)
    yield Fact("Канал", words.channel(found.head.ref.channel))
    yield Fact("Кличе людину з", words.moment(ticket.created_at, now))
    if ticket.status == "waiting":
        yield Fact("Чекає", words.span(now - ticket.created_at))
    if ticket.promised_at and ticket.answered_at is None and ticket.status != "resolved":
        yield Fact("Обіцяно до", words.moment(ticket.promised_at, now))
    if ticket.assigned_name:
        yield Fact("Спеціаліст" if ticket.status == "resolved" else "Веде", ticket.assigned_name)
    if ticket.summary:
        yield Fact("Підсумок", said_here(ticket.summary, "summary", found, me))
    if ticket.rating in words.RATINGS:
        yield Fact("Чи допомогла", words.RATINGS[ticket.rating])
    files = sum(len(line.reply.attachments) for line in found.lines if line.author.kind is AuthorKind.CITIZEN)
    if files:
        yield Fact("Надіслано", plural(files, "файл"))


def _facts(found: Found, me: Account, matter: Matter, now: datetime) -> list[Fact]:
    """What is known of the person; where the engine remembers nothing, what the ticket was opened or filed with."""
    if matter.facts:
        return known_facts(matter, now)
    at = words.moment(found.ticket.created_at, now)
    by = _STATED["specialist"] if found.head.ref.channel == PHONE else "з розмови з ботом"
    return [
        Fact(_capital(word), said_here(value, f"told-{place}", found, me), by=f"{by}, {at}")
        for place, (word, value) in enumerate(found.ticket.told)
    ]


def known_facts(matter: Matter, now: datetime) -> list[Fact]:
    """What the engine remembers of the person, and whom it is about."""
    kin = [Fact("Про кого", "рідна людина того, хто пише")] if matter.kin else []
    return [*kin, *(_fact(one, now) for one in matter.facts)] if matter.facts else []


def _fact(one: KnownFact, now: datetime) -> Fact:
    value = masked(one.value)
    return Fact(
        _capital(one.label),
        f"приблизно {value}" if one.about else value,
        by=f"{_STATED[one.by]}, {words.moment(one.at, now)}",
    )


def rule_view(one: RuleTried) -> Rule:
    """What one entry comes to, in words."""
    kind, icon, verdict = _VERDICTS[one.outcome]
    why = [_capital(text) for text in one.because]
    if one.differs:
        kind, icon, verdict = "bad", "cross", "сказане не сходиться"
        why = ["Відповіді виключають одна одну: уточніть у людини."]
    elif one.outcome is None:
        why = ["Людина ще не сказала нічого, що тут рахується."]
    elif one.outcome is Truth.UNKNOWN and one.reasons:
        met = sum(reason.truth is Truth.YES for reason in one.reasons)
        why = [f"Виконано умов: {met} з {len(one.reasons)}"]
    return Rule(
        kind,
        icon,
        one.title,
        verdict,
        why,
        list(_lacks(one)),
        [_condition(reason) for reason in one.reasons],
    )


def _lacks(one: RuleTried) -> Iterator[str]:
    """`Не знає: дохід`; of a long list only its beginning: the conditions say the rest."""
    for lacking, word in _LACKING.items():
        labels = [label for label, why in one.missing if why == lacking]
        if labels:
            more = len(labels) - SHOWN_MISSING
            rest = f" і ще {more}" if more > 0 else ""
            yield f"{word}: {', '.join(labels[:SHOWN_MISSING])}{rest}"


def _condition(reason: Reason) -> Condition:
    icon, word = _CONDITIONS[reason.truth]
    return Condition(
        icon, word, _capital(reason.text), reason.source, [_figure(figure) for figure in reason.figures]
    )


def _figure(figure: Figure) -> str:
    """`Прожитковий мінімум: 3 209 грн, з 1 січня 2026 року`."""
    until = f" до {day(figure.ends)}" if figure.ends else ""
    return f"{figure.title}: {figure.value}, з {day(figure.starts)}{until}"


def paper_list(matter: Matter) -> PaperList | None:
    """The papers of the matter and what the person has of them; None where the entry is not known.

    No register is asked from here: whoever asks has a consultation that says why.
    """
    if matter.papers is None:
        return None
    have = sum(paper.state == "have" for paper in matter.papers.every)
    needed = sum(paper.state != "maybe" for paper in matter.papers.every)
    return PaperList(
        matter.papers.title if matter.papers.own else f"{matter.papers.title}, загальний перелік",
        f"є {have} з {needed}",
        [
            PaperLine(icon, paper.name, word, paper.where)
            for paper in matter.papers.every
            for icon, word in (_PAPERS[paper.state],)
        ],
    )


def _papers(found: Found, matter: Matter, now: datetime) -> PaperList | None:
    """The same with the registers that may be asked for some of them, and what these have answered."""
    shown = paper_list(matter)
    if shown is None or matter.papers is None:
        return None
    lines = [
        replace(line, id=paper.id, register=paper.register, checked=_checked(found, paper.id, now))
        for line, paper in zip(shown.lines, matter.papers.every, strict=True)
    ]
    return replace(shown, lines=lines, why=f"Консультація № {found.ticket.number}: {matter.papers.title}")


def _checked(found: Found, paper: str, now: datetime) -> str | None:
    """What the register said last: `є; Реєстр громади станом на 10:20, Ірина Мельник, 10:21`."""
    check = found.checks.get(paper)
    if check is None:
        return None
    as_of = words.moment(check.as_of, now)
    return (
        f"{_CHECKED[check.outcome]}. {check.title} станом на {as_of}. "
        f"Запит: {check.account_name}, {words.moment(check.at, now)}"
    )


def _told(read: Sequence[Line], knowledge: Knowledge, now: datetime) -> list[str]:
    """Topics the bot has already answered about, each once, in order."""
    topics = dict.fromkeys(line.topic for line in read if line.author.kind is AuthorKind.BOT and line.topic)
    titles = (topic_title(topic, knowledge, now) for topic in topics)
    return [title for title in titles if title]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
