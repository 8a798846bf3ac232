"""One atomic change of the books: objects, events, the idempotency record and the log, all or none."""

import copy
from dataclasses import dataclass, field

from sandbox.stripe.shapes.event import event
from sandbox.stripe.store import PUT, Store, filter_values
from sandbox.stripe.table import Key
from sandbox.stripe.wire import Json, dump


@dataclass(frozen=True)
class Replay:
    """What is kept under an idempotency key. `params` is a fingerprint; `stored_at` is the machine's clock."""

    key: str
    method: str
    path: str
    params: str
    status: int
    body: bytes
    request_id: str
    stored_at: float


@dataclass
class Transaction:
    """Changes that are not yet made. `request_id` and `idempotency_key` are shown in the events."""

    store: Store
    request_id: str | None = None
    idempotency_key: str | None = None
    _objects: dict[tuple[str, str], tuple[Key, Json, Json]] = field(default_factory=dict)
    _events: list[Json] = field(default_factory=list)

    def get(self, kind: str, wanted: str) -> Json | None:
        """An object as this transaction leaves it, or None."""
        staged = self._objects.get((kind, wanted))
        return staged[1] if staged else self.store.find(kind, wanted)

    def find(self, kind: str, wanted: str) -> Json | None:
        """A copy of what `get` gives, for showing it."""
        return copy.deepcopy(self.get(kind, wanted))

    def every(self, kind: str, **equals: str) -> list[Json]:
        """Copies of the objects whose filters have these values, oldest first, with what is staged."""
        found = {obj["id"]: obj for obj in self.store.every(kind, **equals)}
        for (staged_kind, wanted), (_, obj, hidden) in self._objects.items():
            values = filter_values(kind, obj, hidden) if staged_kind == kind else {}
            if values and all(values.get(name) == value for name, value in equals.items()):
                found[wanted] = copy.deepcopy(obj)
        return list(found.values())

    def put(self, kind: str, obj: Json, hidden: Json | None = None) -> Json:
        """Stage a new or changed object."""
        wanted = obj["id"]
        key = self.store.tables[kind].key_of(wanted) or self._staged_key(kind, obj)
        kept = self.store.hidden(kind, wanted) if hidden is None else hidden
        self._objects[kind, wanted] = (key, obj, kept)
        return obj

    def say(self, name: str, obj: Json, previous: Json | None = None) -> None:
        """Stage an event about an object, as it is now."""
        self._events.append(event(self, name, obj, previous))

    def forget(self) -> None:
        """Drop all that was staged."""
        self._objects.clear()
        self._events.clear()

    def commit(self, replay: Replay | None = None, log: Json | None = None) -> None:
        """Write everything to the disk, then to memory."""
        for made in self._events:
            self._objects["event", made["id"]] = (
                (made["created"], self.store.next_seq(), made["id"]),
                made,
                {},
            )
        with self.store.db as db:
            for (kind, wanted), ((created, seq, _), obj, hidden) in self._objects.items():
                db.execute(PUT, (kind, wanted, created, seq, dump(obj), dump(hidden).decode()))
            for made in self._events:
                db.execute("INSERT INTO deliveries (event, due_at) VALUES (?, 0)", (made["id"],))
            if replay is not None:
                db.execute("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _columns(replay))
            if log is not None:
                db.execute("INSERT INTO log (entry) VALUES (?)", (dump(log),))
        for (kind, _), (key, obj, hidden) in self._objects.items():
            self.store.remember(kind, key, dump(obj), obj, hidden)

    def _staged_key(self, kind: str, obj: Json) -> Key:
        staged = self._objects.get((kind, obj["id"]))
        return staged[0] if staged else (int(obj.get("created", 0)), self.store.next_seq(), obj["id"])


def _columns(replay: Replay) -> tuple[object, ...]:
    return (
        replay.key,
        replay.method,
        replay.path,
        replay.params,
        replay.status,
        replay.body,
        replay.request_id,
        replay.stored_at,
    )
