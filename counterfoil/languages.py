"""The languages that customers read: catalogues in locale/*.po, and how each country writes money and days.

The sentences in the code are English and are the keys of the catalogues, which are compiled when they are first needed.
"""

from __future__ import annotations

import io
import re
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "locale"
_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "ja": "日本語"}
LANGUAGES = {code: name for code, name in _NAMES.items() if code == "en" or (CATALOGUES / f"{code}.po").exists()}
"""Those that have a catalogue: ISO 639-1 -> its own name."""
_SPOKEN = {
    "de": ("DE", "AT", "CH", "LI"),
    "fr": ("FR", "BE", "LU", "MC", "SN", "CI"),
    "es": tuple("ES MX AR CO CL PE EC BO UY PY VE CR PA GT HN SV NI DO CU".split()),
    "ja": ("JP",),
}
"""Where most people read a language."""
_CODE_BEFORE_DIGIT = re.compile(r"(?<=[A-Za-z])(?=[0-9])")
"""Where CLDR wants a space, which Babel does not write: "KWD 12.340", but "US$19.99"."""
_USUAL = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "ja": "ja_JP"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language as one country writes it."""

    language: str
    locale: Locale
    words: NullTranslations

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount of major units with exactly the decimals that it has: Decimal("19.50") keeps both."""
        pattern = copy(self.locale.currency_formats["standard"])
        decimals = max(-int(amount.as_tuple().exponent), 0)
        pattern.frac_prec = (decimals, decimals)
        written = str(pattern.apply(amount, self.locale, currency=currency, currency_digits=False))
        return _CODE_BEFORE_DIGIT.sub("\u00a0", written)

    def day(self, on: date) -> str:
        """A day in words: 26 November 2026."""
        return str(format_date(on, "long", locale=self.locale))

    def time(self, at: datetime, zone: ZoneInfo) -> str:
        """The time of day."""
        return str(format_time(at, "short", tzinfo=zone, locale=self.locale))


@cache
def tongue(language: str, country: str | None = None) -> Tongue:
    """A language, as `country` (ISO 3166) writes it where it does; English for one that there is not."""
    known = language if language in LANGUAGES else "en"
    return Tongue(known, _locale(known, country or ""), catalogue(known))


@cache
def catalogue(language: str) -> NullTranslations:
    """The sentences of a language; those of English are the keys themselves."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        read = read_po(file, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_of(country: str | None) -> str:
    """What most people of a country read, among ours."""
    return next((language for language, spoken in _SPOKEN.items() if country in spoken), "en")


def preferred(accept_language: str) -> str | None:
    """The first of our languages that a browser asks for; None where it asks for none of them."""
    wanted = []
    for place, part in enumerate(accept_language[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if quality > 0:
            wanted.append((-quality, place, tag.partition("-")[0].lower()))
    return next((language for *_, language in sorted(wanted) if language in LANGUAGES), None)


def _locale(language: str, country: str) -> Locale:
    try:
        return Locale.parse(f"{language}_{country}") if country else Locale.parse(_USUAL[language])
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_USUAL[language])
