"""Purchases: one invoice of one-time charges, paid at once from the account's billing information."""

from decimal import Decimal
from typing import Any

from sandbox.recurly import bodies, shapes
from sandbox.recurly.billing import Item
from sandbox.recurly.errors import error, invalid
from sandbox.recurly.living import LiveBooks, account_by_code, charge, collect, event
from sandbox.recurly.money import EXPONENTS, minor
from sandbox.standin.messages import Json, Turned
from sandbox.standin.store import Change, Store

KNOWN = "account currency customer_notes line_items collection_method"
LINE = {"type", "currency", "unit_amount", "quantity", "description", "tax_inclusive"}


def purchase(store: Store, body: bytes, *, is_preview: bool, has_tax_inside: bool) -> tuple[Change, Json]:
    """The staged change and its invoice; a preview is never committed, and nothing is collected for it."""
    sent = bodies.read(body, KNOWN)
    change = Change(store)
    account = account_by_code(change, sent.get("account"))
    currency = bodies.text(sent, "currency")
    if currency not in EXPONENTS:
        raise invalid("Currency is not supported by this site", "currency")
    items = [_item(line, currency, has_tax_inside=has_tax_inside) for line in sent.get("line_items") or ()]
    if not items:
        raise invalid("Purchase must have at least one subscription or line item", "line_items")
    books = LiveBooks(change)
    notes = str(sent.get("customer_notes") or "")
    invoice = charge(books, account, currency, items, notes=notes, origin="purchase")
    if not is_preview:
        collect(books, account, invoice)
        change.tell(event(invoice, "charge_invoice", "created", invoice["created_at"]))
    return change, invoice


def settle(store: Store, wanted: str, outcome: str) -> bool:
    """A payment that was processing arrives, or fails."""
    change = Change(store)
    made = change.get("transaction", wanted)
    if made is None or made["status"] != "processing" or made["type"] != "purchase":
        return False
    now, is_good = shapes.iso(store.now()), outcome == "succeeded"
    made.update(status="success" if is_good else "declined", success=is_good, updated_at=now)
    invoice = change.get("invoice", made["invoice"]["id"]) or {}
    if is_good:
        made["collected_at"] = now
        total = invoice["total"]
        invoice.update(state="paid", paid=total, balance=0.0, refundable_amount=total, closed_at=now)
    else:
        made.update(status_message="The account is closed.", customer_message="The bank did not pay.")
        invoice["state"] = "failed"
    invoice["updated_at"] = now
    change.put("transaction", made)
    change.put("invoice", invoice)
    change.tell(event(made, "payment", "succeeded" if is_good else "failed", now))
    change.commit()
    return True


def open_payments(store: Store) -> list[str]:
    """Ids of payments that are not at their end."""
    every = store.of("transaction").values()
    return [each["id"] for each in every if each["type"] == "purchase" and each["status"] == "processing"]


def _item(line: Any, currency: str, *, has_tax_inside: bool) -> Item:
    if not isinstance(line, dict) or set(line) - LINE or line.get("type") != "charge":
        raise invalid("Line items must be charges with known parameters", "line_items")
    unit = line.get("unit_amount")
    if isinstance(unit, bool) or not isinstance(unit, int | Decimal) or line.get("currency") != currency:
        raise invalid("Unit amount is not a number, or the currency is another one", "unit_amount")
    is_inside = line.get("tax_inclusive") is True
    if is_inside and not has_tax_inside:
        raise Turned(error(422, "missing_feature", "Tax inclusive pricing is not enabled on this site"))
    try:
        amount = minor(unit, currency)
    except ValueError:
        raise invalid("Unit amount has too many decimals for the currency", "unit_amount") from None
    text, quantity = str(line.get("description") or ""), bodies.whole(line, "quantity", 1)
    if amount <= 0 or quantity == 0:
        raise invalid("Unit amount must be greater than 0", "unit_amount")
    return Item(text, quantity, amount, {"origin": "one_time", "tax_inclusive": is_inside}, is_inside)
