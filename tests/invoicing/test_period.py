"""Periods are days of the reporting zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from flows.invoicing.period import Period, PeriodInvalid

BERLIN = ZoneInfo("Europe/Berlin")


def test_bounds_are_midnights_of_the_zone_with_both_days_inside() -> None:
    start, end = Period(date(2026, 3, 1), date(2026, 3, 31)).bounds(BERLIN)
    assert start == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert end == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)  # summer time has begun


def test_an_open_period_holds_every_time() -> None:
    start, end = Period().bounds(BERLIN)
    assert start.year == 1970 and end.year == 9999


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PeriodInvalid, match="ends on 2026-01-01, before it begins on 2026-02-01; swap the days"):
        Period(date(2026, 2, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        (None, None, "all"),
        (date(2026, 1, 1), date(2026, 3, 31), "2026-01-to-2026-03"),
        (date(2026, 1, 1), date(2026, 1, 31), "2026-01"),
        (None, date(2026, 1, 31), "beginning-to-2026-01"),
        (date(2026, 1, 1), None, "2026-01-to-now"),
    ],
)
def test_labels_for_file_names(first: date | None, last: date | None, label: str) -> None:
    assert Period(first, last).label() == label
