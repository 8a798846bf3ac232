"""Take a backup while everything runs: what points at something is copied before what it points at.

Raw pages are copied after the progress of the pulls, the inbox and the warehouse, so that nothing is taken for landed
that is not in the backup; PDFs and journals after the books. Databases are copied under their locks. What was done
twice because of it is merged on its key, as after a crash. No secret goes in: no private key, no key of a session.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from counterfoil.paths import Paths
from counterfoil.signing_keys import PUBLIC_SUFFIX
from warehouse.backups.manifest import BackupInvalid, Manifest, copied
from warehouse.locks import held

PREFECT = "prefect/prefect.db"
VAR = "var"
SETTINGS = "settings"
_HANDLED = frozenset({"done", "refused"})
_UNFINISHED = (".tmp", ".part", ".lock")
_SQLITE_WAIT_S = 60.0


def take_backup(paths: Paths, settings_files: Iterable[Path], target: Path, *, now: datetime) -> Manifest:
    """Write a backup into the new folder `target`. Raises BackupInvalid, DatabaseBusy, OSError.

    It is made under another name beside it and renamed when it is whole; a failure leaves nothing.
    """
    if target.exists():
        raise BackupInvalid(f"{target} exists already. Name a folder that does not.")
    if not paths.var.is_dir():
        raise BackupInvalid(f"{paths.var} does not exist: there is nothing to back up.")
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        taking = _Taking(paths, part)
        taking.everything()
        for path in settings_files:
            taking.take(path, f"{SETTINGS}/{path.name}")
        manifest = Manifest(now.isoformat(), taking.has_prefect, taking.files)
        manifest.write(part)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return manifest


class _Taking:
    """One backup on its way."""

    def __init__(self, paths: Paths, part: Path) -> None:
        self.files: dict[str, tuple[int, str]] = {}
        self.has_prefect = False
        self._paths, self._part = paths, part

    def everything(self) -> None:
        """In the order that the head of this file explains."""
        paths = self._paths
        self._below(paths.inbox, lambda path: not _HANDLED & set(path.parts))
        self._below(paths.inbox, lambda path: bool(_HANDLED & set(path.parts)))
        self._below(paths.landing, lambda path: path.name == "_progress.json")
        with held(paths.books):
            # Anchors are written while the books are held: the two always fit.
            self._database(paths.books)
            self._below(paths.exports)
        self._prefect(paths.var / PREFECT)
        with held(paths.warehouse):
            self._database(paths.warehouse)
            self._published()
        for folder in (paths.journal, paths.documents, paths.batches, paths.watch):
            self._below(folder)
        self._below(paths.keys, lambda path: path.name.endswith(PUBLIC_SUFFIX))
        for path in (paths.users, paths.var / "installation.json"):
            self._one(path)
        self._below(paths.landing, lambda path: path.name != "_progress.json")

    def take(self, path: Path, name: str) -> None:
        """Copy a file to `name` below the backup."""
        self.files[name] = copied(path, self._part / name)

    def _below(self, folder: Path, wanted: Callable[[Path], bool] = lambda _: True) -> None:
        for path in _files(folder):
            if wanted(path.relative_to(folder)):
                self._one(path)

    def _one(self, path: Path) -> None:
        try:
            self.take(path, f"{VAR}/{path.relative_to(self._paths.var).as_posix()}")
        except FileNotFoundError:
            # It was handled meanwhile, and is met again where it went; or there never was one.
            return

    def _database(self, path: Path) -> None:
        for file in (path, path.with_name(f"{path.name}.wal")):
            self._one(file)

    def _published(self) -> None:
        pointer = self._paths.published / "current"
        if pointer.is_file():
            self._one(self._paths.published / f"{pointer.read_text(encoding='utf-8').strip()}.duckdb")
            self._one(pointer)

    def _prefect(self, path: Path) -> None:
        if not path.is_file():
            return
        target = self._part / "prefect.db"
        with closing(sqlite3.connect(path, timeout=_SQLITE_WAIT_S)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
        self.take(target, f"{VAR}/{PREFECT}")
        target.unlink()
        self.has_prefect = True


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        is_ours = not path.name.startswith(".") and not path.name.endswith(_UNFINISHED)
        if is_ours and path.is_file() and not path.is_symlink():
            yield path
