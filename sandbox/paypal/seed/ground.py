"""What the seed grows on: the random numbers, the span of time, and the objects made so far."""

from dataclasses import dataclass, field
from random import Random

from sandbox.paypal import ids, shapes
from sandbox.paypal.store import Entry
from sandbox.stripe.clock import DAY
from sandbox.stripe.wire import Json


@dataclass
class Ground:
    """Objects in the making. `start` and `end` are seconds; everything happens in between."""

    seed: str
    start: int
    end: int
    rng: Random
    entries: list[Entry] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    def new_id(self, kind: str) -> str:
        """The next id of a kind."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return ids.make(kind, self.seed, self._counts[kind])

    def add(self, kind: str, wanted: str, at: int, shown: Json, **hidden: object) -> Entry:
        """Keep an object; it may still change until the whole is done."""
        return self.keep(Entry(kind, wanted, at, 0, shown, dict(hidden)))

    def keep(self, entry: Entry) -> Entry:
        """Keep an entry that is made already."""
        self.entries.append(entry)
        return entry

    def every(self, kind: str) -> list[Entry]:
        """Objects of a kind, in the order in which they were made."""
        return [entry for entry in self.entries if entry.kind == kind]

    def tell(self, kind: str, noun: str, at: int, about: Json) -> None:
        """An event, where it is young enough to be listed."""
        if at >= self.end - 30 * DAY:
            wanted = self.new_id("event")
            self.add("event", wanted, at, shapes.event(wanted, at, kind, noun, f"{kind.capitalize()}.", about))

    def moment(self, first: int | None = None, last: int | None = None) -> int:
        """A random second in a span, the whole one where nothing is said."""
        low, high = (self.start if first is None else first), (self.end if last is None else last)
        return self.rng.randrange(low, max(low + 1, high))

    def days_later(self, at: int, days: int) -> int:
        """A second some days after another, at a random time of day, before the end."""
        return min(at + days * DAY + self.rng.randrange(3_600, DAY), self.end - 1)
