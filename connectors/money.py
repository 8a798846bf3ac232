"""Money: an integer count of minor units and an ISO 4217 code. Never a float, never a bare number.

Exponents are ISO 4217's (`exponent("JPY") == 0`, `exponent("KWD") == 3`). A gateway that counts otherwise
(Stripe has two decimals for ISK and UGX) converts at its own border, in its own folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from connectors.currencies import EXPONENTS


class CurrencyUnknown(ValueError):
    """The code is not an ISO 4217 currency that is in use."""


class AmountInvalid(ValueError):
    """The text is not an amount of this currency: not a number, or finer than its minor unit."""


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added, subtracted or compared."""


def exponent(currency: str) -> int:
    """Return the number of decimals of an ISO 4217 currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise CurrencyUnknown(f"{currency!r} is not an ISO 4217 currency code in capitals, such as EUR.") from None


_MOST_DIGITS = 18
"""Before the decimal point; nobody pays more, and what is longer costs time to compute with."""


@cache
def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` counts the smallest unit: Money(1050, "EUR") is 10.50 EUR; Money(1050, "JPY") is 1050 JPY."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise AmountInvalid(f"An amount is a whole number of minor units, not {self.minor!r}.")
        exponent(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read a decimal amount of major units ("10.50") exactly; raise AmountInvalid if it is none."""
        decimals = exponent(currency)
        try:
            value = Decimal(text)
        except (InvalidOperation, ValueError, TypeError):
            raise AmountInvalid(f"{text!r} is not an amount; write it like 10.50.") from None
        if not value.is_finite() or value.adjusted() > _MOST_DIGITS:
            raise AmountInvalid(f"{text[:40]!r} is not an amount of money; write it like 10.50.")
        whole = value.scaleb(decimals).to_integral_exact()
        # Decimal computes with 28 digits and rounds what is longer; comparing is exact.
        if whole.scaleb(-decimals) != value:
            raise AmountInvalid(f"{text[:40]!r} {currency} is finer than the currency's {decimals} decimals.")
        return cls(int(whole), currency)

    def decimal(self) -> Decimal:
        """The amount in major units, with exactly the currency's decimals."""
        decimals = exponent(self.currency)
        return Decimal(self.minor).scaleb(-decimals).quantize(_unit(decimals))

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same_currency(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same_currency(other)
        return self.minor <= other.minor

    def __str__(self) -> str:
        return f"{self.decimal():,} {self.currency}"

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self} and {other} are of different currencies.")
