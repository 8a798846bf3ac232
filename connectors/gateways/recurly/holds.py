"""Charging again: a purchase of one line with the account's billing information.

A purchase has no idempotency key; the request id stands in the notes of its invoice, by which it is looked for before
anything is sent. What Recurly would make of the line is calculated first: only an invoice of exactly the amount that
was asked for, that no credit pays in part, is made. Source: the OpenAPI document, create_purchase, preview_purchase.
"""

from __future__ import annotations

from connectors.actions import ChargeAgain
from connectors.errors import AmountTooHigh, Declined, ObjectUnknown, OutcomeUnknown, Refused, RequestInvalid
from connectors.gateways.recurly.amounts import from_recurly, to_recurly
from connectors.gateways.recurly.objects import Object, note, path_of, read, request_id_of, rows, time_of
from connectors.gateways.recurly.states import charge_state
from connectors.gateways.recurly.wire import Wire
from connectors.money import Money
from connectors.outcomes import Done, Failed, LookedUp, Outcome, Pending

NET_TRIES = 3
TAKEN = frozenset({"purchase", "capture"})
NEWEST_FIRST: dict[str, str | int] = {"limit": 200, "type": "charge", "sort": "created_at", "order": "desc"}


def charge_again(wire: Wire, action: ChargeAgain) -> Outcome:
    """Take the amount, unless an invoice of this request is there already: then what came of that one."""
    charge = read(wire, "transaction", action.object_id)
    payer = read(wire, "account", _payer(charge))
    earlier = _found(wire, str(payer["id"]), action.request_id)
    if isinstance(earlier, Failed):
        raise Declined(earlier.reason)
    if earlier is not None:
        return earlier
    _must_be_possible(action, charge, payer)
    body = _exact_purchase(wire, action, str(payer["code"]))
    collection = wire.post("/purchases", body).exact()
    came = _told(collection.get("charge_invoice") or {})
    if isinstance(came, Failed):
        raise Declined(came.reason)
    return came


def find_charge(wire: Wire, action: ChargeAgain) -> LookedUp | None:
    """The invoice that carries the request id, and what became of its payment; None where there is none."""
    try:
        return _found(wire, _payer(read(wire, "transaction", action.object_id)), action.request_id)
    except (ObjectUnknown, RequestInvalid):
        return None


def _payer(charge: Object) -> str:
    wanted = (charge.get("account") or {}).get("id")
    if not isinstance(wanted, str):
        raise RequestInvalid("The payment belongs to no account: there is nobody to charge again.")
    return wanted


def _found(wire: Wire, account_id: str, request_id: str) -> LookedUp | None:
    for invoice in rows(wire, f"{path_of('account', account_id)}/invoices", NEWEST_FIRST):
        if request_id_of(invoice) == request_id:
            return _told(invoice)
    return None


def _must_be_possible(action: ChargeAgain, charge: Object, payer: Object) -> None:
    most = charge_state(action.account, charge, (), payer).chargeable
    if most is None:
        raise Refused("The account has no valid billing information: there is no method to charge.")
    if action.amount.minor <= 0 or action.amount.currency != most.currency:
        raise RequestInvalid(f"The amount must be above 0 and in {most.currency}, as the payment was.")
    if most < action.amount:
        raise AmountTooHigh(f"The payment was of {most}; no more than that is charged again.")


def _exact_purchase(wire: Wire, action: ChargeAgain, code: str) -> dict[str, object]:
    """The request whose invoice comes to exactly the amount: without tax, with tax inside, or net of tax."""
    plain = _purchase(action, code, action.amount)
    total = _previewed(wire, plain, action.amount.currency)
    if total == action.amount:
        return plain
    inside = _purchase(action, code, action.amount, is_tax_inside=True)
    try:
        if _previewed(wire, inside, action.amount.currency) == action.amount:
            return inside
    except RequestInvalid:
        pass  # A site without the feature "tax inclusive pricing" refuses it; then the net amount is looked for.
    net = Money(action.amount.minor**2 // max(1, total.minor), total.currency)
    for _ in range(NET_TRIES):
        body = _purchase(action, code, net)
        total = _previewed(wire, body, net.currency)
        if total == action.amount:
            return body
        net = Money(max(1, net.minor + action.amount.minor - total.minor), net.currency)
    raise RequestInvalid(f"With tax, Recurly would charge {total}, and cannot charge exactly {action.amount}.")


def _purchase(action: ChargeAgain, code: str, unit: Money, *, is_tax_inside: bool = False) -> dict[str, object]:
    line: dict[str, object] = {
        "type": "charge",
        "currency": unit.currency,
        "unit_amount": to_recurly(unit),
        "quantity": 1,
        "description": f"Charged again: payment {action.object_id}",
    }
    if is_tax_inside:
        line["tax_inclusive"] = True
    return {
        "currency": unit.currency,
        "account": {"code": code},
        "customer_notes": note(action.request_id),
        "line_items": [line],
    }


def _previewed(wire: Wire, body: dict[str, object], currency: str) -> Money:
    """What the invoice would come to. Raises RequestInvalid where the customer's credit would pay a part of it."""
    invoice = wire.preview("/purchases/preview", body).exact().get("charge_invoice") or {}
    if invoice.get("credit_payments"):
        raise Refused("The account has credit, which Recurly would use up first: less than asked would be charged.")
    try:
        return from_recurly(invoice.get("total"), currency)
    except ValueError as error:
        raise RequestInvalid(f"Recurly's preview of the charge cannot be read: {error}") from None


def _told(invoice: Object) -> LookedUp:
    """What an invoice of ours says of its payment. Raises OutcomeUnknown where it cannot be read."""
    try:
        return _of_payment(invoice)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise OutcomeUnknown(f"Recurly's invoice cannot be read ({type(error).__name__}): look it up.") from None


def _of_payment(invoice: Object) -> LookedUp:
    payments = [each for each in invoice.get("transactions") or () if each.get("type") in TAKEN]
    taken = [each for each in payments if each.get("status") == "success"]
    last = (taken or payments or [None])[-1]
    if last is None:
        if invoice["state"] in {"failed", "voided"}:
            return Failed("The invoice failed; no money was taken.", str(invoice["id"]), None)
        return Pending("Recurly has made the invoice and shows no payment yet.", str(invoice["id"]))
    reference, amount = str(last["id"]), from_recurly(last["amount"], last["currency"])
    if last.get("status") == "success":
        return Done(reference, amount, time_of(last.get("collected_at") or last["created_at"]))
    if last.get("status") in {"declined", "error", "void"}:
        said = str(last.get("customer_message") or last.get("status_message") or last.get("status"))
        return Failed(f"The charge failed: Recurly says {said[:120]!r}. No money was taken.", reference, amount)
    return Pending("Recurly has sent the charge; the bank has not confirmed it yet.", reference, amount)
