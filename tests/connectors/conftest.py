"""A small Stripe stand-in for the connector's tests, and charges of it that no other test has used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from connectors.gateway import AccountAccess
from connectors.gateways.stripe.act import StripeActor
from connectors.gateways.stripe.read import StripeReader
from sandbox.standin.running import in_thread
from sandbox.stripe.app import make_app
from sandbox.stripe.running import Running
from sandbox.stripe.settings import Scope, Settings
from sandbox.stripe.state import open_state
from tests.connectors.paypal.official import Recorder
from tests.connectors.scenes import HURRIED_S, PATIENT_S
from tests.connectors.stripe_official import answer_faults, request_faults

KEY = "sk_test_sandbox"
SCOPE = Scope(seed=7, months=12, scale="small", today=datetime.now(UTC).date())
STRIPE_DATA = Path(__file__).parents[3] / "shared" / "gateway_data" / "stripe"
UNUSUAL_CARDS = {"7726", "5126", "3003"}


class Till:
    """Hands out charges of the stand-in, each only once, and knows its books."""

    def __init__(self, shop: Running) -> None:
        self.shop = shop
        self._given: set[str] = set()
        self._reusable: str | None = None

    def charges(self) -> list[dict[str, Any]]:
        return self.every("/v1/charges")

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
        for dispute in self.get("/v1/disputes", limit="100")["data"]:
            if dispute["status"] in statuses:
                return str(dispute["charge"])
        raise LookupError(f"no dispute is {' or '.join(statuses)}")

    def refunded(self, charge_id: str) -> int:
        """Stripe's minor units that the books say were given back."""
        return int(self.shop.control("GET", "books")["charges"][charge_id]["refunded"])

    def refunds_of(self, charge_id: str) -> list[dict[str, Any]]:
        """As Stripe lists them, newest first."""
        listed: list[dict[str, Any]] = self.get("/v1/refunds", charge=charge_id, limit="100")["data"]
        return listed

    def refusing(self, last4: str) -> str:
        """The charge that failed on a stored card of these digits."""
        for charge in reversed(self.charges()):
            card = charge["payment_method_details"].get("card")
            if card is not None and card["last4"] == last4 and charge["status"] == "failed":
                return str(charge["id"])
        raise LookupError(f"no failed charge on a card ending in {last4}")

    def reusable(self, currency: str = "EUR") -> str:
        """A paid card charge whose card is still stored with its customer."""
        while True:
            charge = self.take(currency)
            method = self.get(f"/v1/payment_methods/{charge['payment_method']}")
            if method["customer"] == charge["customer"]:
                return str(charge["id"])

    def hold(self, amount: int = 500) -> str:
        """A new charge of that many euro cents, authorised and not captured."""
        charge = self.get(f"/v1/charges/{self._model()}")
        sent = {
            "amount": str(amount),
            "currency": "eur",
            "customer": charge["customer"],
            "payment_method": charge["payment_method"],
            "capture_method": "manual",
            "confirm": "true",
        }
        return str(self.post("/v1/payment_intents", sent)["latest_charge"])

    def payer(self, *, has_method: bool = True) -> str:
        """A customer who pays in euros, with a default card or without any default."""
        for customer in self.every("/v1/customers"):
            wanted = customer["invoice_settings"]["default_payment_method"]
            is_card = wanted is not None and self.get(f"/v1/payment_methods/{wanted}")["type"] == "card"
            if customer["currency"] == "eur" and is_card == has_method and (wanted is None or has_method):
                return str(customer["id"])
        raise LookupError("no such customer")

    def deleted(self) -> str:
        """A customer who was deleted; no list has them any more."""
        for charge in self.charges():
            if charge["customer"] and self.get(f"/v1/customers/{charge['customer']}").get("deleted"):
                return str(charge["customer"])
        raise LookupError("no customer was deleted")

    def price(self, interval: str, *, nth: int = 0) -> str:
        """A price in euros by the month or year; `nth` picks another one."""
        prices = self.every("/v1/prices", currency="eur", type="recurring")
        return str([one for one in prices if one["recurring"]["interval"] == interval][nth]["id"])

    def subscribe(self, **known: str) -> dict[str, Any]:
        """A new subscription by the month."""
        sent = {"customer": self.payer(), "items[0][price]": self.price("month"), **known}
        return self.post("/v1/subscriptions", sent)

    def intent_of(self, charge_id: str) -> dict[str, Any]:
        return self.get(f"/v1/payment_intents/{self.get(f'/v1/charges/{charge_id}')['payment_intent']}")

    def every(self, path: str, **params: str) -> list[dict[str, Any]]:
        """All objects of a list, newest first."""
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            page = self.get(path, limit="100", **params, **after)
            found += page["data"]
            if not page["has_more"]:
                return found
            after = {"starting_after": found[-1]["id"]}

    def get(self, path: str, **params: str) -> dict[str, Any]:
        return self._call("GET", path, params=params)

    def post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        return self._call("POST", path, data=form)

    def _model(self) -> str:
        if self._reusable is None:
            self._reusable = self.reusable()
        return self._reusable

    def _call(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = _http().request(method, self.shop.url + path, headers=headers, **sent)
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body


@cache
def _http() -> httpx.Client:
    """One client for all calls: making one costs more than a call."""
    return httpx.Client(timeout=10)


@pytest.fixture(scope="session")
def shop() -> Iterator[Running]:
    """The stand-in. At its end all that our code asked must fit the SDK's types, and all answers Stripe's examples."""
    recorders: list[Recorder] = []

    def around(app: object) -> Recorder:
        recorders.append(Recorder(app))
        return recorders[0]

    settings = Settings()
    with in_thread(make_app(open_state(None, SCOPE), settings), settings, around) as found:
        yield found
    exchanges = [one for one in recorders[0].exchanges if one.path.startswith("/v1/") and _is_json(one.answer)]
    ours = [one for one in exchanges if "stripe-version" in one.headers]
    assert ours
    faults = [fault for one in ours for fault in request_faults(one)]
    faults += [fault for one in exchanges for fault in answer_faults(one)]
    assert not faults, "\n".join(sorted(set(faults))[:20])


def _is_json(body: bytes) -> bool:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


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
    """An actor that waits as long as it takes."""
    opened = StripeActor(access, timeout_s=PATIENT_S)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def hurried(access: AccountAccess) -> Iterator[StripeActor]:
    """One that does not wait for an answer that will not come."""
    opened = StripeActor(access, timeout_s=HURRIED_S)
    yield opened
    opened.close()


@pytest.fixture
def asking(kind: str, actor: StripeActor, hurried: StripeActor) -> StripeActor:
    """The one of the two that suits a fault of this kind, which the test is parametrised with."""
    return hurried if kind.startswith("timeout") else actor


@pytest.fixture(scope="session")
def reader(access: AccountAccess) -> Iterator[StripeReader]:
    opened = StripeReader(access)
    yield opened
    opened.close()
