"""What actions need something to act on for: holds, a card that is declined now, subscriptions of every kind.

Grown last, so that everything before it stays as it was.
"""

from sandbox.braintree.markup import Json
from sandbox.braintree.money import minor
from sandbox.braintree.paying import DECLINED
from sandbox.braintree.seed.ground import DAY, Ground
from sandbox.braintree.seed.people import Person, new_person
from sandbox.braintree.seed.sales import HOUR, sell
from sandbox.braintree.shapes import plan, subscription
from sandbox.stripe.seed.places import PLACES

PEOPLE = 8
PRICES = {"EUR": ("19.00", "9.00", "15.00"), "USD": ("21.00", "11.00", "17.00")}
"""Of the plans that are larger, have a trial, and end after twelve months."""
AMOUNTS = {"EUR": 4_900, "USD": 5_900, "GBP": 3_900, "JPY": 6_500, "KWD": 12_500}


def extras(ground: Ground, first: int, plans: dict[tuple[str, int], Json]) -> None:
    """New plans, and customers from number `first` on, each with a card, a hold and a subscription."""
    other = {currency: _plans(ground, currency) for currency in PRICES}
    for number in range(PEOPLE):
        place = PLACES[number % len(PLACES)]
        person = new_person(ground, place, first + number, "credit_card" if number % 3 else "paypal_account")
        _bill_to_address(person)
        currency = place.currency.upper()
        sell(ground, person, 80_000 + number, ground.end - 20 * DAY + number * HOUR, AMOUNTS[currency])
        for hours in (30 + number, 10 + number):
            sell(ground, person, 80_100 + number, ground.end - hours * HOUR, AMOUNTS[currency], "authorized")
        found = other.get(currency) or [plans[place.currency, 1]] * 3
        _subscribe(ground, person, found[number % 3], number)
    declined = new_person(ground, PLACES[0], first + PEOPLE, "credit_card")
    sell(ground, declined, 80_200, ground.end - 30 * DAY, AMOUNTS[PLACES[0].currency.upper()])
    declined.method["last_4"] = DECLINED


def _plans(ground: Ground, currency: str) -> list[Json]:
    at, code = ground.text(ground.start - 200 * DAY), currency.lower()
    names = ("plus", "trial", "course")
    made = [
        plan(f"membership-{name}-{code}", at, f"Membership, {name}", price, currency, 1)
        for name, price in zip(names, PRICES[currency], strict=True)
    ]
    made[1].update(trial_period=True, trial_duration=14, trial_duration_unit="day")
    made[2].update(number_of_billing_cycles=12)
    return [ground.add("plan", each) for each in made]


def _bill_to_address(person: Person) -> None:
    if person.pays_with == "credit_card":
        person.method["billing_address"] = dict(person.customer["addresses"][0])


def _subscribe(ground: Ground, person: Person, chosen: Json, number: int) -> None:
    begun = ground.end - 3 * DAY - number * 5 * HOUR
    made = subscription(ground.new_id(), ground.text(begun), chosen, person.method["token"], person.merchant_account)
    cycles = chosen["number_of_billing_cycles"]
    made.update(number_of_billing_cycles=cycles, never_expires=cycles is None)
    first = ground.day(begun + 14 * DAY)
    if chosen["trial_period"]:
        made.update(trial_period=True, trial_duration=14, trial_duration_unit="day")
        made.update(first_billing_date=first, next_billing_date=first)
    else:
        period = {
            "billing_period_start_date": ground.day(begun),
            "billing_period_end_date": ground.day(begun + 29 * DAY),
        }
        paid = sell(ground, person, 80_300 + number, begun, minor(chosen["price"], chosen["currency_iso_code"]))
        paid.update(subscription_id=made["id"], plan_id=chosen["id"], recurring=True, subscription=period)
        made.update(current_billing_cycle=1, next_billing_date=ground.day(begun + 30 * DAY), **period)
        made.update(paid_through_date=period["billing_period_end_date"], transactions=[paid])
        if number == 3:
            made.update(number_of_billing_cycles=1, never_expires=False)
    ground.add("subscription", made)
