"""The workplace as one router: everything under /workplace."""

from __future__ import annotations

from fastapi import APIRouter

from handover.workplace.absences import add_absences
from handover.workplace.accounts_page import add_accounts
from handover.workplace.acting import add_acting
from handover.workplace.applications_import import add_applications_import
from handover.workplace.applications_page import add_applications
from handover.workplace.attaching import add_attaching
from handover.workplace.base_view import add_base
from handover.workplace.board import add_board
from handover.workplace.call_list import add_call_list
from handover.workplace.channels import add_channels
from handover.workplace.composing import add_composing
from handover.workplace.desk import add_desk
from handover.workplace.door import add_door
from handover.workplace.events import add_events
from handover.workplace.files import add_files
from handover.workplace.guard import Guard
from handover.workplace.hours import add_hours
from handover.workplace.house import WorkplaceHouse
from handover.workplace.journal_page import add_journal
from handover.workplace.me import add_me
from handover.workplace.notifying import add_notifying
from handover.workplace.pages import Pages
from handover.workplace.printing import add_printing
from handover.workplace.reading import add_reading
from handover.workplace.ready_answers import add_ready_answers
from handover.workplace.register_check import add_register_check
from handover.workplace.reports import add_reports
from handover.workplace.retention_page import add_retention
from handover.workplace.shift import add_shift
from handover.workplace.teams import add_teams
from handover.workplace.unmasking import add_unmasking
from handover.workplace.views import add_views
from handover.workplace.visit_booking import add_visit_booking
from handover.workplace.visit_changing import add_visit_changing
from handover.workplace.visit_week import add_visit_week
from handover.workplace.visits import add_visits
from handover.workplace.walk_in import add_walk_in


def routes(house: WorkplaceHouse) -> APIRouter:
    """The router to include into the application.

    Raises MissingVendor where npm has not installed the scripts.
    """
    guard = Guard(house, Pages(house.vendor))
    router = APIRouter(route_class=guard.route_class(), include_in_schema=False)
    add_door(router, guard)
    add_reading(router, guard)
    add_printing(router, guard)
    add_acting(router, guard)
    add_composing(router, guard)
    add_attaching(router, guard)
    add_ready_answers(router, guard)
    add_base(router, guard)
    add_files(router, guard)
    add_channels(router, guard)
    add_reports(router, guard)
    add_board(router, guard)
    add_shift(router, guard)
    add_views(router, guard)
    add_teams(router, guard)
    add_hours(router, guard)
    add_desk(router, guard)
    add_call_list(router, guard)
    add_walk_in(router, guard)
    add_visit_booking(router, guard)
    add_visit_week(router, guard)
    add_absences(router, guard)
    add_visit_changing(router, guard)
    add_visits(router, guard)
    add_events(router, guard)
    add_notifying(router, guard)
    add_me(router, guard)
    add_accounts(router, guard)
    add_journal(router, guard)
    add_retention(router, guard)
    add_unmasking(router, guard)
    add_applications(router, guard)
    add_applications_import(router, guard)
    add_register_check(router, guard)
    return router
