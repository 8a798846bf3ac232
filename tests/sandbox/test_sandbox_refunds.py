"""Refunds: the effect on charge, ledger and events, and every way in which one is refused."""

from typing import Any

import pytest
import stripe

from sandbox.stripe.running import Running
from tests.sandbox.calling import everything, get, post, refundable, sdk


def test_a_part_refund_changes_charge_ledger_and_events(fresh: Running, client: stripe.StripeClient) -> None:
    charge = refundable(fresh)
    wish: Any = {"charge": charge["id"], "amount": 5, "reason": "duplicate", "metadata": {"request": "r-1"}}
    refund = client.v1.refunds.create(wish)
    after = get(fresh, f"/v1/charges/{charge['id']}")
    assert (after["amount_refunded"], after["refunded"]) == (5, False)
    line = get(fresh, f"/v1/balance_transactions/{refund.balance_transaction}")
    assert (line["amount"], line["net"], line["source"], line["type"]) == (-5, -5, refund.id, "refund")
    names = [event["type"] for event in get(fresh, "/v1/events", limit=2)["data"]]
    assert sorted(names) == ["charge.refunded", "refund.created"]
    stored = get(fresh, f"/v1/refunds/{refund.id}")
    assert (stored["metadata"], stored["reason"], stored["status"]) == ({"request": "r-1"}, "duplicate", "succeeded")


def test_a_refund_without_amount_gives_back_what_is_left(fresh: Running, client: stripe.StripeClient) -> None:
    charge = refundable(fresh)
    client.v1.refunds.create({"charge": charge["id"], "amount": 7})
    rest = client.v1.refunds.create({"payment_intent": charge["payment_intent"]})
    assert rest.amount == charge["amount"] - 7
    after = get(fresh, f"/v1/charges/{charge['id']}")
    assert (after["amount_refunded"], after["refunded"]) == (charge["amount"], True)


def test_part_refunds_never_exceed_the_charge(fresh: Running, client: stripe.StripeClient) -> None:
    charge = refundable(fresh)
    part = charge["amount"] // 3 + 1
    for _ in range(2):
        client.v1.refunds.create({"charge": charge["id"], "amount": part})
    with pytest.raises(stripe.InvalidRequestError, match="is greater than unrefunded amount on charge") as caught:
        client.v1.refunds.create({"charge": charge["id"], "amount": part})
    assert caught.value.param == "amount"
    assert caught.value.code is None
    assert get(fresh, f"/v1/charges/{charge['id']}")["amount_refunded"] == 2 * part


def test_more_than_the_charge_is_refused(fresh: Running, client: stripe.StripeClient) -> None:
    charge = refundable(fresh)
    with pytest.raises(stripe.InvalidRequestError, match="is greater than charge amount"):
        client.v1.refunds.create({"charge": charge["id"], "amount": charge["amount"] + 1})
    assert get(fresh, "/v1/refunds", charge=charge["id"])["data"] == []


def test_a_charge_that_was_given_back_wholly_is_refused(fresh: Running, client: stripe.StripeClient) -> None:
    charge = refundable(fresh)
    client.v1.refunds.create({"charge": charge["id"]})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": charge["id"]})
    assert caught.value.code == "charge_already_refunded"


def test_a_disputed_charge_is_refused_unless_the_dispute_was_won(fresh: Running, client: stripe.StripeClient) -> None:
    disputes = {dispute["status"]: dispute for dispute in everything(fresh, "/v1/disputes")}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": disputes["lost"]["charge"]})
    assert caught.value.code == "charge_disputed"
    assert client.v1.refunds.create({"charge": disputes["won"]["charge"]}).status == "succeeded"


@pytest.mark.parametrize("state", ["failed", "uncaptured"])
def test_a_charge_that_took_no_money_is_refused(fresh: Running, client: stripe.StripeClient, state: str) -> None:
    charges = everything(fresh, "/v1/charges")
    wanted = next(
        charge["id"]
        for charge in charges
        if (charge["status"] == "failed") == (state == "failed") and not charge["captured"]
    )
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": wanted})
    assert caught.value.code == "charge_not_refundable"


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ({"amount": "0"}, "parameter_invalid_integer", "amount"),
        ({"amount": "-5"}, "parameter_invalid_integer", "amount"),
        ({"amount": "1.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": "1e2"}, "parameter_invalid_integer", "amount"),
        ({"amount": ""}, "parameter_invalid_integer", "amount"),
        ({"amount": "9" * 400}, "parameter_invalid_integer", "amount"),
        ({"amount": "٥"}, "parameter_invalid_integer", "amount"),
        ({"amount[]": "5"}, "parameter_invalid_integer", "amount"),
        ({"reason": "bored"}, None, "reason"),
        ({"currency": "usd"}, None, "currency"),
        ({"surprise": "1"}, "parameter_unknown", "surprise"),
        ({"metadata[a]": "x" * 501}, None, "metadata[a]"),
        ({"charge": ""}, "parameter_invalid_empty", "charge"),
    ],
)
def test_a_wrong_parameter_is_refused_and_moves_nothing(
    shop: Running, sent: dict[str, str], code: str | None, param: str
) -> None:
    charge = refundable(shop)
    answer = post(shop, "/v1/refunds", {"charge": charge["id"], **sent})
    error = answer.json()["error"]
    assert (answer.status_code, error.get("code"), error["param"]) == (400, code, param)
    assert get(shop, "/v1/refunds", charge=charge["id"])["data"] == []


def test_dinars_are_refunded_in_tens_of_fils_only(fresh: Running) -> None:
    charge = refundable(fresh, "kwd")
    answer = post(fresh, "/v1/refunds", {"charge": charge["id"], "amount": "15"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "amount")
    assert post(fresh, "/v1/refunds", {"charge": charge["id"], "amount": "20"}).json()["amount"] == 20


@pytest.mark.parametrize("wanted", ["charge", "payment_intent"])
def test_a_refund_of_what_does_not_exist_is_not_found(fresh: Running, wanted: str) -> None:
    answer = post(fresh, "/v1/refunds", {wanted: "none"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_missing")


def test_a_debit_refund_is_pending_until_it_settles(fresh: Running, client: stripe.StripeClient) -> None:
    charge = refundable(fresh, kind="sepa_debit")
    refund = client.v1.refunds.create({"charge": charge["id"], "amount": 100})
    assert refund.status == "pending"
    assert refund.id in fresh.control("POST", "settle", {"refund": refund.id})["settled"]
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    names = [event["type"] for event in get(fresh, "/v1/events", limit=2)["data"]]
    assert sorted(names) == ["charge.refund.updated", "refund.updated"]


def test_a_failed_refund_gives_the_money_back_to_the_account(fresh: Running, client: stripe.StripeClient) -> None:
    charge = refundable(fresh, kind="sepa_debit")
    refund = client.v1.refunds.create({"charge": charge["id"], "amount": 100})
    fresh.control("POST", "settle", {"refund": refund.id, "outcome": "failed"})
    after = get(fresh, f"/v1/refunds/{refund.id}")
    assert after["status"] == "failed"
    assert get(fresh, f"/v1/balance_transactions/{after['failure_balance_transaction']}")["amount"] == 100
    assert get(fresh, f"/v1/charges/{charge['id']}")["amount_refunded"] == 0
    assert fresh.control("GET", "books")["charges"][charge["id"]]["refunded"] == 0


def test_metadata_of_a_refund_can_be_changed_and_nothing_else(fresh: Running) -> None:
    charge = refundable(fresh)
    made = post(fresh, "/v1/refunds", {"charge": charge["id"], "amount": "5", "metadata[1]": "one"}).json()
    path = f"/v1/refunds/{made['id']}"
    assert post(fresh, path, {"metadata[note]": "x"}).json()["metadata"] == {"1": "one", "note": "x"}
    assert post(fresh, path, {"amount": "6"}).json()["error"]["code"] == "parameter_unknown"


def test_the_books_and_the_log_tell_what_was_given_back(fresh: Running) -> None:
    charge = refundable(fresh)
    sent = {"charge": charge["id"], "amount": "9", "metadata[request]": "r-9"}
    made = post(fresh, "/v1/refunds", sent, Idempotency_Key="k-9").json()
    book = fresh.control("GET", "books")["charges"][charge["id"]]
    assert (book["captured"], book["refunded"]) == (charge["amount"], 9)
    assert fresh.control("GET", f"books?charge={charge['id']}")["charges"] == {charge["id"]: book}
    assert [(part["id"], part["metadata"]) for part in book["refunds"]] == [(made["id"], {"request": "r-9"})]
    entry = fresh.control("GET", "log")["log"][-1]
    assert (entry["path"], entry["status"], entry["idempotency_key"]) == ("/v1/refunds", 200, "k-9")
    assert entry["params"]["charge"] == charge["id"]
    assert entry["received_mono"] > 0
    assert fresh.control("GET", f"log?after={entry['seq']}")["log"] == []


def test_the_sdk_may_expand_what_it_makes(fresh: Running) -> None:
    charge = refundable(fresh)
    refund = sdk(fresh).v1.refunds.create({"charge": charge["id"], "amount": 5, "expand": ["balance_transaction"]})
    assert refund.to_dict()["balance_transaction"]["net"] == -5
