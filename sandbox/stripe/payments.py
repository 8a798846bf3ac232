"""Payment intents that are made and confirmed at once: taken, held, on their way, or declined."""

from dataclasses import dataclass

from sandbox.stripe import params as reading
from sandbox.stripe.errors import Declined, Invalid, Refused, missing_parameter, no_such
from sandbox.stripe.fees import processing_fee
from sandbox.stripe.money import step, written
from sandbox.stripe.operations import Execute
from sandbox.stripe.shapes import ledger, payment
from sandbox.stripe.shapes.method import details, instrument
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json

KNOWN = {
    *("amount", "currency", "customer", "payment_method", "confirm", "off_session", "capture_method", "metadata"),
    *("description", "allowed_payment_method_types", "expand"),
}
DAY = 86_400
# Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LEAST = {"eur": 50, "usd": 50, "gbp": 30, "jpy": 50}
# Stripe's test cards that can be stored: every charge is declined; the bank always wants the customer.
DECLINING = {"0341": "generic_decline", "0002": "generic_decline", "9995": "insufficient_funds"}
CONFIRMING = {"3184"}
TEXTS = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


@dataclass(frozen=True)
class Wish:
    """A payment that is right in itself. `amount` in minor units."""

    amount: int
    currency: str
    customer: str | None
    method: str | None
    is_off_session: bool
    is_hold: bool
    metadata: dict[str, str]
    description: str | None = None
    order: str | None = None


def prepare_create(params: Json, _: list[str]) -> Execute:
    """POST /v1/payment_intents, with `confirm`."""
    if "payment_method_types" in params:
        message = "payment_method_types is no longer supported; use allowed_payment_method_types."
        code = "payment_method_types_no_longer_supported"
        raise Invalid(message, code=code, param="payment_method_types")
    reading.only(params, KNOWN)
    amount, currency = reading.integer(params, "amount", least=1), reading.string(params, "currency")
    if amount is None or currency is None:
        raise missing_parameter("amount" if amount is None else "currency")
    if amount % step(currency):
        raise Invalid(f"Amounts in {currency.upper()} must be divisible by {step(currency)}.", param="amount")
    if amount < LEAST.get(currency, 0):
        message = f"Amount must be at least {written(LEAST[currency], currency)} {currency}"
        raise Refused(message, code="amount_too_small", param="amount")
    if not reading.boolean(params, "confirm"):
        raise Invalid("The sandbox makes payment intents with confirm=true only.", param="confirm")
    wish = Wish(
        amount,
        currency,
        reading.string(params, "customer"),
        reading.string(params, "payment_method"),
        reading.boolean(params, "off_session") is True,
        reading.string(params, "capture_method") == "manual",
        reading.metadata(params, {}),
        reading.string(params, "description"),
    )
    return lambda tx: pay(tx, wish)


def pay(tx: Transaction, wish: Wish) -> Json:
    """Make an intent and confirm it. Raises Declined, after which intent and failed charge are kept all the same."""
    method = _method(tx, wish)
    intent = _intent(tx, wish, method)
    charge = _charge(tx, wish, intent, method)
    tx.say("payment_intent.created", intent)
    reason = _why_not(method, wish)
    if reason is not None:
        raise _decline(tx, intent, charge, method, reason)
    if method["type"] == "sepa_debit":
        return _send_off(tx, intent, charge)
    return _hold(tx, intent, charge) if wish.is_hold else take(tx, intent, charge)


def take(tx: Transaction, intent: Json, charge: Json) -> Json:
    """The charge has paid the intent."""
    amount = charge["amount"]
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=amount)
    charge["balance_transaction"] = _line(tx, charge)["id"]
    intent.update(status="succeeded", amount_received=amount, processing=None)
    _keep(tx, intent, charge)
    tx.say("charge.succeeded", charge)
    tx.say("payment_intent.succeeded", intent)
    return intent


def settle(tx: Transaction, intent: Json, *, succeeds: bool) -> Json:
    """A debit that was on its way has arrived, or has come back."""
    charge = tx.get("charge", intent["latest_charge"])
    if charge is None:
        raise no_such("charge", str(intent["latest_charge"]))
    if succeeds:
        return take(tx, intent, charge)
    method = tx.get("payment_method", charge["payment_method"]) or {}
    _fail(tx, intent, charge, method, "generic_decline")
    return intent


def _method(tx: Transaction, wish: Wish) -> Json:
    if wish.customer is not None:
        payer = tx.get("customer", wish.customer)
        if payer is None or payer.get("deleted"):
            raise no_such("customer", wish.customer, param="customer", status=400)
    if wish.method is None:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise Refused(message, code="payment_intent_unexpected_state")
    method = tx.get("payment_method", wish.method)
    if method is None:
        raise no_such("PaymentMethod", wish.method, param="payment_method", status=400)
    if method["customer"] is None or method["customer"] != wish.customer:
        message = (
            f"The provided PaymentMethod ({wish.method}) was used or detached before, or belongs to another Customer; "
            "it may not be used again."
        )
        raise Refused(message, param="payment_method")
    if wish.is_hold and method["type"] == "sepa_debit":
        raise Refused("The payment method type sepa_debit cannot be captured manually.", param="capture_method")
    return method


def _intent(tx: Transaction, wish: Wish, method: Json) -> Json:
    made = payment.payment_intent(
        tx.store.new_id("payment_intent"), tx.store.clock.now(), wish.amount, wish.currency, customer=wish.customer
    )
    made.update(
        amount_received=0,
        capture_method="manual" if wish.is_hold else "automatic",
        description=wish.description,
        metadata=wish.metadata,
        payment_details={"customer_reference": None, "order_reference": wish.order},
        payment_method=method["id"],
        payment_method_types=[method["type"]],
    )
    return made


def _charge(tx: Transaction, wish: Wish, intent: Json, method: Json) -> Json:
    made = payment.charge(tx.store.new_id("charge"), tx.store.clock.now(), wish.amount, wish.currency)
    made.update(
        billing_details=method["billing_details"],
        calculated_statement_descriptor="NORDLICHT* PRO" if wish.order else "NORDLICHT* SHOP",
        customer=wish.customer,
        description=wish.description,
        metadata=wish.metadata,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=details(instrument(method), wish.amount),
    )
    intent["latest_charge"] = made["id"]
    return made


def _why_not(method: Json, wish: Wish) -> str | None:
    last4 = method[method["type"]]["last4"]
    if last4 in CONFIRMING and wish.is_off_session:
        return "authentication_required"
    return DECLINING.get(last4)


def _decline(tx: Transaction, intent: Json, charge: Json, method: Json, reason: str) -> Declined:
    _fail(tx, intent, charge, method, reason)
    error = dict(intent["last_payment_error"])
    return Declined(error, intent)


def _fail(tx: Transaction, intent: Json, charge: Json, method: Json, reason: str) -> None:
    code = "authentication_required" if reason == "authentication_required" else "card_declined"
    text = TEXTS[reason]
    charge.update(
        amount_captured=0,
        captured=False,
        failure_code=code,
        failure_message=text,
        outcome=payment.outcome(reason),
        paid=False,
        receipt_url=None,
        status="failed",
    )
    error = {"charge": charge["id"], "code": code, "decline_code": reason, "message": text, "type": "card_error"}
    intent.update(status="requires_payment_method", payment_method=None, processing=None)
    intent["last_payment_error"] = {**error, "payment_method": method}
    _keep(tx, intent, charge)
    tx.say("charge.failed", charge)
    tx.say("payment_intent.payment_failed", intent)


def _hold(tx: Transaction, intent: Json, charge: Json) -> Json:
    charge.update(amount_captured=0, captured=False)
    intent.update(amount_capturable=charge["amount"], status="requires_capture")
    _keep(tx, intent, charge)
    tx.say("charge.succeeded", charge)
    tx.say("payment_intent.amount_capturable_updated", intent)
    return intent


def _send_off(tx: Transaction, intent: Json, charge: Json) -> Json:
    charge.update(status="pending", paid=False, amount_captured=0)
    intent.update(status="processing", processing={"type": "sepa_debit"})
    tx.put("payment_intent", intent, {"open": "true"})
    tx.put("charge", charge)
    tx.say("charge.pending", charge)
    tx.say("payment_intent.processing", intent)
    return intent


def _keep(tx: Transaction, intent: Json, charge: Json) -> None:
    tx.put("payment_intent", intent, {})
    tx.put("charge", charge)


def _line(tx: Transaction, charge: Json) -> Json:
    now = tx.store.clock.now()
    fee = processing_fee(charge["payment_method_details"]["type"], charge["amount"], charge["currency"])
    wanted = tx.store.new_id("balance_transaction")
    line = ledger.balance_transaction(wanted, now, "charge", charge["amount"], fee, charge["currency"])
    line.update(source=charge["id"], description=charge["description"], status="pending")
    line["available_on"] = now + 4 * DAY
    return tx.put("balance_transaction", line)
