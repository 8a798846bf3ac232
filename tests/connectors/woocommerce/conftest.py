"""A small shop, and paid orders of it that nobody has used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connectors.gateway import AccountAccess
from connectors.gateways.woocommerce.act import WooCommerceActor
from connectors.gateways.woocommerce.read import WooCommerceReader
from connectors.money import Money
from sandbox.standin.running import Running, serving
from sandbox.standin.settings import Scope
from sandbox.woocommerce.api import DEFAULTS, make_api
from sandbox.woocommerce.money import counted
from sandbox.woocommerce.plugins import FAILING
from tests.connectors.scenes import PATIENT_S

SCOPE = Scope(seed=7, months=12, scale="small", today=datetime.now(UTC).date())


class Till:
    """Hands out orders of the stand-in, each only once, and knows its books."""

    def __init__(self, shop: Running) -> None:
        self.shop = shop
        self._given: set[str] = set()
        self._new_ones: set[tuple[str, str]] = set()

    def take(self, currency: str = "EUR", *, plugin: str = "cards", is_failing: bool = False) -> str:
        """A paid order of at least 500 minor units of which nothing was refunded."""
        for wanted, order in self.shop.app.store.of("order").items():
            is_free = order["date_paid_gmt"] and not order["refunds"] and wanted not in self._given
            is_wanted = order["currency"] == currency and order["payment_method"] == plugin
            if not (is_free and is_wanted and order["transaction_id"].startswith(FAILING) == is_failing):
                continue
            if counted(order["total"], currency) >= 500:
                self._given.add(wanted)
                return wanted
        raise LookupError(f"no unused order in {currency} by {plugin}")

    def order(self) -> str:
        """Any order that was not handed out by this; notes on it disturb nobody."""
        return self._new("order")

    def customer(self) -> str:
        """A customer with a login that no other test has."""
        return self._new("customer")

    def _new(self, kind: str) -> str:
        wanted = next(one for one in self.shop.app.store.of(kind) if (kind, one) not in self._new_ones)
        self._new_ones.add((kind, wanted))
        return wanted

    def first(self, **fields: object) -> str:
        """Any order with these values."""
        for wanted, order in self.shop.app.store.of("order").items():
            if fields.items() <= order.items():
                return wanted
        raise LookupError(f"no order with {fields}")

    def refunded(self, charge_id: str) -> Money:
        """What the books say was given back."""
        book = self.shop.control("GET", "books")["charges"][charge_id]
        return Money(book["refunded"], book["currency"])


@pytest.fixture(scope="module")
def shop() -> Iterator[Running]:
    with serving(make_api(None, SCOPE, DEFAULTS), DEFAULTS) as found:
        yield found


@pytest.fixture(scope="module")
def till(shop: Running) -> Till:
    return Till(shop)


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "shop" in request.fixturenames:
        request.getfixturevalue("shop").control("DELETE", "faults")


@pytest.fixture(scope="module")
def access(shop: Running) -> AccountAccess:
    return AccountAccess("woocommerce/shop", shop.url, DEFAULTS.key)


@pytest.fixture
def actor(access: AccountAccess) -> Iterator[WooCommerceActor]:
    """An actor that waits as long as it takes."""
    opened = WooCommerceActor(access, timeout_s=PATIENT_S)
    yield opened
    opened.close()


@pytest.fixture
def reader(access: AccountAccess) -> Iterator[WooCommerceReader]:
    opened = WooCommerceReader(access)
    yield opened
    opened.close()
