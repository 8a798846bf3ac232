"""Days and months are those of the reporting time zone, whatever the clocks do there."""

from __future__ import annotations

from datetime import UTC, date, datetime

from counterfoil.paths import Paths
from tests.warehouse.landed import ZONE, Json, charge, land, later, page, refund, rows
from warehouse.build import build
from warehouse.load import load_landed
from warehouse.publish import publish

MIDNIGHTS = {
    # The day that begins in Berlin, and when it does in UTC.
    "2024-02-29": "2024-02-28T23:00:00",
    "2024-03-01": "2024-02-29T23:00:00",
    "2025-03-01": "2025-02-28T23:00:00",
    "2026-01-01": "2025-12-31T23:00:00",
    # The clocks go forward within the 29th of March, which has 23 hours; within the 25th of October, which has 25.
    "2026-03-29": "2026-03-28T23:00:00",
    "2026-03-30": "2026-03-29T22:00:00",
    "2026-10-25": "2026-10-24T22:00:00",
    "2026-10-26": "2026-10-25T23:00:00",
    "2026-11-01": "2026-10-31T23:00:00",
}


def test_a_second_before_midnight_belongs_to_the_day_before(built: Paths) -> None:
    charges: list[Json] = []
    wanted: dict[date, int] = {}
    for number, (day, text) in enumerate(MIDNIGHTS.items()):
        midnight = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
        first, last = 1 << (2 * number), 1 << (2 * number + 1)
        charges.append(charge(f"ch_{number}a", amount=first, created=midnight))
        charges.append(charge(f"ch_{number}b", amount=last, created=midnight - 1))
        wanted[date.fromisoformat(day)] = wanted.get(date.fromisoformat(day), 0) + first
        before = date.fromordinal(date.fromisoformat(day).toordinal() - 1)
        wanted[before] = wanted.get(before, 0) + last
    land(built, "charges", page(*charges))
    load_landed(built)
    build(built, reporting_time_zone=ZONE)
    found = rows(built, "SELECT on_day, sum(gross_minor)::BIGINT FROM marts.revenue_by_day GROUP BY 1")
    assert dict(found) == wanted


def test_what_comes_back_later_leaves_the_month_that_is_over_as_it_was(built: Paths) -> None:
    made, back = _at("2026-03-31T10:00:00"), _at("2026-04-02T10:00:00")
    land(built, "charges", page(charge("ch_1", created=made), charge("ch_2", created=made)))
    land(built, "refunds", page(refund("re_1", "ch_1", 400, created=made)))
    land(built, "disputes", page(_dispute("needs_response", made)))
    load_landed(built)
    build(built, reporting_time_zone=ZONE)
    publish(built, now=later(1))
    sums = "SELECT sum(refunds_minor)::BIGINT, sum(disputes_minor)::BIGINT FROM marts.revenue_by_day"
    march = sums + " WHERE on_day {} DATE '2026-04-01'"
    assert rows(built, march.format("<")) == [(400, 1000)]
    lines = [
        _line("txn_1", "refund_failure", "refund_failure", "re_1", 400, back),
        _line("txn_2", "adjustment", "dispute_reversal", "dp_1", 1000, back),
    ]
    land(built, "refunds", page(refund("re_1", "ch_1", 400, created=made, status="failed")), seen_at=later(1))
    land(built, "disputes", page(_dispute("won", made)), seen_at=later(1))
    land(built, "balance_transactions", page(*lines), seen_at=later(1))
    load_landed(built)
    report = build(built, reporting_time_zone=ZONE)
    assert report.built["marts.revenue_by_day"] == report.built["marts.money_returned"] == "changed rows"
    assert rows(built, march.format("<")) == [(400, 1000)]
    assert rows(built, march.format(">")) == [(-400, -1000)]


def _at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _dispute(status: str, created: int) -> dict[str, object]:
    return {
        "id": "dp_1",
        "object": "dispute",
        "charge": "ch_2",
        "amount": 1000,
        "currency": "eur",
        "status": status,
        "created": created,
    }


def _line(wanted: str, kind: str, category: str, source: str, amount: int, created: int) -> dict[str, object]:
    return {
        "id": wanted,
        "object": "balance_transaction",
        "type": kind,
        "reporting_category": category,
        "source": source,
        "amount": amount,
        "fee": 0,
        "net": amount,
        "currency": "eur",
        "status": "available",
        "available_on": created,
        "created": created,
    }
