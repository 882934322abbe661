"""Houses with several doors, and how far the suite's form of the races goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import Phase, settings

from tests.races.doors import House


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """A database of either kind, as several processes see it."""
    opened = House.open(database_url, doors=4)
    yield opened
    opened.close()


@pytest.fixture
def postgres_house(postgres_url: Callable[..., str]) -> Iterator[House]:
    """PostgreSQL only: where the point is what happens between two statements of one transaction."""
    opened = House.open(postgres_url(), doors=4)
    yield opened
    opened.close()


@pytest.fixture
def short(house: House) -> settings:
    """How many games of races, and how many races a game.

    A race that failed does not shrink: run again, it may go otherwise. Its report tells all that was done.
    """
    return settings(
        max_examples=house.worth(8),
        stateful_step_count=6,
        phases=[Phase.explicit, Phase.generate],
        database=None,
    )
