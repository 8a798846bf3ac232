"""The account's books: every object in SQLite and in memory. What was committed survives a kill."""

import copy
import sqlite3
from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.paypal import ids
from sandbox.stripe.clock import Clock
from sandbox.stripe.wire import Json, dump, load

SCHEMA = Path(__file__).with_name("schema.sql")
PUT = "INSERT OR REPLACE INTO objects (kind, id, at, seq, body, hidden) VALUES (?, ?, ?, ?, ?, ?)"
KINDS = "product plan subscription order authorization capture refund dispute invoice transaction event vault".split()


@dataclass
class Entry:
    """One object; `hidden` is what the stand-in knows of it and never shows, `at` seconds since 1970."""

    kind: str
    wanted: str
    at: int
    seq: int
    shown: Json
    hidden: Json = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, int]:
        return self.at, self.seq


class Store:
    """All objects. Reading is from memory; `commit` writes to SQLite first (fsynced), then to memory."""

    def __init__(self, folder: Path | None, clock: Clock, seed: str = "7") -> None:
        self.clock = clock
        self.seed = seed
        self._objects: dict[str, dict[str, Entry]] = {kind: {} for kind in KINDS}
        self._sorted: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
        self._seq = 0
        self.db = _open(folder)

    def meta(self, name: str) -> str | None:
        """A remembered setting of this state folder."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def fill(self, entries: Iterable[Entry], meta: dict[str, str]) -> None:
        """Fill an empty store, in one transaction."""
        with self.db:
            for entry in entries:
                entry.seq = self.next_seq()
                self.db.execute(PUT, _row(entry))
            self.db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))
        self.load_all()

    def load_all(self) -> None:
        """Read everything into memory."""
        query = "SELECT kind, id, at, seq, body, hidden FROM objects ORDER BY at, seq"
        for kind, wanted, at, seq, body, hidden in self.db.execute(query):
            self._seq = max(self._seq, seq)
            self._remember(Entry(kind, wanted, at, seq, load(body), load(hidden)))

    def get(self, kind: str, wanted: str) -> Entry | None:
        """A copy of an object, to be changed and committed; None where there is none."""
        return copy.deepcopy(self._objects[kind].get(wanted))

    def all(self, kind: str) -> list[Entry]:
        """The objects of a kind, oldest first; not to be changed."""
        return self._sorted[kind]

    def commit(
        self, entries: list[Entry], *, key: tuple[str, str, str, str] | None = None, log: Json | None = None
    ) -> None:
        """Write changes, all or none; `key` is (idempotency key, path, kind, id of what it made)."""
        with self.db as db:
            for entry in entries:
                db.execute(PUT, _row(entry))
                if entry.kind == "event":
                    db.execute("INSERT INTO deliveries (event, due_at) VALUES (?, 0)", (entry.wanted,))
            if key is not None:
                db.execute("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)", (*key, self.clock.now()))
            if log is not None:
                db.execute("INSERT INTO log (entry) VALUES (?)", (dump(log),))
        for entry in entries:
            self._remember(entry)

    def next_seq(self) -> int:
        """A number higher than that of every object."""
        self._seq += 1
        return self._seq

    def new_id(self, kind: str) -> str:
        """An id that no object has yet."""
        return ids.make(kind, f"{self.seed}/live", self.next_seq())

    def _remember(self, entry: Entry) -> None:
        known = self._objects[entry.kind].get(entry.wanted)
        if known is not None:
            self._sorted[entry.kind].remove(known)
        self._objects[entry.kind][entry.wanted] = entry
        insort(self._sorted[entry.kind], entry, key=lambda one: one.order)


def _row(entry: Entry) -> tuple[object, ...]:
    return entry.kind, entry.wanted, entry.at, entry.seq, dump(entry.shown), dump(entry.hidden).decode()


def _open(folder: Path | None) -> sqlite3.Connection:
    """The state's database; `synchronous=FULL`, so that a commit is on the disk before the answer leaves."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(":memory:" if folder is None else str(folder / "paypal.sqlite"), check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.executescript(SCHEMA.read_text())
    return db
