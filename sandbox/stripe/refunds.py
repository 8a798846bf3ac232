"""Refunds: made, settled, failed. The one place where the sandbox gives money back."""

from dataclasses import dataclass

from sandbox.stripe import params as reading
from sandbox.stripe.errors import Invalid, Refused, no_such
from sandbox.stripe.money import step, written
from sandbox.stripe.operations import Execute
from sandbox.stripe.shapes import ledger
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
KNOWN = {"charge", "payment_intent", "amount", "reason", "metadata", "expand", "currency", "instructions_email"}
ALLOWED_STATUS = {"succeeded"}
# Stripe's test cards: 7726 refunds are pending first, 5126 refunds fail later. SEPA refunds are always pending first.
PENDING_LAST4 = {"7726"}
FAILING_LAST4 = {"5126", "3003"}


@dataclass(frozen=True)
class Wish:
    """A refund request that is right in itself. `amount` in minor units; None means what is left."""

    charge: str | None
    payment_intent: str | None
    amount: int | None
    currency: str | None
    reason: str | None
    metadata: dict[str, str]


def prepare_create(params: Json, _: list[str]) -> Execute:
    """POST /v1/refunds."""
    reading.only(params, KNOWN)
    wish = Wish(
        reading.string(params, "charge"),
        reading.string(params, "payment_intent"),
        reading.integer(params, "amount", least=1),
        reading.string(params, "currency"),
        reading.string(params, "reason"),
        reading.metadata(params, {}),
    )
    if wish.charge is None and wish.payment_intent is None:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise Invalid(message, code="parameter_missing", param="charge")
    if wish.reason is not None and wish.reason not in REASONS:
        raise Invalid(f"Invalid reason: must be one of {', '.join(REASONS)}", param="reason")
    return lambda tx: create(tx, wish)


def prepare_update(params: Json, ids: list[str]) -> Execute:
    """POST /v1/refunds/{id}: metadata only."""
    reading.only(params, {"metadata", "expand"})

    def execute(tx: Transaction) -> Json:
        refund = tx.get("refund", ids[0])
        if refund is None:
            raise no_such("refund", ids[0])
        before = refund["metadata"]
        refund["metadata"] = reading.metadata(params, before)
        tx.put("refund", refund)
        tx.say("refund.updated", refund, {"metadata": before})
        return refund

    return execute


def create(tx: Transaction, wish: Wish) -> Json:
    """Give back part or all of a charge."""
    charge = _charge(tx, wish)
    amount = _amount(charge, wish)
    now = tx.store.clock.now()
    refund = ledger.refund(tx.store.new_id("refund"), now, charge, amount)
    refund.update(reason=wish.reason, metadata=wish.metadata, status=_first_status(charge))
    line = _line(tx, "refund", -amount, refund, "REFUND FOR CHARGE")
    refund["balance_transaction"] = line["id"]
    before = _count(charge, amount)
    is_open = refund["status"] == "pending" or will_fail(charge)
    tx.put("refund", refund, {"open": "true"} if is_open else {})
    tx.put("charge", charge)
    tx.say("refund.created", refund)
    tx.say("charge.refunded", charge, before)
    return refund


def settle(tx: Transaction, refund: Json) -> Json:
    """A pending refund has reached the customer."""
    refund["status"] = "succeeded"
    tx.put("refund", refund, {})
    for name in ("refund.updated", "charge.refund.updated"):
        tx.say(name, refund, {"status": "pending"})
    return refund


def fail(tx: Transaction, refund: Json, reason: str) -> Json:
    """A refund bounced: the money is back in our balance, and the charge counts as not refunded by it."""
    previous = {"status": refund["status"]}
    line = _line(tx, "refund_failure", refund["amount"], refund, "REFUND FAILURE")
    refund.update(status="failed", failure_reason=reason, failure_balance_transaction=line["id"])
    charge = tx.get("charge", refund["charge"])
    if charge is not None:
        _count(charge, -refund["amount"])
        tx.put("charge", charge)
    tx.put("refund", refund, {})
    for name in ("refund.failed", "refund.updated", "charge.refund.updated"):
        tx.say(name, refund, previous)
    return refund


def will_fail(charge: Json) -> bool:
    """Whether refunds of this charge bounce some time after they were accepted."""
    return _last4(charge) in FAILING_LAST4


def _charge(tx: Transaction, wish: Wish) -> Json:
    wanted = wish.charge
    if wish.payment_intent is not None:
        wanted = _latest_charge(tx, wish.payment_intent)
        if wish.charge is not None and wish.charge != wanted:
            raise Refused(f"The charge {wish.charge} does not belong to {wish.payment_intent}.", param="charge")
    charge = tx.get("charge", wanted or "")
    if charge is None:
        raise no_such("charge", wanted or "", param="charge")
    _must_be_refundable(tx, charge)
    return charge


def _latest_charge(tx: Transaction, wanted: str) -> str:
    intent = tx.get("payment_intent", wanted)
    if intent is None:
        raise no_such("payment_intent", wanted, param="payment_intent")
    if intent["latest_charge"] is None or intent["status"] != "succeeded":
        message = f"This PaymentIntent ({wanted}) does not have a successful charge to refund."
        raise Refused(message, param="payment_intent")
    return str(intent["latest_charge"])


def _must_be_refundable(tx: Transaction, charge: Json) -> None:
    wanted = charge["id"]
    if charge["status"] not in ALLOWED_STATUS:
        raise Refused(f"Charge {wanted} was not successful; cannot issue a refund.", code="charge_not_refundable")
    if not charge["captured"]:
        message = f"Charge {wanted} has not been captured; cancel its PaymentIntent instead of refunding it."
        raise Refused(message, code="charge_not_refundable")
    if charge["disputed"] and not _is_refundable(tx, charge):
        raise Refused(f"Charge {wanted} has been charged back; cannot issue a refund.", code="charge_disputed")
    if charge["refunded"]:
        raise Refused(f"Charge {wanted} has already been refunded.", code="charge_already_refunded")


def _is_refundable(tx: Transaction, charge: Json) -> bool:
    dispute = tx.get("dispute", charge["dispute"] or "")
    return dispute is not None and (dispute["is_charge_refundable"] or dispute["status"] == "won")


def _amount(charge: Json, wish: Wish) -> int:
    currency = charge["currency"]
    if wish.currency is not None and wish.currency != currency:
        raise Refused(f"The charge is in {currency}, not in {wish.currency}.", param="currency")
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = left if wish.amount is None else wish.amount
    if amount > left:
        what = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        # Stripe sends no code with this one (seen in answers that others recorded).
        message = f"Refund amount ({written(amount, currency)}) is greater than {what} ({written(left, currency)})"
        raise Refused(message, param="amount")
    if amount % step(currency):
        message = f"Amounts in {currency.upper()} must be divisible by {step(currency)}."
        raise Refused(message, code="parameter_invalid_integer", param="amount")
    return amount


def _count(charge: Json, amount: int) -> Json:
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] >= charge["amount_captured"]
    return before


def _line(tx: Transaction, kind: str, amount: int, refund: Json, description: str) -> Json:
    wanted = tx.store.new_id("balance_transaction")
    now = tx.store.clock.now()
    line = ledger.balance_transaction(wanted, now, kind, amount, 0, refund["currency"])
    line.update(source=refund["id"], description=description)
    return tx.put("balance_transaction", line)


def _first_status(charge: Json) -> str:
    is_slow = charge["payment_method_details"]["type"] == "sepa_debit" or _last4(charge) in PENDING_LAST4
    return "pending" if is_slow else "succeeded"


def _last4(charge: Json) -> str:
    details = charge["payment_method_details"]
    return str(details[details["type"]]["last4"])
