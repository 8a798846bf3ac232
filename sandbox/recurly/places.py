"""Where the subscribers live, what tax is due there in 2025 and 2026, and in what they pay."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """`milli` thousandths of a percent of tax; `tax` is Recurly's word for its kind."""

    country: str
    region: str | None
    city: str
    postal_code: str
    currency: str
    tax: str
    milli: int
    names: tuple[str, ...]


# The first ten are in the order of Stripe's stand-in, whose customers 0 to 9 are subscribers here too.
PLACES = [
    Place("DE", None, "Köln", "50667", "EUR", "vat", 19_000, ("Jürgen Müller", "Anneliese Weiß", "Björn Schäfer")),
    Place("FR", None, "Orléans", "45000", "EUR", "vat", 20_000, ("Chloé Lefèvre", "François D'Août")),
    Place("ES", None, "A Coruña", "15001", "EUR", "vat", 21_000, ("Íñigo Muñoz", "Begoña Ibáñez")),
    Place("IT", None, "Forlì", "47121", "EUR", "vat", 22_000, ("Niccolò D'Amico", "Chiara Ricci")),
    Place("NL", None, "Utrecht", "3511", "EUR", "vat", 21_000, ("Sjoerd van 't Hof", "Anouk de Vries")),
    Place("AT", None, "Linz", "4020", "EUR", "vat", 20_000, ("Leopold Größwang", "Käthe Höller")),
    Place("GB", None, "Bristol", "BS1 4DJ", "GBP", "GB", 20_000, ("Siân Llewellyn", "Hugh O'Brien")),
    Place("US", "NY", "New York", "10001", "USD", "usst", 8_875, ("Avery Johnson", "José García")),
    Place("US", "CA", "Oakland", "94601", "USD", "usst", 10_250, ("Jordan O'Neill", "Mei Nguyen")),
    Place("US", "TX", "Austin", "78701", "USD", "usst", 8_250, ("Avery Nguyen", "Jordan García")),
    Place("JP", None, "仙台市", "980-0021", "JPY", "JP", 10_000, ("さくら 佐藤", "健太 髙橋")),
]
SHARED = 10
"""So many of the first subscribers have the e-mail address of a customer of Stripe's stand-in."""


def email(number: int, place: Place) -> str:
    """The address that Stripe's stand-in gives its customer of this number, else one of this site's own."""
    domain = f"{place.country.lower()}.example"
    return f"customer{number:04d}@{domain}" if number < SHARED else f"subscriber{number:04d}@{domain}"
