"""Single sales: invoices written by hand, and payments in the shop that have no invoice."""

from sandbox.stripe.clock import DAY
from sandbox.stripe.seed.billing import Item, bill, terms_for
from sandbox.stripe.seed.contracts import collect
from sandbox.stripe.seed.goods import ONCE, Goods
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.seed.people import Person
from sandbox.stripe.seed.sales import Sale, decline, hold, intend, release, take
from sandbox.stripe.wire import Json


def invoice_by_hand(ground: Ground, goods: Goods, person: Person) -> Json:
    """An invoice of one to three lines, nearly always paid."""
    when = ground.moment(max(ground.start, person.customer["created"]), ground.end - 3 * DAY)
    names = ground.rng.sample(sorted(ONCE), ground.rng.choice([1, 1, 2, 3]))
    items = [line_of(ground, goods, person, name, when) for name in names]
    invoice = bill(ground, person, when, items, terms_for(goods, person))
    collect(ground, person, invoice, "Payment for Invoice", can_decline=True)
    return invoice


def sell(ground: Ground, goods: Goods, person: Person, number: int) -> Json:
    """A payment without an invoice; one in twelve is declined, some are held and never taken."""
    last = ground.end - 2 * 3_600
    when = ground.moment(max(ground.start, person.customer["created"]), last)
    if number % 40 == 9:
        when = ground.moment(ground.end - 5 * DAY, last)
    name = ground.rng.choice(sorted(ONCE))
    quantity = ground.rng.choice([1, 1, 1, 2, 3])
    amount = goods.prices[name, person.place.currency, None]["unit_amount"] * quantity
    sale = Sale(person, amount, f"{quantity} × {name}", {"order": f"N-{20_000 + number}", "product": name})
    intent = intend(ground, sale, when)
    if number % 12 == 5:
        return decline(ground, sale, intent, when + 1)
    if person.instrument.kind == "card" and number % 20 == 9:
        charge = hold(ground, sale, intent, when + 1)
        if number % 40 != 9:
            release(intent, ground.hours_later(when, 5))
        return charge
    return take(ground, sale, intent, when + 1)


def line_of(ground: Ground, goods: Goods, person: Person, name: str, when: int) -> Item:
    """A line for one product, sold once."""
    wanted = f"ii_1{ground.new_id('line_item')[4:]}"
    parent = {
        "invoice_item_details": {
            "invoice_item": wanted,
            "proration": False,
            "proration_details": {"credited_items": None},
            "subscription": None,
        },
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }
    quantity = ground.rng.choice([1, 1, 2])
    return Item(name, goods.prices[name, person.place.currency, None], quantity, (when, when), parent)
