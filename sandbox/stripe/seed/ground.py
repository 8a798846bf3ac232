"""What the seed grows on: the random numbers, the span of time, and the objects made so far."""

from dataclasses import dataclass, field
from random import Random

from sandbox.stripe import ids
from sandbox.stripe.clock import DAY
from sandbox.stripe.wire import Json


@dataclass
class Ground:
    """Objects in the making. `start` and `end` are seconds; everything happens in between."""

    seed: str
    start: int
    end: int
    rng: Random
    rows: list[tuple[str, Json, Json]] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    def new_id(self, kind: str) -> str:
        """The next id of a kind."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return ids.make(kind, self.seed, self._counts[kind])

    def add(self, kind: str, obj: Json) -> Json:
        """Keep an object; it may still change until the whole is done."""
        self.rows.append((kind, obj, {}))
        return obj

    def every(self, kind: str) -> list[Json]:
        """Objects of a kind, in the order in which they were made."""
        return [obj for name, obj, _ in self.rows if name == kind]

    def moment(self, first: int | None = None, last: int | None = None) -> int:
        """A random second in a span, the whole one where nothing is said."""
        low = self.start if first is None else first
        high = self.end if last is None else last
        return self.rng.randrange(low, max(low + 1, high))

    def hours_later(self, when: int, days: int) -> int:
        """A second some days after another, at a random time of day, before the end."""
        return min(when + days * DAY + self.rng.randrange(3_600, DAY), self.end - 1)
