"""A stand-in of Braintree that is only read, a fresh one for what writes, and the connector on each."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connectors.gateway import AccountAccess
from connectors.gateways.braintree.act import BraintreeActor
from connectors.gateways.braintree.read import BraintreeReader
from sandbox.braintree.running import Running, running
from sandbox.stripe.settings import Scope

ACCOUNT = "braintree/eu"
SCOPE = Scope(seed=7, months=12, scale="small", today=datetime.now(UTC).date())


def access(sandbox: Running) -> AccountAccess:
    return AccountAccess(ACCOUNT, sandbox.url, sandbox.settings.secret)


@pytest.fixture(scope="session")
def shown() -> Iterator[Running]:
    """A small stand-in that no test writes to."""
    with running(None, SCOPE) as found:
        yield found


@pytest.fixture
def fresh() -> Iterator[Running]:
    """A small stand-in of the test's own."""
    with running(None, SCOPE) as found:
        yield found


@pytest.fixture
def reader(shown: Running) -> Iterator[BraintreeReader]:
    found = BraintreeReader(access(shown))
    yield found
    found.close()


@pytest.fixture
def actor(fresh: Running) -> Iterator[BraintreeActor]:
    found = BraintreeActor(access(fresh))
    yield found
    found.close()
