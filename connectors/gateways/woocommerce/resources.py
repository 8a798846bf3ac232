"""The raw WooCommerce tables: which columns, and where they stand in the shop's objects.

A column is called like its path, with `_` for `.`. Amounts are decimal text; times are the *_gmt ones, which carry no
offset and are UTC. Statuses are not bounded: plugins add their own. Nested lists stay JSON.
Source: https://woocommerce.github.io/woocommerce-rest-api-docs.
"""

from __future__ import annotations

from connectors.gateway import Column, ColumnKind, Resource


def _all(kind: ColumnKind, paths: str, *, is_required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(path.replace(".", "_"), path, kind, is_required) for path in paths.split())


def _must(kind: ColumnKind, paths: str) -> tuple[Column, ...]:
    return _all(kind, paths, is_required=True)


ORDERS = Resource(
    "orders",
    "order",
    _must("text", "status")
    + _must("decimal", "total")
    + _all("decimal", "total_tax discount_total discount_tax shipping_total shipping_tax cart_tax")
    + _must("currency", "currency")
    + _all("text", "number customer_id payment_method payment_method_title transaction_id created_via customer_note")
    + _all("text", "billing.first_name billing.last_name billing.company billing.email billing.phone billing.country")
    + _all("text", "billing.state billing.postcode billing.city shipping.country shipping.state")
    + _all("bool", "prices_include_tax")
    + _must("gmt_time", "date_created_gmt")
    + _all("gmt_time", "date_modified_gmt date_paid_gmt date_completed_gmt")
    + _all("json", "line_items tax_lines shipping_lines fee_lines coupon_lines refunds"),
)
REFUNDS = Resource(
    "refunds",
    "refund",
    # A refund's currency is its order's.
    _must("decimal", "amount")
    + _must("text", "parent_id")
    + _all("text", "reason refunded_by")
    + _all("bool", "refunded_payment")
    + _must("gmt_time", "date_created_gmt")
    + _all("json", "line_items tax_lines shipping_lines fee_lines meta_data"),
)
CUSTOMERS = Resource(
    "customers",
    "customer",
    _all("text", "email first_name last_name username role billing.company billing.email billing.phone")
    + _all("text", "billing.first_name billing.last_name billing.country billing.state billing.postcode billing.city")
    + _all("bool", "is_paying_customer")
    + _all("gmt_time", "date_created_gmt date_modified_gmt"),
)
PRODUCTS = Resource(
    "products",
    "product",
    _must("text", "name")
    + _all("text", "status type sku price regular_price tax_status tax_class permalink")
    + _all("bool", "virtual downloadable")
    + _all("gmt_time", "date_created_gmt date_modified_gmt"),
)
COUPONS = Resource(
    "coupons",
    "coupon",
    _must("text", "code")
    + _all("decimal", "amount")
    + _all("text", "discount_type description")
    + _all("bigint", "usage_count")
    + _all("gmt_time", "date_created_gmt date_modified_gmt date_expires_gmt"),
)
TAXES = Resource(
    "taxes",
    "tax",
    _all("text", "country state postcode city rate name class")
    + _all("bigint", "priority order")
    + _all("bool", "compound shipping"),
)

RESOURCES = (PRODUCTS, COUPONS, TAXES, CUSTOMERS, ORDERS, REFUNDS)
"""In the order in which a full read takes them: what others point to comes first."""
