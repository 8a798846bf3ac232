"""The tables of the page of subscriptions. Rates are whole tenths of a percent, cut off."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from dashboards.addresses import with_query
from dashboards.filters import Period, add_months
from dashboards.service import Service
from dashboards.table import Column, Row, Table
from warehouse.reads import recurring as reads
from warehouse.reads import subscribing
from warehouse.reads.recurring import KINDS, RecurringFilter

TABLES = ("months", "plans", "cohorts", "trials", "failures")
KIND_LABELS = {kind: kind.capitalize() for kind in KINDS}
COHORT_MONTHS = 12
BEGINNING = "2000-01-01"
"""Before any subscription: a balance is the sum of all movements since."""


def tables_of(service: Service, asked: RecurringFilter, period: Period, query: dict[str, str]) -> dict[str, Table]:
    """All of them, for one currency."""
    days = (asked.since, add_months(asked.until, 1) - timedelta(days=1))
    bounds = Period(*days).bounds(service.settings.zone)
    base = {name: value for name, value in query.items() if name not in ("table", "format", "page")}
    base["currency"] = asked.currency or ""
    return {
        "months": _months(service, asked, base),
        "plans": _plans(reads.plans(service.published, asked), base),
        "cohorts": cohort_table(reads.cohorts(service.published, asked), asked.currency or ""),
        "trials": _trials(subscribing.trials(service.published, asked, bounds, service.clock()), base),
        "failures": _failures(subscribing.failed_payments(service.published, asked, days), base),
    }


def month_rows(service: Service, asked: RecurringFilter) -> list[Row]:
    """Every month of the filter with its opening, movements, closing and churn; one currency."""
    opening = reads.balances(service.published, asked.within(asked.since, add_months(asked.since, -1)))
    mine = next((row for row in opening if row["currency"] == asked.currency), {})
    mrr, customers = int(mine.get("mrr_minor", 0)), int(mine.get("customers", 0))
    moved = {row["on_month"]: row for row in reads.months(service.published, asked)}
    found, month = [], asked.since
    while month <= asked.until:
        row: Row = moved.get(month) or {f"{kind}_minor": 0 for kind in KINDS}
        lost = -row["churn_minor"] - row["contraction_minor"]
        change = row.get("change_minor", 0)
        found.append(
            {
                **row,
                "month": month,
                "name": f"{month:%Y-%m}",
                "currency": asked.currency,
                "opening_minor": mrr,
                "closing_minor": mrr + change,
                "customers": customers + row.get("customers", 0),
                "lost_customers": row.get("lost_customers", 0),
                "churn_rate": percent(row.get("lost_customers", 0), customers),
                "money_churn_rate": percent(lost, mrr),
            }
        )
        mrr, customers, month = mrr + change, customers + row.get("customers", 0), add_months(month, 1)
    return found


def percent(part: int, whole: int) -> str | None:
    """A part in percent with one decimal; None of nothing."""
    if whole <= 0:
        return None
    per_mille = part * 1000 // whole
    return f"{per_mille // 10}.{per_mille % 10}"


def _month(month: date) -> dict[str, str]:
    return {"from": str(month), "to": str(add_months(month, 1) - timedelta(days=1))}


def _months(service: Service, asked: RecurringFilter, base: dict[str, str]) -> Table:
    def rows_link(kind: str | None) -> Any:
        return lambda row: with_query("/subscriptions/rows", base | _month(row["month"]), kind=kind)

    kinds = tuple(Column(f"{kind}_minor", KIND_LABELS[kind], "money", link=rows_link(kind)) for kind in KINDS)
    columns = (
        Column("name", "Month"),
        Column("opening_minor", "MRR before", "money"),
        *kinds,
        Column("closing_minor", "MRR after", "money", link=rows_link(None)),
        Column("customers", "Customers", "count"),
        Column("lost_customers", "Lost", "count", link=rows_link("churn")),
        Column("churn_rate", "Lost, %", "percent"),
        Column("money_churn_rate", "MRR lost, %", "percent"),
    )
    rows = list(reversed(month_rows(service, asked)))
    return Table("mrr-by-month", columns, rows, "No subscription under these filters.")


def _plans(rows: list[Row], base: dict[str, str]) -> Table:
    columns = (
        Column("plan", "Plan", link=lambda row: with_query("/subscriptions", base, plan=row["plan"])),
        Column("mrr_minor", "MRR", "money", link=lambda row: _up_to_now(base, row["plan"])),
        Column("annual_minor", "ARR", "money"),
    )
    return Table("mrr-by-plan", columns, rows, "No plan brings anything.")


def _up_to_now(base: dict[str, str], plan: str) -> str:
    """The movements that add up to a balance are those of all time."""
    return with_query("/subscriptions/rows", base, plan=plan, from_=BEGINNING)


def cohort_table(rows: list[Row], currency: str) -> Table:
    """Per month in which customers first paid: how many, and how many of them were left after each month."""
    moved: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        first, then = row["cohort"], row["on_month"]
        moved[first][(then.year - first.year) * 12 + then.month - first.month] += row["customers"]
    last = max((row["on_month"] for row in rows), default=None)
    shown = [_cohort(first, steps, last, currency) for first, steps in sorted(moved.items(), reverse=True)]
    after = tuple(Column(f"after_{number}", f"+{number}", "percent") for number in range(1, COHORT_MONTHS))
    columns = (Column("cohort", "First paid in"), Column("customers", "Customers", "count"), *after)
    return Table("cohorts", columns, shown, "Nobody began in this period.")


def _cohort(first: date, steps: dict[int, int], last: date | None, currency: str) -> Row:
    began, left = steps[0], steps[0]
    row: Row = {"cohort": f"{first:%Y-%m}", "customers": began, "currency": currency}
    for number in range(1, COHORT_MONTHS):
        if last is None or add_months(first, number) > last:
            break
        left += steps.get(number, 0)
        row[f"after_{number}"] = percent(left, began)
    return row


def _trials(rows: list[Row], base: dict[str, str]) -> Table:
    def link(row: Row) -> str:
        return with_query("/subscriptions/trials", base, result=row["result"], currency=row["currency"])

    columns = (Column("result", "What came of it", "state"), Column("trials", "Trials", "count", link=link))
    return Table("trials", columns, rows, "No trial began in this period.")


def _failures(rows: list[Row], base: dict[str, str]) -> Table:
    def link(row: Row) -> str:
        return with_query("/subscriptions/failed-payments", base, result=row["result"])

    columns = (
        Column("result", "What came of it", "state"),
        Column("invoices", "Invoices", "count", link=link),
        Column("attempts", "Failed attempts", "count"),
        Column("amount_minor", "Amount", "money", link=link),
    )
    return Table("failed-payments", columns, rows, "No payment of an invoice failed in this period.")
