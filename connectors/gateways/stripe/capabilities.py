"""What Stripe can do, as data.

Sources: https://docs.stripe.com/refunds, /api/idempotent_requests, /api/payment_intents, /api/subscriptions,
/billing/subscriptions/pause-payment, /api/invoices and /api/tax_ids.
"""

from __future__ import annotations

from datetime import timedelta

from connectors.capabilities import Capabilities, Capability

KEY_LIVES = timedelta(hours=24)


def _made(action: str, *, is_partial: bool = False, details: tuple[str, ...] = (), note: str = "") -> Capability:
    """What makes something new each time: the key protects for a day, the request id for ever."""
    return Capability(
        action=action,
        is_partial=is_partial,
        is_repeatable=True,
        key_lives=KEY_LIVES,
        is_looked_up=True,
        details=details,
        note=note,
    )


def _goal(action: str, *, details: tuple[str, ...] = (), note: str = "") -> Capability:
    """What brings an object to a state."""
    return Capability(
        action=action,
        is_repeatable=True,
        key_lives=KEY_LIVES,
        is_looked_up=True,
        is_goal=True,
        details=details,
        note=note,
    )


_ALL = (
    _made(
        "refund",
        is_partial=True,
        note=(
            "Cards have no limit in time; some payment methods do, and Stripe then refuses. A refund can still "
            "fail days later, and a disputed charge cannot be refunded. The reason 'fraudulent' also puts the "
            "card on the account's block list."
        ),
    ),
    Capability(
        action="capture",
        is_partial=True,
        key_lives=KEY_LIVES,
        is_looked_up=True,
        note="Once for each hold; what is not taken is released. Card holds last about a week, then Stripe refuses.",
    ),
    _goal("void", note="A hold is released as a whole. What was captured can be refunded only."),
    _made(
        "charge_again",
        is_partial=True,
        note=(
            "The customer is not there, so a bank that asks for a confirmation declines. Debits are pending for days. "
            "The method must still be stored with the customer."
        ),
    ),
    _made("authorize", is_partial=True, note="Cards and a few other methods; Stripe refuses it for debits."),
    _made(
        "create_subscription",
        details=("price_id", "quantity"),
        note=(
            "The first invoice is charged to the customer's default payment method at once; where that fails, there "
            "is no subscription. Taxes are those of the account's automatic settings."
        ),
    ),
    _goal(
        "cancel_subscription",
        details=("at_period_end", "is_prorated"),
        note="The credit for the unused part waits for the customer's next invoice; Stripe pays nothing out.",
    ),
    _goal(
        "change_plan",
        details=("price_id", "is_prorated"),
        note=(
            "Subscriptions with one price. A price with another interval begins a new period, which Stripe charges at "
            "once; where that fails, nothing is changed."
        ),
    ),
    _goal(
        "pause_subscription",
        note="The subscription stays active, and the invoices of the pause are void: nobody owes them afterwards.",
    ),
    _goal(
        "resume_subscription",
        note="Ends a pause of the collection, and takes back a cancellation at the end of the period.",
    ),
    _goal("apply_coupon", details=("coupon_id",), note="Added to the discounts that are there already."),
    _goal("remove_coupon", note="All discounts of the subscription; those of the customer stay."),
    Capability(
        action="send_invoice",
        is_repeatable=True,
        key_lives=KEY_LIVES,
        is_looked_up=True,
        note=(
            "Only invoices that the customer pays by hand (collection_method send_invoice). It is looked up in "
            "Stripe's events, for 30 days. In test mode Stripe sends no e-mail."
        ),
    ),
    _goal("mark_uncollectible", note="The customer can still pay it; Stripe stops trying."),
    _goal("add_tax_id", details=("tax_id", "tax_id_type"), note="Up to five for each customer."),
    _goal("change_address", details=("line1", "line2", "city", "postal_code", "state", "country")),
)

CAPABILITIES = Capabilities(
    gateway="stripe",
    actions={capability.action: capability for capability in _ALL},
    absent={
        "add_order_note": "Stripe keeps no orders of a shop: a note belongs into the shop's own system.",
    },
)
