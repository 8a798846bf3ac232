"""Sandboxes for the tests: a shared one that is only read, and a fresh one for each test that writes."""

from collections.abc import Iterator
from datetime import date

import pytest
import stripe

from sandbox.stripe.running import Running, running
from sandbox.stripe.settings import Scope, Settings
from tests.sandbox.calling import sdk

SCOPE = Scope(seed=7, months=12, scale="small", today=date(2026, 11, 23))


@pytest.fixture(scope="session")
def shop() -> Iterator[Running]:
    """A small sandbox that no test writes to."""
    with running(None, SCOPE, Settings()) as found:
        yield found


@pytest.fixture
def fresh() -> Iterator[Running]:
    """A small sandbox of the test's own."""
    with running(None, SCOPE, Settings()) as found:
        yield found


@pytest.fixture
def client(fresh: Running) -> stripe.StripeClient:
    """The official SDK on the fresh sandbox, without its own retries."""
    return sdk(fresh)
