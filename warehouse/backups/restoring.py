"""Put a backup where nothing is. Every file is compared with the manifest before anything is moved into place."""

from __future__ import annotations

import shutil
from pathlib import Path

from counterfoil.paths import Paths
from counterfoil.signing_keys import PUBLIC_SUFFIX
from warehouse.backups.manifest import BackupInvalid, Manifest, copied, read_manifest
from warehouse.backups.taking import VAR

UNFINISHED = ".restoring"
_MAY_BE_THERE = frozenset({"up.lock", "lost+found", UNFINISHED})


def restore_backup(source: Path, paths: Paths) -> Manifest:
    """Fill the empty data folder with a backup. Raises BackupInvalid, OSError; then the folder is as it was.

    Nothing may run on the folder meanwhile: the caller holds its lock.
    """
    manifest = read_manifest(source)
    check_empty(paths)
    staging = paths.var / UNFINISHED
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, mode=0o700)
    try:
        for name, (size, digest) in manifest.files.items():
            _check(source, name, size, digest, staging / _place(name, digest))
        inside = staging / VAR
        # The books come last: where they are, everything is.
        for entry in sorted(inside.iterdir(), key=lambda entry: entry.name == paths.books.name):
            entry.rename(paths.var / entry.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest


def check_empty(paths: Paths) -> None:
    """Raise BackupInvalid where the data folder holds anything."""
    there = {entry.name for entry in paths.var.iterdir()} - _MAY_BE_THERE if paths.var.is_dir() else set()
    if there:
        names = ", ".join(sorted(there)[:3])
        raise BackupInvalid(
            f"{paths.var} holds data already ({names}). A backup is restored into an empty folder only: "
            "move it away, or name another var_dir in the settings."
        )


def _check(source: Path, name: str, size: int, digest: str, target: Path) -> None:
    try:
        found = copied(source / name, target)
    except FileNotFoundError:
        raise BackupInvalid(f"{source / name} is missing: the backup is not whole. Nothing was restored.") from None
    if found != (size, digest):
        raise BackupInvalid(f"{source / name} is not what was backed up. Nothing was restored.")


def _place(name: str, digest: str) -> str:
    # A new pair of keys will be made beside the old public one, whose signatures still count.
    if name.startswith(f"{VAR}/keys/"):
        return f"{VAR}/keys/restored-{digest[:8]}{PUBLIC_SUFFIX}"
    return name
