"""What events and payouts lead to reading again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.gateway import AccountAccess, Page
from connectors.gateways.stripe.changes import changed_objects
from connectors.gateways.stripe.read import StripeReader
from connectors.gateways.stripe.states import is_contested
from tests.connectors.scripted import Reply, scripted


def changed(*events: dict[str, Any]) -> list[tuple[str, str]]:
    body = json.dumps({"data": list(events)}).encode()
    return list(changed_objects([Page("events", body, len(events), datetime.now(UTC), None)]))


def event(kind: str, **changed: Any) -> dict[str, Any]:
    return {"id": "evt_1", "type": kind, "data": {"object": changed}}


REFUND = {"id": "re_1", "object": "refund", "charge": "ch_1"}
PAYOUT = {"id": "po_1", "object": "payout", "automatic": True}


def test_a_refund_or_a_dispute_changes_its_charge_too() -> None:
    assert changed(event("refund.updated", **REFUND)) == [("refunds", "re_1"), ("charges", "ch_1")]
    dispute = event("charge.dispute.closed", id="du_1", object="dispute", charge="ch_1")
    assert changed(dispute) == [("disputes", "du_1"), ("charges", "ch_1")]


def test_a_tax_id_changes_its_customer_too() -> None:
    tax_id = event("customer.tax_id.created", id="txi_1", object="tax_id", customer="cus_1")
    assert changed(tax_id) == [("tax_ids", "txi_1"), ("customers", "cus_1")]


@pytest.mark.parametrize("kind", ["payout.paid", "payout.reconciliation_completed"])
def test_a_paid_automatic_payout_has_its_lines_read(kind: str) -> None:
    assert changed(event(kind, **PAYOUT)) == [("payouts", "po_1"), ("payout_lines", "po_1")]
    assert changed(event(kind, **{**PAYOUT, "automatic": False})) == [("payouts", "po_1")]


def test_a_payout_on_its_way_has_no_lines_yet() -> None:
    assert changed(event("payout.created", **PAYOUT)) == [("payouts", "po_1")]


def test_an_object_is_named_once_however_many_events_there_are() -> None:
    many = [event("refund.created", **REFUND), event("refund.updated", **REFUND), event("refund.failed", **REFUND)]
    assert changed(*many) == [("refunds", "re_1"), ("charges", "ch_1")]


@pytest.mark.parametrize(
    "odd",
    [{}, {"data": None}, {"data": {"object": 5}}, event("x", object="charge"), event("x", id=5, object="charge"),
     event("x", id="pm_1", object="payment_method"), event("x", id="ch_1", object=["charge"])],
)  # fmt: skip
def test_an_odd_event_names_nothing_and_stops_nothing(odd: dict[str, Any]) -> None:
    assert changed(odd, event("refund.created", **REFUND)) == [("refunds", "re_1"), ("charges", "ch_1")]


def test_only_automatic_payouts_have_lines() -> None:
    payouts = [{"id": "po_1", "automatic": False}, {"id": "po_2", "automatic": True}]
    lists = [{"data": payouts, "has_more": False}, {"data": [{"id": "txn_1"}], "has_more": False}]
    with scripted(*(Reply(json.dumps(each).encode()) for each in lists)) as script:
        reader = StripeReader(AccountAccess("stripe/eu", script.url, "sk_test"))
        (page,) = reader.pages("payout_lines")
        assert json.loads(page.body)["payout"] == "po_2"
        assert script.asked == ["/v1/payouts?status=paid&limit=100", "/v1/balance_transactions?payout=po_2&limit=100"]
        reader.close()


@pytest.mark.parametrize(
    ("disputes", "contested"),
    [
        ([], False),
        ([{"status": "needs_response", "is_charge_refundable": False}], True),
        ([{"status": "warning_needs_response", "is_charge_refundable": True}], False),
        ([{"status": "needs_response", "is_charge_refundable": True}], False),
        ([{"status": "won"}, {"status": "lost"}], True),
        ([{"status": "won"}], False),
        ([{"status": "wobbly"}], True),
    ],
)
def test_a_dispute_blocks_a_refund_unless_stripe_still_allows_it(
    disputes: list[dict[str, Any]], contested: bool
) -> None:
    assert is_contested(disputes) is contested
