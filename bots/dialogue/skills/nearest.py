"""What is nearest, and where one goes with a matter: by a place that was shared, named or asked for; maps and ways."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bots.dialogue import busyness, buttons, cards, localities, office_words, places, receiving, whereabouts
from bots.dialogue.office_screens import (
    TOPIC,
    answered_with,
    door,
    in_full,
    nearest,
    of_id,
    on_the_map,
    ordered,
    several,
    shown,
    turn,
    way_there,
)
from bots.dialogue.scene import Scene
from bots.dialogue.skills import mobile, offices, referral
from bots.dialogue.texts import say
from bots.dialogue.texts.style import TEXT_TARGET
from bots.dialogue.turn import Outcome, Spot, Step
from bots.dialogue.whereabouts import Mention
from conversations.messages import Choice, Location, Reply
from knowledge_base.answers import EntryCard, Locality, Office
from knowledge_base.understanding.meaning import Facet, Verdict

SKILL = "nearest"
WHERE, WHICH = "where", "which"
LONGEST_QUESTION = 16
LONGEST_WAY = 9
LONGEST_PLACE = 6
LONGEST_WITH_OFFICE = 6
PERHAPS = 5
"""How many of the likely entries are looked at for one that is called by its name."""
OTHERS_SHOWN = 2
DOORS_SHOWN = 2
VILLAGES_SHOWN = 6
NAME_SHOWN = 30
_NEARER = re.compile(
    r"\b(?:най)?ближч\w*|\b(?:по)?ближе\b|\bближайш\w*|\bнедалеко\b|\bпоруч\b|\bрядом\b|\bпоблизу\b",
    re.IGNORECASE,
)
_GO = r"(?:йти|іти|піти|іду|йду|їхати|поїхати|прийти|ехать|поехать|идти|пойти|прийти)"
_WHERE_TO_GO = re.compile(
    rf"\b(?:куди|куда|до кого|к кому)\b.*\b{_GO}\b|\b{_GO}\b.*\b(?:куди|куда)\b", re.IGNORECASE
)
_NO_PLACE = re.compile(
    r"\?|\b(?:звідки|откуда|де|где|куди|куда|що|шо|что|як|как|хто|кто|коли|когда|навіщо|зачем|не|ні|нет|так|да|ага|добре)\b",
    re.IGNORECASE,
)
"""Short words that are no name of a place."""
_WAY = re.compile(
    r"\bна\s+мап[іеу]\b|\bпокаж\w*\b.*\bна\s+карт[іеу]\b"
    r"|\b(?:де|где)\s+(?:ви|вы|це|это|він|вона|офіс|офис)\b.*\bна\s+карт[іе]\b|\b(?:як|как)\s+(?:до\s+вас\s+|к\s+вам\s+|туди\s+|туда\s+)?"
    r"(?:дістатис\w*|дістатьс\w*|доїхат\w*|дійти|пройти|добратис\w*|доехать|дойти|добраться|проехать|проїхати|потрапити)\b"
    r"|\bмаршрут(?:у|ом|и)?\b|\b(?:яким|каким|чим)\s+(?:автобус\w*|транспорт\w*|тролейбус\w*)",
    re.IGNORECASE,
)


def found(scene: Scene) -> Outcome | None:
    """«куди ближче», «я з Липівки», «куди йти з субсидією», «як дістатися»; None for anything else."""
    words = scene.words
    if len(words.split()) > LONGEST_QUESTION:
        return None
    if told := mobile.asked(scene) or _way(scene):
        return told
    if shown(scene) is not None and busyness.asks(words) and not scene.ticket_waits:
        return offices.show(scene)
    mention = whereabouts.read(words, scene.knowledge.localities)
    nearer = bool(_NEARER.search(words))
    goes = len(words.split()) <= LONGEST_WAY and bool(_WHERE_TO_GO.search(words))
    office = places.named(words, scene.knowledge.offices())
    with_office = office is not None and len(words.split()) <= LONGEST_WITH_OFFICE
    if mention.found and (nearer or goes or mention.bare or with_office or _asks_where(scene, mention)):
        if office is None or nearer or goes or mention.bare:
            return _placed(scene, mention, _matter(scene))
        return None if _is_its_own(office, mention) else _far_from(scene, office, mention)
    if nearer and not places.named_in_full(words, scene.knowledge.offices()):
        return _nearer(scene, mention, _matter(scene))
    if goes and (card := _matter(scene, by_part=False)):
        return _of_matter(scene, card)
    return None


def at_point(scene: Scene, point: Location) -> Outcome:
    """The nearest to a point that was shared; of a matter's offices where one was asked about."""
    spot = Spot(round(point.latitude, 5), round(point.longitude, 5), scene.now)
    return _near(replace(scene, state=replace(scene.state, spot=spot)), _kept_matter(scene))


def hear(scene: Scene, step: Step) -> Outcome | None:
    """The answer to «де ви?»: a place, or a name nobody knows here. Anything else is no answer."""
    words, meaning = scene.words, scene.meaning
    mention = whereabouts.read(words, scene.knowledge.localities, asked=True)
    if len(words.split()) > LONGEST_PLACE or step.name not in (WHERE, WHICH):
        return None
    if mention.found and (mention.bare or mention.told):
        return _placed(scene, mention, _kept_matter(scene))
    asks = meaning.small_talk or meaning.command or meaning.facet or meaning.verdict is Verdict.SURE
    if mention.unknown is None or asks or scene.likely or _NO_PLACE.search(words):
        return None
    return _unknown(scene, mention.unknown, _kept_matter(scene))


def press(scene: Scene, words: Sequence[str]) -> Outcome | None:
    """`o:map:<office>`, `o:for:<entry>`, `o:from:<place>`, `o:where`, `o:mob…`; the rest is of offices."""
    match list(words):
        case ["where"]:
            return _choose(scene)
        case ["map", office_id]:
            office = of_id(scene, office_id)
            return _mapped(scene, office) if office else None
        case ["for", entry]:
            card = scene.card(entry)
            return _of_matter(scene, card) if card else None
        case ["from", place]:
            here = next((one for one in scene.knowledge.localities if one.id == place), None)
            return _near(_at(scene, here), _kept_matter(scene)) if here else None
        case ["mob", *stop]:
            return mobile.press(scene, stop)
    return offices.press(scene, words)


def repeat(scene: Scene, step: Step) -> Outcome | None:
    """The same question again."""
    return _ask(scene, _kept_matter(scene)) if step.name in (WHERE, WHICH) else None


def to_matter(scene: Scene, card: EntryCard) -> Choice | None:
    """A button that shows the offices which take a matter; None where the community has none."""
    here = scene.knowledge.offices_for(card.id)
    return buttons.named(f"o:for:{card.on_button}", say("button-where-to-go")) if here else None


def _asks_where(scene: Scene, mention: Mention) -> bool:
    """Whether offices are asked about, or where a matter goes, in words whose place is theirs."""
    meaning = scene.meaning
    sure = meaning.verdict is Verdict.SURE and bool(meaning.ranked)
    about_offices = sure and scene.known(meaning.ranked[0].topic) == TOPIC
    return about_offices or (meaning.facet is Facet.WHERE and (sure or mention.told))


def _is_its_own(office: Office, mention: Mention) -> bool:
    """Whether the place is only the office's own street or name: «адреса на Заріччі»."""
    where = f"{office.name} {'' if office.address_hidden else office.address}"
    return any(whereabouts.within(name, where) for one in mention.found for name in one.names)


def _far_from(scene: Scene, office: Office, mention: Mention) -> Outcome:
    """One office that is named together with a place: it in full, with the way from there."""
    there = _at(scene, mention.found[0])
    return turn(there, in_full(there, office), office=office, keep_topic=True)


def _way(scene: Scene) -> Outcome | None:
    """«як до вас дістатися», «покажіть на карті»: of the place that is named, was shown or takes the open matter."""
    words = scene.words
    if len(words.split()) > LONGEST_WAY or not _WAY.search(words):
        return None
    known = ordered(scene)
    named = places.named_in_full(words, known) or places.named(words, known)
    office = named or shown(scene) or answered_with(scene, known)
    if office is None and (card := _matter(scene)):
        office = next(iter(scene.knowledge.offices_for(card.id)), None)
    return _mapped(scene, office or known[0])


def _mapped(scene: Scene, office: Office) -> Outcome:
    return turn(scene, on_the_map(scene, office), office=office, keep_topic=True)


def _matter(scene: Scene, *, by_part: bool = True) -> EntryCard | None:
    """The matter called by its whole name, else read beyond doubt, else called by a part of its name, else open.

    A village beside it confuses the reading, so what is only likely must also be called so; a part of the name is
    enough only `by_part`, where there is a place to answer about anyway.
    """
    meaning = scene.meaning
    near = [card for one in meaning.ranked[:PERHAPS] if (card := scene.card(one.topic)) and card.id != TOPIC]
    said = {card.id: whereabouts.said_of(card.label, scene.words) for card in near}
    whole = next((card for card in near if said[card.id] == 1), None)
    sure = near[0] if near and meaning.verdict is Verdict.SURE and meaning.ranked[0].topic != TOPIC else None
    part = next((card for card in near if by_part and said[card.id] > 0), None)
    if named := whole or sure or part:
        return named
    return scene.card(scene.open_topic) if scene.open_topic not in (None, TOPIC) else None


def _kept_matter(scene: Scene) -> EntryCard | None:
    """The matter that the open question «де ви?» was asked for."""
    step = scene.state.step
    entry = step.facts.get("matter") if step is not None and step.skill == SKILL else None
    return scene.card(entry) if isinstance(entry, str) else None


def _waiting(name: str, card: EntryCard | None) -> Step:
    return Step(SKILL, name, {"matter": card.id} if card else {})


def _at(scene: Scene, here: Locality) -> Scene:
    spot = Spot(here.latitude, here.longitude, scene.now, here.id)
    return replace(scene, state=replace(scene.state, spot=spot))


def _placed(scene: Scene, mention: Mention, card: EntryCard | None) -> Outcome:
    """What is nearest to the place that was named; which it is, where several bear the name."""
    if len(mention.found) == 1:
        return _near(_at(scene, mention.found[0]), card)
    doors = [buttons.named(f"o:from:{one.id}", localities.label(one)) for one in mention.found]
    choices = (*buttons.own(*doors), *buttons.row())
    reply = Reply(text=say("nearest-which"), choices=choices)
    return turn(scene, reply, keep_topic=True, step=_waiting(WHICH, card))


def _nearer(scene: Scene, mention: Mention, card: EntryCard | None) -> Outcome:
    if mention.unknown is not None:
        return _unknown(scene, mention.unknown, card)
    return _near(scene, card) if scene.spot is not None else _ask(scene, card)


def _ask(scene: Scene, card: EntryCard | None) -> Outcome:
    """«Де ви?», with the offices to choose from meanwhile."""
    if not scene.knowledge.localities:
        return turn(scene, several(scene, _for(scene, card), None, say("office-nearer")), keep_topic=True)
    reply = several(scene, _for(scene, card), None, say("nearest-where"))
    return turn(scene, reply, keep_topic=True, step=_waiting(WHERE, card))


def _choose(scene: Scene) -> Outcome:
    """«Де ви?», with villages to choose from and the stops of the mobile office."""
    stops = buttons.button("o:mob", "mobile") if scene.knowledge.mobile_stops else None
    choices = (buttons.share_place(), *buttons.own(*_villages(scene), stops), *buttons.row())
    reply = Reply(text=say("nearest-choose"), choices=choices)
    return turn(scene, reply, keep_topic=True, step=_waiting(WHERE, None))


def _villages(scene: Scene) -> list[Choice | None]:
    villages = [one for one in scene.knowledge.localities if one.kind in ("town", "village")]
    return [buttons.named(f"o:from:{one.id}", localities.label(one)) for one in villages[:VILLAGES_SHOWN]]


def _unknown(scene: Scene, name: str, card: EntryCard | None) -> Outcome:
    choices = (buttons.share_place(), *buttons.own(*_villages(scene), buttons.offices()), *buttons.row())
    reply = Reply(text=say("nearest-unknown", name=cards.clip(name, NAME_SHOWN)), choices=choices)
    return turn(scene, reply, keep_topic=True, step=_waiting(WHERE, card))


def _for(scene: Scene, card: EntryCard | None) -> list[Office]:
    """The offices of a matter, else all."""
    return (list(scene.knowledge.offices_for(card.id)) if card else []) or ordered(scene)


def _near(scene: Scene, card: EntryCard | None) -> Outcome:
    """The nearest offices; of a matter's own where the community has them."""
    if card is not None and (told := _of_matter(scene, card)):
        return told
    spot = scene.spot
    known = ordered(scene, spot)
    here = localities.of_spot(scene)
    stop = mobile.near(scene)
    reply = several(
        scene,
        known,
        spot,
        say("nearest-from", place=localities.name(here)) if here else None,
        last=mobile.beside(scene, stop) if stop else None,
        doors=[mobile.door(stop)] if stop else [],
    )
    return turn(scene, reply, office=known[0], keep_topic=True)


def _of_matter(scene: Scene, card: EntryCard) -> Outcome | None:
    """Where one goes with a matter: the nearest office that takes it in full, the others, and what needs no way at all.

    None where the community has no office for it, or another body decides: the entry itself says where.
    """
    spot = scene.spot
    known = [] if referral.is_referral(card) else nearest(scene.knowledge.offices_for(card.id), spot)
    if not known:
        return None
    first, *others = known
    here = localities.of_spot(scene)
    head = say("nearest-matter", label=card.label)
    if here is not None and others:
        head = say("nearest-matter-from", label=card.label, place=localities.name(here))
    stop = mobile.near(scene)
    also = [_in_short(office, spot) for office in others[:OTHERS_SHOWN]]
    elsewhere = _elsewhere(scene, card)
    end = [
        *([say("nearest-also", offices="; ".join(also))] if also else []),
        *([say("nearest-without", doors="; ".join(elsewhere))] if elsewhere else []),
        *([mobile.beside(scene, stop)] if stop else []),
    ]
    text = cards.fit(head, _of_office(scene, card, first, spot), end, TEXT_TARGET)
    doors = [
        way_there(first),
        *(door(scene, office) for office in known),
        mobile.door(stop) if stop else None,
        buttons.facet_of(card, Facet.DOCUMENTS) if card.documents else None,
    ]
    place = (buttons.share_place(),) if spot is None and others else ()
    reply = Reply(text=text, choices=(*place, *buttons.own(*doors), *buttons.row()))
    state = replace(scene.state, topic=card.id)
    return turn(replace(scene, state=state), reply, office=first, keep_topic=True)


def _of_office(scene: Scene, card: EntryCard, office: Office, spot: Spot | None) -> list[str]:
    """How far, open or not, how busy, who receives about the matter and when; what is needed least comes last."""
    seats = receiving.of_matter(card.id, receiving.seats([office]))
    lines = [
        say("office-name", name=office.name, address=office.address),
        office_words.way(office, spot),
        f"{office_words.open_line(scene, office)} {say('office-phone', phone=office.phone)}",
        busyness.now(scene, office),
        *(receiving.line(seat.receiver) for seat in seats),
        office_words.hours_line(office),
        office_words.entrance(office),
    ]
    return [line for line in lines if line]


def _in_short(office: Office, spot: Spot | None) -> str:
    way = office_words.far(office, spot)
    where = office.name if office.address_hidden else f"{office.name}, {places.street(office)}"
    return f"{where}, {way}" if way else where


def _elsewhere(scene: Scene, card: EntryCard) -> list[str]:
    """The doors that are none of the community's offices: a portal, a post office."""
    return [
        one.words.rstrip(".")
        for one in card.doors
        if one.office is None and not scene.knowledge.offices(one.channel)
    ][:DOORS_SHOWN]
