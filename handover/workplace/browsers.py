"""A browser as its owner would call it, out of the long line it sends of itself; nothing else of that line is kept."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""The order matters: everybody pretends to be Chrome, and Chrome pretends to be Safari."""


def browser(line: str | None) -> str | None:
    """«Firefox, Windows»; None where neither is known."""
    said = line or ""
    found = (next((name for sign, name in known if sign in said), None) for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name) or None
