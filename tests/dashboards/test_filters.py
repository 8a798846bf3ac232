"""A nonsense filter is answered with a sentence and 400; periods are cut in the reporting time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboards.figures import change, share
from dashboards.filters import Period, add_months, month_period
from tests.dashboards.conftest import Web

NONSENSE = [
    ("finance", "/?currency=zzz", "not an ISO 4217"),
    ("finance", "/?currency=eur", "not an ISO 4217"),
    ("finance", "/?from=2026-02-30", "not a day"),
    ("finance", "/?from=yesterday", "not a day"),
    ("finance", "/?from=0001-01-01", "out of reach"),
    ("finance", "/?from=2026-05-01&to=2026-04-01", "ends"),
    ("finance", "/?from=1970-01-01&to=2199-01-01", "thirty years"),
    ("finance", "/?country=Atlantis", "known here"),
    ("finance", "/?format=pdf", "known here"),
    ("finance", "/?colour=blue", "no filter"),
    ("finance", "/?currency=EUR&currency=USD", "twice"),
    ("finance", "/?product=%00", "cannot be shown"),
    ("finance", "/?product=" + "x" * 300, "longer than"),
    ("finance", "/revenue/rows?figure=profit", "known here"),
    ("finance", "/revenue/rows?page=0", "not a page"),
    ("finance", "/revenue/rows?page=-1", "not a page"),
    ("finance", "/revenue/rows?page=1e9", "not a page"),
    ("finance", "/revenue/chart.svg?currency=EUR&theme=pink", "known here"),
    ("finance", "/revenue/chart.svg", "choose one"),
    ("finance", "/tax?from=2026-13", "write it like"),
    ("finance", "/tax?from=2026-05&to=2026-04", "ends"),
    ("finance", "/tax?percent=19%25", "write it like"),
    ("finance", "/tax/lines?source=guess", "known here"),
    ("finance", "/documents?kind=poem", "known here"),
    ("finance", "/documents?country=germany", "write it like"),
    ("finance", "/reconciliation?result=perhaps", "known here"),
    ("finance", "/reconciliation/bank?cause=weather", "known here"),
    ("finance", "/reconciliation/bank?from=2026-05-02&to=2026-05-01", "ends"),
    ("finance", "/reconciliation/balance?account=stripe/moon", "known here"),
    ("finance", "/reconciliation/balance/rows?account=stripe/eu&currency=EUR&on=today", "not a day"),
    ("agent", "/customers?q=" + "x" * 201, "longer than"),
    ("agent", "/customers?q=a%00b", "cannot be shown"),
    ("agent", "/actions?state=Happy", "known here"),
    ("auditor", "/audit?kind=rumour", "known here"),
    ("auditor", "/audit?from=2026-11-31", "not a day"),
    ("engineer", "/pipelines?table=users", "known here"),
]


@pytest.mark.parametrize(("role", "path", "sentence"), NONSENSE)
def test_nonsense_is_answered_with_a_sentence(shared_web: Web, role: str, path: str, sentence: str) -> None:
    answer = shared_web.as_role(role).get(path)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "This filter cannot be used" in answer.text


@pytest.mark.parametrize("path", ["/?product=%3Cscript%3Ealert(1)%3C/script%3E", "/?%3Cscript%3E=1"])
def test_nonsense_comes_back_escaped(shared_web: Web, path: str) -> None:
    answer = shared_web.as_role("finance").get(path)
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text and "<script>=" not in answer.text


def test_good_filters_without_rows_show_an_empty_state(shared_web: Web) -> None:
    client = shared_web.as_role("finance")
    assert "No revenue from 2001-01-01" in client.get("/?from=2001-01-01&to=2001-02-01").text
    assert "No rows under these filters" in client.get("/revenue/rows?currency=CHF").text
    assert "No document under these filters" in client.get("/documents?currency=CHF").text
    assert "Nobody was found" in client.get("/customers?q=nobody-at-all").text


@pytest.mark.parametrize(
    ("since", "until", "before"),
    [
        (date(2026, 3, 1), date(2026, 3, 31), Period(date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 1, 1), date(2026, 12, 31), Period(date(2025, 1, 1), date(2025, 12, 31))),
        (date(2024, 2, 1), date(2024, 2, 29), Period(date(2024, 1, 1), date(2024, 1, 31))),
        (date(2026, 3, 10), date(2026, 3, 19), Period(date(2026, 2, 28), date(2026, 3, 9))),
    ],
)
def test_the_period_before_has_the_same_length(since: date, until: date, before: Period) -> None:
    assert Period(since, until).before() == before


def test_a_period_is_cut_at_midnight_of_the_zone_also_when_the_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    since, until = Period(date(2026, 3, 29), date(2026, 3, 29)).bounds(berlin)
    assert since == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert until == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_months_end_where_they_end() -> None:
    assert month_period("2024-02") == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert add_months(date(2026, 1, 31), -1) == date(2025, 12, 1)


def test_changes_are_counted_in_whole_numbers_and_rounded_towards_nothing() -> None:
    assert change(150, 100) == "+50.0 %"
    assert change(2, 3) == "\u221233.3 %"
    assert change(-50, 100) == "\u2212150.0 %"
    assert change(100, 100) == "±0.0 %"
    assert change(173, 1) == "× 173"
    assert change(5, 0) is None
    assert share(1, 3) == "33.3 % of gross"
    assert share(1, 0) is None
