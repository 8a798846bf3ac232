"""Recurring revenue moves as customers do: they begin, buy more or less, leave and come back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from counterfoil.paths import Paths
from tests.warehouse.landed import ZONE, Json, everything, invoice, land, later, line, page, rows
from warehouse.build import build
from warehouse.load import load_landed

MOVED = "SELECT strftime(on_month, '%Y-%m'), kind, mrr_minor, customers FROM marts.mrr_movements ORDER BY ALL"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def subscription(wanted: str, begun: str, unit: int, **known: Any) -> Json:
    price = {"id": f"price_{unit}", "product": "prod_1", "unit_amount": unit, "currency": "eur"}
    price["recurring"] = {"interval": known.pop("interval", "month"), "interval_count": known.pop("count", 1)}
    items = {"object": "list", "data": [{"id": f"si_{wanted}", "quantity": 1, "price": price}]}
    times = {"created": at(begun), "start_date": at(begun)}
    shape = {"object": "subscription", "status": "active", "customer": "cus_1", "currency": "eur", "metadata": {}}
    return {"id": wanted, "items": items, **times, **shape, **known}


def bill(wanted: str, of: str, begins: str, ends: str, amount: int) -> Json:
    period = {"start": at(begins), "end": at(ends)}
    details = {"subscription_item_details": {"subscription": of, "proration": False}}
    lines = [line(f"il_{wanted}", amount, period=period, parent={"type": "subscription_item_details", **details})]
    parent = {"type": "subscription_details", "subscription_details": {"subscription": of}}
    return invoice(wanted, lines, parent=parent, created=at(begins))


def built_movements(paths: Paths, minute: int, **landed: list[Json]) -> list[tuple[Any, ...]]:
    for resource, objects in landed.items():
        land(paths, resource, page(*objects), seen_at=later(minute))
    load_landed(paths)
    build(paths, reporting_time_zone=ZONE)
    return rows(paths, MOVED)


def test_a_customer_begins_grows_shrinks_leaves_and_comes_back(built: Paths) -> None:
    bills = [
        bill("in_1", "sub_1", "2026-01-10", "2026-02-10", 1000),
        bill("in_2", "sub_1", "2026-02-10", "2026-03-10", 3000),
        bill("in_3", "sub_1", "2026-03-10", "2026-04-10", 2000),
    ]
    ended = subscription("sub_1", "2026-01-10", 2000, status="canceled", ended_at=at("2026-04-10"))
    back = subscription("sub_2", "2026-06-10", 1200)
    found = built_movements(built, 0, subscriptions=[ended, back], invoices=bills)
    assert found == [
        ("2026-01", "new", 1000, 1),
        ("2026-02", "expansion", 2000, 0),
        ("2026-03", "contraction", -1000, 0),
        ("2026-04", "churn", -2000, -1),
        ("2026-06", "reactivation", 1200, 1),
    ]
    # Built from what changed, a later end gives what building everything anew gives.
    gone = subscription("sub_2", "2026-06-10", 1200, status="canceled", ended_at=at("2026-07-10"))
    assert built_movements(built, 1, subscriptions=[gone])[-1] == ("2026-07", "churn", -1200, -1)
    step_by_step = everything(built)["marts.mrr_movements"]
    rows(built, "DROP TABLE marts.mrr_movements; DELETE FROM meta.build_state WHERE model = 'marts.mrr_movements'")
    build(built, reporting_time_zone=ZONE)
    assert everything(built)["marts.mrr_movements"] == step_by_step


def test_a_month_ends_at_midnight_of_the_zone_and_a_trial_brings_nothing(built: Paths) -> None:
    found = built_movements(
        built,
        0,
        subscriptions=[
            # 00:30 in Berlin on the first of April, and half an hour before midnight on the last of March.
            subscription("sub_1", "2026-03-31T22:30:00", 1000),
            subscription("sub_2", "2026-03-31T21:30:00", 700, customer="cus_2"),
            subscription("sub_3", "2026-01-20", 500, customer="cus_3", trial_end=at("2026-02-28T23:30:00")),
            subscription("sub_4", "2026-01-20", 500, customer="cus_4", status="trialing", trial_end=at("2026-12-01")),
            # Begun and ended between two months' ends: it never stood in a balance.
            subscription("sub_5", "2026-01-05", 900, customer="cus_5", status="canceled", ended_at=at("2026-01-25")),
        ],
    )
    assert found == [("2026-03", "new", 500, 1), ("2026-03", "new", 700, 1), ("2026-04", "new", 1000, 1)]


def test_a_year_is_twelve_months_exactly_and_a_third_is_rounded_once(built: Paths) -> None:
    built_movements(
        built,
        0,
        subscriptions=[
            subscription("sub_1", "2026-01-05", 1000, interval="year"),
            subscription("sub_2", "2026-01-05", 1000, customer="cus_2", count=3),
            subscription("sub_3", "2026-01-05", 700, customer="cus_3", interval="week"),
            subscription("sub_4", "2026-01-05", 10, customer="cus_4", interval="day"),
        ],
    )
    found = rows(built, "SELECT annual_minor, mrr_minor FROM marts.mrr_movements ORDER BY subscription_id")
    assert found == [(1000, 83), (4000, 333), (36400, 3033), (3650, 304)]
