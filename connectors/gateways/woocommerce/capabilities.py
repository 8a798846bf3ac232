"""What WooCommerce can do, as data. Source: the REST API v3 documents and wc_create_refund of WooCommerce itself."""

from __future__ import annotations

from connectors.capabilities import Capabilities, Capability

CAPABILITIES = Capabilities(
    gateway="woocommerce",
    actions={
        "refund": Capability(
            action="refund",
            is_partial=True,
            is_repeatable=True,
            within=None,
            key_lives=None,
            is_looked_up=True,
            note=(
                "WooCommerce has no idempotency keys: only the look-up protects against a second refund. The request "
                "id stands in the refund's reason, which the customer can see in the e-mail about it. The shop's "
                "payment plugin gives the money back; one that cannot is refused before anything is sent. Nothing is "
                "put back into stock, and the amount is not spread over the order's lines."
            ),
        ),
    },
    absent={
        "capture": "WooCommerce's API has no capture; payment plugins take a held amount when the order is completed.",
        "void": "WooCommerce's API has no void; payment plugins release a held amount when the order is cancelled.",
        "cancel_subscription": "WooCommerce itself has no subscriptions; they are a paid extension.",
        "pause_subscription": "WooCommerce itself has no subscriptions; they are a paid extension.",
        "send_invoice": "WooCommerce itself makes no invoices.",
    },
)
