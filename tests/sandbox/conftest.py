"""Sandboxes for the tests: a shared one that is only read, and a fresh one for each test that writes."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import stripe

from sandbox.stripe.running import Running, running
from sandbox.stripe.settings import Scope, Settings
from sandbox.stripe.state import open_state
from tests.sandbox.calling import sdk

SCOPE = Scope(seed=7, months=12, scale="small", today=date(2026, 11, 23))


@pytest.fixture(scope="session")
def shop() -> Iterator[Running]:
    """A small sandbox that no test writes to."""
    with running(None, SCOPE, Settings()) as found:
        yield found


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder to copy: seeding takes longer than copying."""
    folder = tmp_path_factory.mktemp("seeded")
    open_state(folder, SCOPE).close()
    return folder


@pytest.fixture
def fresh(seeded: Path, tmp_path: Path) -> Iterator[Running]:
    """A small sandbox of the test's own."""
    with running(shutil.copytree(seeded, tmp_path / "state"), SCOPE, Settings()) as found:
        yield found


@pytest.fixture
def client(fresh: Running) -> stripe.StripeClient:
    """The official SDK on the fresh sandbox, without its own retries."""
    return sdk(fresh)
