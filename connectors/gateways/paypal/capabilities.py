"""What PayPal can do, as data. Source: https://developer.paypal.com/docs/api/payments/v2, OpenAPI document 2.5."""

from __future__ import annotations

from datetime import timedelta

from connectors.capabilities import Capabilities, Capability

CAPABILITIES = Capabilities(
    gateway="paypal",
    actions={
        "refund": Capability(
            action="refund",
            is_partial=True,
            is_repeatable=True,
            within=timedelta(days=180),
            key_lives=timedelta(days=45),
            is_looked_up=True,
            note=(
                "PayPal refunds a payment for 180 days. While a case is open it takes no part refund. A refund of a "
                "payment that came from a bank account can stay pending for days. The PayPal fee of the payment is "
                "not given back."
            ),
        ),
    },
    absent={
        "apply_coupon": "PayPal has no coupons; a discount is part of the order or invoice.",
        "add_tax_id": "PayPal keeps no tax id of a customer that a seller could change.",
        "mark_uncollectible": "PayPal's invoices can be cancelled, not marked as uncollectible.",
    },
)
