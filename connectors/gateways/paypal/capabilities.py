"""What PayPal can do, as data. Source: PayPal's OpenAPI documents (payments 2.5, orders 2.13, subscriptions 1.6, …)."""

from __future__ import annotations

from datetime import timedelta

from connectors.capabilities import Capabilities, Capability

_KEPT = timedelta(days=45)
_ORDERS_KEPT = timedelta(hours=6)
_STORED = (
    "Only where the order of the payment shows a payment method in PayPal's vault. PayPal keeps the key for 6 hours; "
    "after that the payment is found by its request id."
)

CAPABILITIES = Capabilities(
    gateway="paypal",
    actions={
        "refund": Capability(
            action="refund",
            is_partial=True,
            is_repeatable=True,
            within=timedelta(days=180),
            key_lives=_KEPT,
            is_looked_up=True,
            note=(
                "PayPal refunds a payment for 180 days. While a case is open it takes no part refund. A refund of a "
                "payment that came from a bank account can stay pending for days. The PayPal fee of the payment is "
                "not given back."
            ),
        ),
        "capture": Capability(
            action="capture",
            is_partial=True,
            is_repeatable=True,
            within=timedelta(days=29),
            key_lives=_KEPT,
            is_looked_up=True,
            note=(
                "PayPal vouches for the money for 3 days and lets it be taken for 29. What a part capture leaves stays "
                "held until it is captured, voided or 29 days old. The payer sees the request id with the payment."
            ),
        ),
        "void": Capability(
            action="void",
            is_goal=True,
            note="Of an authorization that was captured in part, what is left is released.",
        ),
        "charge_again": Capability(
            action="charge_again",
            is_partial=True,
            is_repeatable=True,
            key_lives=_ORDERS_KEPT,
            is_looked_up=True,
            note=_STORED,
        ),
        "authorize": Capability(
            action="authorize",
            is_partial=True,
            is_repeatable=True,
            key_lives=_ORDERS_KEPT,
            is_looked_up=True,
            note=_STORED,
        ),
        "cancel_subscription": Capability(
            action="cancel_subscription",
            is_goal=True,
            details=("at_period_end",),
            note="PayPal ends a subscription at once only, and gives nothing back for the rest of the period.",
        ),
        "pause_subscription": Capability(action="pause_subscription", is_goal=True),
        "resume_subscription": Capability(
            action="resume_subscription",
            is_goal=True,
            note="A subscription that PayPal suspended after too many failed payments may have to be paid first.",
        ),
        "change_plan": Capability(
            action="change_plan",
            is_goal=True,
            details=("price_id",),
            note=(
                "The payer must agree on a page of PayPal, whose address comes with the outcome; until they do, it is "
                "pending. Both plans must be of one product. PayPal does not show whether a payer was asked."
            ),
        ),
        "send_invoice": Capability(
            action="send_invoice",
            is_looked_up=True,
            note=(
                "An invoice that was sent before is sent again as a reminder. PayPal takes no key for this and keeps "
                "no list: where its answer is lost, the time when the invoice was last sent tells; somebody who sent "
                "it by hand in the same minute is taken for us."
            ),
        ),
    },
    absent={
        "create_subscription": (
            "PayPal begins a subscription only when the payer agrees on its own page; a seller cannot begin one with a "
            "stored payment method."
        ),
        "apply_coupon": "PayPal has no coupons; a discount is part of the order or invoice.",
        "remove_coupon": "PayPal has no coupons; a discount is part of the order or invoice.",
        "mark_uncollectible": "PayPal's invoices can be cancelled, not marked as uncollectible.",
        "add_tax_id": "PayPal keeps no tax id of a customer that a seller could change.",
        "change_address": "A payer's address is the payer's own at PayPal; a seller cannot change it.",
        "add_order_note": "PayPal's orders take no notes once they are paid.",
    },
)
