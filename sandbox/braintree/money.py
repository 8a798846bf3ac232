"""Amounts: texts of major units, counted exactly."""

from decimal import Decimal, InvalidOperation

EXPONENTS = {"EUR": 2, "USD": 2, "GBP": 2, "JPY": 0, "KWD": 3}


class NoAmount(ValueError):
    """The text is no amount of the currency."""


def minor(text: str, currency: str) -> int:
    """`"10.50"`, EUR as 1050."""
    try:
        value = Decimal(text).scaleb(EXPONENTS[currency])
    except InvalidOperation:
        raise NoAmount(text) from None
    if not value.is_finite() or value != value.to_integral_value() or not text.isascii():
        raise NoAmount(text)
    return int(value)


def written(amount: int, currency: str) -> str:
    """1050, EUR as `"10.50"`."""
    exponent = EXPONENTS[currency]
    return str(Decimal(amount).scaleb(-exponent).quantize(Decimal(1).scaleb(-exponent)))
