"""Subscriptions, open invoices, customer objects, prices and coupons of the small published file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.dashboards.published_reports import AS_OF, EU, Rows, at


def objects(customers: Iterable[dict[str, Any]]) -> dict[str, Rows]:
    """The tables of everything that is no charge and that an action can be about."""
    known = [customer for customer in customers if customer["customer_id"]]
    return {
        "canonical.customers": [_customer(customer) for customer in known],
        "marts.customer_people": [
            {name: customer[name] for name in ("gateway", "account", "customer_id", "person_id")} for customer in known
        ],
        "canonical.subscriptions": _subscriptions(),
        "canonical.invoices": _invoices(),
        "canonical.prices": [
            _price("price_small", "prod_atlas", 1000, "EUR", "month"),
            _price("price_large", "prod_atlas", 2500, "EUR", "month"),
            _price("price_dollars", "prod_atlas", 2700, "USD", "month"),
            _price("price_once", "prod_atlas", 9900, "EUR", None),
        ],
        "canonical.products": [{**EU, "product_id": "prod_atlas", "name": "Atlas", "is_active": True}],
        "canonical.coupons": [{**EU, "coupon_id": "SPRING", "name": "Spring", "percent_off": "20"}],
    }


def _customer(customer: dict[str, Any]) -> dict[str, Any]:
    tax_ids = [{"type": "eu_vat", "value": "DE136695976"}] if customer["customer_id"] == "cus_zoe" else []
    rest = {name: value for name, value in customer.items() if name != "person_id"}
    return {**rest, "tax_ids": json.dumps(tax_ids), "is_deleted": False, "seen_at": AS_OF}


def _price(price_id: str, product_id: str, minor: int, currency: str, interval: str | None) -> dict[str, Any]:
    amount = {"unit_amount_minor": minor, "currency": currency, "interval": interval, "interval_count": 1}
    return {**EU, "price_id": price_id, "product_id": product_id, **amount}


def _subscriptions() -> Rows:
    monthly = {
        **EU,
        "customer_id": "cus_zoe",
        "price_id": "price_small",
        "product_name": "Atlas",
        "quantity": 2,
        "amount_minor": 2000,
        "currency": "EUR",
        "interval": "month",
        "interval_count": 1,
        "current_period_end_at": at("2026-12-10"),
        "is_cancel_at_period_end": False,
        "seen_at": AS_OF,
        "created_at": at("2026-01-10"),
    }
    return [
        {**monthly, "subscription_id": "sub_zoe", "status": "active"},
        {**monthly, "subscription_id": "sub_zoe_old", "status": "cancelled"},
        {
            **monthly,
            "subscription_id": "sub_kenji",
            "status": "active",
            "customer_id": "cus_kenji",
            "coupon_ids": '["SPRING"]',
        },
    ]


def _invoices() -> Rows:
    common = {**EU, "currency": "EUR", "seen_at": AS_OF, "created_at": at("2026-11-01")}
    to_zoe = {"customer_id": "cus_zoe", "customer_name": "Zoë Müller", "customer_email": "zoe@example.com"}
    paid_by_noor = {"customer_id": "cus_noor", "customer_name": "Noor Al-Sabah", "charge_id": "ch_noor1"}
    paid = {"status": "paid", "remaining_minor": 0}
    return [
        {**common, **to_zoe, **paid, "invoice_id": "in_1", "number": "A-1", "total_minor": 11900, "tax_minor": 1900},
        {
            **common,
            **to_zoe,
            "invoice_id": "in_open",
            "number": "A-2",
            "status": "open",
            "total_minor": 11900,
            "tax_minor": 1900,
            "remaining_minor": 5950,
        },
        {
            **common,
            **paid_by_noor,
            **paid,
            "invoice_id": "in_noor",
            "number": "A-3",
            "currency": "KWD",
            "total_minor": 12345,
            "tax_minor": 588,
        },
    ]
