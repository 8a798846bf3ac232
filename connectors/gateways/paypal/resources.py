"""The raw PayPal tables: which columns, and where they stand in PayPal's objects.

A column is called like its path, with `_` for `.`. Objects get `object` and `id` on their way (see shapes.py), and stay
as they came otherwise. Source: PayPal's OpenAPI documents (reporting 1.9, payments 2.5, orders 2.13, disputes 1.10,
subscriptions 1.6, invoicing 2.3, webhooks 1.11) and https://developer.paypal.com/docs/api/catalog-products/v1.
"""

from __future__ import annotations

from connectors.gateway import Column, ColumnKind, Resource


def _all(kind: ColumnKind, paths: str, *, is_required: bool = False) -> tuple[Column, ...]:
    """One column for each path; `is_required`: never missing."""
    return tuple(Column(path.replace(".", "_"), path, kind, is_required) for path in paths.split())


def _must(kind: ColumnKind, paths: str) -> tuple[Column, ...]:
    return _all(kind, paths, is_required=True)


def _status(allowed: str, path: str = "status", *, is_required: bool = True) -> tuple[Column, ...]:
    return (Column(path.replace(".", "_"), path, "text", is_required, frozenset(allowed.split())),)


def _money(path: str, *, is_required: bool = False) -> tuple[Column, ...]:
    """An amount: its decimal text and its currency."""
    kinds: tuple[tuple[str, ColumnKind], ...] = (("value", "decimal"), ("currency_code", "currency"))
    return tuple(
        Column(f"{path}_{part}".replace(".", "_"), f"{path}.{part}", kind, is_required) for part, kind in kinds
    )


_TIMES = _must("iso_time", "create_time") + _all("iso_time", "update_time")

TRANSACTIONS = Resource(
    "transactions",
    "transaction",
    _must("text", "transaction_info.transaction_id transaction_info.transaction_event_code")
    + _must("bool", "balance_affecting")
    + _money("transaction_info.transaction_amount", is_required=True)
    + _money("transaction_info.fee_amount")
    + _money("transaction_info.sales_tax_amount")
    + _money("transaction_info.shipping_amount")
    + _money("transaction_info.ending_balance")
    + _status("D P S V", "transaction_info.transaction_status", is_required=False)
    + _must("iso_time", "transaction_info.transaction_initiation_date")
    + _all("iso_time", "transaction_info.transaction_updated_date")
    + _all("text", "transaction_info.paypal_reference_id transaction_info.paypal_reference_id_type")
    + _all("text", "transaction_info.transaction_subject transaction_info.transaction_note transaction_info.invoice_id")
    + _all("text", "transaction_info.custom_field transaction_info.bank_reference_id transaction_info.instrument_type")
    + _all("text", "transaction_info.instrument_sub_type transaction_info.protection_eligibility")
    + _all("text", "payer_info.account_id payer_info.email_address payer_info.payer_name.given_name")
    + _all("text", "payer_info.payer_name.surname payer_info.payer_name.full_name")
    + _all("text", "payer_info.payer_name.alternate_full_name payer_info.country_code payer_info.payer_status")
    + _all("text", "payer_info.address.state payer_info.address.postal_code payer_info.phone_number.national_number")
    + _all("text", "shipping_info.name shipping_info.address.country_code")
    + _all("json", "cart_info incentive_info"),
)
_PAYMENT = (
    _money("amount", is_required=True)
    + _all("text", "invoice_id custom_id status_details.reason")
    + _all("json", "links")
    + _TIMES
)
CAPTURES = Resource(
    "captures",
    "capture",
    _status("COMPLETED DECLINED PARTIALLY_REFUNDED PENDING REFUNDED FAILED")
    + _money("seller_receivable_breakdown.gross_amount")
    + _money("seller_receivable_breakdown.paypal_fee")
    + _money("seller_receivable_breakdown.net_amount")
    + _money("seller_receivable_breakdown.receivable_amount")
    + _all("text", "seller_receivable_breakdown.exchange_rate.value seller_protection.status")
    + _all("text", "supplementary_data.related_ids.order_id supplementary_data.related_ids.authorization_id")
    + _all("text", "processor_response.response_code network_transaction_reference.network")
    + _all("bool", "final_capture")
    + _PAYMENT,
)
AUTHORIZATIONS = Resource(
    "authorizations",
    "authorization",
    _status("CREATED CAPTURED DENIED PARTIALLY_CAPTURED VOIDED PENDING")
    + _all("text", "supplementary_data.related_ids.order_id seller_protection.status")
    + _all("iso_time", "expiration_time")
    + _PAYMENT,
)
REFUNDS = Resource(
    "refunds",
    "refund",
    _status("CANCELLED FAILED PENDING COMPLETED")
    + _money("seller_payable_breakdown.gross_amount")
    + _money("seller_payable_breakdown.paypal_fee")
    + _money("seller_payable_breakdown.net_amount")
    + _money("seller_payable_breakdown.total_refunded_amount")
    + _all("text", "note_to_payer acquirer_reference_number")
    + _PAYMENT,
)
ORDERS = Resource(
    "orders",
    "order",
    _status("CREATED SAVED APPROVED VOIDED COMPLETED PAYER_ACTION_REQUIRED")
    + _all("text", "intent payer.payer_id payer.email_address payer.name.given_name payer.name.surname")
    + _all("text", "payer.address.country_code payer.tax_info.tax_id payer.tax_info.tax_id_type")
    + _all("json", "purchase_units payment_source links")
    + _all("iso_time", "create_time update_time"),
)
DISPUTES = Resource(
    "disputes",
    "dispute",
    _status("OPEN WAITING_FOR_BUYER_RESPONSE WAITING_FOR_SELLER_RESPONSE UNDER_REVIEW RESOLVED OTHER")
    + _money("dispute_amount", is_required=True)
    + _all("text", "reason dispute_state dispute_life_cycle_stage dispute_channel dispute_outcome.outcome_code")
    + _money("dispute_outcome.amount_refunded")
    + _all("iso_time", "seller_response_due_date buyer_response_due_date")
    + _all("json", "disputed_transactions money_movements")
    + _TIMES,
)
SUBSCRIPTIONS = Resource(
    "subscriptions",
    "subscription",
    _status("APPROVAL_PENDING APPROVED ACTIVE SUSPENDED CANCELLED EXPIRED")
    + _must("text", "plan_id")
    + _all("text", "quantity custom_id subscriber.payer_id subscriber.email_address subscriber.name.given_name")
    + _all("text", "subscriber.name.surname subscriber.shipping_address.address.country_code status_change_note")
    + _money("billing_info.last_payment.amount")
    + _money("billing_info.outstanding_balance")
    + _all("iso_time", "start_time status_update_time billing_info.last_payment.time billing_info.next_billing_time")
    + _all("iso_time", "billing_info.final_payment_time create_time update_time")
    + _all("bigint", "billing_info.failed_payments_count")
    + _all("bool", "plan_overridden")
    + _all("json", "plan billing_info.cycle_executions"),
)
PLANS = Resource(
    "plans",
    "plan",
    _status("CREATED INACTIVE ACTIVE")
    + _all("text", "product_id name description taxes.percentage")
    + _all("bool", "taxes.inclusive quantity_supported")
    + _all("json", "billing_cycles payment_preferences")
    + _all("iso_time", "create_time update_time"),
)
PRODUCTS = Resource(
    "products",
    "product",
    _must("text", "name") + _all("text", "description type category") + _all("iso_time", "create_time update_time"),
)
INVOICES = Resource(
    "invoices",
    "invoice",
    _status(
        "DRAFT SENT SCHEDULED PAID MARKED_AS_PAID CANCELLED REFUNDED PARTIALLY_PAID PARTIALLY_REFUNDED "
        "MARKED_AS_REFUNDED UNPAID PAYMENT_PENDING SHARED"
    )
    + _must("currency", "detail.currency_code")
    + _all("text", "detail.invoice_number detail.reference detail.invoice_date detail.payment_term.due_date")
    + _all("text", "detail.metadata.recipient_view_url detail.note")
    + _all("iso_time", "detail.metadata.create_time detail.metadata.last_update_time detail.metadata.cancel_time")
    + _all("iso_time", "detail.metadata.first_sent_time")
    + _money("amount")
    + _money("amount.breakdown.item_total")
    + _money("amount.breakdown.tax_total")
    + _money("amount.breakdown.discount.invoice_discount.amount")
    + _money("amount.breakdown.discount.item_discount")
    + _money("amount.breakdown.shipping.amount")
    + _money("due_amount")
    + _money("payments.paid_amount")
    + _money("refunds.refund_amount")
    + _all("bool", "configuration.tax_inclusive configuration.tax_calculated_after_discount")
    + _all("json", "primary_recipients items payments.transactions refunds.transactions"),
)
EVENTS = Resource(
    "events",
    "event",
    _must("text", "event_type")
    + _all("text", "resource_type event_version resource_version summary resource.id")
    + _must("iso_time", "create_time")
    + _all("json", "resource"),
)

RESOURCES = (
    PRODUCTS,
    PLANS,
    SUBSCRIPTIONS,
    INVOICES,
    TRANSACTIONS,
    ORDERS,
    AUTHORIZATIONS,
    CAPTURES,
    REFUNDS,
    DISPUTES,
    EVENTS,
)
"""In the order in which a full read takes them."""

BY_NAME = {resource.name: resource for resource in RESOURCES}
