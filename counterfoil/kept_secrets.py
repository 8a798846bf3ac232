"""Secrets that an installation makes for itself: one file each, made once, readable by its owner only."""

from __future__ import annotations

import base64
import hashlib
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from counterfoil.written_once import write_once

SIZE = 48


def kept_secret(path: Path) -> bytes:
    """The secret in a file; made where there is none. Where two processes make it at once, the first one's counts."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_once(path.parent, path.name, secrets.token_bytes(SIZE))
    return path.read_bytes()


def drop_secret(path: Path) -> None:
    """Forget a secret, so that everything made with it is worth nothing and the next one is fresh."""
    path.unlink(missing_ok=True)


def fernet_of(key: bytes, purpose: str) -> Fernet:
    """Encryption with a key of its own for each purpose, so that a text for one is none for another."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(purpose.encode() + key).digest()))
