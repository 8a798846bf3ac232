"""Recurly's objects as its OpenAPI document draws them. Names that begin with `_` are never shown."""

import hashlib
from datetime import UTC, datetime

from sandbox.recurly.money import major
from sandbox.standin.messages import Json

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_id(kind: str, seed: str, count: int) -> str:
    """Twelve letters and digits that depend on nothing but the seed and a count."""
    number = int.from_bytes(hashlib.blake2b(f"{seed}/{kind}/{count}".encode(), digest_size=16).digest(), "big")
    return "".join(LETTERS[(number // 36**place) % 36] for place in range(12))


def new_uuid(wanted: str) -> str:
    """The 32 hexadecimal digits beside an id."""
    return hashlib.md5(wanted.encode(), usedforsecurity=False).hexdigest()


def iso(seconds: int) -> str:
    """A time as Recurly writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def times(when: int) -> Json:
    """When an object was made and changed."""
    return {"created_at": iso(when), "updated_at": iso(when)}


def account_mini(account: Json) -> Json:
    """An account as it stands inside other objects."""
    names = ("id", "code", "email", "first_name", "last_name", "company")
    return {"object": "account", **{name: account[name] for name in names}}


def invoice_mini(invoice: Json) -> Json:
    """An invoice as it stands inside other objects."""
    return {"object": "invoice", **{name: invoice[name] for name in ("id", "number", "type", "state")}}


def plan_mini(plan: Json) -> Json:
    """A plan as it stands inside other objects."""
    return {"object": "plan", **{name: plan[name] for name in ("id", "code", "name")}}


def transaction(wanted: str, when: int, account: Json, invoice: Json, amount: float, kind: str) -> Json:
    """A payment or refund that succeeded."""
    method = account["billing_info"]["payment_method"]
    address = account["address"]
    shown = ("object", "card_type", "first_six", "last_four", "exp_month", "exp_year", "cc_bin_country")
    return {
        "id": wanted,
        "object": "transaction",
        "uuid": new_uuid(wanted),
        "account": account_mini(account),
        "invoice": invoice_mini(invoice),
        "subscription_ids": list(invoice["subscription_ids"]),
        "type": kind,
        "origin": "recurring" if kind == "purchase" else "api",
        "currency": invoice["currency"],
        "amount": amount,
        "status": "success",
        "success": True,
        "refunded": False,
        "billing_address": {
            "first_name": account["first_name"],
            "last_name": account["last_name"],
            **{
                name: address[name] for name in ("street1", "city", "region", "postal_code", "country") if address[name]
            },
        },
        "collection_method": "automatic",
        "payment_method": {name: method[name] for name in shown if name in method},
        "payment_gateway": {"id": "sandboxgate1", "object": "payment_gateway", "type": "test", "name": "Test Gateway"},
        "gateway_reference": f"gw{wanted}",
        "customer_message": "The transaction was approved.",
        "collected_at": iso(when),
        **times(when),
    }


def invoice(wanted: str, when: int, number: str, account: Json, currency: str, kind: str) -> Json:
    """An invoice without lines and amounts."""
    address = account["address"]
    shown = {name: address[name] for name in ("street1", "city", "region", "postal_code", "country") if address[name]}
    return {
        "id": wanted,
        "object": "invoice",
        "uuid": new_uuid(wanted),
        "type": kind,
        "origin": "purchase" if kind == "charge" else "refund",
        "state": "paid" if kind == "charge" else "closed",
        "account": account_mini(account),
        "billing_info_id": account["billing_info"]["id"],
        "subscription_ids": [],
        "number": number,
        "collection_method": "automatic",
        "net_terms": 0,
        "address": {
            "name_on_account": f"{account['first_name']} {account['last_name']}",
            "company": account["company"],
            **shown,
        },
        "currency": currency,
        "vat_number": account["vat_number"],
        "customer_notes": "",
        "terms_and_conditions": "",
        "used_tax_service": False,
        "credit_payments": [],
        "due_at": iso(when),
        "closed_at": iso(when),
        "_lines": [],
        "_transactions": [],
        "_related": [],
        **times(when),
    }


def line(wanted: str, when: int, of: Json, account: Json, text: str, quantity: int, unit: float) -> Json:
    """A line of an invoice without its amounts."""
    return {
        "id": wanted,
        "object": "line_item",
        "uuid": new_uuid(wanted),
        "type": "charge" if of["type"] == "charge" else "credit",
        "state": "invoiced",
        "account": account_mini(account),
        "invoice_id": of["id"],
        "invoice_number": of["number"],
        "origin": "plan" if of["subscription_ids"] else "one_time",
        "currency": of["currency"],
        "description": text,
        "quantity": quantity,
        "unit_amount": unit,
        "tax_inclusive": False,
        "taxable": True,
        "tax_exempt": False,
        "refund": of["type"] == "credit",
        "refunded_quantity": 0,
        "start_date": iso(when),
        **times(when),
    }


def subscription(
    wanted: str,
    account: Json,
    currency: str,
    plan: Json,
    begun: int,
    period: tuple[int, int],
    bought: tuple[int, int],
) -> Json:
    """An active subscription; `period` in seconds, `bought` quantity and unit price in minor units."""
    subtotal = bought[0] * bought[1]
    return {
        "id": wanted,
        "object": "subscription",
        "uuid": new_uuid(wanted),
        "account": account_mini(account),
        "plan": plan_mini(plan),
        "state": "active",
        "currency": currency,
        "quantity": bought[0],
        "unit_amount": major(bought[1], currency),
        "add_ons": [],
        "add_ons_total": 0.0,
        "subtotal": major(subtotal, currency),
        "auto_renew": True,
        "tax_inclusive": False,
        "collection_method": "automatic",
        "activated_at": iso(begun),
        "current_period_started_at": iso(period[0]),
        "current_period_ends_at": iso(period[1]),
        **times(begun),
    }
