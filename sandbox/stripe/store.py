"""The account's books: every object in SQLite and, serialised, in memory. What was committed survives a kill."""

import fcntl
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from sandbox.stripe import ids
from sandbox.stripe.clock import Clock
from sandbox.stripe.resources import BY_KIND, RESOURCES
from sandbox.stripe.table import Key, Table, Window
from sandbox.stripe.wire import Json, dump, load

SCHEMA = Path(__file__).with_name("schema.sql")
PUT = "INSERT OR REPLACE INTO objects (kind, id, created, seq, body, hidden) VALUES (?, ?, ?, ?, ?, ?)"
Row = tuple[str, Json, Json]  # kind, object, hidden fields


class Store:
    """All objects. Reading is from memory; a `Transaction` writes to SQLite first (fsynced), then to memory."""

    def __init__(self, folder: Path | None, clock: Clock, seed: str = "7") -> None:
        self.clock = clock
        self.seed = seed
        self.tables = {resource.kind: Table() for resource in RESOURCES}
        self.deleted: set[str] = set()
        self._hidden: dict[tuple[str, str], Json] = {}
        self._seq = 0
        self._lock = _lock(folder)
        self.db = _open(folder)

    def close(self) -> None:
        """Let go of the folder."""
        self.db.close()
        if self._lock is not None:
            self._lock.close()

    def meta(self, name: str) -> str | None:
        """A remembered setting of this state folder."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def seed_with(self, rows: Iterable[Row], meta: dict[str, str]) -> None:
        """Fill an empty store, in one transaction."""
        records = []
        for kind, obj, hidden in rows:
            raw, key = dump(obj), (int(obj.get("created", 0)), self.next_seq(), obj["id"])
            records.append((kind, key[2], key[0], key[1], raw, dump(hidden).decode()))
            self.remember(kind, key, raw, obj, hidden)
        with self.db:
            self.db.executemany(PUT, records)
            self.db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))

    def load_all(self) -> None:
        """Read everything into memory."""
        query = "SELECT kind, id, created, seq, body, hidden FROM objects ORDER BY created, seq"
        for kind, wanted, created, seq, body, hidden in self.db.execute(query):
            self._seq = max(self._seq, seq)
            self.remember(kind, (created, seq, wanted), bytes(body), load(body), load(hidden))

    def remember(self, kind: str, key: Key, raw: bytes, obj: Json, hidden: Json) -> None:
        """Put one object into memory only."""
        table = self.tables[kind]
        if hidden or (kind, key[2]) in self._hidden:
            self._hidden[kind, key[2]] = hidden
        table.put(key, raw, filter_values(kind, obj, hidden))
        if obj.get("deleted"):
            self.deleted.add(key[2])
            table.drop(key[2])

    def find(self, kind: str, wanted: str) -> Json | None:
        """One object as a fresh dict, or None."""
        raw = self.tables[kind].raw.get(wanted)
        return None if raw is None else load(raw)

    def every(self, kind: str, **equals: str) -> list[Json]:
        """Objects of a kind whose filters have these values, oldest first."""
        table = self.tables[kind]
        filters = [(name, {value}) for name, value in equals.items()]
        return [load(table.raw[wanted]) for wanted in table.oldest(filters, Window())]

    def hidden(self, kind: str, wanted: str) -> Json:
        """What is known of an object and never shown."""
        return self._hidden.get((kind, wanted), {})

    def next_seq(self) -> int:
        """A number higher than that of every object."""
        self._seq += 1
        return self._seq

    def new_id(self, kind: str) -> str:
        """An id that no object has yet."""
        return ids.make(kind, f"{self.seed}/live", self.next_seq())


def filter_values(kind: str, obj: Json, hidden: Json) -> dict[str, str]:
    """What an object's filters compare, as text."""
    values = {}
    for name, path in BY_KIND[kind].filters.items():
        value = hidden.get(path[1:]) if path.startswith("+") else dig(obj, path)
        if value is not None:
            values[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return values


def dig(obj: Any, path: str) -> Any:
    """The value at a dotted path, or None."""
    for step in path.split("."):
        if isinstance(obj, list):
            obj = obj[int(step)] if int(step) < len(obj) else None
        elif isinstance(obj, dict):
            obj = obj.get(step)
        else:
            return None
    return obj


def _lock(folder: Path | None) -> IO[str] | None:
    """Hold the folder as long as this process lives; two sandboxes on one folder would not see each other's refunds."""
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    held = (folder / "lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SystemExit(f"Another sandbox is using {folder}. Stop it, or choose another --state.") from error
    return held


def _open(folder: Path | None) -> sqlite3.Connection:
    """The state's database; `synchronous=FULL`, so that a commit is on the disk before the answer leaves."""
    target = ":memory:" if folder is None else str(folder / "stripe.sqlite")
    db = sqlite3.connect(target, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.executescript(SCHEMA.read_text())
    return db
