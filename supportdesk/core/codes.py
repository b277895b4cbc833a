"""Codes and tokens: what stands in a QR code, and what a person reads from paper and types.

Called by the pass, bookings, videos and whatever else is found by a code. Uniqueness is the table's business.
"""

from __future__ import annotations

import re
import secrets

from supportdesk.core.japanese import half_width

# No two of these look alike in print or handwriting: gone are 0OQD, 1IL, 2Z, 5S, 6G, 8B, UV, and the vowels A and E
# with them, so that no code spells a word.
ALPHABET = "3479CFHJKMNPRTWXY"
_TOKEN_BYTES = 16
_DROPPED = re.compile(r"[\s\-‐‑‒–—―−─━ー_・.\x00-\x1f\x7f\u200b-\u200f\ufeff]+")


def new_token() -> str:
    """128 random bits, safe in an address (22 characters, both cases): for QR codes, never for typing."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def new_code(prefix: str = "", length: int = 6) -> str:
    """A short random code to read aloud and type: prefix and `length` characters (six: 24 million). In tidy form."""
    return tidy_code(prefix) + "".join(secrets.choice(ALPHABET) for _ in range(length))


def tidy_code(text: str) -> str:
    """A typed code as it is stored: half width, capitals, without spaces or dashes."""
    return _DROPPED.sub("", half_width(half_width(text).upper()))
