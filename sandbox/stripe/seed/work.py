"""Something for each action of an agent: holds, cards that decline, invoices to send, paused subscriptions.

None of it has moved money, so that the ledger and the payouts stay as they are.
"""

from dataclasses import replace

from sandbox.stripe import ids
from sandbox.stripe.clock import DAY
from sandbox.stripe.seed.billing import bill, terms_for
from sandbox.stripe.seed.counter import line_of
from sandbox.stripe.seed.goods import Goods
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.seed.people import Person
from sandbox.stripe.seed.sales import Sale, decline, hold, intend
from sandbox.stripe.shapes import subscription as shapes
from sandbox.stripe.shapes.method import payment_method

HOLDS = 6
INVOICES = 6
PAUSED = 2
TRIAL = 14 * DAY
# Stripe's test cards that can be stored: one that every charge is declined on, one that always wants the customer.
REFUSING = ["0341", "3184"]


def lay_out(ground: Ground, goods: Goods, everybody: list[Person]) -> None:
    """Append it; customers that the seed deletes in the end are left out."""
    buyers = [one for one in everybody[: len(everybody) * 3 // 4] if one.instrument.kind == "card"]
    payers = [one for one in buyers if one.place.currency == "eur"]
    for number in range(HOLDS):
        _hold(ground, goods, payers[number % len(payers)], number)
    for number, last4 in enumerate(REFUSING):
        _refuse(ground, goods, payers[(number + 1) % len(payers)], number, last4)
    for number in range(INVOICES):
        _owe(ground, goods, buyers[number * 3 % len(buyers)], number)
    for number in range(PAUSED):
        _pause(ground, goods, payers[-1 - number], number)


def _hold(ground: Ground, goods: Goods, person: Person, number: int) -> None:
    when = ground.end - 2 * DAY + number * 3_600
    amount = goods.prices["Onboarding workshop", "eur", None]["unit_amount"]
    sale = Sale(person, amount, "1 × Onboarding workshop", {"order": f"N-{96_000 + number}"})
    hold(ground, sale, intend(ground, sale, when), when + 1)


def _refuse(ground: Ground, goods: Goods, person: Person, number: int, last4: str) -> None:
    when = ground.end - 3 * DAY + number * 3_600
    fingerprint = ids.base62(number * 6_007 + 62**14, 16)
    card = replace(person.instrument, wanted=ground.new_id("payment_method"), last4=last4, fingerprint=fingerprint)
    ground.add("payment_method", payment_method(card, when - 60, person.customer))
    amount = goods.prices["Template bundle", "eur", None]["unit_amount"]
    sale = Sale(replace(person, instrument=card), amount, "1 × Template bundle", {"order": f"N-{97_000 + number}"})
    decline(ground, sale, intend(ground, sale, when), when + 1)


def _owe(ground: Ground, goods: Goods, person: Person, number: int) -> None:
    when = ground.end - 6 * DAY + number * 7_200
    items = [line_of(ground, goods, person, "Priority support, 1 h", when)]
    due = {"collection_method": "send_invoice", "due_date": when + 14 * DAY, "attempt_count": 0, "attempted": False}
    bill(ground, person, when, items, terms_for(goods, person), **due)


def _pause(ground: Ground, goods: Goods, person: Person, number: int) -> None:
    when = ground.end - (3 + number) * DAY
    price = goods.prices["Nordlicht Team", "eur", "month"]
    wanted = ground.new_id("subscription")
    item = shapes.item(ground.new_id("subscription_item"), when, wanted, price, 1, (when, when + TRIAL))
    made = shapes.subscription(wanted, when, person.customer["id"], item)
    made.update(
        default_payment_method=person.instrument.wanted,
        pause_collection={"behavior": "void", "resumes_at": None},
        status="trialing",
        trial_start=when,
        trial_end=when + TRIAL,
    )
    ground.add("subscription", made)
