"""One Prefect server and one sandbox for all tests of actions; a worker for each module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.stripe.running import Running, running
from sandbox.stripe.settings import Scope
from tests.actions.stand import Stand, answers, deploy, environment, free_port, make_stand, process, wait_for


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("actions")


@pytest.fixture(scope="session")
def prefect_port(folder: Path) -> Iterator[int]:
    port = free_port()
    arguments = ["counterfoil.prefect_server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with process(arguments, environment(folder, port), folder / "prefect.log"):
        wait_for("the Prefect server", lambda: answers(f"http://127.0.0.1:{port}/api/health"), 120)
        deploy(f"http://127.0.0.1:{port}/api")
        yield port


@pytest.fixture(scope="session")
def sandbox(folder: Path) -> Iterator[Running]:
    with running(folder / "sandbox", Scope(scale="full")) as started:
        yield started


@pytest.fixture(scope="session")
def bare_stand(folder: Path, prefect_port: int, sandbox: Running) -> Stand:
    """The stand without a worker, for tests that start their own."""
    return make_stand(folder, prefect_port, sandbox)


@pytest.fixture(scope="module")
def stand(bare_stand: Stand) -> Iterator[Stand]:
    """The stand with one worker."""
    with bare_stand.worker():
        yield bare_stand
