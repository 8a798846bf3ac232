"""A small Stripe stand-in for the connector's tests, and charges of it that no other test has used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.gateway import AccountAccess
from connectors.gateways.stripe.act import StripeActor
from connectors.gateways.stripe.read import StripeReader
from sandbox.stripe.running import Running, running
from sandbox.stripe.settings import Scope, Settings

KEY = "sk_test_sandbox"
SCOPE = Scope(seed=7, months=12, scale="small", today=date(2026, 11, 23))
STRIPE_DATA = Path(__file__).parents[3] / "shared" / "gateway_data" / "stripe"
UNUSUAL_CARDS = {"7726", "5126", "3003"}
TIMEOUT_S = 0.5


class Till:
    """Hands out charges of the stand-in, each only once, and knows its books."""

    def __init__(self, shop: Running) -> None:
        self.shop = shop
        self._given: set[str] = set()

    def charges(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            page = self._get("/v1/charges", {"limit": "100", **after})
            found += page["data"]
            if not page["has_more"]:
                return found
            after = {"starting_after": found[-1]["id"]}

    def take(self, currency: str = "EUR", *, last4: set[str] | None = None, kind: str = "card") -> dict[str, Any]:
        """A paid charge of 500 or more, nothing of it refunded; `last4` picks one of Stripe's test cards."""
        for charge in self.charges():
            details = charge["payment_method_details"]
            digits = details[details["type"]].get("last4")
            is_usual = digits not in UNUSUAL_CARDS if last4 is None else digits in last4
            is_paid = charge["status"] == "succeeded" and charge["captured"] and not charge["amount_refunded"]
            if not (is_paid and is_usual and details["type"] == kind and not charge["disputed"]):
                continue
            is_whole = isinstance(charge["amount"], int) and charge["amount"] >= 500
            if charge["currency"] == currency.lower() and is_whole and charge["id"] not in self._given:
                self._given.add(charge["id"])
                return charge
        raise LookupError(f"no unused {kind} charge in {currency}")

    def disputed(self, *statuses: str) -> str:
        """The charge of a dispute in one of these states."""
        for dispute in self._get("/v1/disputes", {"limit": "100"})["data"]:
            if dispute["status"] in statuses:
                return str(dispute["charge"])
        raise LookupError(f"no dispute is {' or '.join(statuses)}")

    def refunded(self, charge_id: str) -> int:
        """Stripe's minor units that the books say were given back."""
        return int(self.shop.control("GET", "books")["charges"][charge_id]["refunded"])

    def _get(self, path: str, params: dict[str, str]) -> dict[str, Any]:
        answer = httpx.get(self.shop.url + path, params=params, headers={"Authorization": f"Bearer {KEY}"})
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body


@pytest.fixture(scope="session")
def shop() -> Iterator[Running]:
    with running(None, SCOPE, Settings()) as found:
        yield found


@pytest.fixture(scope="session")
def till(shop: Running) -> Till:
    return Till(shop)


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "shop" in request.fixturenames:
        request.getfixturevalue("shop").control("DELETE", "faults")


@pytest.fixture(scope="session")
def access(shop: Running) -> AccountAccess:
    return AccountAccess("stripe/eu", shop.url, KEY)


@pytest.fixture(scope="session")
def actor(access: AccountAccess) -> Iterator[StripeActor]:
    """An actor that waits half a second for an answer."""
    opened = StripeActor(access, timeout_s=TIMEOUT_S)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def reader(access: AccountAccess) -> Iterator[StripeReader]:
    opened = StripeReader(access)
    yield opened
    opened.close()
