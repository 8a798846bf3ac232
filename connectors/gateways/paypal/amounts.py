"""PayPal's amounts: decimal text with the decimals that PayPal gives a currency.

HUF and TWD have two decimals in ISO 4217 and none at PayPal; JPY has none in both. No currency of three decimals is
taken. Source: https://developer.paypal.com/api/rest/reference/currency-codes, "does not support decimals".
"""

from __future__ import annotations

from connectors.money import AmountInvalid, Money, exponent

DECIMALS = {"HUF": 0, "TWD": 0}
"""Currency -> PayPal's number of decimals, for those that differ from ISO 4217."""


def to_paypal(amount: Money) -> dict[str, str]:
    """PayPal's money object; raise AmountInvalid where PayPal cannot express the amount."""
    decimals = DECIMALS.get(amount.currency, exponent(amount.currency))
    if decimals > 2:
        raise AmountInvalid(f"PayPal takes no amounts in {amount.currency}.")
    step = 10 ** (exponent(amount.currency) - decimals)
    if amount.minor % step:
        smallest = Money(step, amount.currency)
        raise AmountInvalid(f"PayPal cannot take {amount}: its smallest step is {smallest}.")
    return {"currency_code": amount.currency, "value": f"{amount.decimal():.{decimals}f}"}


def from_paypal(money: object) -> Money:
    """Read PayPal's money object exactly. Raises AmountInvalid or CurrencyUnknown (both ValueError)."""
    value = money.get("value") if isinstance(money, dict) else None
    currency = money.get("currency_code") if isinstance(money, dict) else None
    if not isinstance(value, str) or not isinstance(currency, str):
        raise AmountInvalid("An amount of PayPal is an object with the texts value and currency_code.")
    return Money.parse(value, currency)
