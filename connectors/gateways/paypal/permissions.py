"""What an app may do, as PayPal says it with the access token: no request of its own is needed.

Source: `securitySchemes` of PayPal's OpenAPI documents.
"""

from __future__ import annotations

from connectors.gateway import Permission

_HEAD = "https://uri.paypal.com/services/"
SCOPES = {
    "Transaction search": ({"reporting/search/read"}, "all money that moved: payments, refunds, fees, withdrawals"),
    "Payments": (
        {"payments/payment/authcapture", "payments/realtimepayment", "payments/payment"},
        "captures, authorizations and orders",
    ),
    "Refunds": ({"payments/refund"}, "refunds by agents"),
    "Captures": ({"payments/payment/authcapture"}, "capturing, voiding and charging again by agents"),
    "Disputes": ({"disputes/read-seller", "disputes/read"}, "disputes; a refund is refused while one is open"),
    "Subscriptions": ({"subscriptions"}, "subscriptions and plans; cancelling, pausing and resuming them by agents"),
    "Invoicing": ({"invoicing", "invoicing/invoices/read", "invoicing/invoices/readwrite"}, "invoices and their taxes"),
    "Sending invoices": ({"invoicing", "invoicing/invoices/readwrite"}, "sending and reminding of invoices by agents"),
    "Webhooks": ({"applications/webhooks"}, "what changed since the last pull"),
}
"""PayPal's word on the app's page -> the scopes one of which is enough, and what it is for."""


def permissions(scopes: frozenset[str]) -> list[Permission]:
    """One line for each permission; `scopes` as they came with the token."""
    held = {scope.removeprefix(_HEAD) for scope in scopes}
    # Older apps get the one scope of all payments.
    if "https://api.paypal.com/v1/payments/.*" in scopes:
        held |= {"payments/refund", "payments/payment/authcapture"}
    return [Permission(name, bool(wanted & held), purpose) for name, (wanted, purpose) in SCOPES.items()]
