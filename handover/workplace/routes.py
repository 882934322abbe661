"""The workplace as one router: everything under /workplace."""

from __future__ import annotations

from fastapi import APIRouter

from handover.workplace.acting import add_acting
from handover.workplace.call_list import add_call_list
from handover.workplace.channels import add_channels
from handover.workplace.desk import add_desk
from handover.workplace.door import add_door
from handover.workplace.events import add_events
from handover.workplace.files import add_files
from handover.workplace.guard import Guard
from handover.workplace.hours import add_hours
from handover.workplace.house import WorkplaceHouse
from handover.workplace.pages import Pages
from handover.workplace.reading import add_reading


def routes(house: WorkplaceHouse) -> APIRouter:
    """The router to include into the application.

    Raises MissingVendor where npm has not installed the scripts.
    """
    guard = Guard(house, Pages(house.vendor))
    router = APIRouter(route_class=guard.route_class(), include_in_schema=False)
    add_door(router, guard)
    add_reading(router, guard)
    add_acting(router, guard)
    add_files(router, guard)
    add_channels(router, guard)
    add_hours(router, guard)
    add_desk(router, guard)
    add_call_list(router, guard)
    add_events(router, guard)
    return router
