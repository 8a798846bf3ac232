"""A small Recurly stand-in whose every exchange is held to Recurly's own document, and payments nobody has used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import pytest

from connectors.gateway import AccountAccess
from connectors.gateways.recurly.act import RecurlyActor
from connectors.gateways.recurly.read import RecurlyReader
from connectors.money import Money
from sandbox.recurly.api import DEFAULTS, make_api
from sandbox.recurly.money import minor
from sandbox.standin.running import Running, serving
from sandbox.standin.settings import Scope
from tests.connectors.paypal.official import Recorder
from tests.connectors.recurly.makers import Makers
from tests.connectors.recurly.official import DOCUMENT, Official
from tests.connectors.scenes import PATIENT_S

SCOPE = Scope(seed=7, months=12, scale="small", today=datetime.now(UTC).date())


class Till:
    """Hands out payments of the stand-in, each only once, and knows its books."""

    def __init__(self, site: Running) -> None:
        self.site = site
        self._given: set[str] = set()

    def take(self, currency: str = "EUR", *, method: str = "credit_card") -> str:
        """A payment of at least 500 minor units of which nothing was refunded."""
        for each in self.site.app.store.of("transaction").values():
            is_free = each["type"] == "purchase" and each["status"] == "success" and not each["refunded"]
            is_wanted = each["currency"] == currency and each["payment_method"]["object"] == method
            if is_free and is_wanted and minor(each["amount"], currency) >= 500 and each["id"] not in self._given:
                self._given.add(each["id"])
                return str(each["id"])
        raise LookupError(f"no unused payment in {currency} by {method}")

    def first(self, **fields: object) -> str:
        """Any transaction with these values."""
        for each in self.site.app.store.of("transaction").values():
            if fields.items() <= each.items():
                return str(each["id"])
        raise LookupError(f"no transaction with {fields}")

    def refunded(self, charge_id: str) -> Money:
        """What the books say was given back."""
        book = self.site.control("GET", "books")["charges"][charge_id]
        return Money(book["refunded"], book["currency"])


@pytest.fixture(scope="session")
def site() -> Iterator[Running]:
    """The stand-in. At its end everything that was asked and answered must be as Recurly documents it."""
    recorders: list[Recorder] = []

    def around(app: object) -> Recorder:
        recorders.append(Recorder(app))
        return recorders[0]

    with serving(make_api(None, SCOPE, DEFAULTS), DEFAULTS, around) as found:
        yield found
    if DOCUMENT.is_file():
        official = Official()
        # What a fault on demand garbled is no answer of the stand-in's own.
        faults = [fault for one in recorders[0].exchanges if _is_json(one.answer) for fault in official.faults(one)]
        assert not faults, "\n".join(sorted(set(faults))[:20])


def _is_json(body: bytes) -> bool:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


@pytest.fixture(scope="session")
def till(site: Running) -> Till:
    return Till(site)


@pytest.fixture
def make(site: Running) -> Makers:
    return Makers(site)


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "site" in request.fixturenames:
        request.getfixturevalue("site").control("DELETE", "faults")


@pytest.fixture(scope="session")
def access(site: Running) -> AccountAccess:
    return AccountAccess("recurly/main", site.url, DEFAULTS.key)


@pytest.fixture
def actor(access: AccountAccess) -> Iterator[RecurlyActor]:
    """An actor that waits as long as it takes."""
    opened = RecurlyActor(access, timeout_s=PATIENT_S)
    yield opened
    opened.close()


@pytest.fixture
def reader(access: AccountAccess) -> Iterator[RecurlyReader]:
    opened = RecurlyReader(access)
    yield opened
    opened.close()
