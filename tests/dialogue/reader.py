"""A tiny reader by key words, for dialogues only: the real understanding has tests of its own."""

from __future__ import annotations

import re
from functools import cache

from knowledge_base.understanding.lexicon import section
from knowledge_base.understanding.meaning import (
    Command,
    Danger,
    Facet,
    Meaning,
    Ranked,
    SmallTalk,
    Verdict,
)
from knowledge_base.understanding.normalise import Normaliser
from knowledge_base.understanding.stories import StoryEar

TOPICS = {
    "субсид": "housing-subsidy",
    "комунальн": "housing-subsidy",
    "народ": "birth-benefit",
    "виплата впо": "idp-living-allowance",
    "довідка впо": "idp-registration",
    "паспорт": "referral-passport",
    "працює ваш офіс": "office-info",
    "адрес": "office-info",
}
UNSURE = {
    "допомога": ("housing-subsidy", "birth-benefit", "idp-living-allowance", "idp-registration"),
    "впошне": ("idp-living-allowance", "idp-registration", "birth-benefit"),
}
NOT_OURS = ("рецепт", "футбол")
FACETS = {
    "право": Facet.ELIGIBILITY,
    "документ": Facet.DOCUMENTS,
    "папери": Facet.DOCUMENTS,
    "скільки": Facet.AMOUNT,
    "де ": Facet.WHERE,
    "куди": Facet.WHERE,
    "до якого": Facet.DEADLINE,
    "відмовили": Facet.REFUSAL,
    "як подати": Facet.HOW,
}
DANGERS = {
    "побив": Danger.VIOLENCE,
    "не хочу жити": Danger.SUICIDE,
    "стріляють": Danger.EVACUATION,
    "нема що їсти": Danger.HUNGER,
    "б'ють дитину": Danger.CHILD,
}
COMMANDS = {
    "оператор": Command.PERSON,
    "людину": Command.PERSON,
    "меню": Command.MENU,
    "назад": Command.BACK,
    "стоп": Command.STOP,
    "мої дані": Command.MY_DATA,
    "видалити мої дані": Command.ERASE,
    "передзвоніть": Command.CALL_BACK,
    "на що я маю право": Command.SCREENER,
    "інша тема": Command.OTHER_TOPIC,
}
SMALL_TALK = {
    "привіт": SmallTalk.GREETING,
    "добрий день": SmallTalk.GREETING,
    "дякую": SmallTalk.THANKS,
    "до побачення": SmallTalk.GOODBYE,
    "ага": SmallTalk.YES,
    "нє": SmallTalk.NO,
    "ви бот": SmallTalk.WHO_ARE_YOU,
    "ідіоти": SmallTalk.ABUSE,
    "радість": SmallTalk.JOY,
    "апрапр": SmallTalk.GIBBERISH,
}


@cache
def _story() -> StoryEar:
    """What a story states is read as in the house."""
    return StoryEar(Normaliser(section("words", "same")))


def read(text: str) -> Meaning:
    """The meaning of a text by the words it holds."""
    low = f"{text.lower()} "
    masked, secret = text, None
    if re.search(r"(?:\d{4}[ -]?){4}", text):
        masked, secret = re.sub(r"(?:\d{4}[ -]?){4}", "•••• ", text), "card"
    elif re.search(r"\bкод \d{4,6}\b", low):
        masked, secret = re.sub(r"\d{4,6}", "••••", text), "code"
    topics = [topic for word, topic in TOPICS.items() if word in low]
    facet = next((facet for word, facet in FACETS.items() if word in low), None)
    ranked: tuple[str, ...] = tuple(dict.fromkeys(topics))
    verdict = Verdict.SURE if ranked else Verdict.UNKNOWN
    if not ranked:
        for word, among in UNSURE.items():
            if word in low:
                ranked, verdict = among, Verdict.UNSURE
        if any(word in low for word in NOT_OURS):
            verdict = Verdict.NOT_OURS
    talk = next((talk for word, talk in SMALL_TALK.items() if word in low), None)
    return Meaning(
        masked=masked,
        ranked=tuple(Ranked(topic, 0.9 - place / 10) for place, topic in enumerate(ranked)),
        verdict=verdict,
        facet=facet,
        follow_up=low.startswith("а ") and not topics,
        goes_on=low.startswith("а "),
        supposes=low.startswith("а якщо"),
        danger=next((danger for word, danger in DANGERS.items() if word in low), None),
        command=next((command for word, command in COMMANDS.items() if low.strip() == word), None),
        small_talk=talk,
        secret=secret,
        said=_story().hear(masked),
        second=ranked[1] if verdict is Verdict.SURE and len(ranked) > 1 else None,
    )
