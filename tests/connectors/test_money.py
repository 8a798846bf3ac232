"""Money: whole minor units and a currency, whatever is thrown at it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.currencies import EXPONENTS
from connectors.money import AmountInvalid, CurrencyMismatch, CurrencyUnknown, Money, exponent

CURRENCIES = st.sampled_from(sorted(EXPONENTS))
MINORS = st.integers(min_value=-(10**15), max_value=10**15)
MONEY = st.builds(Money, MINORS, CURRENCIES)


@given(MONEY)
def test_what_is_written_as_a_decimal_is_read_back_exactly(money: Money) -> None:
    assert Money.parse(str(money.decimal()), money.currency) == money


@given(MONEY)
def test_a_decimal_has_exactly_the_decimals_of_its_currency(money: Money) -> None:
    assert money.decimal().as_tuple().exponent == -exponent(money.currency)
    assert money.decimal() * 10 ** exponent(money.currency) == money.minor


@given(MINORS, MINORS, CURRENCIES)
def test_adding_and_taking_away_is_exact(first: int, second: int, currency: str) -> None:
    one, other = Money(first, currency), Money(second, currency)
    assert one + other == other + one == Money(first + second, currency)
    assert one + other - other == one
    assert one - one == Money(0, currency)
    opposite = -one
    assert -opposite == one


@given(MINORS, MINORS, CURRENCIES)
def test_amounts_are_ordered_like_their_minor_units(first: int, second: int, currency: str) -> None:
    one, other = Money(first, currency), Money(second, currency)
    assert (one < other) == (first < second)
    assert (one <= other) == (first <= second)
    assert (one > other) == (first > second)


@given(MONEY, MONEY)
def test_two_currencies_are_never_added_or_compared(one: Money, other: Money) -> None:
    if one.currency == other.currency:
        assert (one + other).currency == one.currency
        return
    for mix in (lambda: one + other, lambda: one - other, lambda: one < other, lambda: one <= other):
        with pytest.raises(CurrencyMismatch):
            mix()


@given(st.decimals(allow_nan=True, allow_infinity=True), CURRENCIES)
@example(Decimal("1e999999"), "EUR")
@example(Decimal("1e5000"), "JPY")
@example(Decimal("1.0000000000000000000000000000001"), "EUR")
@example(Decimal("123456789012345678.991"), "EUR")
@example(Decimal("-0"), "KWD")
def test_any_decimal_is_read_exactly_or_refused(value: Decimal, currency: str) -> None:
    try:
        money = Money.parse(str(value), currency)
    except AmountInvalid:
        is_money = value.is_finite() and value.adjusted() <= 18
        assert not (is_money and _decimals(value) <= exponent(currency))
    else:
        assert money.decimal() == value


def _decimals(value: Decimal) -> int:
    """How many decimals are not 0 at the end; exact, unlike arithmetic with more than 28 digits."""
    _, _, part = f"{value:f}".partition(".")
    return len(part.rstrip("0"))


@given(st.text())
def test_any_text_is_an_amount_or_refused_with_a_sentence(text: str) -> None:
    try:
        assert isinstance(Money.parse(text, "EUR").minor, int)
    except AmountInvalid as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("minor", [10.5, 10.0, "10", None, True, Decimal(10)])
def test_minor_units_are_whole_numbers_and_nothing_else(minor: object) -> None:
    with pytest.raises(AmountInvalid):
        Money(minor, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "XXX", "ZZZ", "€"])
def test_a_currency_that_is_none_is_refused(currency: str) -> None:
    with pytest.raises(CurrencyUnknown):
        Money(1, currency)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("10.50", "EUR", 1050), ("1050", "JPY", 1050), ("1.005", "KWD", 1005), ("-3", "USD", -300), ("1e2", "GBP", 10000)],
)
def test_known_amounts_are_read(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(("text", "currency"), [("10.505", "EUR"), ("10.5", "JPY"), ("1.0005", "KWD"), ("1,50", "EUR")])
def test_what_is_finer_than_the_currency_is_refused_not_rounded(text: str, currency: str) -> None:
    with pytest.raises(AmountInvalid):
        Money.parse(text, currency)


def test_money_reads_well() -> None:
    assert str(Money(123456789, "EUR")) == "1,234,567.89 EUR"
    assert str(Money(1234567, "JPY")) == "1,234,567 JPY"
    assert str(Money(-1005, "KWD")) == "-1.005 KWD"
