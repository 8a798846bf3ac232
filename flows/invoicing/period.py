"""A period of days, and where it begins and ends in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)


class PeriodInvalid(ValueError):
    """The last day lies before the first one."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both inside; None is open. Days are of the reporting zone."""

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.last < self.first:
            raise PeriodInvalid(f"The period ends on {self.last}, before it begins on {self.first}; swap the days.")

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instant inside and the first one after it, in UTC."""
        start = _midnight(self.first, zone) if self.first else BEGINNING
        end = _midnight(self.last + timedelta(days=1), zone) if self.last else END
        return start, end

    def months(self) -> tuple[str, str]:
        """The first and the last month as YYYY-MM, wide open where a day is None."""
        return (
            self.first.strftime("%Y-%m") if self.first else "0000-00",
            self.last.strftime("%Y-%m") if self.last else "9999-99",
        )

    def label(self) -> str:
        """The months, for file names: 2026-01-to-2026-03, 2026-11, or all."""
        if not self.first and not self.last:
            return "all"
        first = self.first.strftime("%Y-%m") if self.first else "beginning"
        last = self.last.strftime("%Y-%m") if self.last else "now"
        return first if first == last else f"{first}-to-{last}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
