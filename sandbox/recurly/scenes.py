"""What agents act on: subscriptions in every state, invoices that nobody paid, and a card that is always declined.

Added after everything else, so that what was there before stays as it was.
"""

from sandbox.recurly import shapes
from sandbox.recurly.billing import Books, Item, bill, pay
from sandbox.recurly.catalog import ITEMS, PLANS, price
from sandbox.recurly.ground import Ground
from sandbox.recurly.living import DECLINING
from sandbox.recurly.periods import months_later
from sandbox.recurly.places import Place
from sandbox.recurly.redemptions import redemption
from sandbox.standin.messages import Json
from sandbox.standin.store import DAY

SCENES = 11
"""Accounts that are made for it."""
STATES = ("paused", "active", "canceled", "future", "failed", "active", "paused", "active", "active")
"""Of the subscriptions of the first accounts; the last two have a coupon."""


def act_out(ground: Ground, people: list[tuple[Json, Place]]) -> None:
    """Give each account what it is there for."""
    for number, (account, place) in enumerate(people):
        if number < len(STATES):
            made = _subscription(ground, account, place, STATES[number])
            if number >= len(STATES) - 2:
                _redeem(ground, account, made)
        if number % 3 == 1:
            overdue(ground.books, account, place, ground.end - (20 - number) * DAY)
    declining, gone = people[-2][0], people[-1][0]
    pay_once(ground.books, *people[-2], ground.end - 9 * DAY)
    declining["billing_info"]["payment_method"].update(object="credit_card", last_four=DECLINING)
    left = shapes.iso(ground.end - 5 * DAY)
    gone.update(state="inactive", deleted_at=left, updated_at=left)


def overdue(books: Books, account: Json, place: Place, when: int) -> Json:
    """An invoice whose payment was declined; Recurly goes on trying."""
    invoice = bill(books, account, place, when, [_book(place)])
    pay(books, account, invoice, when + 60, "declined")
    invoice.update(state="past_due", paid=0.0, balance=invoice["total"], refundable_amount=0.0)
    del invoice["closed_at"]
    account["has_past_due_invoice"] = True
    return invoice


def pay_once(books: Books, account: Json, place: Place, when: int) -> Json:
    """Something sold once and paid."""
    invoice = bill(books, account, place, when, [_book(place)])
    return pay(books, account, invoice, when + 60)


def _book(place: Place) -> Item:
    name, cents = ITEMS["book"]
    return Item(name, 2, price(cents, place.currency), {"item_code": "book"})


def _subscription(ground: Ground, account: Json, place: Place, state: str) -> Json:
    code = "northlight-monthly"
    name, cents, months = PLANS[code]
    begun = ground.end - 12 * DAY if state not in ("future", "failed") else ground.end + 20 * DAY
    wanted, unit = ground.books.new_id("subscription"), price(cents, place.currency)
    end = months_later(begun, months)
    made = shapes.subscription(wanted, account, place.currency, ground.goods[code], begun, (begun, end), (1, unit))
    made.update(state=state, **shapes.times(min(begun, ground.end - 2 * DAY)))
    if state in ("future", "failed"):
        for field in ("activated_at", "current_period_started_at", "current_period_ends_at"):
            del made[field]
    else:
        more = {"subscription_id": wanted, "plan_id": ground.goods[code]["id"], "plan_code": code, "origin": "plan"}
        more |= {"start_date": shapes.iso(begun), "end_date": shapes.iso(end)}
        invoice = bill(ground.books, account, place, begun, [Item(name, 1, unit, more)])
        invoice["subscription_ids"] = [wanted]
        pay(ground.books, account, invoice, begun + 60)
    if state == "paused":
        made.update(paused_at=shapes.iso(ground.end - DAY), remaining_pause_cycles=3)
    if state == "canceled":
        made.update(canceled_at=shapes.iso(ground.end - DAY), expires_at=shapes.iso(end))
    account["has_live_subscription"] = state != "failed"
    return ground.books.add("subscription", made)


def _redeem(ground: Ground, account: Json, subscription: Json) -> None:
    wanted = ground.books.new_id("redemption")
    made = redemption(wanted, ground.end - DAY, account, subscription, ground.goods["spring"])
    ground.books.add("coupon_redemption", made)
