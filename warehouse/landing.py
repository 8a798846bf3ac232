"""Landing: the gateway's answers as they came, so that a load can always be replayed.

`landing/<gateway>/<label>/<resource>/<seen_at>-<8 hex>.ndjson.gz`; a line is one answer: a list page or one object.
A file that exists is whole: it is written under a temporary name, fsynced and renamed.
"""

from __future__ import annotations

import os
import secrets
import zlib
from collections import deque
from collections.abc import Container, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedWriter
from pathlib import Path
from types import TracebackType

from connectors.gateway import Page

SUFFIX = ".ndjson.gz"
FULL_BYTES = 5_000_000
"""Raw bytes after which a pull starts a new file: small enough to parse several at a time."""
WAITING_LINES = 8
"""Answers that may wait for the thread that compresses them, so that memory stays bounded."""
_TIME = "%Y%m%dT%H%M%S%fZ"
_GZIP = 31
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One whole file in landing. All its pages count as seen at `seen_at` (UTC)."""

    path: Path
    gateway: str
    account: str
    resource: str
    seen_at: datetime

    @property
    def name(self) -> str:
        """Its path below landing: the name under which a load remembers it."""
        return "/".join(self.path.parts[-4:])

    def raw_bytes(self) -> int:
        """How large its content is: gzip keeps it in the last four bytes."""
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 4))
            return int.from_bytes(file.read(), "little")


class LandingWriter:
    """Writes one landed file. A context manager: whole on a clean exit, gone after an exception."""

    def __init__(self, landing: Path, account: str, resource: str, seen_at: datetime) -> None:
        folder = landing / account / resource
        folder.mkdir(parents=True, exist_ok=True)
        stamp = seen_at.astimezone(UTC).strftime(_TIME)
        self.path = folder / f"{stamp}-{secrets.token_hex(4)}{SUFFIX}"
        self.raw_bytes = 0
        self._part = self.path.with_suffix(".part")
        # Level 1: the disk is cheaper than the time, and answers still shrink to a tenth.
        self._gzip = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
        self._file: BufferedWriter | None = None
        # One thread compresses while the caller fetches the next answer; one, so that lines keep their order.
        self._beside = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> LandingWriter:
        self._file = self._part.open("wb")
        return self

    def add(self, body: bytes) -> None:
        """Add one answer. Line breaks can only stand between JSON's tokens, so they become spaces."""
        if self._file is None:
            raise ValueError("LandingWriter is a context manager: use it in a with statement.")
        line = body.replace(b"\n", b" ").replace(b"\r", b" ")
        self.raw_bytes += len(line) + 1
        self._waiting.append(self._beside.submit(self._write, self._file, line + b"\n"))
        if len(self._waiting) > WAITING_LINES:
            self._waiting.popleft().result()

    def _write(self, file: BufferedWriter, line: bytes) -> None:
        file.write(self._gzip.compress(line))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._file is None:
            return
        self._beside.shutdown()
        with self._file as file:
            file.write(self._gzip.flush())
            file.flush()
            os.fsync(file.fileno())
        faults = [fault for fault in (one.exception() for one in self._waiting) if fault is not None]
        if kind is None and self.raw_bytes and not faults:
            self._part.rename(self.path)
            _fsync_folder(self.path.parent)
        else:
            self._part.unlink()
        if kind is None and faults:
            raise faults[0]


def land_pages(landing: Path, account: str, pages: Iterable[Page]) -> Iterator[Page]:
    """Land pages of one resource and hand each on once it is safe on disk; a new file each ~5 MB raw.

    A page is handed on only after its file was renamed, so a cursor taken from it never runs ahead of landing.
    """
    held: list[Page] = []
    writer: LandingWriter | None = None
    try:
        for page in pages:
            if writer is None:
                writer = LandingWriter(landing, account, page.resource, page.seen_at).__enter__()
            writer.add(page.body)
            held.append(page)
            if writer.raw_bytes >= FULL_BYTES:
                writer.__exit__(None, None, None)
                writer = None
                yield from held
                held = []
    finally:
        # What came before an error is whole too: the next pull goes on behind it.
        if writer is not None:
            writer.__exit__(None, None, None)
    yield from held


def landed_files(landing: Path, *, but: Container[str] = frozenset()) -> list[LandedFile]:
    """All whole files but those of the given names, sorted by seen_at, then by name.

    Each webhook lands a file, so there are many: those that are not wanted cost no more than their name.
    """
    files = [_landed(landing / name) for name in _names(landing) if name not in but]
    return sorted(files, key=lambda file: (file.seen_at, file.name))


def _names(folder: Path | str, above: str = "", depth: int = 0) -> Iterator[str]:
    """gateway/label/resource/file of every whole file."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if depth < _DEPTH:
            yield from _names(entry.path, f"{above}{entry.name}/", depth + 1)
        elif entry.name.endswith(SUFFIX):
            yield above + entry.name


def _landed(path: Path) -> LandedFile:
    gateway, label, resource = path.parts[-4:-1]
    seen_at = datetime.strptime(path.name.partition("-")[0], _TIME).replace(tzinfo=UTC)
    return LandedFile(path, gateway, f"{gateway}/{label}", resource, seen_at)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
