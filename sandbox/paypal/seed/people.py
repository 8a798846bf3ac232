"""The payers. Every second one is a customer of the Stripe stand-in too: the same name, country and e-mail address."""

from dataclasses import dataclass
from random import Random

from sandbox.paypal.seed.ground import Ground
from sandbox.stripe.seed.goods import goods
from sandbox.stripe.seed.ground import Ground as StripeGround
from sandbox.stripe.seed.people import Person
from sandbox.stripe.seed.people import people as stripe_people
from sandbox.stripe.seed.places import NAMES, PLACES
from sandbox.stripe.seed.world import SIZES
from sandbox.stripe.settings import Scope
from sandbox.stripe.wire import Json

CURRENCIES = {"DE": "EUR", "FR": "EUR", "ES": "EUR", "IT": "EUR", "NL": "EUR", "AT": "EUR", "GB": "GBP", "JP": "JPY"}
MORE_CURRENCIES = ["HUF", "TWD"]


@dataclass(frozen=True)
class Payer:
    """One payer. `milli` is the tax of their country in thousandths of a percent."""

    info: Json
    country: str
    currency: str
    milli: int

    @property
    def name(self) -> str:
        return f"{self.info['payer_name']['given_name']} {self.info['payer_name']['surname']}"


def payers(ground: Ground, wanted: int, scope: Scope) -> list[Payer]:
    """`wanted` payers; every eleventh pays in forint or Taiwan dollar."""
    shared = [person.customer for person in _at_stripe(ground, scope) if not person.is_business]
    found = []
    for number in range(wanted):
        place = PLACES[number % len(PLACES)]
        given, family = (ground.rng.choice(names) for names in NAMES[place.country])
        email, country = f"payer{number:04d}@{place.country.lower()}.example", place.country
        if number % 2 == 0 and number // 2 < len(shared):
            customer = shared[number // 2]
            country, email = customer["address"]["country"], customer["email"]
            given, _, family = customer["name"].partition(" ")
        currency = MORE_CURRENCIES[number // 11 % 2] if number % 11 == 5 else CURRENCIES.get(country, "USD")
        found.append(_payer(ground, country, currency, email, given, family))
    return found


def _payer(ground: Ground, country: str, currency: str, email: str, given: str, family: str) -> Payer:
    place = next(place for place in PLACES if place.country == country)
    info: Json = {
        "account_id": ground.new_id("payer"),
        "email_address": email,
        "address_status": "Y",
        "payer_status": "Y",
        "payer_name": {"given_name": given, "surname": family, "alternate_full_name": f"{given} {family}"},
        "country_code": country,
        "address": {
            "line1": "12 Market Street",
            "city": place.city,
            "country_code": country,
            "postal_code": place.postal_code,
            **({"state": place.state} if place.state else {}),
        },
    }
    return Payer(info, country, currency, sum(levy.milli for levy in place.levies))


def _at_stripe(ground: Ground, scope: Scope) -> list[Person]:
    """The first customers that the Stripe stand-in of the same scope has."""
    rng = Random(f"{scope.seed}/{scope.scale}/{scope.months}")
    other = StripeGround(str(scope.seed), ground.start, ground.end, rng)
    goods(other)
    return list(stripe_people(other, SIZES[scope.scale].customers))
