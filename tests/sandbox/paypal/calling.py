"""Calling a PayPal stand-in by plain HTTP, with a token."""

from __future__ import annotations

from typing import Any

import httpx

from sandbox.paypal.money import counted
from sandbox.paypal.running import Running
from sandbox.paypal.store import Entry


def token(pay: Running, client: str = "sandbox-client") -> str:
    answer = httpx.post(
        f"{pay.url}/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=(client, "sandbox-secret")
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def get(pay: Running, path: str, **params: Any) -> httpx.Response:
    return httpx.get(pay.url + path, params=params, headers={"Authorization": f"Bearer {token(pay)}"}, timeout=10)


def refund(pay: Running, capture: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token(pay)}", "Prefer": "return=representation"}
    headers |= {"PayPal-Request-Id": key} if key else {}
    return httpx.post(f"{pay.url}/v2/payments/captures/{capture}/refund", json=body or {}, headers=headers, timeout=10)


def amount(value: str, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": {"value": value, "currency_code": currency}}


def issue(answer: httpx.Response) -> str:
    return str(answer.json()["details"][0]["issue"])


def refundable(pay: Running, currency: str = "EUR", **hidden: object) -> Entry:
    """A payment of the last months of which nothing was given back."""
    oldest = pay.app.store.clock.now() - 170 * 86_400
    for entry in reversed(pay.app.store.all("capture")):
        is_whole = entry.shown["status"] == "COMPLETED" and not entry.hidden["refunded"] and "case" not in entry.hidden
        is_wanted = {"from_bank": False, **hidden}.items() <= entry.hidden.items() and entry.at > oldest
        if is_whole and is_wanted and entry.shown["amount"]["currency_code"] == currency:
            assert counted(entry.shown["amount"]) > 300
            return entry
    raise LookupError(f"no refundable payment in {currency}")
