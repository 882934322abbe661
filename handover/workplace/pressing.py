"""A form is done once, however often its button is pressed or its answer is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from handover.counting import first_use


async def first_press(
    db: AsyncConnection, key: str, account_id: str, about: Sequence[str], now: datetime
) -> bool:
    """Whether this form comes for the first time. `about` is what it says: changed words are another form.

    A form without a key (one no page of ours has made) is always the first.
    """
    if not key:
        return True
    whole = "\0".join((*about, account_id, key))
    return await first_use(db, hashlib.sha256(whole.encode()).hexdigest(), account_id, now)
