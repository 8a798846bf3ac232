"""Stripe's numbers and ISO 4217's: exact in both directions, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.currencies import EXPONENTS
from connectors.gateways.stripe.amounts import COUNTED_IN_TENS, DECIMALS, FACTORS, from_stripe, to_stripe
from connectors.money import AmountInvalid, CurrencyUnknown, Money, exponent

CURRENCIES = st.sampled_from(sorted(EXPONENTS))


@given(st.integers(0, 10**12), CURRENCIES)
def test_what_stripe_can_take_comes_back_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    try:
        counted = to_stripe(money)
    except AmountInvalid:
        assert currency in COUNTED_IN_TENS | {"MGA"}
    else:
        assert from_stripe(counted, currency.lower()) == money


@given(st.integers(0, 10**12), CURRENCIES)
def test_what_stripe_says_is_read_exactly_or_refused(counted: int, currency: str) -> None:
    try:
        money = from_stripe(counted, currency)
    except AmountInvalid:
        assert currency in {"ISK", "UGX"}
        assert counted % 100
    else:
        assert money.decimal() * 10 ** DECIMALS.get(currency, exponent(currency)) == counted


@pytest.mark.parametrize(
    ("counted", "currency", "money"),
    [
        (500, "isk", Money(5, "ISK")),
        (500, "ugx", Money(5, "UGX")),
        (5, "mga", Money(500, "MGA")),
        (500, "jpy", Money(500, "JPY")),
        (5120, "kwd", Money(5120, "KWD")),
        (1050, "huf", Money(1050, "HUF")),
        (1050, "twd", Money(1050, "TWD")),
        (1050, "eur", Money(1050, "EUR")),
    ],
)
def test_stripes_own_examples(counted: int, currency: str, money: Money) -> None:
    assert from_stripe(counted, currency) == money
    assert to_stripe(money) == counted


@pytest.mark.parametrize("money", [Money(5125, "KWD"), Money(1, "BHD"), Money(550, "MGA")])
def test_what_stripe_cannot_take_is_refused_with_its_smallest_step(money: Money) -> None:
    with pytest.raises(AmountInvalid, match="smallest step"):
        to_stripe(money)


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(CurrencyUnknown):
        from_stripe(1, "zzz")


def test_the_factors_for_sql_say_the_same_as_the_decimals() -> None:
    assert FACTORS.keys() == DECIMALS.keys()
    for currency, (multiply, divide) in FACTORS.items():
        assert multiply * 10 ** DECIMALS[currency] == divide * 10 ** exponent(currency)
