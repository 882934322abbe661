"""What a specialist is given of a person's matter: facts and who stated them, rules tried and why, papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from knowledge_base.assessor import Reason
from knowledge_base.rules.comparing import Truth

StatedBy = Literal["said", "asked", "specialist"]
"""On the way, not confirmed; in answer to a question; a specialist noted it."""

Lacking = Literal["not_asked", "not_known", "not_told"]
"""Why a fact is missing: nobody asked, the person does not know, the person would not say."""

PaperState = Literal["have", "need", "maybe"]


@dataclass(frozen=True)
class KnownFact:
    """A fact in words, who stated it and when. `about`: in round figures."""

    label: str
    value: str
    by: StatedBy
    at: datetime
    about: bool = False


@dataclass(frozen=True)
class RuleTried:
    """What one entry comes to. `because`: why not, or why a person decides; `missing`: a fact and why it is.

    `outcome` is None where nothing that counts was told, or where the answers exclude each other (`differs`).
    """

    title: str
    outcome: Truth | None
    because: tuple[str, ...] = ()
    missing: tuple[tuple[str, Lacking], ...] = ()
    reasons: tuple[Reason, ...] = ()
    differs: bool = False


@dataclass(frozen=True)
class AskedRegister:
    """A register that can be asked instead of a paper: how it is called, and what names a person in it."""

    title: str
    subject: str


@dataclass(frozen=True)
class Paper:
    """A paper of the list, whether the person has it, where to get it; its id, and the register that stands for it."""

    name: str
    state: PaperState
    where: str | None = None
    id: str = ""
    register: AskedRegister | None = None


@dataclass(frozen=True)
class Papers:
    """The papers of one entry. `own`: of this very person, as far as it is known."""

    title: str
    own: bool
    every: tuple[Paper, ...]


@dataclass(frozen=True)
class Matter:
    """Everything together; empty where the engine remembers nothing. `kin`: it is about somebody close.

    `possible` are entries that an overview has left open.
    """

    facts: tuple[KnownFact, ...] = ()
    kin: bool = False
    rules: tuple[RuleTried, ...] = ()
    possible: tuple[str, ...] = ()
    papers: Papers | None = None


NOTHING = Matter()
