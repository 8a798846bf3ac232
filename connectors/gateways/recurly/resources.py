"""The raw Recurly tables: which columns, and where they stand in Recurly's objects.

A column is called like its path, with `_` for `.`. Amounts are decimal text. Nested lists stay JSON. Billing
information is read without any digits of cards but the last four. Source: the OpenAPI document v2021-02-25.
"""

from __future__ import annotations

from connectors.gateway import Column, ColumnKind, Resource


def _all(kind: ColumnKind, paths: str, *, is_required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(path.replace(".", "_"), path, kind, is_required) for path in paths.split())


def _must(kind: ColumnKind, paths: str) -> tuple[Column, ...]:
    return _all(kind, paths, is_required=True)


def _one_of(name: str, allowed: str) -> tuple[Column, ...]:
    return (Column(name, name, "text", True, frozenset(allowed.split())),)


_TIMES = _must("iso_time", "created_at updated_at")

ACCOUNTS = Resource(
    "accounts",
    "account",
    _must("text", "code")
    + _all("text", "state email first_name last_name company username vat_number preferred_locale parent_account_id")
    + _all("text", "address.phone address.country address.region address.postal_code address.city address.street1")
    + _all("text", "billing_info.id billing_info.company billing_info.vat_number billing_info.address.country")
    + _all("text", "billing_info.address.region billing_info.payment_method.object")
    + _all("text", "billing_info.payment_method.card_type billing_info.payment_method.last_four")
    + _all("bool", "tax_exempt has_live_subscription has_past_due_invoice")
    + _all("iso_time", "deleted_at")
    + _TIMES,
)
TRANSACTIONS = Resource(
    "transactions",
    "transaction",
    _must("decimal", "amount")
    + _must("currency", "currency")
    + _one_of("type", "authorization capture purchase refund verify")
    + _one_of("status", "chargeback declined error pending processing scheduled success void")
    + _all(
        "text", "uuid origin original_transaction_id invoice.id invoice.number account.id account.code account.email"
    )
    + _all("text", "voided_by_invoice.id collection_method status_code status_message customer_message")
    + _all("text", "payment_method.object payment_method.card_type payment_method.last_four")
    + _all("text", "payment_method.cc_bin_country payment_gateway.type payment_gateway.name gateway_reference")
    + _all("text", "billing_address.first_name billing_address.last_name billing_address.country")
    + _all("text", "billing_address.region billing_address.postal_code")
    + _all("bool", "success refunded")
    + _all("json", "subscription_ids")
    + _all("iso_time", "collected_at voided_at")
    + _TIMES,
)
INVOICES = Resource(
    "invoices",
    "invoice",
    _must("decimal", "total")
    + _all("decimal", "subtotal discount tax paid balance refundable_amount")
    + _must("currency", "currency")
    + _one_of("type", "charge credit legacy")
    + _one_of("state", "open pending processing past_due paid closed failed voided")
    + _all("text", "uuid number origin account.id account.email previous_invoice_id collection_method po_number")
    + _all("text", "address.name_on_account address.company address.first_name address.last_name address.country")
    + _all("text", "address.region address.postal_code vat_number vat_reverse_charge_notes customer_notes")
    + _all("text", "tax_info.type tax_info.region tax_info.rate")
    + _all("bigint", "net_terms")
    + _all("json", "line_items transactions subscription_ids tax_info")
    + _all("iso_time", "due_at closed_at")
    + _TIMES,
)
SUBSCRIPTIONS = Resource(
    "subscriptions",
    "subscription",
    _one_of("state", "active canceled expired failed future paused")
    + _must("currency", "currency")
    + _all("decimal", "unit_amount add_ons_total subtotal tax total")
    + _all("bigint", "quantity total_billing_cycles remaining_billing_cycles")
    + _all("text", "uuid account.id plan.id plan.code plan.name collection_method expiration_reason")
    + _all("bool", "auto_renew tax_inclusive")
    + _all("json", "add_ons coupon_redemptions")
    + _all("iso_time", "activated_at canceled_at expires_at trial_started_at trial_ends_at paused_at")
    + _all("iso_time", "current_period_started_at current_period_ends_at")
    + _TIMES,
)
PLANS = Resource(
    "plans",
    "plan",
    _must("text", "code name")
    + _all("text", "state description interval_unit tax_code")
    + _all("bigint", "interval_length trial_length")
    + _all("json", "currencies")
    + _all("iso_time", "deleted_at")
    + _TIMES,
)
ITEMS = Resource(
    "items",
    "item",
    _must("text", "code")
    + _all("text", "name state description external_sku tax_code")
    + _all("json", "currencies")
    + _all("iso_time", "deleted_at")
    + _TIMES,
)
COUPONS = Resource(
    "coupons",
    "coupon",
    _must("text", "code")
    + _all("text", "name state duration coupon_type discount.type")
    + _all("decimal", "discount.percent")
    + _all("json", "discount.currencies")
    + _all("iso_time", "redeem_by expired_at")
    + _TIMES,
)

RESOURCES = (ACCOUNTS, PLANS, ITEMS, COUPONS, SUBSCRIPTIONS, INVOICES, TRANSACTIONS)
"""In the order in which a full read takes them: what others point to comes first."""

RESOURCE_OF = {resource.object_type: resource.name for resource in RESOURCES}
"""Recurly's word for one object -> the raw table; the words are those of its webhooks too."""
