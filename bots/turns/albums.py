"""Albums: photos sent together come as several events and are one message to us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conversations.messages import InboxEvent, IncomingMessage

Row = tuple[int, InboxEvent]


def joined(events: Iterable[Row]) -> Iterator[Row]:
    """The events with the parts of each album as one message, in the place of its first part."""
    gathered: dict[str, IncomingMessage] = {}
    rows: list[tuple[int, str | InboxEvent]] = []
    for row_id, event in events:
        if not isinstance(event, IncomingMessage) or event.album is None:
            rows.append((row_id, event))
        elif event.album in gathered:
            gathered[event.album] = _together(gathered[event.album], event)
        else:
            gathered[event.album] = event
            rows.append((row_id, event.album))
    for row_id, one in rows:
        yield row_id, gathered[one] if isinstance(one, str) else one


def _together(first: IncomingMessage, other: IncomingMessage) -> IncomingMessage:
    return first.model_copy(
        update={
            "text": "\n".join(filter(None, [first.text, other.text])),
            "attachments": (*first.attachments, *other.attachments),
            "remote_files": (*first.remote_files, *other.remote_files),
        }
    )
