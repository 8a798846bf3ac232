"""Taking a tax-inclusive payment apart."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.invoicing.tax import half_up, part_of, plain, tax_of_payment, taxes_inside
from tests.invoicing.builders import settings

AMOUNTS = st.integers(min_value=0, max_value=10**13)
PERCENTS = st.decimals(min_value=0, max_value=30, places=3)
REGISTRATIONS = settings().tax_registrations
DAY = date(2026, 3, 1)


@given(total=AMOUNTS, country=st.sampled_from(["DE", "FR", "JP", "CA", "KW", "US", ""]))
def test_net_and_taxes_add_up_to_the_payment_exactly(total: int, country: str) -> None:
    taxed = tax_of_payment(total, country, "none", DAY, REGISTRATIONS)
    assert taxed.net_minor + taxed.tax_minor == total
    assert taxed.tax_minor == sum(line["tax_minor"] for line in taxed.tax_lines)
    assert all(isinstance(line["tax_minor"], int) and 0 <= line["tax_minor"] <= total for line in taxed.tax_lines)


@given(total=AMOUNTS, percent=PERCENTS)
def test_tax_of_the_net_amount_is_the_tax_within_half_a_minor_unit(total: int, percent: Decimal) -> None:
    (tax,) = taxes_inside(total, [percent])
    exact = Decimal(total) * percent / (100 + percent)
    assert abs(exact - tax) <= Decimal("0.5")


@given(st.decimals(min_value=0, max_value=10**12, places=1))
def test_a_half_is_rounded_up(value: Decimal) -> None:
    assert half_up(value) == int(value + Decimal("0.5"))


@pytest.mark.parametrize(
    ("total", "percent", "tax"), [(11900, "19", 1900), (99, "19", 16), (1, "19", 0), (3, "20", 1), (0, "19", 0)]
)
def test_known_taxes(total: int, percent: str, tax: int) -> None:
    assert taxes_inside(total, [Decimal(percent)]) == [tax]


def test_two_taxes_of_one_country_apply_to_the_same_net_amount() -> None:
    taxed = tax_of_payment(11498, "CA", "none", DAY, REGISTRATIONS)
    assert [(line["kind"], line["percent"], line["taxable_minor"], line["tax_minor"]) for line in taxed.tax_lines] == [
        ("gst", "5", 10000, 500),
        ("sales_tax", "9.975", 10000, 998),
    ]


@pytest.mark.parametrize(
    ("country", "exemption", "day", "sentence"),
    [
        ("", "none", DAY, "the country of the payer is not known"),
        ("US", "none", DAY, "not registered for tax in the country of the payer"),
        ("ZZ", "none", DAY, "not registered for tax in the country of the payer"),
        ("DE", "exempt", DAY, "the customer is exempt"),
        ("KW", "none", date(2025, 12, 31), "no rate was in force"),
    ],
)
def test_no_tax_says_why(country: str, exemption: str, day: date, sentence: str) -> None:
    taxed = tax_of_payment(11900, country, exemption, day, REGISTRATIONS)
    assert (taxed.tax_minor, taxed.tax_lines, taxed.net_minor) == (0, [], 11900)
    assert sentence in taxed.notes[0]


def test_reverse_charge_has_a_line_without_tax_and_its_sentence() -> None:
    taxed = tax_of_payment(11900, "FR", "reverse", DAY, REGISTRATIONS)
    (line,) = taxed.tax_lines
    assert (line["is_reverse_charge"], line["taxable_minor"], line["tax_minor"]) == (True, 11900, 0)
    assert "the recipient of the supply is liable" in taxed.notes[0]


@given(amount=AMOUNTS, whole=st.integers(1, 10**9), cuts=st.lists(st.integers(0, 10**9), max_size=8))
def test_parts_of_a_growing_whole_add_up_and_never_shrink(amount: int, whole: int, cuts: list[int]) -> None:
    steps = sorted({0, whole, *(cut % (whole + 1) for cut in cuts)})
    shares = [part_of(amount, step, whole) for step in steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, amount)


@given(PERCENTS)
def test_a_rate_is_written_without_trailing_zeros(percent: Decimal) -> None:
    text = plain(percent)
    assert Decimal(text) == percent
    assert "E" not in text and not (text.endswith("0") and "." in text)
    assert percent.quantize(Decimal("0.001"), rounding=ROUND_HALF_UP) == Decimal(text)
