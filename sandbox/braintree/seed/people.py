"""The customers. The first sixteen have the e-mail addresses of Stripe's stand-in's first: they use both gateways."""

from dataclasses import dataclass

from sandbox.braintree.markup import Json
from sandbox.braintree.seed.ground import DAY, Ground
from sandbox.braintree.shapes import NO_ADDRESS, customer
from sandbox.stripe.seed.places import NAMES, PLACES, Place

CARDS = [("Visa", "1881"), ("MasterCard", "4444"), ("Visa", "1111"), ("American Express", "0005")]
DECLINES_REFUNDS = ("Visa", "0069")


@dataclass
class Person:
    """A customer while the account grows."""

    customer: Json
    place: Place
    pays_with: str
    """credit_card, paypal_account, apple_pay_card or android_pay_card."""

    @property
    def method(self) -> Json:
        """The stored payment method."""
        found: Json = self.customer[f"{self.pays_with}s"][0]
        return found

    @property
    def merchant_account(self) -> str:
        return f"example_{self.place.currency}"


def people(ground: Ground, wanted: int) -> list[Person]:
    """`wanted` customers, each with one payment method."""
    ways = ("credit_card", "paypal_account", "credit_card", "apple_pay_card", "credit_card", "android_pay_card")
    return [new_person(ground, PLACES[number % len(PLACES)], number, ways[number % 6]) for number in range(wanted)]


def new_person(ground: Ground, place: Place, number: int, pays_with: str) -> Person:
    """One customer with one payment method of the kind `pays_with`."""
    given, family = (ground.rng.choice(names) for names in NAMES[place.country])
    at = ground.text(ground.moment(ground.start - 100 * DAY, ground.start + 30 * DAY))
    made = customer(f"{100_000 + number * 37}", at, "sandbox_merchant")
    prefix = "customer" if number < len(PLACES) else "guest"
    made.update(
        first_name=given,
        last_name=family,
        company=f"Atelier {family}" if number % 7 == 3 else None,
        email=f"{prefix}{number:04d}@{place.country.lower()}.example",
    )
    made["addresses"] = [_address(made, place)]
    person = Person(made, place, pays_with)
    made[f"{person.pays_with}s"] = [_method(ground, person, number)]
    ground.add("customer", made)
    return person


def _address(made: Json, place: Place) -> Json:
    return {
        **NO_ADDRESS,
        "id": "b7",
        "customer_id": made["id"],
        "first_name": made["first_name"],
        "last_name": made["last_name"],
        "company": made["company"],
        "street_address": "12 Market Street",
        "locality": place.city,
        "region": place.state,
        "postal_code": place.postal_code,
        "country_code_alpha2": place.country,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }


def _method(ground: Ground, person: Person, number: int) -> Json:
    made = person.customer
    token = f"tok{number:05d}"
    shared = {"created_at": made["created_at"], "updated_at": made["created_at"], "customer_id": made["id"]}
    shared |= {"default": True, "token": token, "subscriptions": []}
    kind, last4 = DECLINES_REFUNDS if number == 20 else ground.rng.choice(CARDS)
    if person.pays_with == "paypal_account":
        return {**shared, "email": made["email"], "billing_agreement_id": f"B-{token}"}
    if person.pays_with == "android_pay_card":
        return {**shared, "source_card_last_4": last4, "source_card_type": kind, "virtual_card_last_4": last4}
    return {**shared, "card_type": kind, "last_4": last4, "bin": "411111", "expiration_month": "12"} | {
        "expiration_year": "2029",
        "country_of_issuance": person.place.country,
        "expired": False,
    }
