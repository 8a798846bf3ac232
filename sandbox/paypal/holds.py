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
LENGTHS = {"invoice_id": 127, "note_to_payer": 255, "soft_descriptor": 22}


def capture(change: Change, wanted: str, sent: Json) -> Entry:
    """Take a hold; without an amount, all of what is left of it."""
    for name, longest in LENGTHS.items():
        if name in sent and not (isinstance(sent[name], str) and len(sent[name]) <= longest):
            raise PayPalError(400, "INVALID_STRING_LENGTH", field=f"/{name}")
    held = _held(change, wanted)
    refusal = {
        "CAPTURED": "AUTHORIZATION_ALREADY_CAPTURED",
        "DENIED": "AUTHORIZATION_DENIED",
        "VOIDED": "AUTHORIZATION_VOIDED",
    }.get(held.shown["status"])
    if refusal is not None:
        raise PayPalError(422, refusal)
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
    return _taken(change, held, sent, amount)


def void(change: Change, wanted: str, sent: Json) -> Entry:
    """Let go of a hold, or of what is left of it."""
    held = _held(change, wanted)
    if held.shown["status"] == "CAPTURED":
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


def _taken(change: Change, held: Entry, sent: Json, amount: int) -> Entry:
    order = held.shown["supplementary_data"]["related_ids"]["order_id"]
    made = take(
        change, order, amount, held.shown["amount"]["currency_code"], held.hidden.get("payer"), held=held.wanted
    )
    made.shown["final_capture"] = bool(sent.get("final_capture", False))
    names = {"custom_id": held.shown.get("custom_id"), "invoice_id": sent.get("invoice_id")}
    made.shown.update({name: text for name, text in names.items() if text})
    change.say("PAYMENT.CAPTURE.COMPLETED", "capture", made.shown)
    return made


def take(
    change: Change,
    order: str,
    amount: int,
    currency: str,
    payer: Json | None,
    *,
    held: str | None = None,
    custom_id: str | None = None,
) -> Entry:
    """A capture and its row of the ledger; `held` is the authorization that it takes from, if any."""
    fee = amount * FEE_PERCENT // 100
    made = shapes.capture(change.store.new_id("payment"), change.now, amount, fee, currency, order)
    info = {"paypal_reference_id": order, "paypal_reference_id_type": "ODR"}
    if held is not None:
        made["supplementary_data"]["related_ids"]["authorization_id"] = held
        made["links"][-1] = shapes.link(f"/v2/payments/authorizations/{held}", "up")
        info = {"paypal_reference_id": held, "paypal_reference_id_type": "TXN"}
    if custom_id is not None:
        made["custom_id"] = info["custom_field"] = custom_id
    entry = Entry("capture", made["id"], change.now, 0, made, {"refunded": 0, "payer": payer, "order": order})
    change.put(row(made["id"], change.now, "T0006", amount, currency, fee=-fee, payer=payer, info=info))
    return change.put(entry)
