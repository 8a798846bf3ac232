"""A made-up history of one Stripe account, landed as a pull would land it: what a refresh is measured on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import orjson

from warehouse.landing import LandingWriter

ACCOUNT = "stripe/eu"
FIRST = 1_700_000_000
SECONDS_BETWEEN = 600
PAGE = 1_000

Json = dict[str, Any]


def land_history(landing: Path, charges: int, seen_at: datetime) -> None:
    """Land `charges` charges with their customers, balance transactions and payouts; a refund for each 20th, a dispute
    for each 200th, an invoice with its tax for each 5th."""
    rng = Random(charges)
    resources: dict[str, list[Json]] = {}
    for number in range(charges // 5):
        _add(resources, "customers", customer(number))
    for number in range(charges):
        for resource, found in _payment(number, rng.randrange(100, 90_000), charges // 5):
            _add(resources, resource, found)
    for number in range(charges // 500):
        for resource, found in _payout(number, resources["balance_transactions"][number * 500 : number * 500 + 500]):
            if resource == "payout_lines":
                _land(landing, resource, seen_at, [found])
            else:
                _add(resources, resource, found)
    for resource, objects in resources.items():
        pages = [objects[at : at + PAGE] for at in range(0, len(objects), PAGE)]
        _land(landing, resource, seen_at, [{"object": "list", "data": page, "has_more": False} for page in pages])


def customer(number: int) -> Json:
    """Customer `number`; two of them share an address now and then."""
    return {
        "id": f"cus_{number:07d}",
        "object": "customer",
        "email": f"Buyer{number // 2 if number % 50 == 0 else number}@example.com",
        "name": f"Buyer {number}",
        "address": {"country": ("DE", "FR", "US", "NL")[number % 4]},
        "metadata": {},
        "livemode": False,
        "created": FIRST,
    }


def charge(number: int, amount: int, customers: int) -> Json:
    """Charge `number`, about as wide as a real one."""
    created = FIRST + number * SECONDS_BETWEEN
    return {
        "id": f"ch_{number:08d}",
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "currency": "eur" if number % 3 else "usd",
        "status": "succeeded",
        "captured": True,
        "paid": True,
        "refunded": False,
        "disputed": False,
        "customer": f"cus_{number * 7 % customers:07d}" if number % 10 else None,
        "payment_intent": f"pi_{number:08d}",
        "balance_transaction": f"txn_{number:08d}",
        "description": f"Order {number}",
        "statement_descriptor": "COUNTERFOIL SHOP",
        "receipt_email": f"guest{number}@example.com" if number % 10 == 0 else None,
        "billing_details": {"name": f"Payer {number}", "email": None, "address": {"country": "DE"}},
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": f"{number % 9999:04d}"}},
        "metadata": {"order": f"B-{number}", "product": f"Product {number % 20}"},
        "livemode": False,
        "created": created,
    }


def refund(number: int, amount: int) -> Json:
    """A refund of charge `number`."""
    return {
        "id": f"re_{number:08d}",
        "object": "refund",
        "amount": amount,
        "currency": "eur" if number % 3 else "usd",
        "status": "succeeded",
        "charge": f"ch_{number:08d}",
        "reason": "requested_by_customer",
        "metadata": {},
        "created": FIRST + number * SECONDS_BETWEEN + 86_400,
    }


def _payment(number: int, amount: int, customers: int) -> Iterator[tuple[str, Json]]:
    made = charge(number, amount, customers)
    yield "charges", made
    yield "balance_transactions", _balance(made)
    if number % 20 == 7:
        yield "refunds", refund(number, amount // 2)
    if number % 200 == 9:
        yield "disputes", _dispute(made)
    if number % 5 == 1:
        yield "invoices", _invoice(made)
        yield "invoice_payments", _invoice_payment(made)


def _balance(made: Json) -> Json:
    fee = made["amount"] // 40 + 25
    return {
        "id": made["balance_transaction"],
        "object": "balance_transaction",
        "amount": made["amount"],
        "fee": fee,
        "net": made["amount"] - fee,
        "currency": made["currency"],
        "status": "available",
        "type": "charge",
        "source": made["id"],
        "available_on": made["created"] + 172_800,
        "created": made["created"],
    }


def _dispute(made: Json) -> Json:
    return {
        "id": made["id"].replace("ch_", "dp_"),
        "object": "dispute",
        "amount": made["amount"],
        "currency": made["currency"],
        "status": "lost",
        "reason": "fraudulent",
        "charge": made["id"],
        "created": made["created"] + 86_400,
    }


def _invoice(made: Json) -> Json:
    wanted, total = made["id"].replace("ch_", "in_"), made["amount"]
    tax = total * 19 // 119
    line = {"id": wanted.replace("in_", "il_"), "object": "line_item", "amount": total, "quantity": 1}
    line |= {"currency": made["currency"], "taxes": [{"amount": tax, "tax_rate_details": {"tax_rate": "txr_de"}}]}
    taxes = [{"amount": tax, "taxable_amount": total - tax, "tax_rate_details": {"tax_rate": "txr_de"}}]
    return {
        "id": wanted,
        "object": "invoice",
        "number": f"G-{wanted}",
        "currency": made["currency"],
        "status": "paid",
        "customer": made["customer"],
        "total": total,
        "subtotal": total - tax,
        "amount_due": total,
        "amount_paid": total,
        "amount_remaining": 0,
        "total_taxes": taxes,
        "lines": {"object": "list", "data": [line]},
        "metadata": {},
        "created": made["created"],
    }


def _invoice_payment(made: Json) -> Json:
    return {
        "id": made["id"].replace("ch_", "inpay_"),
        "object": "invoice_payment",
        "invoice": made["id"].replace("ch_", "in_"),
        "currency": made["currency"],
        "status": "paid",
        "amount_paid": made["amount"],
        "is_default": True,
        "payment": {"type": "payment_intent", "payment_intent": made["payment_intent"]},
        "created": made["created"],
    }


def _payout(number: int, lines: list[Json]) -> Iterator[tuple[str, Json]]:
    wanted = f"po_{number:06d}"
    total = sum(line["net"] for line in lines)
    yield (
        "payouts",
        {
            "id": wanted,
            "object": "payout",
            "amount": total,
            "currency": "eur",
            "status": "paid",
            "automatic": True,
            "arrival_date": lines[-1]["available_on"],
            "created": lines[-1]["available_on"],
        },
    )
    named = [{"id": line["id"], "object": "balance_transaction"} for line in lines]
    yield "payout_lines", {"object": "list", "payout": wanted, "data": named, "has_more": False}


def _add(resources: dict[str, list[Json]], resource: str, found: Json) -> None:
    resources.setdefault(resource, []).append(found)


def _land(landing: Path, resource: str, seen_at: datetime, pages: list[Json]) -> None:
    with LandingWriter(landing, ACCOUNT, resource, seen_at.astimezone(UTC)) as writer:
        for page in pages:
            writer.add(orjson.dumps(page))
