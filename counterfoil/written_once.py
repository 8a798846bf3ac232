"""A file that is written once and then stays as it is: what comes from outside is on the disk before it is answered."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_once(folder: Path, name: str, body: bytes) -> bool:
    """Write folder/name unless it is there; True where it is new. When this returns, the file is on disk.

    It is written under a temporary name, fsynced, and linked without overwriting: nobody ever sees half of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}.{secrets.token_hex(6)}"
    _write(temporary, body)
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
