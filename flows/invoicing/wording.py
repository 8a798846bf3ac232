"""How amounts, days and kinds are written on a document. English; another language is another table of words."""

from __future__ import annotations

from datetime import date

from connectors.money import Money
from counterfoil.countries import COUNTRIES

_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # strftime would follow the machine's locale

TITLES = {"invoice": "Invoice", "credit_note": "Credit note", "receipt": "Receipt"}
TAXES = {"vat": "VAT", "gst": "GST", "sales_tax": "Sales tax", "consumption_tax": "Consumption tax"}


def amount(minor: int, currency: str) -> str:
    """1,234.50 with exactly the currency's decimals; no code."""
    return f"{Money(minor, currency).decimal():,}"


def amount_with_code(minor: int, currency: str) -> str:
    """EUR 1,234.50."""
    return f"{currency} {amount(minor, currency)}"


def day(iso: str) -> str:
    """1 March 2026, from 2026-03-01."""
    value = date.fromisoformat(iso)
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def country(code: str) -> str:
    """The country's name; a code that ISO 3166 does not have stays as it is."""
    return COUNTRIES.get(code, code)


def tax(kind: str) -> str:
    """VAT, GST, …; a kind that is not known stays readable."""
    return TAXES.get(kind, kind.replace("_", " "))
