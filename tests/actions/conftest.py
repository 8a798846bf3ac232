"""One Prefect server, one sandbox and one worker for all tests of actions; some tests start workers of their own.

They end with the folder's last test (it is a package for that), so that they take no time from other tests.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from connectors.gateway import AccountAccess
from sandbox.helpdesks.app import HelpdeskStandIn
from sandbox.helpdesks.running import KEYS, serving
from sandbox.standin.running import Served
from sandbox.standin.settings import Settings
from sandbox.stripe.running import Running, running
from sandbox.stripe.settings import Scope
from tests.actions.stand import Stand, answers, deploy, environment, free_port, make_stand, process, wait_for


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("actions")


@pytest.fixture(scope="package")
def prefect_port(folder: Path) -> Iterator[int]:
    port = free_port()
    arguments = ["counterfoil.prefect_server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with process(arguments, environment(folder, port), folder / "prefect.log"):
        wait_for("the Prefect server", lambda: answers(f"http://127.0.0.1:{port}/api/health"), 600)
        deploy(f"http://127.0.0.1:{port}/api")
        yield port


@pytest.fixture(scope="package")
def sandbox(folder: Path) -> Iterator[Running]:
    with running(folder / "sandbox", Scope(scale="full")) as started:
        yield started


@pytest.fixture(scope="package")
def zendesk() -> Iterator[Served[HelpdeskStandIn, Settings]]:
    with serving("zendesk") as started:
        yield started


@pytest.fixture(scope="package")
def prepared(folder: Path, prefect_port: int, sandbox: Running, zendesk: Served[HelpdeskStandIn, Settings]) -> Stand:
    helpdesk = AccountAccess("zendesk/main", zendesk.url, KEYS["zendesk"])
    return make_stand(folder, prefect_port, sandbox, helpdesks=[helpdesk])


class SharedWorker:
    """One warm worker for all modules in a row that want one: starting it takes as long as ten actions."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = self._stack.enter_context(self._stand.worker())

    def stop(self) -> None:
        """End it, so that it takes no run from a worker of the test's own."""
        self._stack.close()
        self._process = None


@pytest.fixture(scope="package")
def shared_worker(prepared: Stand) -> Iterator[SharedWorker]:
    worker = SharedWorker(prepared)
    yield worker
    worker.stop()


@pytest.fixture
def bare_stand(prepared: Stand, shared_worker: SharedWorker) -> Stand:
    """The stand without a worker, for tests that start their own."""
    shared_worker.stop()
    return prepared


@pytest.fixture(scope="module")
def stand(prepared: Stand, shared_worker: SharedWorker) -> Stand:
    """The stand with one worker."""
    shared_worker.start()
    return prepared


@pytest.fixture(autouse=True)
def _worker_is_there(request: pytest.FixtureRequest) -> None:
    """Also after a test of the same module that had ended it."""
    if "stand" in request.fixturenames and "bare_stand" not in request.fixturenames:
        request.getfixturevalue("shared_worker").start()
