"""Accounts and invoices as they are changed: address and VAT number, and invoices that are given up."""

from typing import Any

from sandbox.recurly import bodies, shapes
from sandbox.recurly.errors import bad_request, invalid, not_found
from sandbox.recurly.living import event
from sandbox.standin.messages import Json
from sandbox.standin.store import Change, Store

ADDRESS = {"street1", "street2", "city", "region", "postal_code", "country", "phone"}


def update(store: Store, wanted: str, body: bytes) -> Json:
    """PUT /accounts/{id}: what is given changes, the rest stays."""
    sent = bodies.read(body, "vat_number address billing_info")
    change = Change(store)
    account = change.get("account", wanted)
    if account is None:
        raise not_found("account", wanted)
    _put_in(account, sent)
    billing = sent.get("billing_info")
    if billing is not None:
        if not account.get("billing_info"):
            raise invalid("Billing info needs a payment method", "billing_info")
        if not isinstance(billing, dict) or set(billing) - {"vat_number", "address"}:
            raise bad_request("Unknown parameters", "billing_info")
        _put_in(account["billing_info"], billing)
        account["billing_info"]["updated_at"] = shapes.iso(store.now())
    account["updated_at"] = shapes.iso(store.now())
    change.put("account", account)
    change.tell(event(account, "account", "updated", account["updated_at"]))
    change.commit()
    return account


def mark_failed(store: Store, wanted: str, body: bytes) -> Json:
    """PUT /invoices/{id}/mark_failed."""
    bodies.read(body, "")
    change = Change(store)
    invoice = change.get("invoice", wanted)
    if invoice is None:
        raise not_found("invoice", wanted)
    if invoice["state"] not in ("pending", "processing", "past_due"):
        raise invalid("Only pending, processing and past due invoices can be marked as failed", "invoice_id")
    now = shapes.iso(store.now())
    invoice.update(state="failed", closed_at=now, updated_at=now)
    change.put("invoice", invoice)
    change.tell(event(invoice, "charge_invoice", "failed", now))
    change.commit()
    return invoice


def _put_in(holder: Json, sent: dict[str, Any]) -> None:
    number, address = sent.get("vat_number"), sent.get("address")
    if number is not None:
        if not isinstance(number, str) or len(number) > 20:
            raise invalid("VAT number is too long (maximum is 20 characters)", "vat_number")
        holder["vat_number"] = number
    if address is not None:
        if not isinstance(address, dict) or set(address) - ADDRESS:
            raise bad_request("Unknown parameters", "address")
        if len(str(address.get("country", "DE"))) != 2:
            raise invalid("Country is invalid", "address.country")
        holder["address"] = {**holder["address"], **address}
