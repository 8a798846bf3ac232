"""A company's endpoint, and objects of it that nobody has used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from connectors.actions import ACTIONS, Action, has_amount
from connectors.gateway import AccountAccess
from connectors.gateways.custom.act import CustomActor
from connectors.money import Money
from connectors.requested import requested_action
from sandbox.custom.actions import SLOW
from sandbox.custom.api import DEFAULTS, make_api
from sandbox.standin.running import Running, serving
from sandbox.standin.settings import Scope
from tests.connectors.scenes import PATIENT_S

SCOPE = Scope(scale="full", today=datetime.now(UTC).date())
ACCOUNT = "custom/shop"
DETAILS: dict[str, dict[str, Any]] = {
    "create_subscription": {"price_id": "price_month", "quantity": 2},
    "cancel_subscription": {"at_period_end": False},
    "change_plan": {"price_id": "price_year"},
    "apply_coupon": {"coupon_id": "SPRING"},
    "add_tax_id": {"tax_id": "DE136695976"},
    "change_address": {"line1": "Torstrasse 1", "city": "Berlin", "country": "AT"},
}


class Till:
    """Hands out objects of the stand-in, each only once, and knows its books."""

    def __init__(self, endpoint: Running) -> None:
        self.endpoint = endpoint
        self._given: set[str] = set()

    def take(self, resource: str, fits: Callable[[dict[str, Any]], bool]) -> str:
        """The id of one that fits."""
        for wanted, found in self.endpoint.app.store.of(resource).items():
            if wanted not in self._given and fits(found):
                self._given.add(wanted)
                return wanted
        raise LookupError(f"no unused object among {resource}")

    def charge(self, *, method: str = "card", status: str = "succeeded") -> str:
        """In EUR, nothing of it refunded."""
        return self.take(
            "charges",
            lambda one: (
                (one["currency"], one["payment_method"], one["status"]) == ("EUR", method, status)
                and not one["refunded_minor"]
                and not one["is_disputed"]
            ),
        )

    def slow_charge(self) -> str:
        return self.charge(method=SLOW)

    def object_for(self, action: str) -> str:
        """The id of an object that the action does something to."""
        match ACTIONS[action].object_kind, action:
            case "charge", "capture" | "void":
                return self.charge(status="authorized")
            case "charge", _:
                return self.charge()
            case "subscription", "resume_subscription":
                return self.take("subscriptions", lambda one: one["status"] == "paused")
            case "subscription", "remove_coupon":
                return self.take("subscriptions", lambda one: one["coupon_ids"] == ["SPRING"])
            case "subscription", _:
                return self.take("subscriptions", lambda one: one["status"] == "active" and not one["coupon_ids"])
            case "invoice", _:
                return self.take("invoices", lambda one: one["status"] == "open")
        return self.take("customers", lambda one: True)

    def wanted(self, action: str) -> Action:
        """An action that ends Done at once."""
        return requested_action(
            action,
            account=ACCOUNT,
            object_id=self.object_for(action),
            amount=Money(123, "EUR") if has_amount(action) else None,
            details=DETAILS.get(action, {}),
            reason_code="requested_by_customer",
            request_id=f"req_{uuid4().hex}",
        )

    def refunded(self, charge_id: str) -> Money:
        """What the books say was given back."""
        book = self.endpoint.control("GET", "books")["charges"][charge_id]
        return Money(book["refunded"], book["currency"])

    def effects(self, request_id: str) -> int:
        """How often a request had an effect."""
        return int(self.endpoint.control("GET", "books")["effects"].get(request_id, 0))


@pytest.fixture(scope="session")
def endpoint() -> Iterator[Running]:
    with serving(make_api(None, SCOPE, DEFAULTS), DEFAULTS) as found:
        yield found


@pytest.fixture(scope="session")
def till(endpoint: Running) -> Till:
    return Till(endpoint)


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "endpoint" in request.fixturenames:
        request.getfixturevalue("endpoint").control("DELETE", "faults")


@pytest.fixture(scope="session")
def access(endpoint: Running) -> AccountAccess:
    return AccountAccess(ACCOUNT, endpoint.url, DEFAULTS.key)


@pytest.fixture
def actor(access: AccountAccess) -> Iterator[CustomActor]:
    """An actor that waits as long as it takes."""
    opened = CustomActor(access, timeout_s=PATIENT_S)
    yield opened
    opened.close()
