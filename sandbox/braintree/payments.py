"""Transactions: sold, submitted, voided, refunded, settled."""

import copy

from sandbox.braintree import money
from sandbox.braintree.errors import Refused
from sandbox.braintree.markup import Json, now_text
from sandbox.braintree.operation import Outcome, amount_of, copy_of
from sandbox.braintree.paying import DEFAULT, MERCHANT_ACCOUNTS, Method, decline, default_of, method_called, pay_with
from sandbox.braintree.shapes import enter, transaction
from sandbox.braintree.store import Store

REFUNDABLE = {"settled", "settling"}
VOIDABLE = {"authorized", "submitted_for_settlement"}
GONE = {"settlement_declined", "failed", "voided", "processor_declined", "gateway_rejected"}
DECLINES_REFUNDS = "0069"
"""Last four digits of the card whose bank declines refunds."""


def sale(store: Store, params: Json, _: str) -> Outcome:
    """POST transactions: amount, payment_method_token or customer_id, merchant_account_id, order_id,
    options.submit_for_settlement. A declined one stays in the books."""
    method = _method(store, params)
    account = MERCHANT_ACCOUNTS.get(params.get("merchant_account_id") or DEFAULT)
    if account is None:
        raise Refused("91513", "merchant_account_id")
    text = money.written(amount_of(params.get("amount", ""), account.currency), account.currency)
    order_id = params.get("order_id") or None
    if order_id and len(order_id) > 255:
        raise Refused("91501", "order_id")
    is_submitted = (params.get("options") or {}).get("submit_for_settlement") == "true"
    made = paid(store, method, text, account.wanted, is_submitted, {"order_id": order_id})
    if made["status"] == "processor_declined":
        raise Refused("", declined=made, is_kept=True)
    return Outcome("transaction", made)


def paid(
    store: Store, method: Method, text: str, merchant_account: str, is_submitted: bool, named: Json | None = None
) -> Json:
    """A new sale with a stored payment method, in the status it comes to at once; not in the books yet."""
    at = now_text(store.clock.now())
    currency = MERCHANT_ACCOUNTS[merchant_account].currency
    made = transaction(store.new_id(), at, "sale", text, currency, merchant_account)
    pay_with(made, method, method.method.get("country_of_issuance") or "US")
    made.update(named or {})
    if method.is_declined:
        return decline(made, at)
    enter(made, "authorized", at)
    return _submitted(made, at) if is_submitted else made


def refund(store: Store, params: Json, wanted: str) -> Outcome:
    """POST transactions/{id}/refund: amount (all that is left without it), order_id."""
    sale = copy_of(store, "transaction", wanted)
    currency = sale["currency_iso_code"]
    left = money.minor(sale["amount"], currency) - given_back(store, sale)
    if sale["type"] == "credit":
        raise Refused("91505")
    if sale["status"] not in REFUNDABLE:
        raise Refused("91506")
    if left <= 0:
        raise Refused("91512")
    amount = left if not params.get("amount") else amount_of(params["amount"], currency)
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
    _submitted(made, at)
    sale["refund_ids"].append(made["id"])
    sale.update(refund_id=made["id"], updated_at=at)
    return Outcome("transaction", made, (("transaction", sale),))


def void(store: Store, params: Json, wanted: str) -> Outcome:
    """PUT transactions/{id}/void."""
    found = copy_of(store, "transaction", wanted)
    is_waiting = found["status"] == "settlement_pending" and found["payment_instrument_type"] == "paypal_account"
    if found["status"] not in VOIDABLE and not is_waiting:
        raise Refused("91504")
    return Outcome("transaction", enter(found, "voided", now_text(store.clock.now())))


def submit(store: Store, params: Json, wanted: str) -> Outcome:
    """PUT transactions/{id}/submit_for_settlement: amount (the authorized one without it)."""
    found = copy_of(store, "transaction", wanted)
    if found["status"] != "authorized":
        raise Refused("91507")
    currency = found["currency_iso_code"]
    if params.get("amount"):
        amount = amount_of(params["amount"], currency)
        if amount > money.minor(found["amount"], currency):
            raise Refused("91522", "amount")
        found["amount"] = money.written(amount, currency)
    return Outcome("transaction", _submitted(found, now_text(store.clock.now())))


def settle(store: Store, wanted: str, status: str) -> Outcome | None:
    """Bring what was submitted to its end, as Braintree's nightly batch does; None where there is nothing to settle."""
    found = copy_of(store, "transaction", wanted)
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


def _submitted(made: Json, at: str) -> Json:
    enter(made, "submitted_for_settlement", at)
    # PayPal knows no batches: it settles at once.
    return enter(made, "settled", at) if made["payment_instrument_type"] == "paypal_account" else made


def _method(store: Store, params: Json) -> Method:
    token = params.get("payment_method_token")
    if token:
        found = method_called(store, token)
        if found is None:
            raise Refused("91518", "payment_method_token")
        return found
    payer = store.objects["customer"].get(params.get("customer_id", ""))
    if payer is None:
        raise Refused("91510", "customer_id")
    default = default_of(payer)
    if default is None:
        raise Refused("91511", "customer_id")
    return default


def _same_payer(made: Json, sale: Json) -> None:
    for name in ("customer", "billing", "credit_card", "paypal", "apple_pay", "android_pay_card"):
        if name in sale:
            made[name] = copy.deepcopy(sale[name])
    made["payment_instrument_type"] = sale["payment_instrument_type"]
