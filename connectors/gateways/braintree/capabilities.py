"""What Braintree can do, as data.

Source: developer.paypal.com/braintree/docs (Transaction, Subscription and Address requests, "Manage subscriptions"),
and its guide to idempotency: a key lives 30 days.
"""

from __future__ import annotations

from datetime import timedelta

from connectors.capabilities import Capabilities, Capability

KEY_LIVES = timedelta(days=30)
FOR_EVER = timedelta(days=36_500)
"""A subscription's id is never given to another one."""

_PAYMENTS = (
    Capability(
        action="refund",
        is_partial=True,
        is_repeatable=True,
        key_lives=KEY_LIVES,
        is_looked_up=True,
        note=(
            "Only payments that are settling or settled can be refunded; before that they are voided instead, as a "
            "whole. A refund settles with the next batch, usually within a day, and is Pending until then. Where "
            "the bank wants refunds authorized it can decline one at once."
        ),
    ),
    Capability(
        action="capture",
        is_partial=True,
        key_lives=KEY_LIVES,
        is_goal=True,
        note=(
            "Once for each authorization: what is not captured is released. It is Pending until it settles with the "
            "next batch, usually within a day; until then it can be voided as a whole. An order id sent with it would "
            "overwrite the sale's own, so the sale itself tells whether it was captured."
        ),
    ),
    Capability(
        action="void",
        key_lives=KEY_LIVES,
        is_goal=True,
        note="Works on what is authorized, and on what was submitted and has not begun to settle.",
    ),
    Capability(
        action="charge_again",
        is_partial=True,
        is_repeatable=True,
        key_lives=KEY_LIVES,
        is_looked_up=True,
        note=(
            "Sent as initiated by the merchant, at the merchant account of the earlier payment. It is Pending until it "
            "settles with the next batch, usually within a day."
        ),
    ),
    Capability(
        action="authorize",
        is_partial=True,
        is_repeatable=True,
        key_lives=KEY_LIVES,
        is_looked_up=True,
        note="How long the hold lasts is up to the card network: usually 7 to 30 days.",
    ),
)
_SUBSCRIPTIONS = (
    Capability(
        action="create_subscription",
        is_repeatable=True,
        key_lives=FOR_EVER,
        is_looked_up=True,
        details=("price_id",),
        note=(
            "The subscription gets the request's id as its own, so a second one of the same request is impossible. The "
            "first payment is taken at once where the plan has no trial; where it is declined, nothing is created."
        ),
    ),
    Capability(
        action="cancel_subscription",
        is_goal=True,
        details=("at_period_end",),
        note=(
            "At the period's end means that the billing cycle it is in becomes its last one. One in its trial can only "
            "be cancelled at once. Braintree credits nothing for unused time."
        ),
    ),
    Capability(
        action="change_plan",
        is_goal=True,
        details=("price_id", "is_prorated"),
        note=(
            "To a plan that bills as often and in the same currency, at that plan's price. With proration the "
            "difference is charged at once, or put to the subscription's balance; where it is declined, nothing "
            "changes. Not while a payment is past due."
        ),
    ),
    Capability(
        action="resume_subscription",
        is_goal=True,
        note="Takes back a cancellation at the period's end; it bills again as often as its plan says.",
    ),
    Capability(
        action="apply_coupon",
        is_goal=True,
        details=("coupon_id",),
        note="Braintree calls them discounts. Not while a payment is past due.",
    ),
    Capability(
        action="remove_coupon",
        is_goal=True,
        note="Takes off all discounts of the subscription. Not while a payment is past due.",
    ),
)
_CUSTOMERS = (
    Capability(
        action="change_address",
        is_goal=True,
        is_repeatable=True,
        details=("line1", "line2", "city", "postal_code", "state", "country"),
        note="The address of the default payment method, else the customer's first one.",
    ),
)

CAPABILITIES = Capabilities(
    gateway="braintree",
    actions={each.action: each for each in (*_PAYMENTS, *_SUBSCRIPTIONS, *_CUSTOMERS)},
    absent={
        "pause_subscription": (
            "Braintree cannot pause a subscription; it can be cancelled at its period's end, and resumed until then."
        ),
        "send_invoice": "Braintree has no invoices.",
        "mark_uncollectible": "Braintree has no invoices.",
        "add_tax_id": "Braintree keeps no tax ids of customers.",
        "add_order_note": "Braintree has no orders.",
    },
)
