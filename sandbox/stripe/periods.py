"""Months of a calendar, as subscriptions count them."""

from calendar import monthrange
from datetime import UTC, datetime


def months_later(when: int, months: int) -> int:
    """The same day and second some months on; the last day where the month is shorter."""
    at = datetime.fromtimestamp(when, UTC)
    years, month = divmod(at.month - 1 + months, 12)
    day = min(at.day, monthrange(at.year + years, month + 1)[1])
    return int(at.replace(year=at.year + years, month=month + 1, day=day).timestamp())
