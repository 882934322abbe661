"""Every messenger this installation can speak, and what is wrong with its settings before anything is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

MESSENGERS = (
    "telegram",
    "viber",
    "messenger",
)
"""A new channel is one folder in adapters/ and one line here."""


def is_set_up(vendors: Mapping[str, str], name: str) -> bool:
    """Whether any of a messenger's settings is there."""
    return any(value and variable.startswith(f"{name.upper()}_") for variable, value in vendors.items())


def faults(vendors: Mapping[str, str]) -> Iterator[str]:
    """One line for each setting of a messenger that is unknown or wrong."""
    from adapters.supplies import ChannelSettings, ChannelSettingsFault, read_settings

    for name in MESSENGERS:
        # Loaded only where it is set up: a vendor's library alone takes seconds to load.
        if not is_set_up(vendors, name):
            continue
        import_module(f"adapters.{name}.channel")
        for model in ChannelSettings.__subclasses__():
            if model.__module__.startswith(f"adapters.{name}."):
                try:
                    read_settings(model, name.upper(), vendors)
                except ChannelSettingsFault as fault:
                    yield from fault.lines
