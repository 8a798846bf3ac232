"""Invoices: made for a subscription's period and paid, sent to the customer, given up."""

from dataclasses import dataclass

from sandbox.stripe import params as reading
from sandbox.stripe.errors import Declined, Refused, no_such
from sandbox.stripe.operations import Execute
from sandbox.stripe.payments import Wish, pay
from sandbox.stripe.shapes import invoice as shapes
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json


@dataclass(frozen=True)
class Bill:
    """A subscription's first period, or one that begins anew. `method` is None where the customer pays by hand."""

    subscription: Json
    customer: Json
    reason: str
    method: str | None
    due_at: int | None = None


def prepare_send(params: Json, ids: list[str]) -> Execute:
    """POST /v1/invoices/{id}/send."""
    reading.only(params, {"expand"})

    def execute(tx: Transaction) -> Json:
        invoice = _open(tx, ids[0], "sent")
        if invoice["collection_method"] != "send_invoice":
            message = "You can only manually send an invoice if its collection method is 'send_invoice'."
            raise Refused(message, code="invoice_not_editable", param="invoice")
        tx.say("invoice.sent", invoice)
        return invoice

    return execute


def prepare_mark_uncollectible(params: Json, ids: list[str]) -> Execute:
    """POST /v1/invoices/{id}/mark_uncollectible."""
    reading.only(params, {"expand"})

    def execute(tx: Transaction) -> Json:
        invoice = _open(tx, ids[0], "marked as uncollectible")
        invoice["status"] = "uncollectible"
        invoice["next_payment_attempt"] = None
        invoice["status_transitions"]["marked_uncollectible_at"] = tx.store.clock.now()
        tx.put("invoice", invoice)
        tx.say("invoice.updated", invoice, {"status": "open"})
        tx.say("invoice.marked_uncollectible", invoice)
        return invoice

    return execute


def bill(tx: Transaction, wanted: Bill) -> Json:
    """An invoice over the period of the subscription's one item, paid at once where there is a method.

    Raises Declined where it cannot be paid; what the bank was asked is staged then, and the invoice is open.
    """
    subscription, customer = wanted.subscription, wanted.customer
    invoice = _drawn(tx, wanted)
    subscription["latest_invoice"] = invoice["id"]
    tx.put("invoice", invoice)
    tx.put("customer", customer)
    for name in ("invoice.created", "invoice.finalized"):
        tx.say(name, invoice)
    if wanted.method is not None and invoice["total"] > 0:
        text = "Subscription creation" if wanted.reason == "subscription_create" else "Subscription update"
        wish = Wish(
            invoice["total"],
            invoice["currency"],
            customer["id"],
            wanted.method,
            is_off_session=True,
            is_hold=False,
            metadata={},
            description=text,
            order=invoice["id"],
        )
        _collect(tx, invoice, wish)
    elif invoice["total"] == 0:
        _paid(tx, invoice)
    return invoice


def _collect(tx: Transaction, invoice: Json, wish: Wish) -> None:
    now = tx.store.clock.now()
    invoice.update(attempted=True, attempt_count=1)
    try:
        intent = pay(tx, wish)
    except Declined:
        tx.say("invoice.payment_failed", invoice)
        raise
    is_paid = intent["status"] == "succeeded"
    payment = shapes.invoice_payment(
        tx.store.new_id("invoice_payment"), now, invoice, intent["id"], now if is_paid else None
    )
    tx.put("invoice_payment", payment)
    if is_paid:
        _paid(tx, invoice)


def _paid(tx: Transaction, invoice: Json) -> None:
    invoice.update(amount_paid=invoice["total"], amount_remaining=0, status="paid")
    invoice["status_transitions"]["paid_at"] = tx.store.clock.now()
    tx.put("invoice", invoice)
    tx.say("invoice.paid", invoice)


def _drawn(tx: Transaction, wanted: Bill) -> Json:
    subscription, customer = wanted.subscription, wanted.customer
    item = subscription["items"]["data"][0]
    number, now = tx.store.new_id("invoice"), tx.store.clock.now()
    amount = item["price"]["unit_amount"] * item["quantity"]
    line = shapes.line(
        tx.store.new_id("line_item"), number, subscription["currency"], amount, item["quantity"], item["price"]
    )
    line.update(
        description=f"{item['quantity']} × {item['price']['id']}",
        parent=_parent_of_line(subscription, item),
        period={"end": item["current_period_end"], "start": item["current_period_start"]},
    )
    totals = dict.fromkeys(
        ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax", "amount_due", "amount_remaining"), amount
    )
    details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    made = shapes.invoice(number, now, subscription["currency"], customer, [line], **totals)
    made.update(
        attempt_count=0,
        attempted=False,
        billing_reason=wanted.reason,
        collection_method=subscription["collection_method"],
        due_date=wanted.due_at,
        parent={"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        number=f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}",
    )
    customer["next_invoice_sequence"] += 1
    return made


def _parent_of_line(subscription: Json, item: Json) -> Json:
    return {
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": None,
            "proration": False,
            "proration_details": {"credited_items": None},
            "subscription": subscription["id"],
            "subscription_item": item["id"],
        },
        "type": "subscription_item_details",
    }


def _open(tx: Transaction, wanted: str, verb: str) -> Json:
    invoice = tx.get("invoice", wanted)
    if invoice is None:
        raise no_such("invoice", wanted)
    if invoice["status"] != "open":
        message = f"This invoice has the status {invoice['status']}; only open invoices can be {verb}."
        raise Refused(message, code="invoice_not_editable", param="invoice")
    return invoice
