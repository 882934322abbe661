"""The channels as the administrator's page shows them: how each stands, what went through it, and its switch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from conversations.channel import VendorStatus
from conversations.traffic import ChannelReport, Traffic
from handover.workplace import words
from handover.workplace.queue_view import Chip
from handover.workplace.vendor_words import Mended, mended, what_vendor_complains_of, why_not_sent
from knowledge_base.language import number, plural


@dataclass(frozen=True)
class ChannelFact:
    """One line of a card. `said` is what the vendor itself said, in its own language."""

    word: str
    value: str
    said: str | None = None
    bad: bool = False


@dataclass(frozen=True)
class ChannelCard:
    """`changed`: its switch was turned just now. `connects`: it can be set up at a vendor."""

    name: str
    title: str
    icon: str
    state: Chip
    fault: Mended | None
    facts: tuple[ChannelFact, ...]
    people_only: bool
    changed: bool
    connects: bool


def cards(reports: Iterable[ChannelReport], changed: str | None, now: datetime) -> list[ChannelCard]:
    """A card a channel, in the order they come."""
    return [_card(report, report.name == changed, now) for report in reports]


def _card(report: ChannelReport, changed: bool, now: datetime) -> ChannelCard:
    vendor = report.vendor
    return ChannelCard(
        name=report.name,
        title=words.channel(report.name),
        icon=report.name if report.name in words.CHANNELS else "channels",
        state=_state(report),
        fault=mended(report.fault) if report.fault else None,
        facts=(*(_of_vendor(vendor, now) if vendor else ()), *_of_traffic(report.traffic, now)),
        people_only=report.people_only,
        changed=changed,
        connects=vendor is not None or report.fault is not None,
    )


def _state(report: ChannelReport) -> Chip:
    if report.fault:
        return Chip("bad", "не працює", "cross")
    if report.vendor and report.vendor.error:
        return Chip("soon", "є зауваження", "alert")
    return Chip("plain", "працює", "check")


def _of_vendor(vendor: VendorStatus, now: datetime) -> Iterable[ChannelFact]:
    yield ChannelFact("Акаунт", vendor.account)
    yield ChannelFact("Адреса вебхука", _webhook(vendor))
    if vendor.waiting is not None:
        yield ChannelFact("Чекає в каналі", number(vendor.waiting))
    if vendor.error:
        at = f", {words.moment(vendor.error_at, now)}" if vendor.error_at else ""
        complaint = what_vendor_complains_of(vendor.error)
        known = not complaint.startswith("«")
        yield ChannelFact(
            "Зауваження каналу", f"{_capital(complaint)}{at}", said=vendor.error if known else None, bad=True
        )


def _webhook(vendor: VendorStatus) -> str:
    """Where the vendor calls us. Without an address the channel asks for itself, or nothing comes at all."""
    if vendor.webhook is None:
        return "немає" if vendor.error else "опитує сама"
    if not vendor.webhook.startswith(("https://", "http://")):
        return "указується на сторінці застосунку в каналі"
    return vendor.webhook


def _of_traffic(seen: Traffic, now: datetime) -> Iterable[ChannelFact]:
    yield ChannelFact("Востаннє писали нам", _last(seen.last_in, now))
    yield ChannelFact("Востаннє писали ми", _last(seen.last_out, now))
    yield ChannelFact("Чекає на надсилання", plural(seen.due, "повідомлення"))
    if seen.files_due:
        yield ChannelFact("Завантажується", plural(seen.files_due, "файл"))
    yield ChannelFact("Не доставлено за добу", plural(seen.failed, "повідомлення"), bad=seen.failed > 0)
    if seen.error:
        why = why_not_sent(seen.error)
        yield ChannelFact("Остання причина", _capital(why), said=None if why.startswith("«") else seen.error)
    yield ChannelFact(
        "Не розібрано за добу", plural(seen.unreadable, "повідомлення"), bad=seen.unreadable > 0
    )


def _last(at: datetime | None, now: datetime) -> str:
    return "ще не було" if at is None else words.moment(at, now)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
