"""Passwords: argon2id hashes, a password made for the first administrator, and what is too weak to be taken.

Hashing costs tens of milliseconds of CPU on purpose, so callers run it in a thread and outside transactions.
"""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200

# RFC 9106, second recommended option scaled to OWASP's minimum for interactive sign-in.
_hasher = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1, type=Type.ID)

# Read aloud without doubt: no 0/O, 1/l/I.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"

# A hash nobody has the password of: an unknown login costs as much time as a known one.
_NOBODY = _hasher.hash(secrets.token_urlsafe(32))


class WeakPassword(ValueError):
    """The password is too short or too long; `SHORTEST` and `LONGEST` are in characters."""


def generate() -> str:
    """A password that can be read from a screen and typed: 80 bits in four groups."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters. Raises WeakPassword."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"{SHORTEST}-{LONGEST}")
    return _hasher.hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether the password is the one behind the hash. Without a hash it takes the same work and says no."""
    try:
        matches = _hasher.verify(stored or _NOBODY, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return matches and stored is not None


def outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)
