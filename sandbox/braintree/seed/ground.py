"""What the seed stands on: random numbers, ids and times."""

from dataclasses import dataclass, field
from random import Random

from sandbox.braintree.markup import Json, now_text
from sandbox.stripe.ids import base62

DAY = 86_400


@dataclass
class Ground:
    """An account while it grows. Times are seconds since 1970; `end` is the midnight at which it is shown first."""

    rng: Random
    start: int
    end: int
    rows: list[tuple[str, Json]] = field(default_factory=list)
    _made: int = 0

    def new_id(self) -> str:
        """Eight small letters and digits, as Braintree's ids look."""
        self._made += 1
        return base62(self._made * 104_729 + 62**6 * 31, 8).lower() + base62(self._made, 2).lower()

    def add(self, kind: str, obj: Json) -> Json:
        """Put an object into the account."""
        self.rows.append((kind, obj))
        return obj

    def moment(self, low: int, high: int) -> int:
        """A second within [low, high)."""
        return self.rng.randrange(low, max(low + 1, high))

    def text(self, seconds: float) -> str:
        """A time as Braintree writes it, never after the account's end."""
        return now_text(min(seconds, self.end - 1))

    def day(self, seconds: float) -> str:
        """A day as Braintree writes it; it may lie ahead."""
        return now_text(seconds)[:10]
