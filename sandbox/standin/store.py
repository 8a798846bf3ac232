"""The books of one stand-in: objects in SQLite and in memory. What was committed survives a kill."""

import copy
import fcntl
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO

import orjson

from sandbox.standin.messages import Json

DAY = 86_400
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (kind TEXT, id TEXT, body BLOB NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY AUTOINCREMENT, entry BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due_at REAL NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'waiting'
);
"""
Rows = Iterable[tuple[str, Json]]  # kind, object with a text `id` or a number


class Store:
    """All objects of one account, by kind and id. Reads give the objects themselves: never change them."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self.kinds: dict[str, dict[str, Json]] = {}
        self.shift_days = 0
        self._lock = _lock(folder)
        self.db = sqlite3.connect(str(folder / f"{name}.sqlite") if folder else ":memory:", check_same_thread=False)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.executescript(SCHEMA)

    def close(self) -> None:
        """Let go of the folder."""
        self.db.close()
        if self._lock is not None:
            self._lock.close()

    def now(self) -> int:
        """Seconds since 1970 on the stand-in's calendar."""
        return int(time.time()) + self.shift_days * DAY

    def of(self, kind: str) -> dict[str, Json]:
        """The objects of a kind by id, in the order in which they were made."""
        return self.kinds.setdefault(kind, {})

    def next_number(self, name: str = "number") -> int:
        """A number that was never given before; counted in the same database."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        number = int(row[0]) + 1 if row else 1
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, str(number)))
        return number

    def open(self, today: date, rows: Iterable[tuple[str, Json]] | None, meta: dict[str, str]) -> None:
        """Fill an empty store with `rows`, or load what is there: a folder keeps what it was made with."""
        known = dict(self.db.execute("SELECT name, value FROM meta").fetchall())
        if "shift_days" in known:
            self.shift_days = int(known["shift_days"])
            for kind, wanted, body in self.db.execute("SELECT kind, id, body FROM objects ORDER BY rowid"):
                self.of(kind)[wanted] = orjson.loads(body)
            return
        self.shift_days = (today - datetime.now(UTC).date()).days
        change = Change(self)
        for kind, obj in rows or ():
            change.put(kind, obj)
        change.commit(meta={"shift_days": str(self.shift_days), **meta})


@dataclass
class Change:
    """One atomic change: objects, events and a log entry, all or none. Objects that `get` gives may be changed."""

    store: Store
    _objects: dict[tuple[str, str], Json] = field(default_factory=dict)
    _events: list[Json] = field(default_factory=list)

    def get(self, kind: str, wanted: str) -> Json | None:
        """A copy to change and put back; what was put before it."""
        staged = self._objects.get((kind, wanted))
        found = staged if staged is not None else self.store.of(kind).get(wanted)
        return copy.deepcopy(found)

    def put(self, kind: str, obj: Json) -> Json:
        """Stage an object."""
        self._objects[kind, str(obj["id"])] = obj
        return obj

    def tell(self, event: Json) -> None:
        """Stage an event for the webhooks."""
        self._events.append(event)

    def commit(self, *, meta: dict[str, str] | None = None) -> None:
        """Write to the disk, then to memory."""
        with self.store.db as db:
            rows = [(kind, wanted, orjson.dumps(obj)) for (kind, wanted), obj in self._objects.items()]
            put = "INSERT INTO objects VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"
            db.executemany(put, rows)
            db.executemany("INSERT INTO events (body) VALUES (?)", [(orjson.dumps(event),) for event in self._events])
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list((meta or {}).items()))
        for (kind, wanted), obj in self._objects.items():
            self.store.of(kind)[wanted] = obj


def _lock(folder: Path | None) -> IO[str] | None:
    """Hold the folder as long as this process lives; two stand-ins on one folder would not see each other's refunds."""
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    held = (folder / "lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SystemExit(f"Another sandbox is using {folder}. Stop it, or choose another --state.") from error
    return held
