"""Whether a text is a tax id, by its country's check digits. Offline: that it is in use is not known."""

from __future__ import annotations

from types import ModuleType
from typing import cast

from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split(),
)
TYPES = {"GB": "gb_vat", "CH": "ch_vat", "NO": "no_vat", **dict.fromkeys(EU, "eu_vat")}
"""Country -> the kind of its tax ids in gateways' words, of those that can be checked and written unmistakably."""
_PREFIXED = ("GB", "CH", "NO")


class TaxIdWrong(ValueError):
    """The text is no tax id of the country; the text says why."""


class AnotherCountrys(TaxIdWrong):
    """It is one, of another country; the text is the id."""


class NotChecked(TaxIdWrong):
    """Ids of this country cannot be checked here."""


def checked(text: str, country: str) -> str:
    """The tax id in its compact form, with its country's prefix. `country`: ISO 3166-1 alpha-2.

    Raises TaxIdWrong; NotChecked for countries whose ids cannot be checked.
    """
    module = cast(ModuleType | None, eu_vat if country in EU else get_cc_module(country.lower(), "vat"))
    if module is None:
        raise NotChecked("cannot be checked here")
    try:
        found = str(module.validate(text))
    except ValidationError as error:
        raise TaxIdWrong(str(error)) from None
    prefix = "EL" if country == "GR" else country
    if country in EU and not found.startswith(prefix):
        raise AnotherCountrys(found)
    return found if found.startswith(prefix) else prefix + found if country in _PREFIXED else found
