"""What is kept so that the desk alone can read it: sealed with a key made from the desk's own secret.

Whoever takes the database without that secret cannot make a log-in's codes of it. With another secret nothing sealed
before can be opened: second factors are then set up anew, with a recovery code or by the administrator.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


def seal(text: str) -> str:
    """The text, readable by this desk alone."""
    return _fernet().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str | None:
    """What was sealed; None when that was done with another secret, or by somebody else."""
    try:
        return _fernet().decrypt(sealed.encode(errors="replace")).decode()
    except InvalidToken:
        return None


def keyed_hash(text: str) -> str:
    """For short codes: from a bare hash all of them could be tried out."""
    return hashlib.blake2b(text.encode(), key=_key(b"codes"), digest_size=32).hexdigest()


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(b"second factor")))


def _key(use: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=use).derive(str(current_app.secret_key).encode())
