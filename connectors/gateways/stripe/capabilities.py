"""What Stripe can do, as data. Source: https://docs.stripe.com/refunds and https://docs.stripe.com/api/idempotent_requests."""

from __future__ import annotations

from datetime import timedelta

from connectors.capabilities import Capabilities, Capability

CAPABILITIES = Capabilities(
    gateway="stripe",
    actions={
        "refund": Capability(
            action="refund",
            is_partial=True,
            is_repeatable=True,
            within=None,
            key_lives=timedelta(hours=24),
            is_looked_up=True,
            note=(
                "Cards have no limit in time; some payment methods do, and Stripe then refuses. A refund can still "
                "fail days later, and a disputed charge cannot be refunded. The reason 'fraudulent' also puts the "
                "card on the account's block list."
            ),
        ),
    },
)
