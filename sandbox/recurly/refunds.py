"""Refunds of invoices: the one place where this stand-in gives money back. No idempotency keys, as at Recurly."""

import json
from decimal import Decimal
from typing import Any

from sandbox.recurly import shapes
from sandbox.recurly.errors import bad_request, invalid, not_found
from sandbox.recurly.living import event
from sandbox.recurly.money import major, minor, share
from sandbox.standin.messages import Json
from sandbox.standin.store import Change, Store

KNOWN = {"type", "amount", "line_items", "refund_method", "credit_customer_notes", "external_refund"}
METHODS = {"all_credit", "all_transaction", "credit_first", "transaction_first"}
OPEN = {"processing"}
GONE = {"success", "processing"}


def refund(store: Store, invoice_id: str, body: bytes) -> Json:
    """POST /invoices/{id}/refund: the new credit invoice."""
    sent = _read(body)
    change = Change(store)
    invoice = change.get("invoice", invoice_id)
    if invoice is None:
        raise not_found("invoice", invoice_id)
    if invoice["type"] != "charge" or invoice["state"] not in ("paid", "closed"):
        raise invalid("Only paid charge invoices can be refunded.", "invoice_id")
    credit = stage(change, invoice_id, _amount(invoice, sent), sent)
    change.commit()
    return credit


def stage(change: Change, invoice_id: str, amount: int, sent: dict[str, Any]) -> Json:
    """Stage the credit invoice over an amount that the invoice still has, with the refunds of its payments."""
    store = change.store
    invoice = change.get("invoice", invoice_id) or {}
    payments = [change.get("transaction", wanted) or {} for wanted in invoice["_transactions"]]
    credit = _credit(change, invoice, amount, str(sent.get("credit_customer_notes") or ""))
    if sent.get("refund_method") != "all_credit":
        _give_back(change, credit, [each for each in payments if each["type"] == "purchase"], amount)
    now = shapes.iso(store.now())
    left = minor(invoice["refundable_amount"], invoice["currency"]) - amount
    invoice.update(refundable_amount=major(left, invoice["currency"]), updated_at=now)
    invoice["_related"].append(credit["id"])
    change.put("invoice", invoice)
    change.put("invoice", credit)
    change.tell(event(credit, "credit_invoice", "created", now))
    return credit


def settle(store: Store, wanted: str, outcome: str) -> bool:
    """A refund that was processing reaches the customer, or fails; then it can be refunded again."""
    change = Change(store)
    made = change.get("transaction", wanted)
    if made is None or made["status"] not in OPEN or made["type"] != "refund":
        return False
    now = shapes.iso(store.now())
    made.update(status="success" if outcome == "succeeded" else "error", updated_at=now)
    made.update(success=outcome == "succeeded")
    credit = change.get("invoice", made["invoice"]["id"]) or {}
    credit.update(state="closed" if outcome == "succeeded" else "failed", updated_at=now)
    if outcome != "succeeded":
        made.update(status_message="The bank account is closed.", customer_message="The refund failed.")
        _reopen(change, credit, made)
    change.put("transaction", made)
    change.put("invoice", credit)
    change.tell(event(made, "payment", "refunded" if outcome == "succeeded" else "refund_failed", now))
    change.commit()
    return True


def open_refunds(store: Store) -> list[str]:
    """Ids of refunds that are not at their end."""
    every = store.of("transaction").values()
    return [each["id"] for each in every if each["type"] == "refund" and each["status"] in OPEN]


def _read(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body, parse_float=Decimal)
    except ValueError:
        raise bad_request("The body is not JSON") from None
    if not isinstance(sent, dict) or set(sent) - KNOWN:
        raise bad_request("Unknown parameters", *sorted(set(sent) - KNOWN))
    if sent.get("type") != "amount":
        raise invalid("Type must be amount here; refunds of line items are not played by this stand-in.", "type")
    if sent.get("refund_method", "transaction_first") not in METHODS:
        raise invalid("Refund method is not included in the list", "refund_method")
    return sent


def _amount(invoice: Json, sent: dict[str, Any]) -> int:
    left = minor(invoice["refundable_amount"], invoice["currency"])
    wanted = sent.get("amount", major(left, invoice["currency"]))
    if isinstance(wanted, bool) or not isinstance(wanted, int | float | Decimal):
        raise invalid("Amount is not a number", "amount")
    try:
        amount = minor(wanted, invoice["currency"])
    except ValueError:
        raise invalid("Amount has too many decimals for the currency", "amount") from None
    if amount <= 0:
        raise invalid("Amount must be greater than 0", "amount")
    if amount > left:
        raise invalid("Amount must be less than or equal to the refundable amount of the invoice", "amount")
    return amount


def _credit(change: Change, invoice: Json, amount: int, notes: str) -> Json:
    store = change.store
    account = store.of("account")[invoice["account"]["id"]]
    currency, now, number = invoice["currency"], store.now(), store.next_number()
    credit = shapes.invoice(_live_id("invoice", number), now, str(90_000 + number), account, currency, "credit")
    tax = share(amount, minor(invoice["tax"], currency), minor(invoice["total"], currency))
    money = {"subtotal": -(amount - tax), "discount": 0, "tax": -tax, "total": -amount, "paid": 0, "balance": 0}
    credit.update({name: major(value, currency) for name, value in money.items()})
    credit.update(customer_notes=notes, previous_invoice_id=invoice["id"], _related=[invoice["id"]])
    credit["subscription_ids"] = list(invoice["subscription_ids"])
    if "tax_info" in invoice:
        credit["tax_info"] = invoice["tax_info"]
    text, unit = f"Refund of invoice {invoice['number']}", major(-(amount - tax), currency)
    made = shapes.line(_live_id("line_item", number), now, credit, account, text, 1, unit)
    made.update(subtotal=unit, discount=0.0, tax=major(-tax, currency), amount=major(-amount, currency))
    credit["_lines"] = [made["id"]]
    change.put("line_item", made)
    return credit


def _give_back(change: Change, credit: Json, payments: list[Json], amount: int) -> None:
    """Spread an amount over the payments of the invoice, in their order."""
    for payment in payments:
        left = _left(change.store, payment)
        part = min(amount, left)
        if part <= 0:
            continue
        amount -= part
        change.put("transaction", _refund_of(change, credit, payment, part))
        payment.update(refunded=True, updated_at=shapes.iso(change.store.now()))
        change.put("transaction", payment)
    if amount:
        raise invalid("Amount must be less than or equal to what was paid by transactions", "amount")


def _refund_of(change: Change, credit: Json, payment: Json, part: int) -> Json:
    store = change.store
    account = store.of("account")[payment["account"]["id"]]
    wanted = _live_id("transaction", store.next_number())
    made = shapes.transaction(wanted, store.now(), account, credit, major(part, payment["currency"]), "refund")
    made["original_transaction_id"] = payment["id"]
    if payment["payment_method"]["object"] == "iban_bank_account":
        made.update(status="processing", success=False)
        del made["collected_at"]
        credit["state"] = "processing"
    credit["_transactions"].append(wanted)
    change.tell(event(made, "payment", "refunded", made["created_at"]))
    return made


def given_back(store: Store, payment_id: str) -> int:
    """Minor units of a payment that are gone or on their way."""
    every = store.of("transaction").values()
    back = [each for each in every if each.get("original_transaction_id") == payment_id and each["status"] in GONE]
    return sum(minor(each["amount"], each["currency"]) for each in back)


def _left(store: Store, payment: Json) -> int:
    if payment["status"] != "success":
        return 0
    return minor(payment["amount"], payment["currency"]) - given_back(store, payment["id"])


def _reopen(change: Change, credit: Json, made: Json) -> None:
    invoice = change.get("invoice", credit["_related"][0]) or {}
    currency = invoice["currency"]
    left = minor(invoice["refundable_amount"], currency) + minor(made["amount"], currency)
    invoice.update(refundable_amount=major(left, currency), updated_at=made["updated_at"])
    change.put("invoice", invoice)


def _live_id(kind: str, number: int) -> str:
    return shapes.new_id(kind, "live", number)
