"""Checks of a community's villages, districts and streets, and of the stops of its mobile office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from knowledge_base.checks.offices import forward
from knowledge_base.checks.overlays import PlaceOf
from knowledge_base.places import mobile_days
from knowledge_base.rules.base import CommunityBase, Locality, MobileStop
from knowledge_base.rules.problems import Place, Problem, nearest

LATITUDES, LONGITUDES = (44, 53), (22, 41)
"""Between what degrees all of Ukraine lies: a point outside is mistyped, most often the wrong way round."""
ON_A_BUTTON = 28
"""Letters of an id that still fit on a button."""
AROUND = frozenset({"town", "village"})
WEEKS_OF_MONTH = range(1, 6)


def check_localities(own: CommunityBase, place_of: PlaceOf) -> Iterator[Problem]:
    """Each place beside the others: a point that can be, no two that nobody could tell apart."""
    seen: dict[tuple[str, str, str | None], str] = {}
    for name, one in own.localities.items():
        place = place_of("localities", name)
        yield from _check_id(name, place)
        yield from _check_point(one, place)
        yield from _check_within(name, one, own, place)
        earlier = seen.setdefault((one.name.lower(), one.kind, one.within), name)
        if earlier != name:
            message = f"«{one.name}» уже є: «{earlier}». Однакові назви розрізняє within"
            yield place.at("name").problem(message)


def check_mobile(own: CommunityBase, place_of: PlaceOf) -> Iterator[Problem]:
    """Each stop: a known place, hours that go forward, days there are, and cancelled only what was planned."""
    for name, stop in own.mobile.items():
        place = place_of("mobile", name)
        yield from _check_id(name, place)
        if stop.locality not in own.localities:
            message = f"невідоме місце «{stop.locality}»{nearest(stop.locality, own.localities)}"
            yield place.at("locality").problem(message)
        if not forward(stop.hours):
            yield place.at("hours").problem("години не йдуть одна за одною")
        if not stop.every and not stop.dates:
            yield place.problem("напишіть, коли приїздить: every (день тижня) або dates")
        for number, rule in enumerate(stop.every):
            if any(week not in WEEKS_OF_MONTH for week in rule.of_month):
                yield place.at("every", number, "of_month").problem("тижні місяця бувають від 1 до 5")
        yield from _check_dates(stop, place)


def _check_dates(stop: MobileStop, place: Place) -> Iterator[Problem]:
    seen: set[date] = set()
    for number, day in enumerate(stop.dates):
        if day in seen:
            yield place.at("dates", number).problem(f"{day} уже є вище")
        seen.add(day)
    for number, day in enumerate(stop.cancelled_on):
        if not mobile_days(stop, day):
            message = f"{day} мобільний офіс і так не приїздить: перевірте дату"
            yield place.at("cancelled_on", number).problem(message)


def _check_id(name: str, place: Place) -> Iterator[Problem]:
    if len(name) > ON_A_BUTTON:
        yield place.problem(f"назва «{name}» задовга для кнопки: щонайбільше {ON_A_BUTTON} знаків")


def _check_point(one: Locality, place: Place) -> Iterator[Problem]:
    latitude, longitude = one.location
    if not (LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]):
        yield place.at("location").problem("точка не в Україні: спершу широта, тоді довгота")


def _check_within(name: str, one: Locality, own: CommunityBase, place: Place) -> Iterator[Problem]:
    if one.within is None:
        return
    around = own.localities.get(one.within)
    if around is None:
        message = f"невідоме місце «{one.within}»{nearest(one.within, own.localities)}"
        yield place.at("within").problem(message)
    elif one.kind in AROUND or around.kind not in AROUND:
        yield place.at("within").problem(f"«{name}»: у селі чи місті лежать лише вулиці й райони")
