"""Reading the stand-in, and answers that no Stripe would give."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
import stripe

from connectors.errors import (
    RequestInvalid,
    Unsupported,
    WindowClosed,
)
from connectors.gateway import AccountAccess, Page
from connectors.gateways.stripe.errors import MustReadAgain
from connectors.gateways.stripe.read import StripeReader
from connectors.gateways.stripe.resources import RESOURCES
from connectors.gateways.stripe.wire import API_VERSION, Wire
from tests.connectors.conftest import KEY, Till

NAMES = [resource.name for resource in RESOURCES]


SINCE = datetime(2026, 10, 1, tzinfo=UTC)


def rows(pages: Iterable[Page]) -> list[dict[str, Any]]:
    return [row for page in pages for row in orjson.loads(page.body)["data"]]


def ids(pages: Iterable[Page]) -> list[str]:
    found = []
    for page in pages:
        body = orjson.loads(page.body)
        prefix = f"{body['payout']}:" if page.resource == "payout_lines" else ""
        found += [prefix + row["id"] for row in body["data"]]
    return found


@pytest.mark.parametrize("resource", NAMES)
def test_every_object_is_read_once_with_its_required_columns(reader: StripeReader, resource: str) -> None:
    pages = list(reader.pages(resource))
    found = ids(pages)
    assert len(found) == len(set(found)) == sum(page.rows for page in pages) > 0
    assert [page.cursor is None for page in pages] == [False] * (len(pages) - 1) + [True]
    columns = next(each.columns for each in RESOURCES if each.name == resource)
    for page in pages:
        assert b"\n" not in page.body
        body = orjson.loads(page.body)
        for column in columns:
            objects = [body] if column.path.startswith("^.") else body["data"]
            if column.is_required and "." not in column.path.removeprefix("^."):
                assert all(column.path.removeprefix("^.") in each for each in objects), column.path


@pytest.mark.parametrize("resource", ["charges", "balance_transactions", "invoices", "payout_lines", "payment_intents"])
def test_reading_goes_on_at_any_cursor_without_loss_or_double(
    access: AccountAccess, resource: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.gateways.stripe.read.PAGE_SIZE", 7)
    reader = StripeReader(access)
    pages = list(reader.pages(resource, since=SINCE))
    whole = ids(pages)
    for number, page in list(enumerate(pages[:-1]))[:: max(1, len(pages) // 3)]:
        rest = list(reader.pages(resource, since=SINCE, cursor=page.cursor))
        assert ids(pages[: number + 1]) + ids(rest) == whole
    reader.close()


def test_since_bounds_when_objects_were_made(reader: StripeReader) -> None:
    found = rows(reader.pages("charges"))
    wanted = [row["id"] for row in found if row["created"] >= SINCE.timestamp()]
    assert 0 < len(wanted) < len(found)
    assert ids(reader.pages("charges", since=SINCE)) == wanted


def test_pages_are_stripes_bytes(reader: StripeReader, access: AccountAccess) -> None:
    (page, *_) = reader.pages("charges")
    head = {"Authorization": f"Bearer {KEY}", "Stripe-Version": API_VERSION}
    raw = httpx.get(f"{access.api_base}/v1/charges", params={"limit": 100}, headers=head).content
    assert page.body == raw


def test_ended_subscriptions_are_read_too(reader: StripeReader) -> None:
    assert "canceled" in {row["status"] for row in rows(reader.pages("subscriptions"))}


def test_customers_come_with_their_tax_ids_and_each_tax_id_also_alone(reader: StripeReader) -> None:
    customers = rows(reader.pages("customers"))
    inside = {tax_id["id"] for customer in customers for tax_id in customer["tax_ids"]["data"]}
    assert inside == set(ids(reader.pages("tax_ids"))) != set()


def test_payout_lines_add_up_to_their_payout_or_are_the_planted_defect(reader: StripeReader) -> None:
    payouts = {row["id"]: row for row in rows(reader.pages("payouts"))}
    net: dict[str, int] = {}
    for page in reader.pages("payout_lines", since=SINCE):
        body = orjson.loads(page.body)
        said = sum(line["net"] for line in body["data"] if line["type"] != "payout")
        net[body["payout"]] = net.get(body["payout"], 0) + said
    assert all(payouts[payout]["automatic"] and payouts[payout]["status"] == "paid" for payout in net)
    whole = [payout for payout, said in net.items() if said == payouts[payout]["amount"]]
    assert len(whole) > len(net) * 0.8


def test_one_object_is_fetched_as_it_stands(reader: StripeReader, till: Till) -> None:
    charge = till.charges()[0]
    page = reader.fetch("charges", charge["id"])
    assert page is not None
    assert orjson.loads(page.body)["id"] == charge["id"]
    assert (page.rows, page.cursor) == (1, None)
    payout = orjson.loads(next(iter(reader.pages("payout_lines"))).body)["payout"]
    lines = reader.fetch("payout_lines", payout)
    assert lines is not None
    assert orjson.loads(lines.body)["payout"] == payout


@pytest.mark.parametrize("resource", ["charges", "customers", "invoices", "tax_ids", "coupons", "payout_lines"])
def test_an_object_that_stripe_does_not_know_is_none(reader: StripeReader, resource: str) -> None:
    assert reader.fetch(resource, "nothing_here") is None


@pytest.mark.parametrize("object_id", ["", " ", "..", "/", "x" * 256])
def test_an_id_that_is_none_reaches_no_other_address(reader: StripeReader, object_id: str) -> None:
    with pytest.raises(RequestInvalid):
        reader.fetch("charges", object_id)


def test_an_unknown_resource_is_unsupported(reader: StripeReader) -> None:
    for ask in (lambda: reader.pages("wallets"), lambda: reader.fetch("wallets", "w_1")):
        with pytest.raises(Unsupported, match="charges"):
            ask()


def test_events_name_what_changed(reader: StripeReader, till: Till) -> None:
    charge = till.take("JPY")["id"]
    since = datetime.now(UTC) - timedelta(days=29)
    before = set(reader.changed(since))
    sdk = stripe.StripeClient(KEY, base_addresses={"api": till.shop.url})
    made = sdk.v1.refunds.create({"charge": charge, "amount": 1})
    named = list(reader.changed(since))
    assert set(named) - before == {("refunds", made.id), ("charges", charge)}
    assert len(named) == len(set(named))


def test_beyond_thirty_days_everything_must_be_read_again(reader: StripeReader) -> None:
    with pytest.raises(MustReadAgain, match="30 days"):
        reader.changed(datetime.now(UTC) - timedelta(days=31))
    assert issubclass(MustReadAgain, WindowClosed)


def test_a_cursor_that_is_gone_must_be_read_again(reader: StripeReader) -> None:
    with pytest.raises(MustReadAgain):
        list(reader.pages("charges", cursor="ch_gone"))


def test_the_version_is_the_one_that_the_sdk_asks_for() -> None:
    assert stripe.api_version == API_VERSION


@pytest.mark.parametrize("kind", ["rate_limited", "error_before", "drop_before", "truncated", "malformed"])
def test_a_passing_trouble_is_waited_for(access: AccountAccess, till: Till, kind: str) -> None:
    waited: list[float] = []
    reader = StripeReader(access, wire=Wire(access, sleep=waited.append))
    till.shop.fault(kind, method="GET", path="/v1/products", count=2, retry_after=3)
    assert ids(reader.pages("products"))
    assert len(waited) == 2
    assert waited == [3, 3] if kind == "rate_limited" else max(waited) <= 1
    reader.close()
