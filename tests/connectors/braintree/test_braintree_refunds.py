"""Refunds, voids and settlement through the official SDK: what moves, what is refused, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from braintree.error_codes import ErrorCodes
from braintree.transaction import Transaction

from connectors.actions import Refund
from connectors.errors import (
    ChargeDisputed,
    Declined,
    GatewayError,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
)
from connectors.gateways.braintree.act import BraintreeActor
from connectors.gateways.braintree.errors import FAILURES, from_status, from_validation
from connectors.gateways.braintree.outcomes import WAITING, looked_up
from connectors.gateways.braintree.refusals import IN_USE, REFUSALS
from connectors.gateways.braintree.states import CHARGE_STATUS, GIVES_NOTHING_BACK
from connectors.money import Money
from connectors.outcomes import Done, Failed, Pending
from sandbox.braintree.running import Running
from tests.connectors.braintree.choosing import book, refundable, transactions
from tests.connectors.braintree.conftest import ACCOUNT, access
from tests.sandbox.braintree.conftest import sdk


def refund(charge_id: str, minor: int, currency: str) -> Refund:
    return Refund(
        account=ACCOUNT,
        object_id=charge_id,
        amount=Money(minor, currency),
        reason_code="duplicate",
        request_id=f"req_{uuid4().hex}",
    )


def test_a_refund_carries_the_request_id_the_key_and_the_exact_amount(fresh: Running, actor: BraintreeActor) -> None:
    sale = refundable(fresh)
    wanted = refund(sale["id"], 105, "EUR")
    made = actor.perform(wanted, idempotency_key="key-1")
    assert isinstance(made, Pending)
    (entry,) = [each for each in fresh.control("GET", "log")["log"] if each["status"] == 201]
    assert entry["params"] == {"amount": "1.05", "api_request_key": "key-1", "order_id": wanted.request_id}
    (kept,) = transactions(fresh, "credit", order_id=wanted.request_id)
    assert (kept["id"], kept["amount"], kept["refunded_transaction_id"]) == (made.gateway_reference, "1.05", sale["id"])


@pytest.mark.parametrize(("currency", "minor", "text"), [("JPY", 110, "110"), ("KWD", 1_005, "1.005")])
def test_currencies_of_other_decimals_are_exact(
    fresh: Running, actor: BraintreeActor, currency: str, minor: int, text: str
) -> None:
    sale = refundable(fresh, currency)
    wanted = refund(sale["id"], minor, currency)
    made = actor.perform(wanted, idempotency_key="key")
    assert made.amount == wanted.amount
    assert transactions(fresh, "credit", order_id=wanted.request_id)[0]["amount"] == text
    assert book(fresh, sale["id"])["refunded"] == minor


def test_the_same_key_after_the_answer_is_the_same_refund_in_its_new_state(
    fresh: Running, actor: BraintreeActor
) -> None:
    wanted = refund(refundable(fresh)["id"], 100, "EUR")
    first = actor.perform(wanted, idempotency_key="key")
    fresh.control("POST", "settle", {"transaction": first.gateway_reference})
    again = actor.perform(wanted, idempotency_key="key")
    assert isinstance(again, Done)
    assert again.gateway_reference == first.gateway_reference
    assert book(fresh, wanted.object_id)["refunded"] == 100


def test_the_same_key_with_another_amount_is_refused(fresh: Running, actor: BraintreeActor) -> None:
    wanted = refund(refundable(fresh)["id"], 100, "EUR")
    actor.perform(wanted, idempotency_key="key")
    with pytest.raises(RequestInvalid, match="other parameters") as caught:
        actor.perform(replace(wanted, amount=Money(200, "EUR")), idempotency_key="key")
    assert caught.value.code == "915232"
    assert book(fresh, wanted.object_id)["refunded"] == 100


def test_a_refund_is_found_by_search_when_the_sale_does_not_name_it_yet(fresh: Running, actor: BraintreeActor) -> None:
    wanted = refund(refundable(fresh)["id"], 100, "EUR")
    made = actor.perform(wanted, idempotency_key="key")
    fresh.app.store.objects["transaction"][wanted.object_id]["refund_ids"].clear()
    fresh.app.store.remember("transaction", fresh.app.store.objects["transaction"][wanted.object_id])
    found = actor.look_up(wanted, idempotency_key="gone")
    assert isinstance(found, Pending)
    assert found.gateway_reference == made.gateway_reference
    assert actor.look_up(replace(wanted, request_id="req_other"), idempotency_key="gone") is None


@pytest.mark.parametrize("state", ["submitted_for_settlement", "authorized"])
def test_what_has_not_settled_is_not_refunded_and_the_void_is_explained(
    fresh: Running, actor: BraintreeActor, state: str
) -> None:
    sale = transactions(fresh, status=state)[-1] if transactions(fresh, status=state) else sold(fresh, state)
    with pytest.raises(Refused, match="Void it instead") as caught:
        actor.perform(refund(sale["id"], 1, sale["currency_iso_code"]), idempotency_key="key")
    assert caught.value.code == "91506"
    assert actor.charge_state(sale["id"]).status == CHARGE_STATUS[state]
    assert actor.charge_state(sale["id"]).is_voidable


def sold(fresh: Running, state: str) -> dict[str, str]:
    """A sale that was just made, through the SDK."""
    payer = next(each for each in fresh.app.store.objects["customer"].values() if each["credit_cards"])
    options = {"submit_for_settlement": state == "submitted_for_settlement"}
    made = sdk(fresh).transaction.sale({"amount": "20.00", "customer_id": payer["id"], "options": options})
    return {"id": made.transaction.id, "currency_iso_code": made.transaction.currency_iso_code}


def test_a_bank_that_declines_the_refund_is_a_decline_and_nothing_moved(fresh: Running, actor: BraintreeActor) -> None:
    sale = refundable(fresh)
    sale["credit_card"]["last_4"] = "0069"
    with pytest.raises(Declined, match="bank declined") as caught:
        actor.perform(refund(sale["id"], 100, "EUR"), idempotency_key="key")
    assert caught.value.code == "915200"
    assert book(fresh, sale["id"])["refunded"] == 0


def test_a_refund_of_a_refund_is_refused(fresh: Running, actor: BraintreeActor) -> None:
    made = transactions(fresh, "credit", status="settled")[0]
    with pytest.raises(ObjectUnknown, match="is a credit"):
        actor.charge_state(made["id"])
    with pytest.raises(Refused, match="itself a refund"):
        actor.perform(refund(made["id"], 1, made["currency_iso_code"]), idempotency_key="key")


def test_nothing_is_sent_for_another_currency_account_or_a_disputed_payment(
    fresh: Running, actor: BraintreeActor
) -> None:
    sale = refundable(fresh)
    with pytest.raises(RequestInvalid, match="in EUR, the amount in USD"):
        actor.perform(refund(sale["id"], 100, "USD"), idempotency_key="key")
    with pytest.raises(RequestInvalid, match="for braintree/us"):
        actor.perform(replace(refund(sale["id"], 100, "EUR"), account="braintree/us"), idempotency_key="key")
    contested = next(
        each["transaction"]["id"]
        for each in fresh.app.store.objects["dispute"].values()
        if each["kind"] == "chargeback" and each["status"] != "won"
    )
    disputed = fresh.app.store.objects["transaction"][contested]
    with pytest.raises(ChargeDisputed, match="nothing was sent"):
        actor.perform(refund(contested, 1, disputed["currency_iso_code"]), idempotency_key="key")
    assert fresh.control("GET", "log")["log"] == []


@pytest.mark.parametrize("wanted", ["", "..", "a/b", "a b", "x" * 300, "é"])
def test_what_is_no_id_is_never_put_into_a_path(actor: BraintreeActor, wanted: str) -> None:
    with pytest.raises(ObjectUnknown):
        actor.charge_state(wanted)


@pytest.mark.parametrize("kind", ["html", "truncated", "malformed", "wrong_types", "error_after"])
def test_an_unreadable_answer_to_a_refund_is_unknown_and_to_a_read_is_not(
    fresh: Running, actor: BraintreeActor, kind: str
) -> None:
    wanted = refund(refundable(fresh)["id"], 100, "EUR")
    fresh.fault(kind, method="POST", path="*/refund", status=503)
    with pytest.raises(OutcomeUnknown):
        actor.perform(wanted, idempotency_key="key")
    fresh.fault(kind, method="GET", path="*", status=503)
    with pytest.raises(GatewayError) as caught:
        actor.look_up(wanted, idempotency_key="key")
    assert not isinstance(caught.value, OutcomeUnknown)
    assert isinstance(actor.look_up(wanted, idempotency_key="key"), Pending)
    assert book(fresh, wanted.object_id)["refunded"] == 100


@pytest.mark.parametrize("secret", ["", "one", "a:b", "a:b:c:d", "a:b:c d", "a:b:c\n", "a::c"])
def test_a_secret_of_another_form_is_refused_without_being_shown(fresh: Running, secret: str) -> None:
    actor = BraintreeActor(replace(access(fresh), api_key=secret))
    with pytest.raises(NotAuthorised, match="merchant_id:public_key:private_key") as caught:
        actor.charge_state("abc")
    assert secret == "" or secret not in str(caught.value)
    actor.close()


def test_a_key_that_may_only_read_is_not_authorised_to_refund(fresh: Running) -> None:
    settings = fresh.settings
    secret = f"{settings.merchant_id}:{settings.read_public_key}:{settings.private_key}"
    actor = BraintreeActor(replace(access(fresh), api_key=secret))
    sale = refundable(fresh)
    assert actor.charge_state(sale["id"]).left.minor > 0
    with pytest.raises(NotAuthorised, match="lacks the permission"):
        actor.perform(refund(sale["id"], 100, "EUR"), idempotency_key="key")
    assert settings.private_key not in repr(actor)
    actor.close()


def test_every_documented_status_is_mapped_and_a_new_one_is_pending() -> None:
    documented = {value for name, value in vars(Transaction.Status).items() if not name.startswith("_")}
    assert documented == set(CHARGE_STATUS)
    assert documented == GIVES_NOTHING_BACK | set(WAITING) | {"settled", "authorization_expired"}
    made = {"id": "x", "status": "wobbly", "amount": "1.00", "currency_iso_code": "EUR", "status_history": []}
    found = looked_up([{**made, "created_at": datetime(2026, 1, 1, tzinfo=UTC)}])
    assert isinstance(found, Pending)
    assert "wobbly" in found.reason


def test_what_settled_counts_before_what_waits_and_that_before_failures() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = [
        {"id": status, "status": status, "amount": "1.00", "currency_iso_code": "EUR", "created_at": at}
        for status in ("failed", "submitted_for_settlement", "settled")
    ]
    assert isinstance(looked_up(made), Done)
    assert isinstance(looked_up(made[:2]), Pending)
    assert isinstance(looked_up(made[:1]), Failed)
    assert looked_up([]) is None


def test_the_codes_that_we_read_are_the_sdks() -> None:
    parts = (ErrorCodes.Transaction, ErrorCodes.Subscription, ErrorCodes.Subscription.Modification, ErrorCodes.Address)
    known = {value for part in parts for value in vars(part).values() if isinstance(value, str)}
    assert {*REFUSALS, IN_USE} <= known


@pytest.mark.parametrize(
    ("status", "read", "write"),
    [
        (401, "NotAuthorised", "NotAuthorised"),
        (403, "NotAuthorised", "NotAuthorised"),
        (404, "ObjectUnknown", "ObjectUnknown"),
        (408, "Unavailable", "OutcomeUnknown"),
        (426, "RequestInvalid", "RequestInvalid"),
        (429, "RateLimited", "RateLimited"),
        (500, "Unavailable", "OutcomeUnknown"),
        (503, "Unavailable", "OutcomeUnknown"),
        (504, "Unavailable", "OutcomeUnknown"),
        (302, "UnexpectedShape", "OutcomeUnknown"),
    ],
)
def test_a_status_says_whether_money_may_have_moved(status: int, read: str, write: str) -> None:
    assert type(from_status(status, {}, is_write=False)).__name__ == read
    assert type(from_status(status, {}, is_write=True)).__name__ == write


def test_one_uncertain_code_among_several_makes_the_outcome_unknown() -> None:
    assert isinstance(from_validation(["91512", "915233"], "both"), OutcomeUnknown)
    assert isinstance(from_validation([], "Do Not Honor", "processor_declined"), Declined)
    assert isinstance(from_validation(["99999"], "something new"), RequestInvalid)


def test_keys_and_card_numbers_are_blanked_in_messages() -> None:
    said = FAILURES.scrub("key 93b78bc88be90d93ac282e50ae569fdd card 4111 1111 1111 1111\nend")
    assert said == "key … card … end"
