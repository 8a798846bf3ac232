"""PayPal and Stripe side by side, from stand-ins to marts: one person, and a refund that shows up where it belongs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.actions import Refund
from connectors.gateway import AccountAccess, Page
from connectors.gateways.paypal import GATEWAY
from connectors.gateways.paypal.act import PayPalActor
from connectors.gateways.paypal.read import PayPalReader
from connectors.gateways.paypal.shapes import list_page, transaction
from connectors.gateways.stripe.read import StripeReader
from connectors.money import Money
from counterfoil.paths import Paths
from flows.ingest.pulling import pull
from sandbox.paypal.running import Running, running
from sandbox.stripe.running import running as running_stripe
from tests.connectors.paypal.conftest import KEY, SCOPE, Till
from warehouse.build import build
from warehouse.connection import open_warehouse
from warehouse.landing import land_pages
from warehouse.load import load_landed


@dataclass
class Site:
    """An installation with PayPal's account pulled."""

    paths: Paths
    pay: Running

    def pull(self) -> None:
        reader = PayPalReader(AccountAccess("paypal/eu", self.pay.url, KEY))
        pull(GATEWAY, reader, "paypal/eu", self.paths.landing, now=datetime.now(UTC), say=lambda _: None)
        reader.close()
        load_landed(self.paths)

    def build(self) -> None:
        build(self.paths, reporting_time_zone="Europe/Berlin")

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with open_warehouse(self.paths) as connection:
            return connection.execute(sql, list(values)).fetchall()


@pytest.fixture(scope="module")
def site(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    paths = Paths(Path(shutil.copytree(built_once, tmp_path_factory.mktemp("whole") / "var")))
    with running_stripe(None, SCOPE) as shop:
        reader = StripeReader(AccountAccess("stripe/eu", shop.url, "sk_test_sandbox"))
        for _ in land_pages(paths.landing, "stripe/eu", reader.pages("customers")):
            pass
        reader.close()
    with running(None, SCOPE) as pay:
        found = Site(paths, pay)
        found.pull()
        found.build()
        yield found


def test_somebody_who_pays_at_both_gateways_is_one_person(site: Site) -> None:
    people = site.rows("SELECT email, country, customer_keys FROM marts.people WHERE email IS NOT NULL")
    both = [email for email, _, keys in people if _gateways(keys) == {"paypal", "stripe"}]
    assert len(both) >= 5
    assert len(both) == len(set(both)) < len(people)


def _gateways(keys: str) -> set[str]:
    return {key["gateway"] for key in json.loads(keys)}


def test_a_refund_by_an_agent_is_in_the_next_build(site: Site) -> None:
    till = Till(site.pay)
    charge = till.take()
    actor = PayPalActor(AccountAccess("paypal/eu", site.pay.url, KEY))
    wanted = Refund(
        account="paypal/eu",
        object_id=charge,
        amount=Money(123, "EUR"),
        reason_code="duplicate",
        request_id="req_" + "a" * 32,
    )
    done = actor.perform(wanted, idempotency_key="k")
    actor.close()
    site.pull()
    site.build()
    (refund,) = site.rows(
        "SELECT refund_id, amount_minor, status FROM canonical.refunds WHERE request_id = ?", wanted.request_id
    )
    assert refund == (done.gateway_reference, 123, "succeeded")
    sql = "SELECT refunded_minor, captured_minor - refunded_minor FROM canonical.charges WHERE charge_id = ?"
    assert site.rows(sql, charge) == [(123, till.amount(charge).minor - 123)]


def test_revenue_of_the_marts_is_what_the_books_say(site: Site) -> None:
    sql = "SELECT currency, sum(gross_minor)::BIGINT FROM marts.revenue_by_day WHERE gateway = 'paypal' GROUP BY ALL"
    found = {currency: gross for currency, gross in site.rows(sql) if gross}
    wanted: dict[str, int] = {}
    for book in site.pay.control("GET", "books")["charges"].values():
        wanted[book["currency"]] = wanted.get(book["currency"], 0) + book["captured"]
    assert found == {currency: gross for currency, gross in wanted.items() if gross}


def test_a_movement_that_is_told_late_takes_its_withdrawals_lines_away(site: Site) -> None:
    """After what is compared with the stand-in's books: it lands a payment that they do not have."""
    of_paypal = "SELECT payout_id, count(*) FROM canonical.payout_lines WHERE gateway = 'paypal' GROUP BY ALL"
    before = dict(site.rows(of_paypal))
    payout = max(before, key=lambda wanted: before[wanted])
    sql = "SELECT currency, created_at FROM canonical.payouts WHERE payout_id = ?"
    ((currency, at),) = site.rows(sql, payout)
    info = {
        "transaction_id": "LATE1",
        "transaction_event_code": "T0006",
        "transaction_initiation_date": (at - timedelta(seconds=1)).isoformat(),
        "transaction_amount": {"currency_code": currency, "value": "10"},
        "transaction_status": "S",
    }
    late = list_page([transaction({"transaction_info": info}, moved_balance=True)])
    page = Page("transactions", late, 1, datetime.now(UTC), None)
    assert [each.rows for each in land_pages(site.paths.landing, "paypal/eu", iter([page]))] == [1]
    load_landed(site.paths)
    site.build()
    assert site.rows("SELECT net_minor > 0 FROM canonical.balance_transactions WHERE source_id = 'LATE1'") == [(True,)]
    del before[payout]
    assert dict(site.rows(of_paypal)) == before
    why = "SELECT lines, result, probable_cause FROM marts.payout_reconciliation WHERE payout_id = ?"
    ((lines, result, cause),) = site.rows(why, payout)
    assert (lines, result, "its amount does not tell" in cause) == (0, "no lines", True)


def test_an_incremental_build_gives_what_a_whole_one_gives(site: Site) -> None:
    for table in (
        "charges",
        "refunds",
        "customers",
        "balance_transactions",
        "payout_lines",
        "invoices",
        "subscriptions",
    ):
        both = f"SELECT * FROM canonical.{table} WHERE gateway = 'paypal'"
        staged = f"SELECT * EXCLUDE (load_number) FROM staging.paypal_{table}"
        # JSON has no equality of its own in a set operation's hash for objects; text has.
        assert not site.rows(f"SELECT count(*) FROM (({both}) EXCEPT ({staged})) HAVING count(*) > 0"), table
        assert not site.rows(f"SELECT count(*) FROM (({staged}) EXCEPT ({both})) HAVING count(*) > 0"), table
