"""How people speak of an application: words that ask for its state, that go on about it, that may hold its code."""

from __future__ import annotations

import re

from bots.dialogue.scene import Scene
from bots.dialogue.turn import State
from knowledge_base.understanding import receipts
from knowledge_base.understanding.meaning import Facet, Verdict

SKILL = "applications"
NUMBER, CODE, SHOWN = "number", "code", "shown"
"""The steps: the number is asked for, the code is, the state was told."""
TOPIC = "application-status"

MINE = re.compile(
    r"\b(?:де|шо|що|як|что|где|как|як\w*|стан|статус|перевір\w*|провер\w*|розгля\w*|рассм\w*|готов\w*|дізна\w*|узна\w*|хочу|чи)\b"
    r".*\b(?:мо[єюїяйеё]\w*|по моїй|моей|подан\w*|подав\w*|подал\w*)\b.*"
    r"|\b(?:стан|статус)\w*\s+(?:моєї |мого |моей |моего |по )?(?:заяв\w*|заявк\w*|заявлен\w*|справ\w*)",
    re.IGNORECASE,
)
_APPLICATION = re.compile(
    r"\b(?:заяв\w*|заявк\w*|заявлен\w*|справ[аиіуо]\w*|рішенн\w*|решени\w*)\b", re.IGNORECASE
)
WHAT_WITH = re.compile(
    r"\b(?:що|шо|что|чо)\s+(?:там\s+)?(?:з|із|зі|с|со|по)\s+(?:моє\w*|моїм\w*|мойо\w*|моей|моим\w*)\b",
    re.IGNORECASE,
)
FOLLOWED = re.compile(
    r"\b(?:мо[їєи]\w*)\s+(?:заяв[иі]|заявки|заявления)\b|\bза чим (?:я )?стежу", re.IGNORECASE
)
ELSEWHERE = re.compile(
    r"\b(?:куди|куда|адрес\w*|портал\w*|кабінет\w*|кабинет\w*|подати|подать)\b", re.IGNORECASE
)
NO_CODE = re.compile(
    r"\b(?:нема\w*|немає|нету|нет|загуби\w*|втрати\w*|потерял\w*|не маю|не пам\w*|не помню|забул\w*|забув)\b",
    re.IGNORECASE,
)
WHY = re.compile(r"\b(?:чого|чому|почему|чо|за що|причин\w*|відмов\w*|отказ\w*)\b", re.IGNORECASE)
MONEY = re.compile(
    r"\b(?:гроші|грошей|деньги|денег|виплат\w*|выплат\w*|прийд\w*|придут|скільки|сколько|сума)\b",
    re.IGNORECASE,
)
TELL_ME = re.compile(
    r"\b(?:повідом\w*|сповіща\w*|сповісти\w*|сообщ\w*|уведом\w*|стеж\w*|слід\w*)\b|\b(?:напиш\w*|скаж\w*).*\bзмін",
    re.IGNORECASE,
)
HISTORY = re.compile(r"\b(?:історі\w*|истори\w*|раніше|раньше)\b", re.IGNORECASE)
_SIGN = re.compile(r"[^\W_]")
_TOKEN = re.compile(r"[^\W_](?:[ \-–—.]?[^\W_]){4,13}")


def conceals(state: State, text: str) -> str:
    """The text without receipts' codes; where one was asked for, without whatever may be a badly typed one too."""
    for start, end in receipts.code_spans(text):
        text = text[:start] + _SIGN.sub("•", text[start:end]) + text[end:]
    step = state.step
    if step is None or step.skill != SKILL or step.name != CODE:
        return text

    def dotted(found: re.Match[str]) -> str:
        mixed = any(map(str.isdigit, found[0])) and any(map(str.isalpha, found[0]))
        return _SIGN.sub("•", found[0]) if mixed else found[0]

    return _TOKEN.sub(dotted, text)


def is_about_status(scene: Scene) -> bool:
    """Whether the words ask what became of an application of one's own."""
    words, meaning = scene.words, scene.meaning
    topic = meaning.ranked[0].topic if meaning.ranked and meaning.verdict is Verdict.SURE else None
    if topic == TOPIC and meaning.facet in (None, Facet.STATUS, Facet.OVERVIEW):
        return True
    if topic not in (None, TOPIC) and meaning.facet is Facet.STATUS and MINE.search(words):
        return True
    own = _APPLICATION.search(words) is not None and MINE.search(words) is not None
    # «Що з моїм чоловіком» asks of a person.
    named = topic is not None or _APPLICATION.search(words) is not None
    return own or (named and WHAT_WITH.search(words) is not None)
