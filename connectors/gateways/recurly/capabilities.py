"""What Recurly can do, as data. Source: Recurly's OpenAPI document v2021-02-25, in its edition of 2024."""

from __future__ import annotations

from connectors.capabilities import Capabilities, Capability

_NO_KEYS = "Recurly has no idempotency keys: only the look-up protects against doing it twice."


def _goal(action: str, details: str = "", note: str = "") -> Capability:
    return Capability(action=action, is_goal=True, is_looked_up=True, details=tuple(details.split()), note=note)


CAPABILITIES = Capabilities(
    gateway="recurly",
    actions={
        "refund": Capability(
            action="refund",
            is_partial=True,
            is_repeatable=True,
            is_looked_up=True,
            note=(
                f"{_NO_KEYS} The request id stands in the notes of the credit invoice, which the customer can see. It "
                "needs the Credit Invoices feature, and an invoice that one payment paid: Recurly refunds invoices, "
                "and of several payments it would choose by itself."
            ),
        ),
        "charge_again": Capability(
            action="charge_again",
            is_partial=True,
            is_repeatable=True,
            is_looked_up=True,
            note=(
                f"{_NO_KEYS} The request id stands in the notes of the new invoice, which the customer can see. "
                "Recurly charges the account's present billing information, whichever method paid before. The "
                "amount includes the tax that is due, and is calculated by Recurly before anything is charged."
            ),
        ),
        "create_subscription": Capability(
            action="create_subscription",
            is_repeatable=True,
            is_looked_up=True,
            details=("price_id", "quantity"),
            note=(
                f"{_NO_KEYS} The request id stands in the subscription's customer notes, which Recurly prints on its "
                "invoices in place of the site's own. The first period is charged at once."
            ),
        ),
        "cancel_subscription": _goal(
            "cancel_subscription",
            "at_period_end is_prorated",
            "Counting the unused part gives back a share of the last invoice; it is possible only with an end now.",
        ),
        "change_plan": _goal(
            "change_plan",
            "price_id is_prorated",
            "Counting the unused part changes the plan and bills the difference now; else it waits for the next bill.",
        ),
        "pause_subscription": _goal(
            "pause_subscription",
            note="Recurly pauses from the next bill on and for a number of periods: 120 are asked for.",
        ),
        "resume_subscription": _goal(
            "resume_subscription", note="A paused subscription is billed at once when it is resumed."
        ),
        "apply_coupon": _goal("apply_coupon", "coupon_id"),
        "remove_coupon": _goal(
            "remove_coupon",
            note="Only where the account has no other active coupon: Recurly's API takes off an account's active one.",
        ),
        "mark_uncollectible": _goal("mark_uncollectible"),
        "add_tax_id": _goal("add_tax_id", "tax_id", "Recurly keeps one VAT number; another one takes its place."),
        "change_address": _goal("change_address", "line1 line2 city postal_code state country"),
    },
    absent={
        "capture": "Recurly captures by itself when it collects an invoice; its API document has no capture.",
        "void": "Recurly voids an unsettled payment by itself when it is refunded in full; its API has no void.",
        "authorize": "Recurly's API document has purchases that take money at once, and none that only hold it.",
        "send_invoice": "Recurly e-mails invoices by itself; its API document has no request that sends one.",
        "add_order_note": "Recurly has no orders.",
    },
)
