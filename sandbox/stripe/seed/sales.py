"""Payments: an intent with its charges, taken, declined or held, and the ledger line of what was taken."""

from dataclasses import dataclass

from sandbox.stripe.clock import DAY
from sandbox.stripe.fees import processing_fee
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.seed.people import Person
from sandbox.stripe.shapes import invoice as invoices
from sandbox.stripe.shapes import ledger, payment
from sandbox.stripe.shapes.method import details
from sandbox.stripe.wire import Json

DECLINES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "generic_decline": "Your card was declined.",
    "expired_card": "Your card has expired.",
}


@dataclass(frozen=True)
class Sale:
    """What a payment is for: minor units in the customer's currency, and the text on the charge."""

    person: Person
    amount: int
    description: str
    metadata: dict[str, str]
    order: str | None = None


def intend(ground: Ground, sale: Sale, when: int) -> Json:
    """An intent that nothing has been paid on yet."""
    currency, customer = sale.person.customer["currency"], sale.person.customer
    made = payment.payment_intent(ground.new_id("payment_intent"), when, sale.amount, currency)
    made.update(
        amount_received=0,
        customer=customer["id"],
        description=sale.description,
        metadata=sale.metadata,
        payment_details={"customer_reference": None, "order_reference": sale.order},
        payment_method=sale.person.instrument.wanted,
        payment_method_types=[sale.person.instrument.kind],
        status="requires_payment_method",
    )
    return ground.add("payment_intent", made)


def take(ground: Ground, sale: Sale, intent: Json, when: int) -> Json:
    """The charge that pays an intent, and its ledger line."""
    charge = _charge(ground, sale, intent, when)
    fee = processing_fee(sale.person.instrument.kind, sale.amount, charge["currency"])
    line = ledger.balance_transaction(
        ground.new_id("balance_transaction"), when, "charge", sale.amount, fee, charge["currency"]
    )
    line.update(source=charge["id"], description=sale.description, available_on=_available(when, charge))
    line["status"] = "pending" if line["available_on"] > ground.end else "available"
    charge["balance_transaction"] = ground.add("balance_transaction", line)["id"]
    intent.update(status="succeeded", amount_received=sale.amount)
    return charge


def decline(ground: Ground, sale: Sale, intent: Json, when: int) -> Json:
    """A charge that the bank refused."""
    code = ground.rng.choice(sorted(DECLINES))
    charge = _charge(ground, sale, intent, when)
    is_expired = code == "expired_card"
    charge.update(
        amount_captured=0,
        captured=False,
        failure_code=code if is_expired else "card_declined",
        failure_message=DECLINES[code],
        outcome=payment.outcome(code),
        paid=False,
        receipt_url=None,
        status="failed",
    )
    intent["last_payment_error"] = {
        "charge": charge["id"],
        "code": charge["failure_code"],
        "decline_code": None if is_expired else code,
        "message": DECLINES[code],
        "type": "card_error",
    }
    return charge


def hold(ground: Ground, sale: Sale, intent: Json, when: int) -> Json:
    """A charge that was authorised and not captured."""
    charge = _charge(ground, sale, intent, when)
    charge.update(amount_captured=0, captured=False, balance_transaction=None)
    intent.update(amount_capturable=sale.amount, capture_method="manual", status="requires_capture")
    return charge


def release(intent: Json, when: int) -> None:
    """Let go of an authorisation; since 2025-03-31.basil its charge does not show it."""
    intent.update(status="canceled", amount_capturable=0, canceled_at=when, cancellation_reason="abandoned")


def settle_invoice(ground: Ground, invoice: Json, intent: Json, paid_at: int | None) -> None:
    """Tie an invoice to its intent; paid at `paid_at`, or still open."""
    wanted = ground.new_id("invoice_payment")
    made = invoices.invoice_payment(wanted, invoice["created"] + 1, invoice, intent["id"], paid_at)
    ground.add("invoice_payment", made)
    if paid_at is not None:
        invoice.update(amount_paid=invoice["total"], amount_remaining=0, status="paid")
        invoice["status_transitions"]["paid_at"] = paid_at


def _charge(ground: Ground, sale: Sale, intent: Json, when: int) -> Json:
    customer = sale.person.customer
    made = payment.charge(ground.new_id("charge"), when, sale.amount, customer["currency"])
    made.update(
        billing_details={
            "address": customer["address"],
            "email": customer["email"],
            "name": customer["name"],
            "phone": None,
            "tax_id": None,
        },
        calculated_statement_descriptor="NORDLICHT* PRO" if sale.order else "NORDLICHT* SHOP",
        customer=customer["id"],
        description=sale.description,
        metadata=sale.metadata,
        payment_intent=intent["id"],
        payment_method=sale.person.instrument.wanted,
        payment_method_details=details(sale.person.instrument, sale.amount),
        receipt_email=None if sale.order else customer["email"],
    )
    intent["latest_charge"] = made["id"]
    return ground.add("charge", made)


def _available(when: int, charge: Json) -> int:
    days = 2 if charge["currency"] == "usd" else 4
    if charge["payment_method_details"]["type"] == "sepa_debit":
        days = 6
    return when - when % DAY + days * DAY
