"""The stand-in, asked by the official SDK: what it lists, finds, takes and refuses, in Braintree's own words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import braintree
import pytest
from braintree.error_codes import ErrorCodes
from braintree.exceptions.authentication_error import AuthenticationError
from braintree.exceptions.authorization_error import AuthorizationError
from braintree.exceptions.not_found_error import NotFoundError

from sandbox.braintree.errors import TEXTS
from sandbox.braintree.running import Running
from tests.connectors.braintree.choosing import book, refundable, transactions
from tests.sandbox.braintree.conftest import sdk

Search = braintree.TransactionSearch


def code(result: Any) -> str:
    """The only validation error of a refusal."""
    assert not result.is_success
    (error,) = result.errors.deep_errors
    return str(error.code)


def test_the_sdk_reads_every_transaction_as_it_is(shown_braintree: Running) -> None:
    found = {made.id: made for made in sdk(shown_braintree).transaction.search(Search.type == "sale")}
    sales = transactions(shown_braintree)
    assert set(found) == {sale["id"] for sale in sales}
    for sale in sales:
        made = found[sale["id"]]
        assert (made.amount, made.status) == (Decimal(sale["amount"]), sale["status"])
        assert made.customer_details.email == sale["customer"]["email"]
        assert [event.status for event in made.status_history] == [each["status"] for each in sale["status_history"]]
        assert made.disbursement_details.is_valid == (sale["disbursement_details"]["disbursement_date"] is not None)
        assert made.refund_ids == sale["refund_ids"]


@pytest.mark.parametrize("status", ["settled", "processor_declined", "voided"])
def test_searches_by_status_time_and_amount_agree_with_the_books(shown_braintree: Running, status: str) -> None:
    gateway = sdk(shown_braintree)
    wanted = transactions(shown_braintree, status=status)
    assert sorted(gateway.transaction.search(Search.status == status, Search.type == "sale").ids) == sorted(
        sale["id"] for sale in wanted
    )
    middle = wanted[len(wanted) // 2]
    found = gateway.transaction.search(
        Search.created_at.between(gateway.transaction.find(middle["id"]).created_at, "2027-01-01T00:00:00Z"),
        Search.status == status,
        Search.type == "sale",
    )
    assert set(found.ids) >= {sale["id"] for sale in wanted if sale["created_at"] >= middle["created_at"]}
    exact = gateway.transaction.search(Search.order_id == middle["order_id"])
    assert middle["id"] in exact.ids
    part = gateway.transaction.search(Search.order_id.starts_with(middle["order_id"][:6]), Search.amount >= "0.01")
    assert middle["id"] in part.ids


def test_customers_subscriptions_plans_and_disputes_are_read_by_the_sdk(shown_braintree: Running) -> None:
    gateway, store = sdk(shown_braintree), shown_braintree.app.store
    customers = {each.id: each for each in gateway.customer.all()}
    assert set(customers) == set(store.objects["customer"])
    assert all(len(each.payment_methods) == 1 for each in customers.values())
    live = list(gateway.subscription.search(braintree.SubscriptionSearch.status.in_list(["Active"])))
    assert {each.id for each in live} == {
        each["id"] for each in store.objects["subscription"].values() if each["status"] == "Active"
    }
    assert {each.id for each in gateway.plan.all()} == set(store.objects["plan"])
    assert [each.amount for each in gateway.discount.all()] == [Decimal("2.00")]
    assert [each.id for each in gateway.add_on.all()] == ["support"]
    kinds = braintree.DisputeSearch.kind.in_list(["chargeback", "retrieval"])
    disputes = {each.id: each for each in gateway.dispute.search(kinds).disputes.items}
    assert set(disputes) == set(store.objects["dispute"])
    for each in disputes.values():
        assert gateway.dispute.find(each.id).transaction.id == each.transaction.id


def test_a_full_refund_then_nothing_is_left(fresh_braintree: Running, gateway: braintree.BraintreeGateway) -> None:
    sale = refundable(fresh_braintree)
    made = gateway.transaction.refund(sale["id"]).transaction
    assert (made.type, made.amount, made.refunded_transaction_id) == ("credit", Decimal(sale["amount"]), sale["id"])
    assert made.status == "submitted_for_settlement"
    again = gateway.transaction.refund(sale["id"])
    assert code(again) == ErrorCodes.Transaction.HasAlreadyBeenRefunded
    assert again.message == "Transaction has already been completely refunded."
    assert gateway.transaction.find(sale["id"]).refund_ids == [made.id]


def test_parts_add_up_and_not_a_cent_more(fresh_braintree: Running, gateway: braintree.BraintreeGateway) -> None:
    sale = refundable(fresh_braintree)
    left = Decimal(sale["amount"])
    for part in ("0.01", "1.00"):
        assert gateway.transaction.refund(sale["id"], {"amount": part}).is_success
        left -= Decimal(part)
    over = gateway.transaction.refund(sale["id"], {"amount": str(left + Decimal("0.01"))})
    assert code(over) == ErrorCodes.Transaction.RefundAmountIsTooLarge
    assert gateway.transaction.refund(sale["id"], {"amount": str(left)}).is_success
    assert book(fresh_braintree, sale["id"])["refunded"] == book(fresh_braintree, sale["id"])["captured"]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0", "81531"), ("0.00", "81531"), ("-1", "81501"), ("ten", "81503"), ("1.005", "81503"), ("1e2000", "91521"),
        ("NaN", "81503"), ("Infinity", "81503"), ("٥", "81503"), ("1,00", "81503"),
    ],
)  # fmt: skip
def test_a_wrong_amount_is_refused_and_moves_nothing(
    fresh_braintree: Running, gateway: braintree.BraintreeGateway, amount: str, expected: str
) -> None:
    sale = refundable(fresh_braintree)
    assert code(gateway.transaction.refund(sale["id"], {"amount": amount})) == expected
    assert book(fresh_braintree, sale["id"])["refunded"] == 0


def test_a_failed_refund_gives_the_money_back_to_the_account(
    fresh_braintree: Running, gateway: braintree.BraintreeGateway
) -> None:
    sale = refundable(fresh_braintree)
    made = gateway.transaction.refund(sale["id"]).transaction
    sent = {"transaction": made.id, "outcome": "settlement_declined"}
    assert fresh_braintree.control("POST", "settle", sent) == {"settled": [made.id]}
    assert gateway.transaction.find(made.id).status == "settlement_declined"
    assert book(fresh_braintree, sale["id"])["refunded"] == 0
    assert gateway.transaction.refund(sale["id"]).is_success


def test_a_sale_is_authorized_captured_settled_and_refunded(
    fresh_braintree: Running, gateway: braintree.BraintreeGateway
) -> None:
    payer = next(each for each in fresh_braintree.app.store.objects["customer"].values() if each["credit_cards"])
    made = gateway.transaction.sale({"amount": "30.00", "customer_id": payer["id"], "order_id": "A-1"}).transaction
    assert (made.status, made.order_id, made.currency_iso_code) == ("authorized", "A-1", "USD")
    assert code(gateway.transaction.refund(made.id)) == "91506"
    assert gateway.transaction.submit_for_settlement(made.id, "20.00").transaction.amount == Decimal("20.00")
    assert code(gateway.transaction.submit_for_settlement(made.id)) == "91507"
    fresh_braintree.control("POST", "settle", {"transaction": made.id})
    assert code(gateway.transaction.void(made.id)) == "91504"
    assert gateway.transaction.refund(made.id).transaction.amount == Decimal("20.00")
    assert code(gateway.transaction.sale({"amount": "1.00", "customer_id": "nobody"})) == "91510"


def test_a_subscription_is_cancelled_once(fresh_braintree: Running, gateway: braintree.BraintreeGateway) -> None:
    live = next(
        each["id"] for each in fresh_braintree.app.store.objects["subscription"].values() if each["status"] == "Active"
    )
    assert gateway.subscription.cancel(live).subscription.status == "Canceled"
    assert code(gateway.subscription.cancel(live)) == "81905"
    assert gateway.subscription.find(live).status_history[0].status == "Canceled"


def test_what_does_not_exist_is_not_found(gateway: braintree.BraintreeGateway) -> None:
    for ask in (gateway.transaction.find, gateway.transaction.void, gateway.subscription.find, gateway.customer.find):
        with pytest.raises(NotFoundError):
            ask("nosuch")


def test_a_wrong_key_and_a_key_that_may_only_read(fresh_braintree: Running) -> None:
    with pytest.raises(AuthenticationError):
        sdk(fresh_braintree, private_key="wrong").plan.all()
    reading = sdk(fresh_braintree, public_key=fresh_braintree.settings.read_public_key)
    sale = refundable(fresh_braintree)
    assert reading.transaction.find(sale["id"]).id == sale["id"]
    with pytest.raises(AuthorizationError):
        reading.transaction.refund(sale["id"])
    assert book(fresh_braintree, sale["id"])["refunded"] == 0


def test_the_codes_that_it_answers_with_are_the_sdks() -> None:
    parts = (ErrorCodes.Transaction, ErrorCodes.Subscription, ErrorCodes.Subscription.Modification, ErrorCodes.Address)
    known = {value for part in parts for value in vars(part).values() if isinstance(value, str)}
    assert set(TEXTS) <= known
