"""What can be imported: the canonical model's own nouns and columns, and what is a valid value of each.

Amounts are whole minor units beside their ISO 4217 code; times ISO 8601 with an offset; statuses the canonical words.
A column is called like its field. `updated_at` tells versions apart; without it, the one that came later counts.
"""

from __future__ import annotations

from connectors.gateway import Column, ColumnKind, Resource
from counterfoil.countries import COUNTRIES


def _all(kind: ColumnKind, names: str, *, is_required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, name, kind, is_required) for name in names.split())


def _must(kind: ColumnKind, names: str) -> tuple[Column, ...]:
    return _all(kind, names, is_required=True)


def _one_of(name: str, words: str, *, is_required: bool = True) -> tuple[Column, ...]:
    return (Column(name, name, "text", is_required, frozenset(words.split())),)


def _country(name: str) -> tuple[Column, ...]:
    return (Column(name, name, "text", False, frozenset(COUNTRIES)),)


def _list(name: str, entries: tuple[Column, ...]) -> tuple[Column, ...]:
    return (Column(name, name, "json", False, entries=entries),)


def _resource(name: str, *columns: tuple[Column, ...]) -> Resource:
    mine = sum(columns, ())
    return Resource(name, name.removesuffix("s"), (*mine, *_all("iso_time", "updated_at")), changed_at="updated_at")


def _amounts(names: str, *, is_required: bool = False) -> tuple[Column, ...]:
    """Amounts that are never less than nothing."""
    return tuple(Column(name, name, "bigint", is_required, at_least=0) for name in names.split())


_MONEY = _amounts("amount_minor", is_required=True) + _must("currency", "currency")
_CREATED = _must("iso_time", "created_at")
_TAX_IDS = _list("tax_ids", _must("text", "type value"))
_TAXES = _list(
    "taxes",
    _one_of("kind", "vat gst sales_tax consumption_tax tax")
    + _country("country")
    + _all("text", "state")
    + _must("decimal", "percent")
    + _all("bool", "is_inclusive is_reverse_charge")
    + _amounts("taxable_minor tax_minor", is_required=True),
)
_LINES = _list(
    "lines",
    _must("text", "id")
    + _all("text", "description price_id product_id")
    + _all("bigint", "quantity")
    + _must("bigint", "amount_minor")
    + _all("iso_time", "period_start_at period_end_at"),
)

RESOURCES = (
    _resource("products", _must("text", "name"), _all("bool", "is_active")),
    _resource(
        "prices",
        _must("text", "product_id"),
        _amounts("unit_amount_minor", is_required=True),
        _must("currency", "currency"),
        _one_of("interval", "day week month year", is_required=False),
        _all("bigint", "interval_count"),
    ),
    _resource(
        "coupons",
        _all("text", "name"),
        _all("decimal", "percent_off"),
        _amounts("amount_off_minor"),
        _all("currency", "currency"),
    ),
    _resource(
        "customers",
        _all("text", "email name phone state"),
        _country("country"),
        _all("currency", "currency"),
        _one_of("tax_exempt", "none exempt reverse", is_required=False),
        _TAX_IDS,
        _CREATED,
    ),
    _resource(
        "subscriptions",
        _must("text", "customer_id"),
        _one_of("status", "trialing active past_due unpaid paused incomplete cancelled expired incomplete_expired"),
        _MONEY,
        _all("text", "price_id product_id product_name"),
        _all("bigint", "quantity"),
        _one_of("interval", "day week month year", is_required=False),
        _all("bigint", "interval_count"),
        _all("iso_time", "started_at current_period_start_at current_period_end_at trial_end_at canceled_at ended_at"),
        _all("bool", "is_cancel_at_period_end"),
        _list("coupon_ids", ()),
        _CREATED,
    ),
    _resource(
        "invoices",
        _all("text", "number customer_id subscription_id charge_id hosted_url pdf_url billing_reason"),
        _one_of("status", "draft open paid void uncollectible"),
        _must("currency", "currency"),
        _amounts("subtotal_minor tax_minor total_minor", is_required=True),
        _amounts("discount_minor paid_minor remaining_minor"),
        _all("text", "customer_name customer_email customer_state"),
        _country("customer_country"),
        _one_of("customer_tax_exempt", "none exempt reverse", is_required=False),
        _list("customer_tax_ids", _must("text", "type value")),
        _LINES,
        _TAXES,
        _all("iso_time", "due_at finalized_at paid_at charged_at"),
        _CREATED,
    ),
    _resource(
        "orders",
        _all("text", "number customer_id email customer_name"),
        _country("country"),
        _one_of("status", "pending on_hold paid completed refunded failed cancelled"),
        _must("currency", "currency"),
        _amounts("total_minor", is_required=True),
        _amounts("discount_minor shipping_minor tax_minor"),
        _all("bool", "is_tax_inclusive"),
        _list(
            "line_items",
            _must("text", "id")
            + _one_of("kind", "product shipping fee discount", is_required=False)
            + _all("text", "description product_id sku")
            + _all("bigint", "quantity")
            # A discount is less than nothing.
            + _must("bigint", "amount_minor")
            + _all("bigint", "tax_minor"),
        ),
        _all("iso_time", "paid_at completed_at"),
        _CREATED,
    ),
    _resource(
        "charges",
        _all("text", "customer_id invoice_id order_id email description statement_descriptor payment_method"),
        _MONEY,
        _amounts("captured_minor refunded_minor", is_required=True),
        _amounts("capturable_minor chargeable_minor"),
        _one_of("status", "succeeded pending failed authorized voided"),
        _all("bool", "is_disputed is_voidable"),
        _all("text", "failure_code failure_message card_brand card_last4"),
        _country("card_country"),
        _all("text", "billing_name billing_state billing_postal_code"),
        _country("billing_country"),
        _all("text", "balance_transaction_id"),
        _CREATED,
    ),
    _resource(
        "refunds",
        _must("text", "charge_id"),
        _MONEY,
        _one_of("status", "succeeded pending failed cancelled"),
        _all("text", "reason failure_reason request_id balance_transaction_id"),
        _CREATED,
    ),
    _resource(
        "disputes",
        _must("text", "charge_id"),
        _MONEY,
        _one_of("status", "needs_response under_review won lost"),
        _all("text", "reason"),
        _all("iso_time", "evidence_due_at"),
        _CREATED,
    ),
    _resource(
        "credit_notes",
        _all("text", "number invoice_id customer_id reason"),
        _MONEY,
        _amounts("tax_minor"),
        _one_of("status", "issued void"),
        _TAXES,
        _CREATED,
    ),
    _resource(
        "payouts",
        # What the bank takes back is less than nothing.
        _must("bigint", "amount_minor"),
        _must("currency", "currency"),
        _one_of("status", "paid pending in_transit failed cancelled"),
        _all("bool", "is_automatic"),
        _must("text", "arrival_on"),
        _CREATED,
    ),
    _resource(
        "balance_transactions",
        _must("text", "type"),
        _all("text", "reporting_category source_id payout_id exchange_rate"),
        _must("bigint", "gross_minor fee_minor net_minor"),
        _must("currency", "currency"),
        _one_of("status", "available pending"),
        _all("iso_time", "available_at"),
        _CREATED,
    ),
)
"""What others point to comes first."""
