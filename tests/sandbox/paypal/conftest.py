"""PayPal stand-ins for the tests: a shared one that is only read, and a fresh one for each test that writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from sandbox.paypal.running import Running, running
from sandbox.stripe.settings import Scope

SCOPE = Scope(seed=7, months=12, scale="small", today=date(2026, 11, 23))


@pytest.fixture(scope="session")
def account() -> Iterator[Running]:
    """A small account that no test writes to."""
    with running(None, SCOPE) as found:
        yield found


@pytest.fixture
def fresh() -> Iterator[Running]:
    """A small account of the test's own."""
    with running(None, SCOPE) as found:
        yield found
