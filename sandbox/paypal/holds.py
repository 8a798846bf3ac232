"""Authorizations: captured in part or whole, or let go."""

from sandbox.paypal import shapes
from sandbox.paypal.change import Change
from sandbox.paypal.errors import PayPalError, unknown
from sandbox.paypal.ledger import row
from sandbox.paypal.money import counted
from sandbox.paypal.store import Entry
from sandbox.stripe.wire import Json

OVER_PERCENT = 115
FEE_PERCENT = 3


def capture(change: Change, wanted: str, sent: Json) -> Entry:
    """Take a hold; without an amount, all of it."""
    held = _held(change, wanted)
    if held.shown["status"] in {"CAPTURED", "DENIED"}:
        raise PayPalError(422, "AUTHORIZATION_ALREADY_CAPTURED")
    if held.shown["status"] == "VOIDED":
        raise PayPalError(422, "AUTHORIZATION_VOIDED")
    if change.now > held.at + 29 * 86_400:
        raise PayPalError(422, "AUTHORIZATION_EXPIRED")
    whole, currency = counted(held.shown["amount"]), held.shown["amount"]["currency_code"]
    amount = _amount(sent, whole - held.hidden["captured"], currency)
    held.hidden["captured"] += amount
    if held.hidden["captured"] * 100 > whole * OVER_PERCENT:
        raise PayPalError(422, "MAX_CAPTURE_AMOUNT_EXCEEDED")
    is_last = sent.get("final_capture", False) or held.hidden["captured"] >= whole
    held.shown["status"] = "CAPTURED" if is_last else "PARTIALLY_CAPTURED"
    change.put(held)
    return _take(change, held, amount, currency)


def void(change: Change, wanted: str) -> Entry:
    """Let a hold go."""
    held = _held(change, wanted)
    if held.shown["status"] in {"CAPTURED", "PARTIALLY_CAPTURED"}:
        raise PayPalError(422, "PREVIOUSLY_CAPTURED")
    if held.shown["status"] == "VOIDED":
        raise PayPalError(422, "PREVIOUSLY_VOIDED")
    held.shown["status"] = "VOIDED"
    change.put(held)
    change.say("PAYMENT.AUTHORIZATION.VOIDED", "authorization", held.shown)
    return held


def _held(change: Change, wanted: str) -> Entry:
    held = change.get("authorization", wanted)
    if held is None:
        raise unknown()
    return held


def _amount(sent: Json, left: int, currency: str) -> int:
    if "amount" not in sent:
        return left
    if sent["amount"].get("currency_code") != currency:
        raise PayPalError(422, "AUTH_CAPTURE_CURRENCY_MISMATCH")
    try:
        amount = counted(sent["amount"])
    except (ValueError, KeyError):
        raise PayPalError(422, "DECIMAL_PRECISION", field="/amount/value") from None
    if amount <= 0:
        raise PayPalError(422, "CANNOT_BE_ZERO_OR_NEGATIVE", field="/amount/value")
    return amount


def _take(change: Change, held: Entry, amount: int, currency: str) -> Entry:
    order = held.shown["supplementary_data"]["related_ids"]["order_id"]
    fee = amount * FEE_PERCENT // 100
    made = shapes.capture(change.store.new_id("payment"), change.now, amount, fee, currency, order)
    made["supplementary_data"]["related_ids"]["authorization_id"] = held.wanted
    hidden = {"refunded": 0, "payer": held.hidden.get("payer"), "order": order}
    taken = change.put(Entry("capture", made["id"], change.now, 0, made, hidden))
    change.put(
        row(
            taken.wanted,
            change.now,
            "T0006",
            amount,
            currency,
            fee=-fee,
            payer=held.hidden.get("payer"),
            info={"paypal_reference_id": held.wanted, "paypal_reference_id_type": "TXN"},
        )
    )
    change.say("PAYMENT.CAPTURE.COMPLETED", "capture", made)
    return taken
