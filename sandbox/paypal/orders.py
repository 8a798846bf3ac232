"""Orders that pay from the vault: opened, which moves nothing, then captured or authorized once."""

from collections.abc import Mapping

from sandbox.paypal import shapes
from sandbox.paypal.change import Change
from sandbox.paypal.errors import PayPalError, unknown
from sandbox.paypal.holds import take
from sandbox.paypal.ledger import row
from sandbox.paypal.money import counted, decimals
from sandbox.paypal.store import Entry
from sandbox.stripe.wire import Json

INTENTS = {"CAPTURE", "AUTHORIZE"}
KNOWN = {"EUR", "USD", "GBP", "JPY", "HUF", "TWD", "SEK", "NOK", "DKK", "CHF", "PLN", "AUD", "CAD"}
SOURCES = ("card", "paypal", "venmo")


def create(change: Change, wanted: str, sent: Json) -> Entry:
    """An order that waits for a payment source."""
    units = sent.get("purchase_units")
    if sent.get("intent") not in INTENTS or not isinstance(units, list) or len(units) != 1:
        raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", field="/purchase_units")
    amount = units[0].get("amount") or {}
    if amount.get("currency_code") not in KNOWN:
        raise PayPalError(422, "INVALID_CURRENCY_CODE", field="/purchase_units/0/amount/currency_code")
    try:
        if counted(amount) <= 0:
            raise PayPalError(422, "CANNOT_BE_ZERO_OR_NEGATIVE", field="/purchase_units/0/amount/value")
    except (ValueError, KeyError):
        issue = "DECIMAL_PRECISION" if decimals(amount["currency_code"]) else "DECIMALS_NOT_SUPPORTED"
        raise PayPalError(422, issue, field="/purchase_units/0/amount/value") from None
    made = change.store.new_id("order")
    shown = {
        "id": made,
        "intent": sent["intent"],
        "status": "CREATED",
        "purchase_units": [{"reference_id": "default", **units[0]}],
        "create_time": shapes.iso(change.now),
        "update_time": shapes.iso(change.now),
        "links": [
            shapes.link(f"/v2/checkout/orders/{made}"),
            shapes.link(f"/v2/checkout/orders/{made}/{sent['intent'].lower()}", sent["intent"].lower(), "POST"),
        ],
    }
    return change.put(Entry("order", made, change.now, 0, shown))


def capture(change: Change, wanted: str, sent: Json) -> Entry:
    """Pay an order from the vault. A card that is declined leaves a declined capture, a wallet leaves nothing."""
    order, stored = _to_pay(change, wanted, sent, "CAPTURE", "ORDER_ALREADY_CAPTURED")
    unit = order.shown["purchase_units"][0]
    amount, currency = counted(unit["amount"]), unit["amount"]["currency_code"]
    if stored.hidden.get("declines"):
        return _declined(change, order, stored, amount, currency)
    made = take(change, order.wanted, amount, currency, stored.hidden["payer"], custom_id=unit.get("custom_id"))
    change.say("PAYMENT.CAPTURE.COMPLETED", "capture", made.shown)
    return _paid(change, order, stored)


def authorize(change: Change, wanted: str, sent: Json) -> Entry:
    """Hold the amount of an order on a payment method of the vault."""
    order, stored = _to_pay(change, wanted, sent, "AUTHORIZE", "ORDER_ALREADY_AUTHORIZED")
    unit, payer = order.shown["purchase_units"][0], stored.hidden["payer"]
    amount, currency = counted(unit["amount"]), unit["amount"]["currency_code"]
    made = shapes.authorization(change.store.new_id("payment"), change.now, amount, currency, order.wanted)
    made.update({"custom_id": unit["custom_id"]} if "custom_id" in unit else {})
    if stored.hidden.get("declines"):
        if stored.hidden["source"] != "card":
            raise PayPalError(422, "PAYER_CANNOT_PAY")
        made["status"] = "DENIED"
    else:
        info = {"custom_field": unit["custom_id"]} if "custom_id" in unit else {}
        change.put(row(made["id"], change.now, "T1300", amount, currency, moved=False, payer=payer, info=info))
    hidden = {"captured": 0, "payer": payer, "order": order.wanted}
    change.put(Entry("authorization", made["id"], change.now, 0, made, hidden))
    change.say("PAYMENT.AUTHORIZATION.CREATED", "authorization", made)
    return _paid(change, order, stored)


def _to_pay(change: Change, wanted: str, sent: Json, intent: str, done: str) -> tuple[Entry, Entry]:
    order = change.get("order", wanted)
    if order is None:
        raise unknown()
    if order.shown["status"] == "COMPLETED":
        raise PayPalError(422, done)
    if order.shown["intent"] != intent:
        raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", field="/intent")
    source = sent.get("payment_source")
    name = next((one for one in SOURCES if isinstance(source, Mapping) and one in source), None)
    if name is None:
        raise PayPalError(422, "ORDER_NOT_APPROVED")
    stored = change.get("vault", str(sent["payment_source"][name].get("vault_id")))
    if stored is None or stored.hidden["source"] != name:
        raise PayPalError(422, "TOKEN_ID_NOT_FOUND")
    return order, stored


def _declined(change: Change, order: Entry, stored: Entry, amount: int, currency: str) -> Entry:
    if stored.hidden["source"] != "card":
        raise PayPalError(422, "PAYER_CANNOT_PAY")
    made = shapes.capture(change.store.new_id("payment"), change.now, amount, 0, currency, order.wanted)
    made.pop("seller_receivable_breakdown")
    made.update(status="DECLINED", processor_response={"response_code": "5120"})
    made["custom_id"] = order.shown["purchase_units"][0].get("custom_id", "")
    payer = stored.hidden["payer"]
    hidden = {"refunded": 0, "payer": payer, "order": order.wanted}
    change.put(Entry("capture", made["id"], change.now, 0, made, hidden))
    change.put(row(made["id"], change.now, "T0006", amount, currency, status="D", moved=False, payer=payer))
    change.say("PAYMENT.CAPTURE.DENIED", "capture", made)
    return _paid(change, order, stored)


def _paid(change: Change, order: Entry, stored: Entry) -> Entry:
    order.shown["status"] = "COMPLETED"
    order.shown["payment_source"] = {stored.hidden["source"]: stored.shown}
    order.shown["payer"] = shapes.payer(stored.hidden["payer"])
    return change.put(order)
