"""The transcript of a conversation in words: every line with its files and its fate, interviews folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from conversations.drafts import WITHOUT_WORDS
from conversations.messages import Attachment, AttachmentKind, AuthorKind
from conversations.remote_files import Missing
from conversations.transcript import Line
from handover.accounts.accounts import Account
from handover.calendars.hours import KYIV
from handover.composing.kept_replies import Kept
from handover.tickets.wording import clock
from handover.workplace import words
from handover.workplace.files_view import Beside, beside
from handover.workplace.found import Found, said_here
from handover.workplace.masking import Said, masked, said
from handover.workplace.queue_view import topic_title
from handover.workplace.vendor_words import why_no_file, why_not_sent
from knowledge_base.answers import Knowledge
from knowledge_base.language import plural

SOURCE = "Джерело: "
"""How the last line of an answer begins, always."""

INTERVIEW = "interview"
CONCLUSIONS = frozenset({"answer", "checklist"})
"""Kinds of the bot's turns: a question of an interview, and what an interview ends with."""

FOLDED_FROM = 2
"""So many questions are folded; one is as short as the line that would stand for it."""


@dataclass(frozen=True)
class Piece:
    """A file in a line: photo and voice are shown and played, everything else is downloaded."""

    kind: str
    src: str
    name: str
    size: str


@dataclass(frozen=True)
class Absent:
    """A file in a line that is still with the vendor, or will never come."""

    icon: str
    text: str


@dataclass(frozen=True)
class Fate:
    """What became of a message. `quiet`: in order, and said by a small icon only.

    `again`: what stands on the button that sends it once more.
    """

    icon: str
    text: str
    bad: bool = False
    quiet: bool = False
    again: str | None = None


@dataclass(frozen=True)
class LineView:
    """`withdrawn`: when it was taken back. `turn` and `topic`: of what turn of the bot it is, and about what.

    `named`: that a note names the reader.
    """

    position: int
    kind: str
    ours: bool
    by: str
    at: str
    day: str | None
    text: Said
    source: str | None
    choices: Sequence[str]
    pieces: Sequence[Piece]
    absent: Sequence[Absent]
    state: Fate | None
    withdrawn: str | None = None
    may_withdraw: bool = False
    turn: str | None = None
    topic: str | None = None
    named: str | None = None


@dataclass(frozen=True)
class KeptView:
    """A reply that waits until the person writes; `may_withdraw`: this reader may take it back."""

    id: str
    by: str
    at: str
    text: Said
    files: Sequence[Beside]
    may_withdraw: bool


@dataclass(frozen=True)
class Interview:
    """Questions of the bot and answers to them, shown as one line that opens."""

    position: int
    title: str
    at: str
    day: str | None
    lines: Sequence[LineView]
    kind: str = "interview"


def lines(found: Found, me: Account, now: datetime, *, may_withdraw: bool) -> list[LineView]:
    """The transcript in words, with a heading where a new day begins."""
    views = []
    previous = None
    for line in found.lines:
        today = line.at.astimezone(KYIV).date()
        day = words.day(line.at, now) if today != previous else None
        views.append(_line(line, found, me, day, may_withdraw=may_withdraw))
        previous = today
    return views


def _line(line: Line, found: Found, me: Account, day: str | None, *, may_withdraw: bool) -> LineView:
    author = line.author
    missing = found.missing.get(line.position, ())
    by, kind = {
        AuthorKind.CITIZEN: (masked(author.name or found.head.author_name or "Людина"), "them"),
        AuthorKind.BOT: ("Бот", "bot"),
        AuthorKind.SPECIALIST: ("Ви" if author.id == me.id else author.name or "Спеціаліст", "person"),
        AuthorKind.SYSTEM: ("", "system"),
        AuthorKind.NOTE: ("Ваша нотатка" if author.id == me.id else f"Нотатка: {author.name}", "note"),
    }[author.kind]
    spoken, source = _words(line, with_files=bool(line.reply.attachments or missing))
    text = said_here(spoken, f"line-{line.position}", found, me, phones=phones_hidden(line))
    if author.kind in (AuthorKind.BOT, AuthorKind.SYSTEM):
        text = Said(tuple(words.unbroken(part) if isinstance(part, str) else part for part in text.parts))
    return LineView(
        position=line.position,
        kind=kind,
        ours=author.kind in (AuthorKind.BOT, AuthorKind.SPECIALIST),
        by=by,
        at=clock(line.at),
        day=day,
        text=text,
        source=source,
        choices=[choice.label for choice in line.reply.choices],
        pieces=[_piece(attachment, found.conversation) for attachment in line.reply.attachments],
        absent=[_absent(one) for one in missing],
        state=_state(line, found, me),
        withdrawn=clock(line.withdrawn_at) if line.withdrawn_at else None,
        may_withdraw=may_withdraw
        and author.kind in (AuthorKind.BOT, AuthorKind.SPECIALIST)
        and line.delivery not in (None, "withdrawn")
        and not line.erased
        and line.withdrawn_at is None,
        turn=line.turn,
        topic=line.topic,
        named=_NAMED[found.named[line.position]] if line.position in found.named else None,
    )


_NAMED = {True: "Вас згадали, нове", False: "Вас згадали"}


def kept_lines(found: Found, me: Account, now: datetime, *, leads: bool) -> list[KeptView]:
    """What waits under the transcript until the person writes."""
    return [_kept(one, me, now, leads=leads) for one in found.kept]


def _kept(one: Kept, me: Account, now: datetime, *, leads: bool) -> KeptView:
    mine = one.author.id == me.id
    return KeptView(
        one.id,
        "Ви" if mine else one.author.name or "Спеціаліст",
        words.moment(one.kept_at, now),
        said(one.text, phones=False),
        beside(one.files),
        leads or mine,
    )


def folded(shown: Sequence[LineView], knowledge: Knowledge, now: datetime) -> list[LineView | Interview]:
    """The transcript with every interview in one line; what is asked just now stays in sight."""
    views: list[LineView | Interview] = []
    at = 0
    while at < len(shown):
        end = _interview_ends(shown, at)
        asked = sum(one.turn == INTERVIEW for one in shown[at:end])
        if asked < FOLDED_FROM:
            views.append(shown[at])
            at += 1
            continue
        about = topic_title(shown[at].topic, knowledge, now)
        title = ": ".join(["Опитування", *([about] if about else [])])
        views.append(
            Interview(
                shown[at].position,
                f"{title}, {plural(asked, 'питання')}",
                shown[at].at,
                shown[at].day,
                [replace(shown[at], day=None), *shown[at + 1 : end]],
            )
        )
        at = end
    return views


def _interview_ends(shown: Sequence[LineView], begin: int) -> int:
    """Where what is folded from here on ends: before the last question, unless the bot has drawn its conclusion."""
    at = last = begin
    while at < len(shown) and _may_fold(shown[at]) and (at > begin or shown[at].turn == INTERVIEW):
        if shown[at].turn == INTERVIEW:
            last = at
        at += 1
    concluded = at > begin and at < len(shown) and shown[at].turn in CONCLUSIONS
    return at if concluded else last


def _may_fold(view: LineView) -> bool:
    """A question or a plain answer to one; what failed or carries a file is never hidden."""
    if view.turn == INTERVIEW:
        return view.state is None or not (view.state.bad or view.state.again)
    return view.kind == "them" and not view.pieces and not view.absent


def phones_hidden(line: Line) -> bool:
    """Phones in what goes to the citizen are of offices; all others are of somebody."""
    return line.author.kind not in (AuthorKind.BOT, AuthorKind.SPECIALIST)


def _words(line: Line, *, with_files: bool) -> tuple[str, str | None]:
    """The words of a line and a bot's source; a file that is shown needs no word for its kind."""
    text = line.reply.text.strip()
    if line.kind is not None and with_files and text == WITHOUT_WORDS.get(line.kind):
        return "", None
    answer, mark, source = text.rpartition(SOURCE)
    if line.author.kind is AuthorKind.BOT and mark and answer.strip() and "\n" not in source:
        return answer.strip(), f"{mark}{source}"
    return text, None


def _piece(attachment: Attachment, conversation: str) -> Piece:
    return Piece(
        kind=attachment.kind.value,
        src=f"/workplace/files/{attachment.content_hash}?conversation={quote(conversation)}",
        name=masked(attachment.name or "")
        or ("Відео" if attachment.kind is AttachmentKind.VIDEO else "Документ"),
        size=words.size(attachment.size),
    )


_COMING = {
    AttachmentKind.PHOTO: "Фото завантажується…",
    AttachmentKind.VOICE: "Голосове завантажується…",
    AttachmentKind.VIDEO: "Відео завантажується…",
    AttachmentKind.DOCUMENT: "Файл завантажується…",
}


def _absent(one: Missing) -> Absent:
    if not one.failed:
        return Absent("clock", _COMING[one.kind])
    why = f": {why_no_file(one.reason)}" if one.reason else ""
    return Absent("cross", f"Файл не завантажився{why}")


def _state(line: Line, found: Found, me: Account) -> Fate | None:
    if line.author.kind is AuthorKind.SYSTEM:
        return _fate_of_taking_back(line)
    if line.author.kind not in (AuthorKind.BOT, AuthorKind.SPECIALIST) or line.withdrawn_at is not None:
        return None
    return _fate(line, found.owner.id == me.id)


def _fate_of_taking_back(line: Line) -> Fate | None:
    """Whether the channel has taken a message out of the chat, where it was asked to."""
    why = f": {why_not_sent(line.delivery_error)}" if line.delivery_error else ""
    match line.delivery:
        case "due" | "sending":
            return Fate("clock", f"Прибирається{why}")
        case "sent" | "delivered" | "seen":
            return Fate("check", "Прибрано з чату людини")
        case "unknown":
            return Fate("question", f"Невідомо, чи прибрано{why}")
        case "failed":
            return Fate("cross", f"Прибрати з чату не вдалося{why}", bad=True)
    return None


def _fate(line: Line, mine: bool) -> Fate | None:
    """Where a message of ours is. A bot's that arrived says it by an icon only, a specialist's always in words."""
    quiet = line.author.kind is AuthorKind.BOT
    again = "Надіслати ще раз" if mine and not quiet else None
    why = f": {why_not_sent(line.delivery_error)}" if line.delivery_error else ""
    match line.delivery:
        case "failed":
            return Fate("cross", f"Не доставлено{why}. Зв’яжіться інакше: телефоном.", bad=True, again=again)
        case "unknown":
            warned = f"{again}, може прийти двічі" if again else None
            return Fate("question", f"Невідомо, чи дійшло{why}", bad=not quiet, again=warned)
        case "withdrawn":
            return Fate("withdrawn", "Не надіслано: розмову взяла людина")
        case "due" | "sending" if why:
            now = "Надіслати зараз" if again and line.delivery == "due" else None
            return Fate("retry", f"Ще не надіслано{why}. Пробуємо далі", bad=not quiet, again=now)
        case "due" | "sending":
            return Fate("clock", "Надсилається", quiet=quiet)
        case "sent":
            return Fate("check", "Надіслано", quiet=quiet)
        case "delivered":
            return Fate("check2", "Доставлено", quiet=quiet)
        case "seen":
            return Fate("eye", "Прочитано", quiet=quiet)
    return None
