"""Webhooks become files: var/inbox/<gateway>-<label>/<digest of the event id>.json, once per event, fsynced."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Hint:
    """An object that changed at the gateway; it is fetched again before anything is believed."""

    account: str
    event_id: str
    resource: str
    object_id: str
    received_at: str
    """ISO 8601, UTC."""


def put_hint(inbox: Path, hint: Hint) -> bool:
    """Write a hint unless its event is known; True where it is new. When this returns, the file is on disk."""
    folder = inbox / hint.account.replace("/", "-")
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{hashlib.sha256(hint.event_id.encode()).hexdigest()[:40]}.json"
    if (folder / "done" / name).exists():
        return False
    temporary = folder / f".{name}.{secrets.token_hex(6)}"
    _write(temporary, json.dumps(asdict(hint)).encode())
    try:
        os.link(temporary, folder / name)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    _sync_folder(folder)
    return True


def _write(path: Path, body: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
