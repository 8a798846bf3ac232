"""Stripe's minor units, where they are not ISO 4217's. Source: https://docs.stripe.com/currencies, "Special cases".

ISK and UGX have no decimals, yet Stripe counts them in hundredths (500 is 5 ISK) and takes whole units only.
MGA has two decimals in ISO 4217 and none at Stripe. BHD, JOD, KWD, OMR and TND have three, the last of which must be 0.
HUF and TWD differ in payouts only, which come in whole units; their amounts count like ISO 4217's.
"""

from __future__ import annotations

from connectors.money import AmountInvalid, Money, exponent

DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Currency -> Stripe's number of decimals, for those that differ from ISO 4217."""

COUNTED_IN_TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Stripe takes only amounts that end in 0."""

FACTORS = {"ISK": (1, 100), "UGX": (1, 100), "MGA": (100, 1)}
"""For the staging models: ISO minor units = Stripe's amount * first / second; all other currencies are equal."""


def to_stripe(amount: Money) -> int:
    """The number that Stripe means by this amount; raise AmountInvalid where Stripe cannot express it."""
    step = 10 if amount.currency in COUNTED_IN_TENS else 1
    multiply, divide = _inverse(amount.currency)
    counted, rest = divmod(amount.minor * multiply, divide)
    if rest or counted % step:
        raise AmountInvalid(f"Stripe cannot take {amount}: its smallest step is {_smallest(amount.currency, step)}.")
    return counted


def from_stripe(counted: int, currency: str) -> Money:
    """Read Stripe's number; `currency` in any case. Raises AmountInvalid for a part of a unit that ISO 4217 lacks."""
    code = currency.upper()
    multiply, divide = FACTORS.get(code, (1, 1))
    minor, rest = divmod(counted * multiply, divide)
    if rest:
        raise AmountInvalid(f"{counted} is no whole number of {code}: Stripe counts {divide} to one.")
    return Money(minor, code)


def _inverse(currency: str) -> tuple[int, int]:
    multiply, divide = FACTORS.get(currency, (1, 1))
    return divide, multiply


def _smallest(currency: str, step: int) -> Money:
    """In ISO minor units: ten of them where Stripe counts in tens, one unit of what it leaves out."""
    return Money(step * 10 ** max(0, exponent(currency) - DECIMALS.get(currency, exponent(currency))), currency)
