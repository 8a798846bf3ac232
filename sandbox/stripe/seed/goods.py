"""What is sold: plans by the month and by the year, goods and services sold once, tax rates and coupons."""

from dataclasses import dataclass, field

from sandbox.stripe.money import rounded
from sandbox.stripe.seed.ground import Ground
from sandbox.stripe.seed.places import PLACES, Levy
from sandbox.stripe.shapes import catalog
from sandbox.stripe.wire import Json

# Per month, in euro cents; what is sold once likewise.
PLANS = {"Nordlicht Starter": 900, "Nordlicht Team": 2_900, "Nordlicht Studio": 9_900}
ONCE = {
    "Icon pack Größe M": 1_500,
    "Onboarding workshop": 24_900,
    "E-Book „Farben am Bildschirm“": 1_990,
    "Template bundle": 3_900,
    "Sticker set": 790,
    "Priority support, 1 h": 12_000,
}
# A euro cent in minor units of each currency, as a fraction.
WORTH = {"eur": (1, 1), "usd": (11, 10), "gbp": (86, 100), "jpy": (16, 10), "kwd": (10, 3)}
FOREVER_AGO = 400 * 86_400


@dataclass
class Goods:
    """The catalogue. Prices are by product name, currency and interval (None: sold once)."""

    prices: dict[tuple[str, str, str | None], Json] = field(default_factory=dict)
    rates: dict[tuple[Levy, bool], Json] = field(default_factory=dict)
    zero: dict[str, Json] = field(default_factory=dict)
    coupons: list[Json] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def goods(ground: Ground) -> Goods:
    """Make the catalogue."""
    made = Goods()
    opened = ground.start - FOREVER_AGO
    for name, amount in {**PLANS, **ONCE}.items():
        product = catalog.product(ground.new_id("product"), opened, name)
        made.names[product["id"]] = name
        ground.add("product", product)
        _price(ground, made, product, amount, ["month", "year"] if name in PLANS else [None])
    for place in PLACES:
        for levy in place.levies:
            for is_inclusive in (False, True):
                if (levy, is_inclusive) not in made.rates:
                    made.rates[levy, is_inclusive] = rate(ground, levy, is_inclusive)
        if place.can_reverse:
            levy = Levy("Reverse charge", "vat", 0, place.country)
            made.zero[place.country] = rate(ground, levy, False)
    for name, percent, duration, months in [("Frühling", 20, "once", None), ("Partner", 10, "forever", None)]:
        coupon = catalog.coupon(name.upper().replace("Ü", "UE"), opened, name, percent, duration, months)
        made.coupons.append(ground.add("coupon", coupon))
    return made


def rate(ground: Ground, levy: Levy, is_inclusive: bool) -> Json:
    """A tax rate object for a levy."""
    made = catalog.tax_rate(
        ground.new_id("tax_rate"),
        ground.start - FOREVER_AGO,
        levy.name,
        levy.milli,
        country=levy.country,
        state=levy.state,
        jurisdiction=levy.state or levy.country,
        jurisdiction_level="state" if levy.state else "country",
        tax_type=levy.kind,
        inclusive=is_inclusive,
    )
    return ground.add("tax_rate", made)


def _price(ground: Ground, made: Goods, product: Json, cents: int, intervals: list[str] | list[None]) -> None:
    for currency, (above, below) in WORTH.items():
        for interval in intervals:
            amount = rounded(cents * (10 if interval == "year" else 1) * above // below, currency)
            wanted = ground.new_id("price")
            price = catalog.price(wanted, product["created"], product["id"], amount, currency, interval)
            made.prices[product["name"], currency, interval] = ground.add("price", price)
            product["default_price"] = product["default_price"] or price["id"]
