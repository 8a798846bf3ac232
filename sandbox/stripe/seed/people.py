"""The customers: names of many scripts, addresses, cards, tax ids; some share an e-mail, some were deleted."""

from dataclasses import dataclass

from sandbox.stripe import ids
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.seed.places import EU, FIRMS, NAMES, PLACES, Place
from sandbox.stripe.shapes import party
from sandbox.stripe.shapes.method import Instrument, payment_method
from sandbox.stripe.shapes.payment import NO_ADDRESS
from sandbox.stripe.wire import Json

CARDS = [("visa", "4242"), ("mastercard", "4444"), ("visa", "1111"), ("amex", "0005"), ("mastercard", "8210")]
# Stripe's test cards whose refunds are slow, or fail later.
SLOW_CARDS = [("visa", "7726"), ("visa", "5126")]


@dataclass
class Person:
    """A customer while the account grows. `is_business` buys exclusive of tax."""

    customer: Json
    place: Place
    instrument: Instrument
    tax_ids: list[Json]
    is_business: bool
    method: Json

    @property
    def is_reverse(self) -> bool:
        """Whether the tax is the customer's to pay."""
        return bool(self.customer["tax_exempt"] == "reverse")


def people(ground: Ground, wanted: int) -> list[Person]:
    """`wanted` customers, one of each place at least; they signed up before or during the span."""
    weights = [place.weight for place in PLACES]
    places = PLACES[:wanted] + ground.rng.choices(PLACES, weights, k=max(0, wanted - len(PLACES)))
    found = [_person(ground, place, number) for number, place in enumerate(places)]
    for number, (first, second) in enumerate(zip(found[10::40], found[11::40], strict=False)):
        # The same human signed up twice, every other time with another spelling.
        email = str(first.customer["email"])
        second.customer["email"] = email if number % 2 == 0 else email.capitalize()
    return found


def _person(ground: Ground, place: Place, number: int) -> Person:
    is_business = place.tax_id is not None and ground.rng.random() < 0.3
    given, family = (ground.rng.choice(names) for names in NAMES[place.country])
    firm = f"{ground.rng.choice(FIRMS)} {family}"
    created = ground.moment(ground.start - 200 * 86_400, ground.start + (ground.end - ground.start) // 2)
    customer = party.customer(ground.new_id("customer"), created)
    customer.update(
        address={**NO_ADDRESS, **_address(ground, place)},
        currency=place.currency,
        email=f"customer{number:04d}@{place.country.lower()}.example",
        name=firm if is_business else f"{given} {family}",
        preferred_locales=[place.locale],
        tax_exempt="reverse" if is_business and place.can_reverse else "none",
    )
    customer["metadata"] = {"shop_customer": str(10_000 + number)}
    tax_ids = [_tax_id(ground, place, customer)] if is_business else []
    ground.add("customer", customer)
    instrument = _instrument(ground, place, number)
    method = ground.add("payment_method", payment_method(instrument, created + 30, customer))
    if number % 10 != 3:
        customer["invoice_settings"]["default_payment_method"] = instrument.wanted
    return Person(customer, place, instrument, tax_ids, is_business, method)


def _address(ground: Ground, place: Place) -> Json:
    street = f"Straße der Einheit {ground.rng.randrange(1, 200)}" if place.country == "DE" else "12 Market Street"
    return {
        "city": place.city,
        "country": place.country,
        "line1": street,
        "postal_code": place.postal_code,
        "state": place.state,
    }


def _tax_id(ground: Ground, place: Place, customer: Json) -> Json:
    kind, pattern = place.tax_id or ("eu_vat", "#")
    value = "".join(str(ground.rng.randrange(10)) if letter == "#" else letter for letter in pattern)
    wanted = ground.new_id("tax_id")
    made = party.tax_id(wanted, customer["created"] + 60, customer["id"], kind, value, place.country)
    return ground.add("tax_id", made)


def _instrument(ground: Ground, place: Place, number: int) -> Instrument:
    is_debit = place.country in EU and ground.rng.random() < 0.15
    brand, last4 = SLOW_CARDS[number % 2] if number % 50 in (20, 21) else ground.rng.choice(CARDS)
    if is_debit:
        brand, last4 = "sepa", "3003" if ground.rng.random() < 0.2 else f"{ground.rng.randrange(10_000):04d}"
    return Instrument(
        ground.new_id("payment_method"),
        "sepa_debit" if is_debit else "card",
        brand,
        last4,
        place.country,
        1 + number % 12,
        2027 + number % 4,
        ids.base62(number * 7_919 + 62**15, 16),
    )
