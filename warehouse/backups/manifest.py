"""What a backup holds: manifest.json names every file with its size and SHA-256, and is written last."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

FILE = "manifest.json"
FORMAT = 1
_PIECE = 1 << 20


class BackupInvalid(RuntimeError):
    """The folder is no whole backup, or a backup cannot be put there; the text says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup. `files`: path below the backup -> [bytes, SHA-256]."""

    made_at: str
    has_prefect: bool
    """Whether Prefect's database is inside: only where it is the SQLite file of this machine."""
    files: dict[str, tuple[int, str]]
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        return sum(size for size, _ in self.files.values())

    def write(self, folder: Path) -> None:
        """Write it into the backup; from then on the backup is whole."""
        with (folder / FILE).open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1)
            file.flush()
            os.fsync(file.fileno())


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupInvalid."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        files = {str(name): (int(size), str(digest)) for name, (size, digest) in told["files"].items()}
        found = Manifest(str(told["made_at"]), bool(told["has_prefect"]), files, int(told["format"]))
    except FileNotFoundError:
        raise BackupInvalid(f"{folder} has no {FILE}: it is no backup, or one that was cut off.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupInvalid(f"{folder / FILE} cannot be read: {error}.") from None
    if found.format != FORMAT:
        raise BackupInvalid(f"{folder} has format {found.format}; this version reads {FORMAT}.")
    odd = [name for name in files if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts]
    if odd:
        raise BackupInvalid(f"{folder / FILE} names a file outside of the backup: {odd[0]}.")
    return found


def copied(source: Path, target: Path) -> tuple[int, str]:
    """Copy a file, fsynced; its size and SHA-256 as they were read. Raises FileNotFoundError where it went away."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("wb") as write:
            while piece := read.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                write.write(piece)
            write.flush()
            os.fsync(write.fileno())
    return size, digest.hexdigest()
