"""The sandbox's time: the wall clock, moved by whole days so that it begins on `--today`."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime

DAY = 86_400


@dataclass(frozen=True)
class Clock:
    """`shift_days` is how many days the sandbox's calendar is ahead of the machine's."""

    shift_days: int = 0

    def now(self) -> int:
        """Seconds since 1970, in the sandbox's time."""
        return int(time.time()) + self.shift_days * DAY


def starting_on(today: date) -> Clock:
    """A clock on which the machine's current date is `today`."""
    return Clock((today - datetime.now(UTC).date()).days)


def midnight(day: date) -> int:
    """The second in which `day` begins in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
