"""The pages over a file that the real models built from a small year: every figure is the sum of its rows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from counterfoil.settings import Settings
from dashboards.app import make_app
from tests.dashboards.conftest import BASE, Web, token
from tests.dashboards.year import NOW, Year
from warehouse.published import PublishedFile
from warehouse.reads import people, revenue, revenue_rows, tax, tax_lines


@pytest.fixture
def real(year: Year) -> Settings:
    return year.settings


@pytest.fixture
def published(year: Year) -> PublishedFile:
    return year.published


def _client(settings: Settings, role: str) -> TestClient:
    app = make_app(settings, is_sandbox=True, webhook_secrets={}, clock=lambda: NOW)
    client = TestClient(app, base_url=BASE)
    csrf = token(client.get("/sandbox/sign-in").text)
    client.post("/sandbox/sign-in", data={"role": role, "csrf": csrf})
    return client


def test_every_revenue_figure_is_the_sum_of_its_rows(real: Settings, published: PublishedFile) -> None:
    from dashboards.filters import Period

    first, last = (
        published.rows("SELECT min(on_day) AS first, max(on_day) AS last FROM marts.revenue_by_day")[0][name]
        for name in ("first", "last")
    )
    middle = Period(first.replace(day=1), last.replace(day=1))
    for period in (Period(first, last), middle):
        asked = revenue.RevenueFilter(period.since, period.until)
        bounds = period.bounds(real.zone)
        totals = {row["currency"]: row for row in revenue.totals(published, asked)}
        assert len(totals) >= 3
        for figure in revenue.FIGURES:
            sums = {
                row["currency"]: row["amount_minor"] for row in revenue_rows.sums_of(published, figure, asked, bounds)
            }
            shown = {currency: row[f"{figure}_minor"] for currency, row in totals.items() if row[f"{figure}_minor"]}
            assert {currency: minor for currency, minor in sums.items() if minor} == shown, figure


def test_rows_under_a_country_and_a_product_add_up_too(real: Settings, published: PublishedFile) -> None:
    from dashboards.filters import Period

    last = published.rows("SELECT max(on_day) AS last FROM marts.revenue_by_day")[0]["last"]
    period = Period(last.replace(year=last.year - 1), last)
    asked = revenue.RevenueFilter(period.since, period.until)
    groupings: tuple[revenue.Grouping, ...] = ("country", "product", "account")
    for by in groupings:
        for group in revenue.grouped(published, asked, by):
            narrow = {"since": asked.since, "until": asked.until, by: group["name"], "currency": group["currency"]}
            rows = revenue_rows.sums_of(published, "net", revenue.RevenueFilter(**narrow), period.bounds(real.zone))
            assert sum(row["amount_minor"] for row in rows) == group["net_minor"], (by, group["name"])


def test_every_row_of_the_tax_summary_is_the_sum_of_its_lines(real: Settings, published: PublishedFile) -> None:
    from dashboards.filters import month_period

    rows = tax.summary(published, tax.TaxFilter("2000-01", "2100-01"))
    assert rows
    for row in rows:
        names = ("account", "kind", "currency", "source", "is_reverse_charge")
        missing: dict[str, Any] = {name: row[name] or tax.NONE_GIVEN for name in ("country", "state", "percent")}
        same: dict[str, Any] = {name: row[name] for name in names}
        asked = tax.TaxFilter(row["period"], row["period"], **same, **missing)
        bounds = month_period(row["period"]).bounds(real.zone)
        found = tax_lines.lines(published, asked, bounds, limit=10_000)
        assert sum(line["tax_minor"] for line in found) == row["tax_minor"]
        assert sum(line["taxable_minor"] for line in found) == row["taxable_minor"]


def test_everybody_is_found_by_name_by_address_and_by_charge(published: PublishedFile) -> None:
    rows = published.rows("SELECT person_id, name, email FROM marts.people WHERE name IS NOT NULL LIMIT 20")
    for row in rows:
        for words in filter(None, (row["name"], row["email"])):
            assert row["person_id"] in {person.person_id for person in people.search(published, words, limit=500)}
    for row in published.rows("SELECT person_id, charge_id, card_last4 FROM marts.charge_search LIMIT 20"):
        assert row["person_id"] in {person.person_id for person in people.search(published, row["charge_id"])}


def test_an_old_charge_of_a_busy_customer_stands_on_the_page_that_its_search_opens(
    real: Settings, published: PublishedFile
) -> None:
    oldest, *_ = published.rows(
        "SELECT charge_id FROM marts.charge_search WHERE person_id ="
        " (SELECT person_id FROM marts.people ORDER BY charges DESC LIMIT 1) ORDER BY created_at, charge_id"
    )
    page = _client(real, "agent").get(f"/customers?q={oldest['charge_id']}")
    assert "charges=all" in str(page.url)
    assert f'id="{oldest["charge_id"]}"' in page.text


def test_every_page_opens_and_every_link_on_it_leads_somewhere(real: Settings, published: PublishedFile) -> None:
    busiest = published.rows("SELECT person_id FROM marts.people ORDER BY charges DESC LIMIT 1")[0]["person_id"]
    starts = {
        "finance": ["/", "/tax", "/documents", "/reconciliation"],
        "agent": ["/customers?q=a", f"/customers/{busiest}", "/actions"],
        "auditor": ["/audit"],
        "engineer": ["/pipelines"],
    }
    for role, paths in starts.items():
        client = _client(real, role)
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', page.text)}
            for link in sorted(links)[:25]:
                answer = client.get(link)
                assert answer.status_code == 200, (path, link, answer.text[:500])


def test_the_small_published_file_has_no_column_that_the_real_one_lacks(
    published: PublishedFile, shared_web: Web
) -> None:
    def columns(file: PublishedFile) -> set[tuple[str, str, str]]:
        rows = file.rows("SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal")
        return {(row["schema_name"], row["table_name"], row["column_name"]) for row in rows}

    small = PublishedFile(shared_web.paths.published)
    assert columns(small) - columns(published) == set()


@pytest.mark.parametrize(
    ("page", "table"), [("/disputes", "reason"), ("/disputes", "state"), ("/subscriptions", "trials")]
)
def test_every_count_leads_to_as_many_rows(real: Settings, page: str, table: str) -> None:
    client = _client(real, "finance")
    shown = client.get(f"{page}?from=2025-01-01&to=2026-11-30").text
    summary = next(part for part in shown.split("<section") if f"table={table}" in part.replace("&amp;", "&"))
    counts = [
        (href.replace("&amp;", "&"), int(count)) for href, count in re.findall(r'href="([^"]+)">(\d+)</a>', summary)
    ]
    assert counts
    for href, count in counts:
        rows = client.get(href + "&format=csv")
        assert (rows.status_code, len(rows.text.splitlines()) - 1) == (200, count), href
