"""One atomic change of the books: objects and events, all or none."""

import copy

from sandbox.paypal import shapes
from sandbox.paypal.store import Entry, Store
from sandbox.stripe.wire import Json


class Change:
    """Changes that are not yet made."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = store.clock.now()
        self._staged: dict[tuple[str, str], Entry] = {}

    def get(self, kind: str, wanted: str) -> Entry | None:
        """An object as this change leaves it, to be changed and `put`."""
        return self._staged.get((kind, wanted)) or self.store.get(kind, wanted)

    def put(self, entry: Entry) -> Entry:
        """Stage a new or changed object."""
        entry.seq = entry.seq or self.store.next_seq()
        if "update_time" in entry.shown:
            entry.shown["update_time"] = shapes.iso(max(self.now, entry.at))
        self._staged[entry.kind, entry.wanted] = entry
        return entry

    def say(self, kind: str, noun: str, about: Json) -> None:
        """Stage an event about an object, as it is now."""
        wanted = self.store.new_id("event")
        made = shapes.event(wanted, self.now, kind, noun, f"{kind.capitalize()}.", copy.deepcopy(about))
        self.put(Entry("event", wanted, self.now, 0, made))

    def commit(self, *, key: tuple[str, str, str, str] | None = None, log: Json | None = None) -> None:
        """Write everything to the disk, then to memory."""
        self.store.commit(list(self._staged.values()), key=key, log=log)
