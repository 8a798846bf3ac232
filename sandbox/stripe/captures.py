"""Authorisations: taken, released; and what else can be changed on a charge."""

from sandbox.stripe import params as reading
from sandbox.stripe.errors import Invalid, Refused, no_such
from sandbox.stripe.fees import processing_fee
from sandbox.stripe.operations import Execute
from sandbox.stripe.shapes import ledger
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json

REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
CANCELABLE = {"requires_payment_method", "requires_capture", "requires_confirmation", "requires_action"}


def prepare_capture(params: Json, ids: list[str]) -> Execute:
    """POST /v1/payment_intents/{id}/capture."""
    reading.only(params, {"amount_to_capture", "metadata", "expand", "statement_descriptor"})
    amount = reading.integer(params, "amount_to_capture", least=1)
    return lambda tx: _capture(tx, ids[0], amount, params)


def prepare_cancel(params: Json, ids: list[str]) -> Execute:
    """POST /v1/payment_intents/{id}/cancel."""
    reading.only(params, {"cancellation_reason", "expand"})
    reason = reading.string(params, "cancellation_reason")
    if reason is not None and reason not in REASONS:
        raise Invalid(f"Invalid cancellation_reason: must be one of {', '.join(REASONS)}", param="cancellation_reason")
    return lambda tx: _cancel(tx, ids[0], reason)


def prepare_charge_update(params: Json, ids: list[str]) -> Execute:
    """POST /v1/charges/{id}: metadata and description."""
    reading.only(params, {"metadata", "description", "receipt_email", "expand"})

    def execute(tx: Transaction) -> Json:
        charge = tx.get("charge", ids[0])
        if charge is None:
            raise no_such("charge", ids[0])
        before = {"metadata": charge["metadata"], "description": charge["description"]}
        charge["metadata"] = reading.metadata(params, charge["metadata"])
        for name in ("description", "receipt_email"):
            charge[name] = params.get(name, charge[name])
        tx.put("charge", charge)
        tx.say("charge.updated", charge, before)
        return charge

    return execute


def _capture(tx: Transaction, wanted: str, sent: int | None, params: Json) -> Json:
    intent = _intent(tx, wanted, {"requires_capture"}, "captured")
    charge = _charge_of(tx, intent)
    amount = intent["amount_capturable"] if sent is None else sent
    if amount > intent["amount_capturable"]:
        message = (
            "The payment could not be captured because the requested capture amount is greater than the amount you can "
            "capture for this charge."
        )
        raise Refused(message, code="amount_too_large", param="amount_to_capture")
    now = tx.store.clock.now()
    fee = processing_fee(charge["payment_method_details"]["type"], amount, charge["currency"])
    wanted_line = tx.store.new_id("balance_transaction")
    line = ledger.balance_transaction(wanted_line, now, "charge", amount, fee, charge["currency"])
    line.update(source=charge["id"], description=charge["description"], status="pending")
    line["available_on"] = now + 4 * 86_400
    charge.update(captured=True, amount_captured=amount, balance_transaction=line["id"])
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    intent["metadata"] = reading.metadata(params, intent["metadata"])
    tx.put("balance_transaction", line)
    tx.put("charge", charge)
    tx.put("payment_intent", intent)
    tx.say("charge.captured", charge, {"captured": False})
    tx.say("payment_intent.succeeded", intent)
    return intent


def _cancel(tx: Transaction, wanted: str, reason: str | None) -> Json:
    intent = _intent(tx, wanted, CANCELABLE, "canceled")
    # Since 2025-03-31.basil the charge of a hold that is released stays as it is, and there is no event about it.
    intent.update(
        status="canceled",
        amount_capturable=0,
        canceled_at=tx.store.clock.now(),
        cancellation_reason=reason,
    )
    tx.put("payment_intent", intent)
    tx.say("payment_intent.canceled", intent)
    return intent


def _intent(tx: Transaction, wanted: str, statuses: set[str], verb: str) -> Json:
    intent = tx.get("payment_intent", wanted)
    if intent is None:
        raise no_such("payment_intent", wanted, param="intent")
    if intent["status"] not in statuses:
        message = (
            f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}. "
            f"Only a PaymentIntent with one of the following statuses may be {verb}: {', '.join(sorted(statuses))}."
        )
        raise Refused(message, code="payment_intent_unexpected_state")
    return intent


def _charge_of(tx: Transaction, intent: Json) -> Json:
    charge = tx.get("charge", intent["latest_charge"])
    if charge is None:
        raise no_such("charge", str(intent["latest_charge"]))
    return charge
