"""Braintree writes amounts in major units as text, with the currency's own number of decimals or with two.

Source: developer.paypal.com/braintree/docs/reference/general/currencies. The currency is the merchant account's: a
request carries a bare number.
"""

from __future__ import annotations

from connectors.money import Money


def to_braintree(amount: Money) -> str:
    """The text that Braintree means by this amount: "10.50" for EUR, "1050" for JPY."""
    return str(amount.decimal())


def from_braintree(text: object, currency: object) -> Money:
    """Read an amount exactly. Raises AmountInvalid or CurrencyUnknown, both ValueErrors."""
    return Money.parse(str(text), str(currency))
