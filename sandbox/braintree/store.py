"""The account's books: every object in SQLite and in memory. What was committed survives a kill."""

import json
import sqlite3
import time
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.braintree.markup import Json, element
from sandbox.stripe.clock import Clock
from sandbox.stripe.ids import base62

KINDS = ("transaction", "customer", "subscription", "dispute", "plan", "add_on", "discount")
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, id TEXT NOT NULL, stored_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, payload TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'waiting'
);
"""
PUT = "INSERT OR REPLACE INTO objects VALUES (?, ?, ?)"


@dataclass
class Change:
    """What one request changes; all of it or nothing."""

    objects: list[tuple[str, Json]] = field(default_factory=list)
    payloads: list[str] = field(default_factory=list)
    """Notifications to deliver, in base64."""
    key: tuple[str, str, str] | None = None
    """Request key, digest of the request, id of the transaction."""
    log: Json | None = None


class Store:
    """All objects. Reading is from memory; `commit` writes to SQLite first (fsynced), then to memory."""

    def __init__(self, folder: Path | None, clock: Clock) -> None:
        self.clock = clock
        self.objects: dict[str, dict[str, Json]] = {kind: {} for kind in KINDS}
        self._order: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}
        self._markup: dict[tuple[str, str], bytes] = {}
        self._made = 0
        self.db = _open(folder)

    def meta(self, name: str) -> str | None:
        """A remembered setting of this state folder."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def seed_with(self, rows: Iterable[tuple[str, Json]], meta: dict[str, str]) -> None:
        """Fill an empty store, in one transaction."""
        with self.db:
            for kind, obj in rows:
                self.db.execute(PUT, (kind, obj["id"], json.dumps(obj)))
            self.db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))
        self.load_all()

    def load_all(self) -> None:
        """Read everything into memory."""
        for kind, body in self.db.execute("SELECT kind, body FROM objects"):
            self.remember(kind, json.loads(body))

    def remember(self, kind: str, obj: Json) -> None:
        """Put one object into memory only."""
        if obj["id"] not in self.objects[kind]:
            insort(self._order[kind], (str(obj.get("created_at") or ""), obj["id"]))
        self.objects[kind][obj["id"]] = obj
        self._markup.pop((kind, obj["id"]), None)

    def commit(self, change: Change) -> None:
        """Make a change durable, then visible."""
        with self.db as db:
            for kind, obj in change.objects:
                db.execute(PUT, (kind, obj["id"], json.dumps(obj)))
            for payload in change.payloads:
                db.execute("INSERT INTO deliveries (payload, due_at) VALUES (?, 0)", (payload,))
            if change.key is not None:
                db.execute("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?)", (*change.key, time.time()))
            if change.log is not None:
                db.execute("INSERT INTO log (entry) VALUES (?)", (json.dumps(change.log),))
        for kind, obj in change.objects:
            self.remember(kind, obj)

    def created_between(self, kind: str, low: str, high: str) -> list[str]:
        """Ids in the order in which they were made; the bounds are texts of times, both inclusive."""
        order = self._order[kind]
        return [wanted for _, wanted in order[bisect_left(order, (low, "")) : bisect_right(order, (high, "\x7f"))]]

    def markup(self, kind: str, wanted: str) -> bytes:
        """An object as XML, kept until it changes."""
        if (kind, wanted) not in self._markup:
            self._markup[kind, wanted] = element(kind, self.objects[kind][wanted]).encode()
        return self._markup[kind, wanted]

    def new_id(self) -> str:
        """An id that no object has yet."""
        while True:
            self._made += 1
            wanted = base62(self._made * 48_271 + time.time_ns(), 10).lower()
            if not any(wanted in objects for objects in self.objects.values()):
                return wanted


def _open(folder: Path | None) -> sqlite3.Connection:
    """The state's database; `synchronous=FULL`, so that a commit is on the disk before the answer leaves."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    target = ":memory:" if folder is None else str(folder / "braintree.sqlite")
    db = sqlite3.connect(target, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.executescript(SCHEMA)
    return db
