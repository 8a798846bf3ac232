"""Filters come from the URL. What makes no sense is answered with a sentence (400), never ignored and never a crash."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request

from connectors.currencies import EXPONENTS

MAX_TEXT = 200
PAGE_ROWS = 100
EXPORT_ROWS = 100_000
_FIRST_DAY = date(1970, 1, 1)
_LAST_DAY = date(2200, 1, 1)


class BadFilter(ValueError):
    """A filter of the URL cannot be used; the text is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the reporting time zone, both inclusive."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def before(self) -> Period:
        """The period just before, of the same length; whole months are compared with whole months."""
        last = self.since - timedelta(days=1)
        if self.since.day == 1 and (self.until + timedelta(days=1)).day == 1:
            months = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month + 1
            return Period(add_months(self.since, -months), last)
        return Period(self.since - timedelta(days=self.days), last)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instant of the period and the first one after it, in UTC."""
        after = self.until + timedelta(days=1)
        return _midnight(self.since, zone), _midnight(after, zone)


def add_months(day: date, months: int) -> date:
    """The first day of the month `months` away from the month of `day`."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def month_period(month: str) -> Period:
    """The days of a month written as YYYY-MM."""
    first = date.fromisoformat(f"{month}-01")
    return Period(first, add_months(first, 1) - timedelta(days=1))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


class Query:
    """The filters of one request; each is asked for once, and `done` refuses those that nobody asked for."""

    def __init__(self, given: Request | Mapping[str, str]) -> None:
        """`given`: a request, whose address is read; or the fields of a form."""
        self._values: dict[str, str] = {}
        self._asked: set[str] = set()
        pairs = given.query_params.multi_items() if isinstance(given, Request) else given.items()
        for name, value in pairs:
            if name in self._values:
                raise BadFilter(f"The filter “{name[:40]}” stands twice in the address; keep one of them.")
            self._values[name] = value

    def text(self, name: str, *, longest: int = MAX_TEXT) -> str | None:
        """A free text, or None where it is empty."""
        self._asked.add(name)
        value = self._values.get(name, "").strip()
        if len(value) > longest:
            raise BadFilter(f"The filter “{name}” is longer than {longest} characters; shorten it.")
        if not value.isprintable():
            raise BadFilter(f"The filter “{name}” holds characters that cannot be shown; remove them.")
        return value or None

    def choice(self, name: str, among: Iterable[str]) -> str | None:
        """One of a fixed list."""
        value = self.text(name)
        allowed = list(among)
        if value is not None and value not in allowed:
            known = ", ".join(allowed[:20]) or "none yet"
            raise BadFilter(f"“{value}” is not a {name.replace('_', ' ')} that is known here; there are: {known}.")
        return value

    def pattern(self, name: str, pattern: str, example: str) -> str | None:
        """A text of a given shape."""
        value = self.text(name)
        if value is not None and not re.fullmatch(pattern, value):
            raise BadFilter(f"“{value}” cannot be a {name.replace('_', ' ')}; write it like {example}.")
        return value

    def currency(self) -> str | None:
        """An ISO 4217 code."""
        value = self.text("currency")
        if value is not None and value not in EXPONENTS:
            raise BadFilter(f"“{value}” is not an ISO 4217 currency code in capitals; write it like EUR.")
        return value

    def country(self) -> str | None:
        """An ISO 3166 code."""
        return self.pattern("country", "[A-Z]{2}", "DE")

    def day(self, name: str) -> date | None:
        """A day, YYYY-MM-DD."""
        value = self.text(name)
        if value is None:
            return None
        try:
            found = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise BadFilter(f"“{value}” is not a day; write it like 2026-03-31.") from None
        if not _FIRST_DAY <= found <= _LAST_DAY:
            raise BadFilter(f"“{value}” is out of reach; choose a day between {_FIRST_DAY} and {_LAST_DAY}.")
        return found

    def period(self, today: date) -> Period:
        """`from` and `to`; without them the last twelve months up to today."""
        since = self.day("from") or add_months(self.day("to") or today, -11)
        until = self.day("to") or max(today, since)
        if since > until:
            raise BadFilter(f"The period ends ({until}) before it begins ({since}); exchange the two.")
        return Period(since, until)

    def optional_period(self) -> tuple[date | None, date | None]:
        """`from` and `to`, each of which may be left out."""
        since, until = self.day("from"), self.day("to")
        if since and until and since > until:
            raise BadFilter(f"The period ends ({until}) before it begins ({since}); exchange the two.")
        return since, until

    def page(self) -> int:
        """The page of a long list, from 1."""
        value = self.text("page") or "1"
        if not re.fullmatch(r"[1-9]\d{0,4}", value):
            raise BadFilter(f"“{value}” is not a page; pages are counted from 1.")
        return int(value)

    def format(self) -> str:
        """html, csv or xlsx."""
        return self.choice("format", ("html", "csv", "xlsx")) or "html"

    def done(self) -> None:
        """Refuse filters that this page does not have."""
        unknown = sorted(set(self._values) - self._asked)
        if unknown:
            known = ", ".join(sorted(self._asked)) or "none"
            raise BadFilter(f"This page has no filter “{unknown[0][:40]}”; it has: {known}.")


def instants(since: date | None, until: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Days that may be missing as instants: the start of the first, and the end of the last."""
    return (
        _midnight(since, zone) if since else None,
        _midnight(until + timedelta(days=1), zone) if until else None,
    )
