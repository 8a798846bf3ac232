"""The action worker's journal: every step is on disk before the next one happens.

One file per worker slot, JSON lines, hash-chained, only ever appended to. A process that was killed while it wrote
leaves an unfinished last line; the next one that takes the slot cuts it off and says so in the chain.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.actions import faults
from warehouse.books.audit_chain import GENESIS, chained, read_journal, read_journals, records_of


class Journal:
    """The journal of one slot. Safe to use from several threads."""

    def __init__(self, folder: Path, slot: str, *, now: datetime) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.slot = slot
        self._path = folder / f"{slot}.ndjson"
        self._lock = threading.Lock()
        self._n, self._head, torn = _recovered(self._path)
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        _fsync_folder(folder)
        if torn:
            detail = {"torn_bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}
            self.append("recovered", at=now, request_id="", flow_run_id="", detail=detail)

    def append(self, kind: str, *, at: datetime, request_id: str, flow_run_id: str, detail: dict[str, Any]) -> None:
        """Write one step and wait until it is on disk. Raises OSError: then the step must not be taken."""
        faults.point(f"before_{kind}")
        with self._lock:
            record = {
                "n": self._n + 1,
                "at": at.isoformat(),
                "worker": self.slot,
                "kind": kind,
                "request_id": request_id,
                "flow_run_id": flow_run_id,
                "detail": detail,
            }
            linked = chained(record, self._head)
            os.write(self._descriptor, json.dumps(linked, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            os.fsync(self._descriptor)
            self._n, self._head = self._n + 1, linked["hash"]
        faults.point(f"after_{kind}")

    def about(self, request_id: str) -> list[dict[str, Any]]:
        """What the journals of this host hold about one request, oldest first; read from disk, not from memory."""
        return records_of(read_journals(self.folder), request_id)

    def is_here(self, slot: str) -> bool:
        """Whether the journal of a slot lies in this host's folder."""
        return bool(slot) and (self.folder / f"{slot}.ndjson").is_file()

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def _recovered(path: Path) -> tuple[int, str, bytes]:
    """Cut an unfinished last line off; return the number of records, the last hash, and what was cut."""
    if not path.exists():
        return 0, GENESIS, b""
    found = read_journal(path)
    if found.torn:
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - len(found.torn))
            os.fsync(file.fileno())
    if not found.records:
        return 0, GENESIS, found.torn
    return len(found.records), str(found.records[-1]["hash"]), found.torn


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
