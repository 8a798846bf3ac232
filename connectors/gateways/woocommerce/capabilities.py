"""What WooCommerce can do, as data. Source: the REST API v3 documents and wc_create_refund of WooCommerce itself."""

from __future__ import annotations

from connectors.capabilities import Capabilities, Capability

_NO_KEYS = "WooCommerce has no idempotency keys: only the look-up protects against doing it twice."
_NO_SUBSCRIPTIONS = "WooCommerce itself has no subscriptions; they are a paid extension."
_NO_STORED_CARDS = "WooCommerce's API charges no stored payment method; only its payment plugins do, at the checkout."
_COUPONS = "WooCommerce's coupons belong to one order and are counted before it is paid; it has no subscriptions."

CAPABILITIES = Capabilities(
    gateway="woocommerce",
    actions={
        "refund": Capability(
            action="refund",
            is_partial=True,
            is_repeatable=True,
            is_looked_up=True,
            details=("restocks",),
            note=(
                f"{_NO_KEYS} The request id stands in the refund's reason, which the customer can see in the e-mail "
                "about it. The shop's payment plugin gives the money back; one that cannot is refused before anything "
                "is sent. Goods go back to stock only where that is chosen, and only with all the money that is left; "
                "the shop then also takes back the customer's downloads of them. The amount is not spread over the "
                "order's lines."
            ),
        ),
        "add_order_note": Capability(
            action="add_order_note",
            is_repeatable=True,
            is_looked_up=True,
            details=("note", "is_for_customer"),
            note=(
                f"{_NO_KEYS} The request id stands at the end of the note. A note for the customer is shown in the "
                "shop, and the shop sends it by e-mail."
            ),
        ),
        "change_address": Capability(
            action="change_address",
            is_repeatable=True,
            is_looked_up=True,
            is_goal=True,
            details=("line1", "line2", "city", "postal_code", "state", "country"),
            note="Only for customers with a login. Orders that were placed before keep their address.",
        ),
    },
    absent={
        "capture": "WooCommerce's API has no capture; payment plugins take a held amount when the order is completed.",
        "void": "WooCommerce's API has no void; payment plugins release a held amount when the order is cancelled.",
        "charge_again": _NO_STORED_CARDS,
        "authorize": "WooCommerce's API holds no money; only its payment plugins do, at the checkout.",
        "create_subscription": _NO_SUBSCRIPTIONS,
        "cancel_subscription": _NO_SUBSCRIPTIONS,
        "change_plan": _NO_SUBSCRIPTIONS,
        "pause_subscription": _NO_SUBSCRIPTIONS,
        "resume_subscription": _NO_SUBSCRIPTIONS,
        "apply_coupon": _COUPONS,
        "remove_coupon": _COUPONS,
        "send_invoice": "WooCommerce itself makes no invoices.",
        "mark_uncollectible": "WooCommerce itself makes no invoices, so that there is none to give up.",
        "add_tax_id": "WooCommerce itself keeps no tax ids; extensions do, each in a field of its own.",
    },
)
