"""Templates and the files pages ask for: our own by content hash, third-party scripts from an allow-list."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handover.workplace.words import moment, tel

HERE = Path(__file__).parent

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

VENDORED = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
}
"""The only files of `node_modules` that are served."""


@dataclass(frozen=True)
class Asset:
    """A file kept in memory, its type, and the short hash its address carries."""

    content: bytes
    media_type: str
    version: str


class MissingVendor(Exception):
    """A third-party script is not installed; the message names it and the command that brings it."""


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(content, MEDIA_TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:12])


class Pages:
    """Renders templates; knows the addresses of every file they refer to. Raises MissingVendor when made."""

    def __init__(self, vendor: Path) -> None:
        self.assets = {path.name: _asset(path) for path in sorted((HERE / "static").iterdir())}
        self.vendored: dict[str, Asset] = {}
        for name, inside in VENDORED.items():
            if not (vendor / inside).is_file():
                raise MissingVendor(f"{vendor / inside} is missing: run `npm install`")
            self.vendored[name] = _asset(vendor / inside)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(tel=tel, moment=moment)
        self._templates.globals.update(
            asset=lambda name: f"/workplace/static/{name}?v={self.assets[name].version}",
            vendored=lambda name: f"/workplace/vendor/{name}?v={self.vendored[name].version}",
            key=lambda: secrets.token_hex(16),
            swapped=False,
            talk=None,
            window=None,
        )

    def render(self, template: str, **values: object) -> str:
        """The text of a page or a part of one; every value is escaped."""
        return self._templates.get_template(template).render(**values)
