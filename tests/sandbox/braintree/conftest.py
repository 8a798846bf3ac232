"""Stand-ins of Braintree for the tests, and the official SDK on them, with its own HTTP client and parser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import braintree
import pytest

from sandbox.braintree.running import Running, running
from sandbox.stripe.settings import Scope

SCOPE = Scope(seed=7, months=12, scale="small", today=date(2026, 11, 23))


def sdk(sandbox: Running, public_key: str = "", private_key: str = "") -> braintree.BraintreeGateway:
    settings = sandbox.settings
    port = sandbox.url.rpartition(":")[2]
    configuration = braintree.Configuration(
        braintree.Environment("sandbox", "127.0.0.1", port, "", False, None),
        merchant_id=settings.merchant_id,
        public_key=public_key or settings.public_key,
        private_key=private_key or settings.private_key,
    )
    return braintree.BraintreeGateway(config=configuration)


@pytest.fixture(scope="session")
def shown_braintree() -> Iterator[Running]:
    """A small stand-in that no test writes to."""
    with running(None, SCOPE) as found:
        yield found


@pytest.fixture
def fresh_braintree() -> Iterator[Running]:
    """A small stand-in of the test's own."""
    with running(None, SCOPE) as found:
        yield found


@pytest.fixture
def gateway(fresh_braintree: Running) -> braintree.BraintreeGateway:
    return sdk(fresh_braintree)
