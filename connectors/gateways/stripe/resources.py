"""The raw Stripe tables: which columns, and where they stand in Stripe's objects.

A column is called like its path, with `_` for `.`. Where API versions differ, both places are columns (invoice.charge
until 2025, invoice.payments since), and the staging models take the one that is there. Nested lists stay JSON.
An object with `"deleted": true` carries nothing but its id: what is required does not bind it.
Source: https://docs.stripe.com/api and its changelog; statuses from the stripe SDK 16.1's types.
"""

from __future__ import annotations

from connectors.gateway import Column, ColumnKind, Resource


def _all(kind: ColumnKind, paths: str, *, is_required: bool = False) -> tuple[Column, ...]:
    """One column for each path; `is_required`: never missing, in any API version."""
    return tuple(Column(path.replace(".", "_"), path, kind, is_required) for path in paths.split())


def _must(kind: ColumnKind, paths: str) -> tuple[Column, ...]:
    return _all(kind, paths, is_required=True)


def _status(allowed: str, *, is_required: bool = True) -> tuple[Column, ...]:
    return (Column("status", "status", "text", is_required, frozenset(allowed.split())),)


_CREATED = _must("timestamp", "created")
_LIVE = _all("bool", "livemode")
_METADATA = _all("json", "metadata")

CUSTOMERS = Resource(
    "customers",
    "customer",
    _all("text", "email name phone description address.country address.state address.postal_code tax_exempt")
    + _all("currency", "currency")
    + _all("bigint", "balance")
    + _all("bool", "delinquent")
    + _all("json", "address tax_ids preferred_locales discount")
    + (_METADATA + _LIVE + _CREATED),
)
CHARGES = Resource(
    "charges",
    "charge",
    _must("bigint", "amount")
    + _all("bigint", "amount_captured amount_refunded")
    + _must("currency", "currency")
    + _status("succeeded pending failed")
    + _all("bool", "captured paid refunded disputed")
    + _all("text", "customer payment_intent invoice balance_transaction failure_balance_transaction dispute")
    + _all("text", "failure_code failure_message description receipt_email receipt_url payment_method")
    + _all("text", "statement_descriptor statement_descriptor_suffix calculated_statement_descriptor")
    + _all("text", "billing_details.name billing_details.email billing_details.phone")
    + _all("text", "billing_details.address.country billing_details.address.state billing_details.address.postal_code")
    + _all("text", "payment_method_details.type payment_method_details.card.brand payment_method_details.card.last4")
    + _all("text", "payment_method_details.card.country")
    + _all("json", "refunds")
    + (_METADATA + _LIVE + _CREATED),
)
PAYMENT_INTENTS = Resource(
    "payment_intents",
    "payment_intent",
    _must("bigint", "amount")
    + _all("bigint", "amount_received amount_capturable")
    + _must("currency", "currency")
    + _status(
        "requires_payment_method requires_confirmation requires_action requires_capture processing canceled succeeded "
        "requires_source requires_source_action"
    )
    + _all("text", "customer latest_charge invoice description payment_method cancellation_reason capture_method")
    + _all("text", "last_payment_error.code last_payment_error.message receipt_email statement_descriptor")
    + _all("json", "charges payment_method_types")
    + _all("timestamp", "canceled_at")
    + (_METADATA + _LIVE + _CREATED),
)
REFUNDS = Resource(
    "refunds",
    "refund",
    _must("bigint", "amount")
    + _must("currency", "currency")
    + _status("pending requires_action succeeded failed canceled", is_required=False)
    + _all("text", "charge payment_intent reason failure_reason pending_reason balance_transaction")
    + _all("text", "failure_balance_transaction receipt_number metadata.counterfoil_request_id")
    + (_METADATA + _CREATED),
)
DISPUTES = Resource(
    "disputes",
    "dispute",
    _must("bigint", "amount")
    + _must("currency", "currency")
    + _status(
        "needs_response under_review won lost prevented charge_refunded warning_needs_response warning_under_review "
        "warning_closed appeal_needs_response appeal_under_review"
    )
    + _all("text", "charge payment_intent reason network_reason_code")
    + _all("timestamp", "evidence_details.due_by")
    + _all("bool", "is_charge_refundable")
    + _all("json", "balance_transactions")
    + (_METADATA + _LIVE + _CREATED),
)
PAYOUTS = Resource(
    "payouts",
    "payout",
    _must("bigint", "amount")
    + _must("currency", "currency")
    + _status("paid pending in_transit canceled failed")
    + _must("timestamp", "arrival_date")
    + _all("bool", "automatic")
    + _all("text", "balance_transaction failure_code failure_message method type reconciliation_status description")
    + _all("text", "original_payout reversed_by statement_descriptor")
    + (_METADATA + _LIVE + _CREATED),
)
PAYOUT_LINES = Resource(
    "payout_lines",
    "balance_transaction",
    (
        # Which payout it is stands once in the page, around its lines: `^.` is the page.
        Column("payout_id", "^.payout", "text", is_required=True),
        Column("balance_transaction_id", "id", "text", is_required=True),
    ),
)
BALANCE_TRANSACTIONS = Resource(
    "balance_transactions",
    "balance_transaction",
    _must("bigint", "amount fee net")
    + _must("currency", "currency")
    + _status("available pending")
    + _must("text", "type")
    + _all("text", "reporting_category source exchange_rate description")
    + _must("timestamp", "available_on")
    + _all("json", "fee_details")
    + _CREATED,
)
SUBSCRIPTIONS = Resource(
    "subscriptions",
    "subscription",
    _status("active canceled incomplete incomplete_expired past_due paused trialing unpaid")
    + _must("text", "customer")
    + _all("currency", "currency plan.currency")
    + _all("text", "latest_invoice collection_method cancellation_details.reason")
    + _all("text", "plan.id plan.product plan.interval")
    + _all("bigint", "quantity plan.amount plan.interval_count")
    + _all("bool", "cancel_at_period_end")
    + _all("timestamp", "start_date current_period_start current_period_end trial_start trial_end cancel_at")
    + _all("timestamp", "canceled_at ended_at")
    + _must("json", "items")
    + _all("json", "discount discounts default_tax_rates pause_collection")
    + (_METADATA + _LIVE + _CREATED),
)
INVOICES = Resource(
    "invoices",
    "invoice",
    _must("currency", "currency")
    + _must("bigint", "total subtotal amount_due amount_paid amount_remaining")
    + _all("bigint", "tax total_excluding_tax subtotal_excluding_tax starting_balance amount_overpaid")
    + _all("bigint", "pre_payment_credit_notes_amount post_payment_credit_notes_amount")
    + _status("draft open paid uncollectible void", is_required=False)
    + _all("text", "customer number subscription charge payment_intent billing_reason collection_method description")
    + _all("text", "parent.subscription_details.subscription customer_name customer_email customer_tax_exempt")
    + _all("text", "customer_address.country customer_address.state customer_address.postal_code")
    + _all("text", "hosted_invoice_url invoice_pdf account_country")
    + _all("bool", "paid paid_out_of_band")
    + _all("timestamp", "due_date period_start period_end status_transitions.finalized_at status_transitions.paid_at")
    + _all("timestamp", "status_transitions.voided_at status_transitions.marked_uncollectible_at effective_at")
    + _must("json", "lines")
    + _all("json", "total_taxes total_tax_amounts total_discount_amounts payments customer_address customer_tax_ids")
    + _all("json", "default_tax_rates")
    + (_METADATA + _LIVE + _CREATED),
)
INVOICE_PAYMENTS = Resource(
    "invoice_payments",
    "invoice_payment",
    _must("text", "invoice")
    + _must("currency", "currency")
    + _status("open paid canceled")
    + _all("bigint", "amount_paid amount_requested")
    + _all("text", "payment.type payment.payment_intent payment.charge")
    + _all("bool", "is_default")
    + _all("timestamp", "status_transitions.paid_at status_transitions.canceled_at")
    + (_LIVE + _CREATED),
)
TAX_IDS = Resource(
    "tax_ids",
    "tax_id",
    _must("text", "type value")
    + _all("text", "customer owner.type owner.customer country verification.status verification.verified_name")
    + (_LIVE + _CREATED),
)
COUPONS = Resource(
    "coupons",
    "coupon",
    _all("text", "name percent_off duration")
    + _all("bigint", "amount_off duration_in_months times_redeemed max_redemptions")
    + _all("currency", "currency")
    + _all("bool", "valid")
    + _all("timestamp", "redeem_by")
    + (_METADATA + _LIVE + _CREATED),
)
CREDIT_NOTES = Resource(
    "credit_notes",
    "credit_note",
    _must("bigint", "amount total")
    + _all("bigint", "subtotal subtotal_excluding_tax total_excluding_tax discount_amount out_of_band_amount")
    + _must("currency", "currency")
    + _status("issued void")
    + _must("text", "invoice")
    + _all("text", "number customer reason memo pdf type refund customer_balance_transaction")
    + _all("timestamp", "effective_at voided_at")
    + _all("json", "lines total_taxes tax_amounts refunds")
    + (_METADATA + _LIVE + _CREATED),
)
PRODUCTS = Resource(
    "products",
    "product",
    _must("text", "name")
    + _all("text", "description default_price tax_code unit_label")
    + _all("bool", "active")
    + _all("timestamp", "updated")
    + (_METADATA + _LIVE + _CREATED),
)
PRICES = Resource(
    "prices",
    "price",
    _must("currency", "currency")
    + _all("bigint", "unit_amount recurring.interval_count")
    + _all("text", "unit_amount_decimal product nickname lookup_key type billing_scheme tax_behavior")
    + _all("text", "recurring.interval recurring.usage_type")
    + _all("bool", "active")
    + (_METADATA + _LIVE + _CREATED),
)
TAX_RATES = Resource(
    "tax_rates",
    "tax_rate",
    _all("text", "percentage effective_percentage display_name description country state jurisdiction tax_type")
    + _all("bool", "active inclusive")
    + (_METADATA + _LIVE + _CREATED),
)
EVENTS = Resource(
    "events",
    "event",
    _must("text", "type")
    + _all("text", "api_version data.object.id data.object.object request.id request.idempotency_key")
    + _all("json", "data")
    + (_LIVE + _CREATED),
)

RESOURCES = (
    CUSTOMERS,
    PRODUCTS,
    PRICES,
    COUPONS,
    TAX_RATES,
    TAX_IDS,
    SUBSCRIPTIONS,
    INVOICES,
    INVOICE_PAYMENTS,
    CREDIT_NOTES,
    PAYMENT_INTENTS,
    CHARGES,
    REFUNDS,
    DISPUTES,
    PAYOUTS,
    PAYOUT_LINES,
    BALANCE_TRANSACTIONS,
    EVENTS,
)
"""In the order in which a full read takes them: what others point to comes first."""

RESOURCE_OF = {resource.object_type: resource.name for resource in RESOURCES if resource is not PAYOUT_LINES}
"""Stripe's word for one object -> the raw table."""
