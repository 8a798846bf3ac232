"""Refunds: made, settled, failed. The one place where the stand-in gives money back."""

from sandbox.paypal import shapes
from sandbox.paypal.change import Change
from sandbox.paypal.errors import PayPalError, unknown
from sandbox.paypal.ledger import row
from sandbox.paypal.money import counted, decimals, money
from sandbox.paypal.store import Entry
from sandbox.stripe.wire import Json

WINDOW_SECONDS = 180 * 86_400
LENGTHS = {"custom_id": 127, "invoice_id": 127, "note_to_payer": 255}


def create(change: Change, capture_id: str, sent: Json) -> Entry:
    """Give back part or all of a capture; an empty request means what is left."""
    _check_texts(sent)
    capture = change.get("capture", capture_id)
    if capture is None:
        raise unknown()
    left = counted(capture.shown["amount"]) - capture.hidden["refunded"]
    amount = _amount(capture, sent, left)
    _must_be_refundable(change, capture, amount, left)
    capture.hidden["refunded"] += amount
    made = shapes.refund(
        change.store.new_id("payment"),
        change.now,
        amount,
        capture.shown["amount"]["currency_code"],
        capture_id,
        capture.hidden["refunded"],
    )
    made.update({name: sent[name] for name in LENGTHS if name in sent})
    if capture.hidden.get("from_bank"):
        made.update(status="PENDING", status_details={"reason": "ECHECK"})
    refund = change.put(Entry("refund", made["id"], change.now, 0, made, {"capture": capture_id}))
    _count(change, capture)
    _write_row(change, capture, refund)
    change.say(
        "PAYMENT.CAPTURE.REFUNDED" if made["status"] == "COMPLETED" else "PAYMENT.REFUND.PENDING", "refund", made
    )
    return refund


def settle(change: Change, refund: Entry, *, failed: bool = False) -> None:
    """A pending refund came to its end."""
    refund.shown["status"] = "FAILED" if failed else "COMPLETED"
    refund.shown.pop("status_details", None)
    change.put(refund)
    capture = change.get("capture", refund.hidden["capture"])
    if capture is not None:
        if failed:
            capture.hidden["refunded"] -= counted(refund.shown["amount"])
        _count(change, capture)
        _write_row(change, capture, refund)
    change.say("PAYMENT.REFUND.FAILED" if failed else "PAYMENT.CAPTURE.REFUNDED", "refund", refund.shown)


def _check_texts(sent: Json) -> None:
    for name, longest in LENGTHS.items():
        if name in sent and not (isinstance(sent[name], str) and 0 < len(sent[name]) <= longest):
            raise PayPalError(400, "INVALID_STRING_LENGTH", field=f"/{name}")


def _amount(capture: Entry, sent: Json, left: int) -> int:
    if "amount" not in sent:
        return left
    wanted = sent["amount"]
    if not isinstance(wanted, dict) or not {"currency_code", "value"} <= wanted.keys():
        raise PayPalError(400, "MISSING_REQUIRED_PARAMETER", field="/amount")
    if wanted["currency_code"] != capture.shown["amount"]["currency_code"]:
        raise PayPalError(422, "REFUND_CAPTURE_CURRENCY_MISMATCH")
    try:
        amount = counted(wanted)
    except ValueError as error:
        if str(error) == "no amount":
            raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", field="/amount/value") from None
        issue = "DECIMAL_PRECISION" if decimals(wanted["currency_code"]) else "DECIMALS_NOT_SUPPORTED"
        raise PayPalError(422, issue, field="/amount/value") from None
    if amount <= 0:
        raise PayPalError(422, "CANNOT_BE_ZERO_OR_NEGATIVE", field="/amount/value")
    return amount


def _must_be_refundable(change: Change, capture: Entry, amount: int, left: int) -> None:
    status = capture.shown["status"]
    if status == "PENDING":
        raise PayPalError(422, "PENDING_CAPTURE")
    if status in {"DECLINED", "FAILED"}:
        raise PayPalError(422, "REFUND_NOT_ALLOWED")
    if left <= 0:
        raise PayPalError(422, "CAPTURE_FULLY_REFUNDED")
    if change.now - capture.at > WINDOW_SECONDS:
        raise PayPalError(422, "REFUND_TIME_LIMIT_EXCEEDED")
    if capture.hidden.get("charged_back"):
        raise PayPalError(422, "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK")
    if amount > left:
        raise PayPalError(422, "REFUND_AMOUNT_EXCEEDED")
    if capture.hidden.get("case") and amount < left:
        raise PayPalError(422, "TRANSACTION_DISPUTED")


def _count(change: Change, capture: Entry) -> None:
    refunded, amount = capture.hidden["refunded"], counted(capture.shown["amount"])
    capture.shown["status"] = (
        "COMPLETED" if not refunded else "REFUNDED" if refunded >= amount else "PARTIALLY_REFUNDED"
    )
    change.put(capture)


def _write_row(change: Change, capture: Entry, refund: Entry) -> None:
    """A refund that is pending does not touch the balance yet."""
    currency = refund.shown["amount"]["currency_code"]
    status = {"COMPLETED": "S", "PENDING": "P", "FAILED": "D"}[refund.shown["status"]]
    info = {"paypal_reference_id": capture.wanted, "paypal_reference_id_type": "TXN"}
    if "custom_id" in refund.shown:
        info["custom_field"] = refund.shown["custom_id"]
    made = row(
        refund.wanted,
        refund.at,
        "T1107",
        -counted(refund.shown["amount"]),
        currency,
        status=status,
        moved=status == "S",
        payer=capture.hidden.get("payer"),
        info=info,
    )
    made.shown["transaction_info"]["fee_amount"] = money(0, currency)
    made.shown["transaction_info"]["transaction_updated_date"] = shapes.iso(change.now)
    change.put(made)
