"""What is made while the site lives: invoices and payments of one change, with ids that the seed never gave."""

from typing import Any

from sandbox.recurly import shapes
from sandbox.recurly.billing import Books, Item, bill, pay
from sandbox.recurly.errors import error, not_found
from sandbox.recurly.places import PLACES, Place
from sandbox.standin.messages import Json, Turned
from sandbox.standin.store import Change

DECLINING = "0002"
"""Last digits of the card that is always declined."""


class LiveBooks(Books):
    """The books of one change: what is added is staged."""

    def __init__(self, change: Change) -> None:
        super().__init__("live", [], first_number=700_000)
        self.change = change

    def new_id(self, kind: str) -> str:
        """An id that was never given before."""
        self.count = self.change.store.next_number()
        return shapes.new_id(kind, "live", self.count)

    def add(self, kind: str, obj: Json) -> Json:
        """Stage an object; it may still change until the commit."""
        return self.change.put(kind, obj)


def event(obj: Json, kind: str, name: str, when: str) -> Json:
    """A message for the webhooks."""
    told = {"id": obj["id"], "object_type": kind, "event_type": name, "event_time": when}
    return {**told, "uuid": obj["uuid"]} if "uuid" in obj else told


def account_by_code(change: Change, sent: Any) -> Json:
    """The account that a purchase or a subscription names; this stand-in makes no new ones."""
    code = sent.get("code") if isinstance(sent, dict) else None
    for account in change.store.of("account").values():
        if account["code"] == code:
            return account
    raise not_found("account", str(code))


def place_of(account: Json, currency: str) -> Place:
    """Where tax is due."""
    country, region = account["address"]["country"], account["address"]["region"] or None
    for place in PLACES:
        if (place.country, place.region) == (country, region):
            return Place(country, region, place.city, place.postal_code, currency, place.tax, place.milli, ())
    return Place(country, region, "", "", currency, "vat", 0, ())


def charge(books: LiveBooks, account: Json, currency: str, items: list[Item], *, notes: str, origin: str) -> Json:
    """An invoice of some items, not paid yet."""
    now = books.change.store.now()
    invoice = bill(books, account, place_of(account, currency), now, items)
    invoice.update(origin=origin, customer_notes=notes)
    return invoice


def collect(books: LiveBooks, account: Json, invoice: Json) -> None:
    """Pay an invoice from the account's billing information. Raises 422 where the card is declined."""
    billing = account["billing_info"]
    if not billing:
        raise Turned(error(422, "validation", "Billing info is required", "billing_info"))
    method, now = billing["payment_method"], books.change.store.now()
    if method.get("last_four") == DECLINING:
        raise Turned(declined())
    if method["object"] != "iban_bank_account":
        made = pay(books, account, invoice, now)
    else:
        made = pay(books, account, invoice, now, "processing")
        made.pop("collected_at", None)
        invoice.update(state="processing", paid=0.0, balance=invoice["total"], refundable_amount=0.0)
        invoice.pop("closed_at", None)
    made["origin"] = "api"
    made["invoice"] = shapes.invoice_mini(invoice)
    books.change.tell(event(made, "payment", "created", made["created_at"]))


def declined() -> Any:
    """The answer for a card that the bank declines."""
    message = "Your transaction was declined. Please use a different card or contact your bank."
    detail = {
        "object": "transaction_error",
        "category": "soft",
        "code": "insufficient_funds",
        "message": message,
        "merchant_advice": "The card has insufficient funds to cover the cost of the transaction.",
    }
    return error(422, "transaction", message, transaction_error=detail)
