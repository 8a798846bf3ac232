"""Column kinds of gateways that send decimal amounts and ISO times: what passes and what is set aside, and why."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.gateway import Column, Resource
from warehouse.connection import connect
from warehouse.rules import Shape, reasons, typed

SHAPE = Shape(
    "paypal",
    Resource("x", "y", (Column("a", "a", "decimal"), Column("c", "c", "currency"), Column("t", "t", "iso_time"))),
)


def _judged(amount: str | None, currency: str | None, at: str | None) -> tuple[Any, Any]:
    time = typed(SHAPE.resource.columns[2])
    row = "SELECT NULL AS doubt, 'y' AS object, 'i' AS id, false AS is_deleted, $1 AS a, $2 AS c, $3 AS t"
    ((reason, found),) = (
        connect(":memory:").execute(f"SELECT {reasons(SHAPE)}, {time} FROM ({row})", [amount, currency, at]).fetchall()
    )
    return reason, found


@pytest.mark.parametrize(
    ("amount", "currency", "why"),
    [
        ("10.50", "eur", None),
        ("-10.5", "EUR", None),
        ("10.000", "JPY", None),
        ("1.234", "KWD", None),
        (None, None, None),
        ("10.505", "EUR", "a is 10.505: finer than its currency's minor unit"),
        ("10.5", "JPY", "a is 10.5: finer than its currency's minor unit"),
        ("abc", "EUR", "a is abc: not a decimal amount"),
        ("1e5", "EUR", "a is 1e5: not a decimal amount"),
        ("1,50", "EUR", "a is 1,50: not a decimal amount"),
    ],
)
def test_a_decimal_amount_is_exact_in_its_currency_or_set_aside(amount: str, currency: str, why: str | None) -> None:
    assert _judged(amount, currency, None)[0] == why


@pytest.mark.parametrize(
    ("at", "hour"),
    [("2026-01-01T05:00:00Z", 5), ("2026-01-01T05:00:00.5+02:00", 3), ("2026-01-01T05:00:00-0700", 12)],
)
def test_an_iso_time_becomes_utc(at: str, hour: int) -> None:
    reason, found = _judged(None, None, at)
    assert (reason, found.hour) == (None, hour)


@pytest.mark.parametrize("at", ["2026-01-01T05:00:00", "2026-13-01T05:00:00Z", "yesterday", "1767243600"])
def test_a_time_without_its_offset_is_set_aside(at: str) -> None:
    assert _judged(None, None, at) == (f"t is {at}: not an ISO 8601 time with an offset", None)


@pytest.mark.parametrize(
    ("at", "hour"),
    [("2026-01-01T05:00:00", 5), ("2026-07-01T23:59:59.5", 23), ("2026-01-01T05:00:00Z", None),
     ("2026-13-01T05:00:00", None), ("2026-01-01T05:00:00+02:00", None), ("2026-01-01", None), ("", None)],
)  # fmt: skip
def test_a_time_that_is_said_to_be_utc_is_utc_and_has_no_offset(at: str, hour: int | None) -> None:
    shape = Shape("woocommerce", Resource("x", "y", (Column("t", "t", "gmt_time"),)))
    row = "SELECT NULL AS doubt, 'y' AS object, 'i' AS id, false AS is_deleted, $1 AS t"
    query = f"SELECT {reasons(shape)}, {typed(shape.resource.columns[0])} FROM ({row})"
    ((reason, found),) = connect(":memory:").execute(query, [at]).fetchall()
    assert reason == (None if hour is not None else f"t is {at}: not an ISO 8601 time without an offset")
    assert (found and found.hour) == hour
