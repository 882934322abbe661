"""The questions of a booking, one after another, and the booking itself.

What is known is not asked: the open topic is the matter, one office and one specialist go without saying. A time is
given by the house in the turn that says so, and if somebody was quicker, the words say that instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bots.dialogue import buttons, moments, receiving, visiting, when
from bots.dialogue.scene import Scene
from bots.dialogue.skills import offices, visit_shown
from bots.dialogue.skills.visit_shown import SKILL
from bots.dialogue.texts import say
from bots.dialogue.turn import (
    BookVisit,
    DeedView,
    FreeTimes,
    Kind,
    Lookup,
    MoveVisit,
    Outcome,
    Step,
    TimesView,
    Turn,
)
from bots.dialogue.visiting import DAY, MATTER, NAME, OFFICE, TIME, WHO, Plan
from conversations.messages import Choice, Reply
from knowledge_base.answers import HALL, Office, of_weekday
from knowledge_base.language import clock_when, day_and_month

DAYS_SHOWN, TIMES_SHOWN, NEAREST = 5, 6, 3
NOT_NAMED = "none"


def go(scene: Scene, plan: Plan, said: when.When | None = None) -> Outcome:
    """The next question of a booking, or the booking itself where nothing is left to ask."""
    if said is not None:
        if said.impossible or said.past:
            return _no_such_day(scene, plan, said)
        plan = _told(plan, said)
    office = visiting.office_of(scene, plan.office)
    if office is None or office.visits is None:
        if office is not None:
            return _not_there(scene, office)
        if plan.matter is None:
            return _ask_matter(scene, plan)
        found = visiting.offices_for(scene, plan.matter)
        if not found:
            return _not_there(scene, visiting.sent_to(scene, plan.matter))
        if len(found) > 1:
            return _ask_office(scene, plan, found)
        office, plan = found[0], replace(plan, office=found[0].id)
    if not plan.receivers:
        takers = office.takers(plan.matter)
        if not takers:
            return _ask_matter(scene, replace(plan, office=None, matter=None))
        if len(takers) > 1:
            return _ask_who(scene, plan, office, takers)
        plan = replace(plan, receivers=takers)
    if plan.starts_at is not None and plan.name is not None:
        return _book(scene, plan, office)
    if plan.number is None and scene.view.visits is None:
        return Lookup.VISITS
    if plan.number is None and scene.view.visits is not None and scene.view.visits.full:
        return _not_given(scene, "too_many", office)
    wanted = FreeTimes(office.id, plan.receivers, plan.matter)
    view = scene.view.times
    if view is None or view.asked != wanted:
        return wanted
    return _choose(scene, plan, office, view, soon=said is not None and said.soon)


def _told(plan: Plan, said: when.When) -> Plan:
    """The plan with what was told of the time; a new day keeps the time that was wanted, unless another is told."""
    if said.says_nothing:
        return plan
    days = said.days or plan.days
    if said.at is not None:
        return replace(plan, days=days, at=said.at, part=None, starts_at=None)
    if said.part is not None:
        return replace(plan, days=days, part=said.part, at=None, starts_at=None)
    return replace(plan, days=days, starts_at=None)


def _choose(scene: Scene, plan: Plan, office: Office, view: TimesView, *, soon: bool) -> Outcome:
    times = [at for at, _ in view.times]
    times = list(dict.fromkeys(times))
    if plan.waiting is not None and plan.starts_at is not None:
        # The time is held for this very person: it is free for nobody, and theirs.
        return chosen(scene, plan, office)
    if not times:
        return _none_free(scene, plan, office, view)
    if plan.starts_at is not None:
        if plan.starts_at in times:
            return chosen(scene, plan, office)
        return occupied(scene, plan, times, plan.starts_at)
    if soon and not plan.days:
        return chosen(scene, replace(plan, starts_at=times[0]), office)
    local = {at: scene.local(at) for at in times}
    there = [at for at in times if not plan.days or local[at].date() in plan.days]
    if plan.days and not there:
        return _no_time_that_day(scene, plan, office, view, times)
    if plan.at is not None:
        exact = [at for at in there if local[at].time() == plan.at]
        if exact and plan.days:
            return chosen(scene, replace(plan, starts_at=exact[0]), office)
        if exact:
            return _ask_day(scene, plan, office, exact)
        wanted = datetime.combine(local[there[0]].date(), plan.at, scene.local_now.tzinfo)
        return occupied(scene, plan, there, wanted)
    begins, ends = plan.part or (0, 24 * 60)
    fitting = [at for at in there if begins <= local[at].hour * 60 + local[at].minute < ends]
    if not plan.days:
        return _ask_day(scene, plan, office, fitting or there)
    day = local[(fitting or there)[0]].date()
    shown = [at for at in (fitting or there) if local[at].date() == day]
    first = None if fitting else say("visit-part-full")
    return _ask_time(scene, replace(plan, days=(day,)), office, shown, first)


def chosen(scene: Scene, plan: Plan, office: Office) -> Outcome:
    """The time is chosen: whose name, or at once where it is only moved."""
    if plan.number is not None:
        return _book(scene, plan, office)
    assert plan.starts_at is not None
    place = visiting.where(office, plan.receivers[0] if len(plan.receivers) == 1 else HALL)
    text = say(
        "visit-name-other" if plan.for_other else "visit-name",
        when=moments.begun(visiting.when(scene, plan.starts_at)),
        place=place,
    )
    choices = (buttons.button("v:n:none", "visit-no-name"), buttons.button("v:days", "visit-other-day"))
    return _asks(scene, NAME, plan, Reply(text=text, choices=(*choices, *buttons.row())))


def _book(scene: Scene, plan: Plan, office: Office) -> Outcome:
    """The time is taken, or somebody was quicker."""
    assert plan.starts_at is not None
    wanted: BookVisit | MoveVisit
    if plan.number is not None:
        wanted = MoveVisit(plan.number, plan.receivers, plan.starts_at)
    else:
        wanted = BookVisit(
            office=office.id,
            receivers=plan.receivers,
            matter=plan.matter,
            starts_at=plan.starts_at,
            name="" if plan.name in (None, NOT_NAMED) else plan.name,
            phone=plan.phone,
            for_other=plan.for_other,
            waiting=plan.waiting,
        )
    done = scene.view.deed
    if done is None or done.asked != wanted:
        return wanted
    if done.visit is not None:
        scene = replace(scene, state=replace(scene.state, booking=None))
        return visit_shown.moved(scene, done.visit) if plan.number else visit_shown.booked(scene, done.visit)
    return _refused(scene, plan, office, done)


def _refused(scene: Scene, plan: Plan, office: Office, done: DeedView) -> Outcome:
    if done.refusal in ("too_many", "too_often", "gone"):
        return _not_given(scene, done.refusal, office)
    wanted = FreeTimes(office.id, plan.receivers, plan.matter)
    view = scene.view.times
    if view is None or view.asked != wanted:
        return wanted
    # What was seen before the deed may still hold the time that could not be had.
    times = [at for at in dict.fromkeys(at for at, _ in view.times) if at != plan.starts_at]
    assert plan.starts_at is not None
    if not times:
        return _none_free(scene, plan, office, view)
    return occupied(scene, plan, times, plan.starts_at)


def _not_given(scene: Scene, refusal: str, office: Office) -> Turn:
    """Nothing more is booked or moved for this person now."""
    match refusal:
        case "too_many":
            text = say("visit-too-many", phone=office.phone)
        case "too_often":
            text = say("visit-too-often", phone=office.phone)
        case _:
            text = say("visit-gone", phone=office.phone)
    choices = (buttons.button("v:mine", "visit-mine"), *buttons.row())
    state = replace(scene.settled, booking=None)
    return scene.turn(
        Kind.APPOINTMENT, Reply(text=text, choices=choices), state=state, topic=scene.open_topic
    )


def _ask_matter(scene: Scene, plan: Plan) -> Outcome:
    """About what: those who receive, by the names on their buttons."""
    known = visiting.bookable(scene)
    seats = [seat for seat in receiving.seats(known) if seat.receiver.serves and seat.receiver.short]
    hall = next((one for one in known if one.visits and one.visits.hall), None)
    if not known:
        choices = (buttons.offices(), buttons.button("m:call", "call"), *buttons.row())
        reply = Reply(text=say("visit-none"), choices=choices)
        return scene.turn(Kind.APPOINTMENT, reply, topic=scene.open_topic)
    if not seats and hall is not None:
        return go(scene, replace(plan, office=hall.id, receivers=(HALL,)))
    doors = [
        buttons.named(f"v:r:{seat.office.id}:{seat.receiver.id}", seat.receiver.short or "") for seat in seats
    ]
    other = buttons.named(f"v:o:{hall.id}", say("button-visit-other")) if hall else None
    own = buttons.own(*doors[: buttons.OWN_BUTTONS - 1], other)
    return _asks(scene, MATTER, plan, Reply(text=say("visit-matter"), choices=(*own, *buttons.row())))


def _ask_office(scene: Scene, plan: Plan, found: Sequence[Office]) -> Outcome:
    names = visiting.labels(found)
    lines = "\n".join(say("visit-office", name=one.name, address=one.address) for one in found)
    doors = [buttons.named(f"v:o:{one.id}", names[one.id]) for one in found]
    reply = Reply(text=say("visit-where", list=lines), choices=(*buttons.own(*doors), *buttons.row()))
    return _asks(scene, OFFICE, plan, reply)


def _ask_who(scene: Scene, plan: Plan, office: Office, takers: Sequence[str]) -> Outcome:
    known = [one for one in office.receivers if one.id in takers]
    doors = [buttons.named(f"v:r:{office.id}:{one.id}", one.short or one.position) for one in known]
    reply = Reply(
        text=say("visit-who", list="\n".join(one.position for one in known)),
        choices=(*buttons.own(buttons.button("v:any", "visit-any"), *doors), *buttons.row()),
    )
    return _asks(scene, WHO, plan, reply)


def _ask_day(
    scene: Scene, plan: Plan, office: Office, times: Sequence[datetime], first: str | None = None
) -> Outcome:
    """Which day; `times` are those that would do."""
    shown = _days(scene, times)[:DAYS_SHOWN]
    place = visiting.where(office, plan.receivers[0] if len(plan.receivers) == 1 else HALL)
    text = first or say("visit-day", place=place, when=visiting.when(scene, times[0]))
    reply = Reply(text=text, choices=(*buttons.own(*_day_buttons(scene, shown)), *buttons.row()))
    return _asks(scene, DAY, replace(plan, days=()), reply)


def _ask_time(
    scene: Scene, plan: Plan, office: Office, times: Sequence[datetime], first: str | None = None
) -> Outcome:
    day = scene.local(times[0]).date()
    shown = visiting.spread(times, TIMES_SHOWN)
    place = visiting.where(office, plan.receivers[0] if len(plan.receivers) == 1 else HALL)
    parts = [first] if first else []
    parts.append(say("visit-time", day=visiting.day_begun(scene, day), place=place))
    if office.step_free:
        parts.append(say("visit-step-free"))
    parts.append(say("visit-which-time"))
    if len(times) > len(shown):
        parts.append(say("visit-more-times", clock=clock_when(scene.local(times[1]).time())))
    reply = Reply(
        text=" ".join(parts),
        choices=(
            *buttons.own(*_time_buttons(scene, shown), buttons.button("v:days", "visit-other-day")),
            *buttons.row(),
        ),
    )
    return _asks(scene, TIME, plan, reply)


def others(scene: Scene, plan: Plan, times: Sequence[datetime]) -> Outcome:
    """Times later or earlier than the one that stands, the nearest first; all days where there are none."""
    if not times:
        return go(scene, plan)
    day = scene.local(times[0]).date()
    shown = sorted(at for at in times[:NEAREST] if scene.local(at).date() == day)
    said = [clock_when(scene.local(at).time()) for at in shown]
    text = say("visit-others", day=visiting.day_begun(scene, day), list=_listed(said))
    stay = buttons.named(f"v:keep:{plan.number}", say("button-visit-keep"))
    choices = buttons.own(*_time_buttons(scene, shown), stay, buttons.button("v:days", "visit-other-day"))
    reply = Reply(text=text, choices=(*choices, *buttons.row()))
    return _asks(scene, TIME, replace(plan, days=(day,)), reply)


def occupied(scene: Scene, plan: Plan, times: Sequence[datetime], wanted: datetime) -> Outcome:
    """The time that was wanted is not free: the nearest that are."""
    day = scene.local(wanted).date()
    that_day = [at for at in times if scene.local(at).date() == day]
    near = visiting.nearest(that_day or times, wanted, NEAREST)
    clock = clock_when(scene.local(wanted).time())
    said = [clock_when(scene.local(at).time()) if that_day else visiting.when(scene, at) for at in near]
    text = say("visit-occupied", clock=moments.begun(clock), list=_listed(said))
    stay = buttons.named(f"v:keep:{plan.number}", say("button-visit-keep")) if plan.number else None
    labelled = _time_buttons(scene, near) if that_day else _day_buttons(scene, _days(scene, near))
    choices = (*buttons.own(*labelled, stay, buttons.button("v:days", "visit-other-day")), *buttons.row())
    kept = replace(plan, days=(day,) if that_day else (), at=None, part=None, starts_at=None)
    return _asks(scene, TIME if that_day else DAY, kept, Reply(text=text, choices=choices))


def _no_time_that_day(
    scene: Scene, plan: Plan, office: Office, view: TimesView, times: Sequence[datetime]
) -> Outcome:
    """Nothing is free on the days that were named: why, and which days have times."""
    # «На вівторок», said on a Tuesday, is today or in a week; where neither will do, the one to come is spoken of.
    day = plan.days[-1] if len(plan.days) > 1 and plan.days[0] == scene.today else plan.days[0]
    said = visiting.day_begun(scene, day)
    full = False
    if day < scene.today:
        why = say("visit-past", day=day_and_month(day))
    elif day > view.till:
        why = say("visit-too-far", day=day_and_month(view.till))
    elif not office.hours_on(day):
        why = say("visit-closed", day=said)
    elif not _receives(office, plan.receivers, day):
        why = say("visit-not-received", day=said)
    else:
        full = True
        why = say("visit-full-today") if day == scene.today else say("visit-full", day=said)
    text = f"{why} {say('visit-nearest', when=visiting.when(scene, _near_day(scene, times, day)))}"
    near = sorted(_days(scene, times), key=lambda one: abs((one - day).days))[:DAYS_SHOWN]
    wait = buttons.button("v:w", "visit-wait") if full and may_write(scene) else None
    choices = (*buttons.own(*_day_buttons(scene, sorted(near)), wait), *buttons.row())
    kept = plan if full else replace(plan, days=())
    return _asks(scene, DAY, kept, Reply(text=text, choices=choices))


def _no_such_day(scene: Scene, plan: Plan, said: when.When) -> Outcome:
    """A date that no calendar has, or that is past."""
    if said.impossible:
        text = say("visit-impossible", day=said.impossible)
    else:
        assert said.past is not None
        text = say("visit-past", day=day_and_month(said.past))
    outcome = go(scene, replace(plan, days=(), at=None, part=None, starts_at=None))
    if not isinstance(outcome, Turn) or not outcome.replies:
        return outcome
    *before, last = outcome.replies
    joined = last.model_copy(update={"text": f"{text} {last.text}"})
    return replace(outcome, replies=(*before, joined))


def _none_free(scene: Scene, plan: Plan, office: Office, view: TimesView) -> Outcome:
    """No time at all as far ahead as is booked."""
    waits = may_write(scene) and plan.number is None
    text = say("visit-none-free", day=day_and_month(view.till), phone=office.phone)
    if waits:
        text = f"{text} {say('visit-none-free-wait')}"
    wait = buttons.button("v:w", "visit-wait") if waits else None
    choices = (*buttons.own(wait, buttons.button("m:call", "call")), *buttons.row())
    return _asks(scene, DAY, replace(plan, days=()), Reply(text=text, choices=choices))


def _not_there(scene: Scene, office: Office | None) -> Outcome:
    """The matter is dealt with where nobody can be booked."""
    if office is None:
        text = say("visit-none")
        door = buttons.offices()
    else:
        text = say("visit-not-there", name=office.name, address=office.address, hours=office.hours_text)
        door = offices.door(scene, office) or buttons.offices()
    choices = (*buttons.own(door, buttons.button("m:call", "call")), *buttons.row())
    return scene.turn(Kind.APPOINTMENT, Reply(text=text, choices=choices), topic=scene.open_topic)


def _asks(scene: Scene, name: str, plan: Plan, reply: Reply) -> Turn:
    topic = plan.matter or scene.open_topic
    state = replace(scene.settled, step=Step(SKILL, name, plan.facts), booking=None, topic=topic)
    return scene.turn(Kind.APPOINTMENT, reply, state=state, topic=topic)


def _receives(office: Office, receivers: Sequence[str], day: date) -> bool:
    """Whether one of these receives on this weekday at all."""
    found = [office.receiver(one) for one in receivers]
    return any(one is None or of_weekday(one.hours, day.weekday()) for one in found)


def may_write(scene: Scene) -> bool:
    """Whether the bot may write here first, whenever it likes."""
    return scene.view.writes_until is None and not scene.state.quiet


def _days(scene: Scene, times: Sequence[datetime]) -> list[date]:
    return list(dict.fromkeys(scene.local(at).date() for at in times))


def _near_day(scene: Scene, times: Sequence[datetime], day: date) -> datetime:
    """The nearest time to a day, of two equally near the later: whoever can't come on Wednesday comes on Thursday."""

    def distance(at: datetime) -> tuple[int, bool, datetime]:
        ahead = (scene.local(at).date() - day).days
        return abs(ahead), ahead < 0, at

    return min(times, key=distance)


def _day_buttons(scene: Scene, days: Sequence[date]) -> list[Choice | None]:
    return [buttons.named(f"v:d:{day:%Y%m%d}", visiting.day_label(day, scene.today)) for day in days]


def _time_buttons(scene: Scene, times: Sequence[datetime]) -> list[Choice | None]:
    local = [scene.local(at) for at in times]
    return [buttons.named(f"v:t:{at:%Y%m%d%H%M}", f"{at.hour}:{at.minute:02d}") for at in local]


def _listed(said: Sequence[str]) -> str:
    """`о 10:40 та об 11:40`, `о 9:00, о 9:20 та о 9:40`."""
    return f"{', '.join(said[:-1])} та {said[-1]}" if len(said) > 1 else said[0]
