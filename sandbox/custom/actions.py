"""What the company's system does when it is asked: each action changes its books once per request id."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.standin.messages import Json
from sandbox.standin.store import Change

SLOW = "bank_transfer"
"""Refunds to it are pending first."""
HELD_BY_DISPUTE = {"needs_response", "under_review", "lost"}


class Refused(Exception):
    """The system says no; nothing was changed."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass
class Asked:
    """One action as it came in, and the change that it makes."""

    change: Change
    sent: Json
    found: Json
    now: str
    number: int

    @property
    def amount(self) -> int:
        """What is asked for; refused unless it is a whole number above nothing, in the object's currency."""
        amount = self.sent["amount_minor"]
        if not isinstance(amount, int) or amount <= 0 or self.sent["currency"] != self.found["currency"]:
            raise Refused("invalid", "The amount is no amount of this object's currency.")
        return amount

    def keep(self, kind: str, found: Json, **changes: Any) -> Json:
        """Change an object in the books."""
        found.update(changes, updated_at=self.now)
        return self.change.put(kind, found)


def refund(asked: Asked) -> tuple[str, str]:
    """(reference, status). Money goes back at once, or later where it goes by bank."""
    charge, amount = asked.found, asked.amount
    disputes = asked.change.store.of("disputes").values()
    if any(one["charge_id"] == charge["id"] and one["status"] in HELD_BY_DISPUTE for one in disputes):
        raise Refused("disputed", "The charge is disputed.")
    left = charge["captured_minor"] - charge["refunded_minor"]
    if left == 0:
        raise Refused("already_refunded", "Nothing is left of the charge.")
    if amount > left:
        raise Refused("amount_too_high", f"Only {left} is left of the charge.")
    is_slow = charge["payment_method"] == SLOW
    made = {
        "id": f"ref_{asked.number:05}",
        "charge_id": charge["id"],
        "amount_minor": amount,
        "currency": charge["currency"],
        "status": "pending" if is_slow else "succeeded",
        "request_id": asked.sent["request_id"],
        "created_at": asked.now,
    }
    asked.keep("charges", charge, refunded_minor=charge["refunded_minor"] + amount)
    asked.keep("refunds", made)
    return made["id"], "pending" if is_slow else "done"


def capture(asked: Asked) -> tuple[str, str]:
    """Take an authorized amount; the rest is released."""
    charge, amount = asked.found, asked.amount
    held = charge.get("capturable_minor") or 0
    if charge["status"] != "authorized" or amount > held:
        raise Refused("amount_too_high" if held else "invalid", f"{held} can be captured.")
    asked.keep("charges", charge, status="succeeded", captured_minor=amount, capturable_minor=0, is_voidable=False)
    return charge["id"], "done"


def void(asked: Asked) -> tuple[str, str]:
    """Release a hold."""
    if not asked.found.get("is_voidable"):
        raise Refused("invalid", "There is no hold to release.")
    asked.keep("charges", asked.found, status="voided", capturable_minor=0, is_voidable=False)
    return asked.found["id"], "done"


def charge_again(asked: Asked) -> tuple[str, str]:
    """Take money from the stored method."""
    return _charged(asked, status="succeeded", captured_minor=asked.amount)


def authorize(asked: Asked) -> tuple[str, str]:
    """Hold money on the stored method."""
    return _charged(asked, status="authorized", capturable_minor=asked.amount, is_voidable=True)


def create_subscription(asked: Asked) -> tuple[str, str]:
    """Begin one."""
    price = _price(asked)
    made = {
        "id": f"sub_{asked.number:05}",
        "customer_id": asked.found["id"],
        "status": "active",
        "amount_minor": price["unit_amount_minor"] * asked.sent["details"]["quantity"],
        "currency": price["currency"],
        "price_id": price["id"],
        "is_cancel_at_period_end": False,
        "coupon_ids": [],
        "created_at": asked.now,
    }
    asked.keep("subscriptions", made)
    return made["id"], "done"


def cancel_subscription(asked: Asked) -> tuple[str, str]:
    """Now, or when the paid period ends."""
    if asked.sent["details"]["at_period_end"]:
        return _subscription(asked, is_cancel_at_period_end=True)
    return _subscription(asked, status="cancelled", ended_at=asked.now)


def change_plan(asked: Asked) -> tuple[str, str]:
    """To another price."""
    return _subscription(asked, price_id=_price(asked)["id"])


def apply_coupon(asked: Asked) -> tuple[str, str]:
    """Once each."""
    coupon = asked.sent["details"]["coupon_id"]
    if coupon not in asked.change.store.of("coupons"):
        raise Refused("invalid", "There is no such coupon.")
    return _subscription(asked, coupon_ids=sorted({*asked.found["coupon_ids"], coupon}))


def send_invoice(asked: Asked) -> tuple[str, str]:
    """Of an open invoice only."""
    return _invoice(asked)


def mark_uncollectible(asked: Asked) -> tuple[str, str]:
    """Of an open invoice only."""
    return _invoice(asked, status="uncollectible")


def add_tax_id(asked: Asked) -> tuple[str, str]:
    """Beside those that are there."""
    details = asked.sent["details"]
    added = {"type": details["tax_id_type"], "value": details["tax_id"]}
    asked.keep("customers", asked.found, tax_ids=[*asked.found["tax_ids"], added])
    return asked.found["id"], "done"


def change_address(asked: Asked) -> tuple[str, str]:
    """Of this model, the country and the state."""
    details = asked.sent["details"]
    asked.keep("customers", asked.found, country=details["country"], state=details["state"] or None)
    return asked.found["id"], "done"


DOES: dict[str, tuple[str, Callable[[Asked], tuple[str, str]]]] = {
    "refund": ("charges", refund),
    "capture": ("charges", capture),
    "void": ("charges", void),
    "charge_again": ("charges", charge_again),
    "authorize": ("charges", authorize),
    "create_subscription": ("customers", create_subscription),
    "cancel_subscription": ("subscriptions", cancel_subscription),
    "change_plan": ("subscriptions", change_plan),
    "pause_subscription": ("subscriptions", lambda asked: _subscription(asked, status="paused")),
    "resume_subscription": (
        "subscriptions",
        lambda asked: _subscription(asked, status="active", is_cancel_at_period_end=False),
    ),
    "apply_coupon": ("subscriptions", apply_coupon),
    "remove_coupon": ("subscriptions", lambda asked: _subscription(asked, coupon_ids=[])),
    "send_invoice": ("invoices", send_invoice),
    "mark_uncollectible": ("invoices", mark_uncollectible),
    "add_tax_id": ("customers", add_tax_id),
    "change_address": ("customers", change_address),
}
"""Action -> (where its object is, what it does)."""


def _charged(asked: Asked, **changes: Any) -> tuple[str, str]:
    charge, amount = asked.found, asked.amount
    if not charge.get("chargeable_minor"):
        raise Refused("declined", "No payment method is stored.")
    if amount > charge["chargeable_minor"]:
        raise Refused("amount_too_high", "More than the charge itself was.")
    first = {"captured_minor": 0, "refunded_minor": 0, "capturable_minor": 0, "is_voidable": False}
    made = {**charge, **first, "id": f"pay_{asked.number:05}", "amount_minor": amount, "created_at": asked.now}
    asked.keep("charges", made, **changes)
    return made["id"], "done"


def _subscription(asked: Asked, **changes: Any) -> tuple[str, str]:
    if asked.found["status"] in {"cancelled", "expired"}:
        raise Refused("invalid", "The subscription has ended.")
    asked.keep("subscriptions", asked.found, **changes)
    return asked.found["id"], "done"


def _invoice(asked: Asked, **changes: Any) -> tuple[str, str]:
    if asked.found["status"] != "open":
        raise Refused("invalid", "The invoice is not open.")
    asked.keep("invoices", asked.found, **changes)
    return asked.found["id"], "done"


def _price(asked: Asked) -> Json:
    found = asked.change.store.of("prices").get(asked.sent["details"]["price_id"])
    if found is None:
        raise Refused("invalid", "There is no such price.")
    return found
