"""What can be written: each takes the store, the request and its id, and says what is to change.

An operation raises `Refused` or `NotFound`, and then nothing changes. The object that is answered comes first.
"""

import copy
from collections.abc import Callable
from typing import NamedTuple

from sandbox.braintree import money
from sandbox.braintree.errors import NotFound, Refused
from sandbox.braintree.markup import Json, now_text
from sandbox.braintree.shapes import enter, subscription_event, transaction
from sandbox.braintree.store import Store

REFUNDABLE = {"settled", "settling"}
VOIDABLE = {"authorized", "submitted_for_settlement", "settlement_pending"}
GONE = {"settlement_declined", "failed", "voided", "processor_declined", "gateway_rejected"}
DECLINES_REFUNDS = "0069"
"""Last four digits of the card whose bank declines refunds."""


class Outcome(NamedTuple):
    """The kind and the object of the answer, what changed beside it, and the kind of the notification, if any."""

    kind: str
    obj: Json
    others: tuple[Json, ...] = ()
    notify: str | None = None


Operation = Callable[[Store, Json, str], Outcome]


def refund(store: Store, params: Json, wanted: str) -> Outcome:
    """POST transactions/{id}/refund: amount (all that is left without it), order_id."""
    sale = _transaction(store, wanted)
    currency = sale["currency_iso_code"]
    left = money.minor(sale["amount"], currency) - given_back(store, sale)
    if sale["type"] == "credit":
        raise Refused("91505")
    if sale["status"] not in REFUNDABLE:
        raise Refused("91506")
    if left <= 0:
        raise Refused("91512")
    amount = left if not params.get("amount") else _amount(params["amount"], currency)
    if amount > left:
        raise Refused("91521", "amount")
    order_id = params.get("order_id") or sale["order_id"]
    if order_id and len(order_id) > 255:
        raise Refused("91501", "order_id")
    at = now_text(store.clock.now())
    text = money.written(amount, currency)
    made = transaction(store.new_id(), at, "credit", text, currency, sale["merchant_account_id"])
    _same_payer(made, sale)
    made.update(refunded_transaction_id=sale["id"], order_id=order_id)
    if sale["credit_card"]["last_4"] == DECLINES_REFUNDS:
        text = "Closed Account"
        made.update(
            processor_response_code="2004", processor_response_text=text, processor_response_type="hard_declined"
        )
        raise Refused("915200", declined=enter(made, "processor_declined", at))
    enter(made, "submitted_for_settlement", at)
    if sale["payment_instrument_type"] == "paypal_account":
        # PayPal knows no batches: it settles at once.
        enter(made, "settled", at)
    sale["refund_ids"].append(made["id"])
    sale.update(refund_id=made["id"], updated_at=at)
    return Outcome("transaction", made, (sale,))


def void(store: Store, params: Json, wanted: str) -> Outcome:
    """PUT transactions/{id}/void."""
    found = _transaction(store, wanted)
    if found["status"] not in VOIDABLE:
        raise Refused("91504")
    return Outcome("transaction", enter(found, "voided", now_text(store.clock.now())))


def submit(store: Store, params: Json, wanted: str) -> Outcome:
    """PUT transactions/{id}/submit_for_settlement: amount (the authorized one without it)."""
    found = _transaction(store, wanted)
    if found["status"] != "authorized":
        raise Refused("91507")
    currency = found["currency_iso_code"]
    if params.get("amount"):
        amount = _amount(params["amount"], currency)
        if amount > money.minor(found["amount"], currency):
            raise Refused("91522", "amount")
        found["amount"] = money.written(amount, currency)
    return Outcome("transaction", enter(found, "submitted_for_settlement", now_text(store.clock.now())))


def sale(store: Store, params: Json, _: str) -> Outcome:
    """POST transactions: amount, customer_id, merchant_account_id, order_id, options.submit_for_settlement."""
    payer = store.objects["customer"].get(params.get("customer_id", ""))
    if payer is None:
        raise Refused("91510", "customer_id")
    if not payer["credit_cards"]:
        raise Refused("91511", "customer_id")
    account = params.get("merchant_account_id") or "example_usd"
    currency = account.rpartition("_")[2].upper()
    at = now_text(store.clock.now())
    text = money.written(_amount(params.get("amount", ""), currency), currency)
    made = transaction(store.new_id(), at, "sale", text, currency, account)
    card = payer["credit_cards"][0]
    made["customer"].update({name: payer[name] for name in ("id", "first_name", "last_name", "company", "email")})
    made["credit_card"].update(token=card["token"], last_4=card["last_4"], card_type=card["card_type"])
    made["order_id"] = params.get("order_id") or None
    enter(made, "authorized", at)
    if (params.get("options") or {}).get("submit_for_settlement") == "true":
        enter(made, "submitted_for_settlement", at)
    return Outcome("transaction", made)


def cancel(store: Store, _: Json, wanted: str) -> Outcome:
    """PUT subscriptions/{id}/cancel."""
    found = copy.deepcopy(store.objects["subscription"].get(wanted))
    if found is None:
        raise NotFound
    if found["status"] in ("Canceled", "Expired"):
        raise Refused("81905", "status", "subscription")
    at = now_text(store.clock.now())
    found.update(status="Canceled", updated_at=at)
    found["status_history"].insert(0, subscription_event("Canceled", at, store.objects["plan"][found["plan_id"]]))
    return Outcome("subscription", found, (), "subscription_canceled")


def settle(store: Store, wanted: str, status: str) -> Outcome | None:
    """Bring what was submitted to its end, as Braintree's nightly batch does; None where there is nothing to settle."""
    found = _transaction(store, wanted)
    if found["status"] not in ("submitted_for_settlement", "settling", "settlement_pending"):
        return None
    enter(found, status, now_text(store.clock.now()))
    if status == "settled":
        return Outcome("transaction", found, (), "transaction_settled" if found["type"] == "sale" else None)
    found.update(processor_settlement_response_code="4001", processor_settlement_response_text="Settlement Declined")
    return Outcome("transaction", found, (), "refund_failed" if found["type"] == "credit" else None)


def given_back(store: Store, sale: Json) -> int:
    """Minor units of the refunds of a sale whose money left."""
    refunds = (store.objects["transaction"][wanted] for wanted in sale["refund_ids"])
    currency = sale["currency_iso_code"]
    return sum(money.minor(made["amount"], currency) for made in refunds if made["status"] not in GONE)


def _transaction(store: Store, wanted: str) -> Json:
    found = store.objects["transaction"].get(wanted)
    if found is None:
        raise NotFound
    copied: Json = copy.deepcopy(found)
    return copied


def _amount(text: str, currency: str) -> int:
    if not text:
        raise Refused("81502", "amount")
    try:
        amount = money.minor(text, currency)
    except money.NoAmount:
        raise Refused("81503", "amount") from None
    if amount < 0:
        raise Refused("81501", "amount")
    if amount == 0:
        raise Refused("81531", "amount")
    return amount


def _same_payer(made: Json, sale: Json) -> None:
    for name in ("customer", "billing", "credit_card", "paypal", "apple_pay", "android_pay_card"):
        if name in sale:
            made[name] = copy.deepcopy(sale[name])
    made["payment_instrument_type"] = sale["payment_instrument_type"]


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("POST", "transactions"): sale,
    ("POST", "transactions/{id}/refund"): refund,
    ("PUT", "transactions/{id}/void"): void,
    ("PUT", "transactions/{id}/submit_for_settlement"): submit,
    ("PUT", "subscriptions/{id}/cancel"): cancel,
}
CREATED = {"transactions", "transactions/{id}/refund"}
"""Answered with 201."""
