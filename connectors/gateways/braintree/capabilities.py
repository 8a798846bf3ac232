"""What Braintree can do, as data.

Source: developer.paypal.com/braintree/docs, "Transaction: Refund", and its guide to idempotency: a key lives 30 days.
"""

from __future__ import annotations

from datetime import timedelta

from connectors.capabilities import Capabilities, Capability

CAPABILITIES = Capabilities(
    gateway="braintree",
    actions={
        "refund": Capability(
            action="refund",
            is_partial=True,
            is_repeatable=True,
            within=None,
            key_lives=timedelta(days=30),
            is_looked_up=True,
            note=(
                "Only payments that are settling or settled can be refunded; before that they are voided instead, as a "
                "whole. A refund settles with the next batch, usually within a day, and is Pending until then. Where "
                "the bank wants refunds authorized it can decline one at once."
            ),
        ),
    },
)
