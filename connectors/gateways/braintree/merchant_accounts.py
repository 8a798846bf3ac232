"""Merchant accounts: Braintree has one for each currency, and a new subscription must name the right one."""

from __future__ import annotations

from typing import Any

from connectors.errors import Refused
from connectors.gateways.braintree.calls import Calls


def merchant_account_for(calls: Calls, currency: str) -> str:
    """The active merchant account in a currency: the default one, else the only one. Raises Refused."""
    found: list[Any] = calls.read(lambda sdk: list(sdk.merchant_account.all().merchant_accounts.items))
    fitting = [each for each in found if _is_active(each) and getattr(each, "currency_iso_code", None) == currency]
    chosen = [each for each in fitting if getattr(each, "default", False)] or fitting
    if len(chosen) != 1:
        many = "several merchant accounts" if chosen else "no active merchant account"
        raise Refused(f"There is {many} in {currency} at Braintree, so nothing was sent; create it there.")
    return str(chosen[0].id)


def _is_active(found: Any) -> bool:
    return getattr(found, "status", None) == "active" and not getattr(found, "sub_merchant_account", False)
