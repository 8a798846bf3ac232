"""Actions: what we ask a gateway to do. Frozen, typed, and complete: nothing about the agent, nothing about HTTP.

Each action is about one object of the gateway (`object_kind`, `object_id`). Fields beyond those and the amount are its
details; `connectors.requested` makes an action of a request, whose details came from a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from connectors.money import Money

ObjectKind = Literal["charge", "customer", "subscription", "invoice", "order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    account: str
    """gateway/label, such as "stripe/eu"."""
    object_id: str
    """The gateway's id of the object that the action is about."""
    reason_code: str
    """One of the policy's reasons; the connector maps it to the gateway's words where it has any."""
    request_id: str
    """Written to the gateway where it can be found again (metadata, custom_id, note)."""

    name: ClassVar[str]
    title: ClassVar[str]
    """The words on a button."""
    object_kind: ClassVar[ObjectKind]
    moves: ClassVar[Literal["to customer", "from customer", ""]] = ""
    """Where money goes; empty where none moves by the action itself."""
    done: ClassVar[str]
    """The sentence when it is done; {amount} and {object_id} are filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(_Asked):
    """Give money of one charge back to where it came from. `amount` is never "what is left": that was read before."""

    amount: Money
    restocks: bool = False
    """Shops only: whether the goods go back to stock."""

    name = "refund"
    title = "Refund"
    object_kind = "charge"
    moves = "to customer"
    done = "Refunded {amount} of {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture(_Asked):
    """Take an authorized amount, or a part of it; what is not taken is released where the gateway does so."""

    amount: Money

    name = "capture"
    title = "Capture"
    object_kind = "charge"
    moves = "from customer"
    done = "Captured {amount} of {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(_Asked):
    """Release an authorization, or a payment that has not settled, as a whole."""

    name = "void"
    title = "Void"
    object_kind = "charge"
    done = "Voided {object_id}: the hold on the customer's money is released."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAgain(_Asked):
    """Take money once more from the stored payment method that paid, or failed to pay, this charge."""

    amount: Money

    name = "charge_again"
    title = "Charge again"
    object_kind = "charge"
    moves = "from customer"
    done = "Charged {amount} to the payment method of {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorize(_Asked):
    """Hold an amount on the stored payment method of this charge, to be captured or voided later."""

    amount: Money

    name = "authorize"
    title = "Authorize"
    object_kind = "charge"
    done = "Authorized {amount} on the payment method of {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSubscription(_Asked):
    """Begin a subscription of this customer with the customer's default payment method."""

    price_id: str
    """The gateway's id of the price or plan."""
    quantity: int = 1

    name = "create_subscription"
    title = "Create a subscription"
    object_kind = "customer"
    done = "Created a subscription for {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSubscription(_Asked):
    """End a subscription now, or when the period that was paid for ends."""

    at_period_end: bool = True
    is_prorated: bool = False
    """Whether the unused part is credited; only where it ends now."""

    name = "cancel_subscription"
    title = "Cancel"
    object_kind = "subscription"
    done = "Cancelled the subscription {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan(_Asked):
    """Move a subscription with one price to another price."""

    price_id: str
    is_prorated: bool = False

    name = "change_plan"
    title = "Change the plan"
    object_kind = "subscription"
    done = "Changed the plan of {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseSubscription(_Asked):
    """Collect nothing for a subscription until it is resumed."""

    name = "pause_subscription"
    title = "Pause"
    object_kind = "subscription"
    done = "Paused the subscription {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeSubscription(_Asked):
    """End a pause, or take back a cancellation at the period's end."""

    name = "resume_subscription"
    title = "Resume"
    object_kind = "subscription"
    done = "Resumed the subscription {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyCoupon(_Asked):
    """Give a subscription a discount from its next invoice on."""

    coupon_id: str

    name = "apply_coupon"
    title = "Apply a coupon"
    object_kind = "subscription"
    done = "Applied the coupon to {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCoupon(_Asked):
    """Take the discounts off a subscription."""

    name = "remove_coupon"
    title = "Remove the coupon"
    object_kind = "subscription"
    done = "Removed the coupon from {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class SendInvoice(_Asked):
    """Let the gateway send an open invoice to the customer, for the first time or again."""

    name = "send_invoice"
    title = "Send"
    object_kind = "invoice"
    done = "Sent the invoice {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkUncollectible(_Asked):
    """Give an open invoice up: no more attempts to collect it."""

    name = "mark_uncollectible"
    title = "Mark uncollectible"
    object_kind = "invoice"
    done = "Marked the invoice {object_id} as uncollectible."


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTaxId(_Asked):
    """Add a tax id to a customer, or change the one that is there where the gateway keeps one only."""

    tax_id: str
    tax_id_type: str = "eu_vat"
    """Stripe's words: eu_vat, gb_vat, au_abn, …; gateways without types ignore it."""

    name = "add_tax_id"
    title = "Add a tax id"
    object_kind = "customer"
    done = "Added the tax id to {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAddress(_Asked):
    """Replace the billing address of a customer. What is left empty is emptied at the gateway."""

    line1: str
    city: str
    country: str
    """ISO 3166-1 alpha-2, such as "DE"."""
    line2: str = ""
    postal_code: str = ""
    state: str = ""

    name = "change_address"
    title = "Change the address"
    object_kind = "customer"
    done = "Changed the billing address of {object_id}."


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOrderNote(_Asked):
    """Write a note on a shop's order, for the team or for the customer too."""

    note: str
    is_for_customer: bool = False

    name = "add_order_note"
    title = "Add a note"
    object_kind = "order"
    done = "Added the note to the order {object_id}."


Action = (
    Refund
    | Capture
    | Void
    | ChargeAgain
    | Authorize
    | CreateSubscription
    | CancelSubscription
    | ChangePlan
    | PauseSubscription
    | ResumeSubscription
    | ApplyCoupon
    | RemoveCoupon
    | SendInvoice
    | MarkUncollectible
    | AddTaxId
    | ChangeAddress
    | AddOrderNote
)
"""The union of all actions; each gateway's capabilities say which of them it carries out."""

MoneyAction = Refund | Capture | ChargeAgain | Authorize
"""Those that are asked for with an amount."""

ACTIONS: dict[str, type[Action]] = {
    kind.name: kind
    for kind in (
        Refund, Capture, Void, ChargeAgain, Authorize, CreateSubscription, CancelSubscription, ChangePlan,
        PauseSubscription, ResumeSubscription, ApplyCoupon, RemoveCoupon, SendInvoice, MarkUncollectible, AddTaxId,
        ChangeAddress, AddOrderNote,
    )
}  # fmt: skip
"""Every action by its name."""


def has_amount(action: str) -> bool:
    """Whether an action of this name is asked for with an amount; False for a name that is none."""
    return action in ACTIONS and "amount" in ACTIONS[action].__dataclass_fields__
