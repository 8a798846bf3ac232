"""What is sold: plans, items and coupons."""

from sandbox.recurly import shapes
from sandbox.recurly.money import EXPONENTS, major
from sandbox.standin.messages import Json

PLANS = {"northlight-monthly": ("Northlight Monthly", 1_900, 1), "northlight-yearly": ("Northlight Yearly", 19_000, 12)}
ITEMS = {"workshop": ("Onboarding workshop", 24_900), "book": ("E-Book „Farben am Bildschirm“", 1_990)}
ITEMS |= {"sticker-set": ("Sticker set", 790)}
# A euro cent in minor units of each currency, as a fraction.
WORTH = {"EUR": (1, 1), "USD": (11, 10), "GBP": (86, 100), "JPY": (16, 10)}


def price(cents: int, currency: str) -> int:
    """A price in euro cents, in minor units of a currency."""
    above, below = WORTH[currency]
    return cents * above // below


def catalog(seed: str, opened: int) -> dict[str, Json]:
    """Plans, items and coupons by code."""
    made = {code: _plan(seed, opened, code) for code in PLANS}
    made |= {code: _item(seed, opened, code) for code in ITEMS}
    made["spring"] = _coupon(seed, opened, "spring", {"type": "percent", "percent": 20})
    amounts = [{"currency": currency, "amount": major(price(500, currency), currency)} for currency in EXPONENTS]
    made["welcome"] = _coupon(seed, opened, "welcome", {"type": "fixed", "currencies": amounts})
    return made


def _plan(seed: str, opened: int, code: str) -> Json:
    name, cents, months = PLANS[code]
    return {
        "id": shapes.new_id("plan", seed, sorted(PLANS).index(code)),
        "object": "plan",
        "code": code,
        "name": name,
        "state": "active",
        "interval_unit": "months",
        "interval_length": months,
        "trial_unit": "days",
        "trial_length": 0,
        "auto_renew": True,
        "pricing_model": "fixed",
        "tax_exempt": False,
        "currencies": [{**entry, "setup_fee": 0.0} for entry in _prices(cents)],
        **shapes.times(opened),
    }


def _item(seed: str, opened: int, code: str) -> Json:
    name, cents = ITEMS[code]
    return {
        "id": shapes.new_id("item", seed, sorted(ITEMS).index(code)),
        "object": "item",
        "code": code,
        "name": name,
        "state": "active",
        "tax_exempt": False,
        "currencies": _prices(cents),
        **shapes.times(opened),
    }


def _coupon(seed: str, opened: int, code: str, discount: Json) -> Json:
    return {
        "id": shapes.new_id("coupon", seed, len(code)),
        "object": "coupon",
        "code": code,
        "name": code.capitalize(),
        "state": "redeemable",
        "duration": "single_use",
        "coupon_type": "single_code",
        "applies_to_all_plans": True,
        "applies_to_all_items": True,
        "discount": discount,
        **shapes.times(opened),
    }


def _prices(cents: int) -> list[Json]:
    return [
        {"currency": currency, "unit_amount": major(price(cents, currency), currency), "tax_inclusive": False}
        for currency in EXPONENTS
    ]
