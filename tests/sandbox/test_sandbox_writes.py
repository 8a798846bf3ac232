"""The other writes: captures, cancellations, subscriptions, customers."""

from typing import Any

import stripe

from sandbox.stripe.running import Running
from tests.sandbox.calling import everything, get, http, post


def held(sandbox: Running) -> dict[str, Any]:
    intents = everything(sandbox, "/v1/payment_intents")
    return next(intent for intent in intents if intent["status"] == "requires_capture")


def test_a_capture_takes_the_held_money_once(fresh: Running, client: stripe.StripeClient) -> None:
    intent = held(fresh)
    captured = client.v1.payment_intents.capture(intent["id"])
    assert (captured.status, captured.amount_received) == ("succeeded", intent["amount"])
    charge = get(fresh, f"/v1/charges/{intent['latest_charge']}")
    assert get(fresh, f"/v1/balance_transactions/{charge['balance_transaction']}")["amount"] == intent["amount"]
    again = post(fresh, f"/v1/payment_intents/{intent['id']}/capture", {})
    assert (again.status_code, again.json()["error"]["code"]) == (400, "payment_intent_unexpected_state")


def test_a_capture_of_more_than_is_held_is_refused(fresh: Running) -> None:
    intent = held(fresh)
    sent = {"amount_to_capture": str(intent["amount"] + 1)}
    answer = post(fresh, f"/v1/payment_intents/{intent['id']}/capture", sent)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "amount_too_large")


def test_a_canceled_intent_releases_its_hold(fresh: Running, client: stripe.StripeClient) -> None:
    intent = held(fresh)
    assert client.v1.payment_intents.cancel(intent["id"]).status == "canceled"
    charge = get(fresh, f"/v1/charges/{intent['latest_charge']}")
    # Since 2025-03-31.basil a release is no refund, and the charge does not show it.
    assert (charge["refunded"], charge["amount_refunded"]) == (False, 0)
    assert (charge["captured"], charge["balance_transaction"]) == (False, None)
    assert get(fresh, "/v1/events", limit=1)["data"][0]["type"] == "payment_intent.canceled"


def test_a_subscription_ends_later_or_at_once(fresh: Running, client: stripe.StripeClient) -> None:
    wanted = get(fresh, "/v1/subscriptions", status="active", limit=1)["data"][0]["id"]
    later = client.v1.subscriptions.update(wanted, {"cancel_at_period_end": True})
    assert later.cancel_at == later.to_dict()["items"]["data"][0]["current_period_end"]
    assert client.v1.subscriptions.cancel(wanted).status == "canceled"
    again = post(fresh, f"/v1/subscriptions/{wanted}", {"cancel_at_period_end": "false"})
    assert again.status_code == 400
    assert wanted not in [found["id"] for found in everything(fresh, "/v1/subscriptions")]


def test_a_customer_is_made_changed_given_a_tax_id_and_deleted(fresh: Running, client: stripe.StripeClient) -> None:
    made = client.v1.customers.create({"email": "zoë@example.com", "name": "Zoë", "metadata": {"a": "1"}})
    client.v1.customers.update(made.id, {"address": {"city": "Köln", "country": "DE"}, "metadata": {"a": ""}})
    after = get(fresh, f"/v1/customers/{made.id}")
    assert (after["address"]["city"], after["metadata"], after["name"]) == ("Köln", {}, "Zoë")
    client.v1.customers.tax_ids.create(made.id, {"type": "eu_vat", "value": "DE123456789"})
    assert [owned["value"] for owned in get(fresh, f"/v1/customers/{made.id}/tax_ids")["data"]] == ["DE123456789"]
    assert get(fresh, "/v1/customers", email="zoë@example.com")["data"][0]["id"] == made.id
    client.v1.customers.delete(made.id)
    assert get(fresh, f"/v1/customers/{made.id}") == {"id": made.id, "object": "customer", "deleted": True}
    assert get(fresh, "/v1/customers", email="zoë@example.com")["data"] == []
    assert get(fresh, "/v1/events", limit=1)["data"][0]["type"] == "customer.deleted"


def test_metadata_of_a_charge_can_be_changed(fresh: Running, client: stripe.StripeClient) -> None:
    wanted = get(fresh, "/v1/charges", limit=1)["data"][0]["id"]
    client.v1.charges.update(wanted, {"metadata": {"ticket": "T-1"}})
    assert get(fresh, f"/v1/charges/{wanted}")["metadata"]["ticket"] == "T-1"


def test_a_route_that_cannot_be_written_is_not_known(fresh: Running) -> None:
    assert post(fresh, "/v1/payouts", {"amount": "5"}).status_code == 404
    key = {"Authorization": "Bearer sk_test_sandbox"}
    assert http().delete(f"{fresh.url}/v1/charges/ch_x", headers=key).status_code == 404
