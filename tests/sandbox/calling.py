"""Calling a sandbox: the official SDK, and plain HTTP, which also reads what the SDK's types would not allow."""

from functools import cache
from typing import Any

import httpx
import stripe

from sandbox.stripe.running import Running


@cache
def http() -> httpx.Client:
    """One client for all calls: making one costs more than a call."""
    return httpx.Client(timeout=10)


def sdk(sandbox: Running, key: str = "sk_test_sandbox", retries: int = 0) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": sandbox.url}, max_network_retries=retries)


def get(sandbox: Running, path: str, **params: Any) -> dict[str, Any]:
    """A GET by plain HTTP, which also reads what the SDK's types would not allow."""
    answer = http().get(f"{sandbox.url}{path}", params=params, headers={"Authorization": "Bearer sk_test_sandbox"})
    answer.raise_for_status()
    body: dict[str, Any] = answer.json()
    return body


def everything(sandbox: Running, path: str, **params: Any) -> list[dict[str, Any]]:
    """All objects of a list, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        page = get(sandbox, path, limit=100, **params)
        found += page["data"]
        if not page["has_more"]:
            return found
        params["starting_after"] = found[-1]["id"]


def post(sandbox: Running, path: str, data: dict[str, str], **headers: str) -> httpx.Response:
    """A form POST by plain HTTP."""
    sent = {"Authorization": "Bearer sk_test_sandbox", **{name.replace("_", "-"): v for name, v in headers.items()}}
    return http().post(f"{sandbox.url}{path}", data=data, headers=sent)


def refundable(sandbox: Running, currency: str = "eur", kind: str = "card") -> dict[str, Any]:
    """A paid charge of which nothing was given back yet, and whose refunds succeed at once (cards)."""
    unusual = {"7726", "5126", "3003"}
    for charge in everything(sandbox, "/v1/charges"):
        details = charge["payment_method_details"]
        is_whole = charge["status"] == "succeeded" and charge["captured"] and not charge["amount_refunded"]
        is_plain = details["type"] == kind and details[kind]["last4"] not in unusual and not charge["disputed"]
        if is_whole and is_plain and charge["currency"] == currency and charge["payment_intent"]:
            return charge
    raise LookupError(f"no refundable {kind} charge in {currency}")
