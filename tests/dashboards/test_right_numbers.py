"""Every figure of the pages is what the stand-ins' own books say, counted apart in plain Python."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dashboards.app import make_app
from tests.dashboards import truth
from tests.dashboards.conftest import BASE, token
from tests.dashboards.year import NOW, Year

FIGURES = ("Gross", "Refunds", "Disputes", "Fees", "Net")
WHOLE = "from=2024-01-01&to=2027-12-31"
Download = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="module")
def download(year: Year) -> Iterator[Download]:
    """The rows of a page's CSV file, as finance downloads it."""
    app = make_app(year.settings, is_sandbox=True, webhook_secrets={}, clock=lambda: NOW)
    client = TestClient(app, base_url=BASE)
    client.post("/sandbox/sign-in", data={"role": "finance", "csrf": token(client.get("/sandbox/sign-in").text)})

    def rows(address: str) -> list[dict[str, str]]:
        answer = client.get(f"{address}&format=csv")
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    yield rows


@pytest.fixture(scope="module")
def moved(year: Year) -> list[truth.Moved]:
    found = truth.moved(year.stores, year.settings.zone)
    assert {one.gateway for one in found} == set(year.stores)
    assert {one.figure for one in found} == {"gross", "refunds", "disputes", "fees"}
    return found


def shown(rows: list[dict[str, str]], *names: str) -> dict[tuple[str, ...], dict[str, int]]:
    """What a revenue table shows, in minor units; empty groups left out."""
    found = {}
    for row in rows:
        figures = {name.lower(): truth.minor(row[name], row[f"{name} currency"]) for name in FIGURES}
        found[tuple(row[name] for name in names)] = {name: value for name, value in figures.items() if value}
    return {key: value for key, value in found.items() if value}


def test_revenue_per_gateway_and_currency_is_what_happened_there(download: Download, moved: list[truth.Moved]) -> None:
    wanted = truth.sums(moved, "gateway", "currency")
    found: dict[tuple[Any, ...], Any] = {}
    for gateway in {one.gateway for one in moved}:
        rows = shown(download(f"/?{WHOLE}&gateway={gateway}&table=currencies"), "Currency")
        found |= {(gateway, *key): value for key, value in rows.items()}
    assert found == wanted


def test_revenue_by_month_is_cut_at_midnight_of_the_reporting_zone(
    download: Download, moved: list[truth.Moved]
) -> None:
    for currency in sorted({one.currency for one in moved}):
        mine = [one for one in moved if one.currency == currency]
        wanted = truth.sums(mine, "on_day")
        months: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for (day,), figures in wanted.items():
            months[f"{day:%Y-%m}",].update(figures)
        right = {key: {name: value for name, value in one.items() if value} for key, one in months.items()}
        rows = shown(download(f"/?{WHOLE}&currency={currency}&table=month"), "Month")
        assert rows == {key: value for key, value in right.items() if value}, currency


@pytest.mark.parametrize("group", ["country", "product"])
def test_revenue_by_country_and_product_is_that_of_the_charges(
    download: Download, moved: list[truth.Moved], group: str
) -> None:
    mine = [one for one in moved if one.gateway == "stripe"]
    wanted = {
        (currency, value or "(none)"): figures
        for (currency, value), figures in truth.sums(mine, "currency", group).items()
    }
    rows = download(f"/?{WHOLE}&gateway=stripe&table={group}")
    assert shown(rows, "Gross currency", group.capitalize()) == wanted
    shop = [one for one in moved if one.gateway == "woocommerce" and one.figure == "gross"]
    gross = Counter({(one.currency, getattr(one, group)): 0 for one in shop})
    for one in shop:
        gross[one.currency, getattr(one, group)] += one.minor
    for row in download(f"/?{WHOLE}&gateway=woocommerce&table={group}"):
        key = (row["Gross currency"], row[group.capitalize()])
        assert truth.minor(row["Gross"], key[0]) == gross[key]


def test_tax_per_month_country_and_rate_is_that_of_the_gateways_invoices(year: Year, download: Download) -> None:
    wanted = truth.stripe_tax(year.stores["stripe"], year.settings.zone)
    found: Counter[tuple[str, ...]] = Counter()
    for row in download("/tax?from=2024-01&to=2027-12&source=gateway&account=stripe%2Feu"):
        currency = row["Tax currency"]
        found[row["Month"], row["Country"], row["Rate"], currency] += truth.minor(row["Tax"], currency)
    assert {key: value for key, value in found.items() if value} == wanted
    assert len(wanted) > 20


def test_every_payout_is_shown_with_what_was_paid_out(year: Year, download: Download) -> None:
    payouts: list[Any] = year.stores["stripe"].every("payout")
    wanted = {one["id"]: (one["amount"], one["currency"].upper()) for one in payouts}
    rows = download("/reconciliation?account=stripe%2Feu")
    found = {
        row["Payout"]: (truth.minor(row["Paid out"], row["Paid out currency"]), row["Paid out currency"])
        for row in rows
    }
    assert found == wanted
    lines: Counter[str] = Counter()
    for line in year.stores["stripe"].every("balance_transaction"):
        of = year.stores["stripe"].hidden("balance_transaction", line["id"]).get("payout")
        if of is not None and line["source"] != of:
            lines[of] += line["net"]
    sums = {row["Payout"]: truth.minor(row["Sum of lines"], row["Sum of lines currency"]) for row in rows}
    assert sums == {payout: lines[payout] for payout in sums}
    planted = truth.defects(year.stores["stripe"])["missing_payout_line"][:1]
    assert [row["Payout"] for row in rows if row["Result"] != "matched"] == planted


@pytest.mark.parametrize("gateway", ["stripe", "paypal"])
def test_recurring_revenue_at_each_months_end_is_that_of_the_subscriptions(
    year: Year, download: Download, gateway: str
) -> None:
    found = [one for one in truth.contracts(year.stores, year.settings.zone) if one.gateway == gateway]
    assert any(one.until for one in found)
    for currency in sorted({one.currency for one in found}):
        rows = download(
            f"/subscriptions?from=2025-11-01&to=2026-10-31&gateway={gateway}&currency={currency}&table=months"
        )
        assert len(rows) == 12
        for row in rows:
            annual, customers = truth.recurring(found, row["Month"]).get((gateway, currency), (0, 0))
            shown = truth.minor(row["MRR after"], currency)
            assert abs(shown * 12 - annual) <= 6 * len(found), "each subscription is rounded by half a unit at most"
            assert int(row["Customers"]) == customers
            moved = [truth.minor(row[kind], currency) for kind in KINDS]
            assert truth.minor(row["MRR before"], currency) + sum(moved) == shown


KINDS = ("New", "Expansion", "Contraction", "Churn", "Reactivation")
