"""What agents do besides refunds, asked of the stand-in through the official SDK: money, events, refusals, restarts."""

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox.stripe.running import Running, running
from sandbox.stripe.settings import Settings
from tests.sandbox.calling import everything, get, http, post, refundable, sdk
from tests.sandbox.conftest import SCOPE
from tests.sandbox.test_sandbox_webhooks import SECRET, receiving


def wish(charge: dict[str, Any], amount: int, **more: Any) -> Any:
    return {
        "amount": amount,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "payment_method": charge["payment_method"],
        "confirm": True,
        "off_session": True,
        **more,
    }


def names(sandbox: Running, known: int) -> list[str]:
    """Types of the events since `known` ones, oldest first."""
    return [event["type"] for event in everything(sandbox, "/v1/events")][::-1][known:]


def subscribe(client: stripe.StripeClient, sandbox: Running) -> Any:
    customer = next(
        one["id"]
        for one in everything(sandbox, "/v1/customers")
        if one["currency"] == "eur" and one["invoice_settings"]["default_payment_method"]
    )
    price = monthly(sandbox)[0]["id"]
    return client.v1.subscriptions.create({"customer": customer, "items": [{"price": price}]})


def monthly(sandbox: Running) -> list[dict[str, Any]]:
    """Prices in euros, the cheapest first."""
    prices = everything(sandbox, "/v1/prices", currency="eur", type="recurring")
    return sorted((one for one in prices if _is_monthly(one)), key=lambda one: int(one["unit_amount"]))


def chargeable(sandbox: Running) -> dict[str, Any]:
    """A paid card charge whose card its customer still has."""
    stored = {one["id"]: one["customer"] for one in everything(sandbox, "/v1/payment_methods")}
    for charge in everything(sandbox, "/v1/charges"):
        is_plain = charge["currency"] == "eur" and charge["paid"] and _last4(charge) in ("4242", "4444", "1111")
        if is_plain and stored.get(charge["payment_method"]) == charge["customer"] is not None:
            return charge
    raise LookupError("no charge whose card is still there")


def test_the_seed_has_something_for_each_action(shop: Running) -> None:
    intents = everything(shop, "/v1/payment_intents")
    assert len([one for one in intents if one["status"] == "requires_capture"]) >= 6
    owed = everything(shop, "/v1/invoices", status="open", collection_method="send_invoice")
    assert len(owed) >= 6
    assert all(one["due_date"] and one["amount_remaining"] == one["total"] > 0 for one in owed)
    assert [one for one in everything(shop, "/v1/subscriptions") if one["pause_collection"]]
    cards = [one["card"]["last4"] for one in everything(shop, "/v1/payment_methods") if one["type"] == "card"]
    assert {"0341", "3184"} <= set(cards)


def test_a_charge_on_a_stored_method_is_in_ledger_events_and_books(fresh: Running, client: stripe.StripeClient) -> None:
    charge, known = chargeable(fresh), len(everything(fresh, "/v1/events"))
    made = client.v1.payment_intents.create(wish(charge, 450, metadata={"ticket": "T-1"}))
    assert (made.status, made.amount_received) == ("succeeded", 450)
    line = get(fresh, "/v1/balance_transactions", source=str(made.latest_charge))["data"][0]
    assert (line["amount"], line["net"]) == (450, 450 - line["fee"])
    assert names(fresh, known) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    book = fresh.control("GET", "books")["charges"][str(made.latest_charge)]
    assert (book["captured"], book["refunded"]) == (450, 0)
    assert get(fresh, f"/v1/charges/{made.latest_charge}")["metadata"] == {"ticket": "T-1"}


def test_a_decline_is_kept_with_its_attempt_and_replayed_under_its_key(fresh: Running) -> None:
    charge = next(one for one in everything(fresh, "/v1/charges") if _last4(one) == "0341")
    known = len(everything(fresh, "/v1/events"))
    sent = {name: str(value).lower() for name, value in wish(charge, 450).items() if name != "customer"}
    sent |= {"customer": charge["customer"], "payment_method": charge["payment_method"]}
    answers = [post(fresh, "/v1/payment_intents", sent, Idempotency_Key="k1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [402, 402]
    error = answers[0].json()["error"]
    assert answers[1].json()["error"] == error
    assert (error["type"], error["code"], error["decline_code"]) == ("card_error", "card_declined", "generic_decline")
    intent = get(fresh, f"/v1/payment_intents/{error['payment_intent']['id']}")
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert get(fresh, f"/v1/charges/{intent['latest_charge']}")["status"] == "failed"
    assert names(fresh, known) == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"payment_method_types[0]": "card"}, 400, "payment_method_types_no_longer_supported"),
        ({"amount": "0"}, 400, "parameter_invalid_integer"),
        ({"amount": "49"}, 400, "amount_too_small"),
        ({"payment_method": "pm_none"}, 400, "resource_missing"),
        ({"customer": "cus_none"}, 400, "resource_missing"),
        ({"amount_of_money": "5"}, 400, "parameter_unknown"),
    ],
)
def test_what_stripe_would_not_take_is_refused(shop: Running, change: dict[str, str], status: int, code: str) -> None:
    charge = chargeable(shop)
    sent = {**wish(charge, 450), "confirm": "true", "off_session": "true", **change}
    answer = post(shop, "/v1/payment_intents", {name: str(value) for name, value in sent.items()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_method_of_another_customer_is_not_charged(shop: Running) -> None:
    charge = chargeable(shop)
    other = next(one["id"] for one in everything(shop, "/v1/customers") if one["id"] != charge["customer"])
    sent = {**wish(charge, 450), "confirm": "true", "off_session": "true", "customer": other}
    assert post(shop, "/v1/payment_intents", {name: str(value) for name, value in sent.items()}).status_code == 400


def test_a_debit_settles_after_a_restart(seeded: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(seeded, tmp_path / "state")
    with running(folder, SCOPE, Settings()) as first:
        debit = refundable(first, kind="sepa_debit")
        made = sdk(first).v1.payment_intents.create(wish(debit, 900))
        assert made.status == "processing"
        assert get(first, f"/v1/charges/{made.latest_charge}")["status"] == "pending"
    with running(folder, SCOPE, Settings(settle_after=0)) as second:
        deadline = time.monotonic() + 5
        while get(second, f"/v1/payment_intents/{made.id}")["status"] != "succeeded" and time.monotonic() < deadline:
            time.sleep(0.02)
        assert get(second, f"/v1/charges/{made.latest_charge}")["status"] == "succeeded"
        assert len(everything(second, "/v1/balance_transactions", source=str(made.latest_charge))) == 1


def test_a_subscription_begins_with_a_paid_invoice_and_says_so(fresh: Running, client: stripe.StripeClient) -> None:
    known = len(everything(fresh, "/v1/events"))
    made = subscribe(client, fresh)
    invoice = get(fresh, f"/v1/invoices/{made.latest_invoice}")
    assert (made.status, invoice["status"], invoice["billing_reason"]) == ("active", "paid", "subscription_create")
    payment = everything(fresh, "/v1/invoice_payments", invoice=invoice["id"])[0]
    intent = get(fresh, f"/v1/payment_intents/{payment['payment']['payment_intent']}")
    assert (intent["status"], intent["amount"]) == ("succeeded", invoice["total"])
    assert names(fresh, known) == [
        "invoice.created",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "customer.subscription.created",
    ]


def test_prorations_are_the_rest_of_the_period_and_no_more(fresh: Running, client: stripe.StripeClient) -> None:
    made = subscribe(client, fresh)
    item = made.to_dict()["items"]["data"][0]
    dearer = monthly(fresh)[-1]
    change: Any = {"items": [{"id": item["id"], "price": dearer["id"]}], "proration_behavior": "create_prorations"}
    client.v1.subscriptions.update(made.id, change)
    amounts = sorted(one["amount"] for one in everything(fresh, "/v1/invoiceitems"))
    # A second or two of the month have gone by.
    assert amounts[0] == pytest.approx(-item["price"]["unit_amount"], abs=2)
    assert amounts[1] == pytest.approx(dearer["unit_amount"], abs=2)


def test_a_canceled_subscription_is_not_there_to_be_canceled(fresh: Running, client: stripe.StripeClient) -> None:
    made = subscribe(client, fresh)
    client.v1.subscriptions.cancel(made.id, options={"idempotency_key": "same"})
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        client.v1.subscriptions.cancel(made.id, options={"idempotency_key": "same"})


def test_a_deleted_customer_keeps_neither_methods_nor_subscriptions(
    fresh: Running, client: stripe.StripeClient
) -> None:
    made = subscribe(client, fresh)
    methods = everything(fresh, "/v1/payment_methods", customer=str(made.customer))
    client.v1.customers.delete(str(made.customer))
    assert get(fresh, f"/v1/subscriptions/{made.id}")["status"] == "canceled"
    assert {get(fresh, f"/v1/payment_methods/{one['id']}")["customer"] for one in methods} == {None}


def test_an_invoice_that_is_sent_rings_with_the_key_of_the_request(seeded: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(seeded, tmp_path / "state")
    with receiving() as receiver:
        settings = Settings(webhook_url=receiver.url, webhook_secret=SECRET)
        with running(folder, SCOPE, settings) as sandbox:
            owed = everything(sandbox, "/v1/invoices", status="open", collection_method="send_invoice")[0]
            sdk(sandbox).v1.invoices.send_invoice(owed["id"], options={"idempotency_key": "k-send"})
            receiver.wait_for(1)
    assert receiver.names() == ["invoice.sent"]
    event = stripe.Webhook.construct_event(*receiver.taken[0], SECRET).to_dict()
    assert event["request"]["idempotency_key"] == "k-send"
    assert event["data"]["object"]["id"] == owed["id"]


def test_a_sixth_tax_id_is_refused(fresh: Running, client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "many@example.com"}).id
    for number in range(5):
        client.v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": f"DE12345678{number}"})
    with pytest.raises(stripe.InvalidRequestError, match="up to 5"):
        client.v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "DE999999999"})


def test_what_is_written_needs_the_permission_to_write_it(shop: Running) -> None:
    headers = {"Authorization": "Bearer rk_test_sandbox"}
    for path in ("payment_intents", "subscriptions", "invoices/in_x/send", "customers/cus_x/tax_ids"):
        assert http().post(f"{shop.url}/v1/{path}", data={"a": "b"}, headers=headers).status_code == 403


def _last4(charge: dict[str, Any]) -> str | None:
    details = charge["payment_method_details"]
    return str(details[details["type"]].get("last4"))


def _is_monthly(price: dict[str, Any]) -> bool:
    return bool(price["recurring"]["interval"] == "month")
