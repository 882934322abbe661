"""The lines of a messenger's own menu: the doors that are always open, each with a Latin command."""

from __future__ import annotations

from adapters.supplies import MenuItem
from bots.dialogue import buttons

MENU = (
    MenuItem(buttons.menu(), "menu", "З чим ми допомагаємо"),
    MenuItem(buttons.person(), "person", "Покликати спеціаліста"),
    MenuItem(buttons.offices(), "offices", "Адреси й години прийому"),
    MenuItem(buttons.button("m:call", "call"), "call", "Попросити, щоб вам подзвонили"),
    MenuItem(buttons.button("m:data", "my-data"), "data", "Що про вас зберігаємо, стерти"),
)
"""By VOICE: the word for a person is «людина» on a button and «спеціаліст» where we explain who that is."""
