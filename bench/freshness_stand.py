"""A small installation for the benchmark of freshness: Prefect, web service, both warm workers, one made-up gateway."""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import orjson

from bench.freshness_data import ACCOUNT, charge
from counterfoil.paths import Paths
from counterfoil.prefect_api import PrefectApi

SECRET = "whsec_bench"  # noqa: S105 - of a gateway that does not exist
START_S = 180.0
WAREHOUSE_WORKER = "flows.ingest.warehouse_worker"
FLOWS = {
    "handle-inbox": ("actions", "flows.ingest.handle_inbox.handle_inbox"),
    "refresh-warehouse": ("warehouse", "flows.ingest.refresh_warehouse.refresh_warehouse"),
}
SETTINGS = """
policy_file = "{policy}"
reporting_time_zone = "Europe/Berlin"
[entity]
name = "Bench GmbH"
address = ["Somewhere 1"]
country = "DE"
tax_id = "DE136695976"
email = "billing@example.com"
[[accounts]]
name = "stripe/eu"
api_base = "http://127.0.0.1:{gateway}"
[web]
port = {web}
base_url = "http://127.0.0.1:{web}"
[prefect]
port = {prefect}
[actions]
nudge_port = {nudge}
"""


class NotReady(RuntimeError):
    """A process of the stand did not answer in time."""


@dataclass
class Made:
    """The gateway: it knows every charge, and how much each of them is now."""

    customers: int
    amounts: dict[int, int] = field(default_factory=dict)

    def answer(self, path: str) -> bytes:
        number = int(path.rpartition("_")[2])
        return orjson.dumps(charge(number, self.amounts.get(number, 1_000), self.customers))


@dataclass
class Stand:
    """What the benchmark speaks to."""

    paths: Paths
    web: str
    api: PrefectApi
    gateway: Made
    folder: Path
    environment: dict[str, str]
    pids: dict[str, int]

    def warehouse_worker(self) -> int:
        """The process id of the worker that holds the warehouse."""
        return self.pids[WAREHOUSE_WORKER]

    @contextmanager
    def another_warehouse_worker(self) -> Iterator[None]:
        """One more; for when the first was killed."""
        with _process([WAREHOUSE_WORKER], self.environment, self.folder / "another.log"):
            yield

    def send_webhook(self, client: httpx.Client, number: int) -> None:
        """POST a signed event about charge `number`."""
        at = time.time_ns()
        thing = {"id": f"ch_{number:08d}", "object": "charge"}
        event = {"id": f"evt_{at}_{number}", "object": "event", "type": "charge.updated", "data": {"object": thing}}
        body = orjson.dumps(event)
        stamp = str(at // 1_000_000_000)
        signature = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={stamp},v1={signature}"}
        client.post(f"{self.web}/webhooks/{ACCOUNT}", content=body, headers=headers).raise_for_status()

    def refreshes(self) -> int:
        """How many runs of the refresh there are."""
        counted = self.api.post("flow_runs/count", {"flows": {"name": {"any_": ["refresh-warehouse"]}}})
        return int(counted.body)


@contextmanager
def stand(folder: Path, customers: int) -> Iterator[Stand]:
    """Start everything on free ports; the warehouse lies below `folder`/var already."""
    ports = [_free_port() for _ in range(4)]
    gateway, web, prefect, nudge = ports
    settings = folder / "counterfoil.toml"
    policy = Path(__file__).resolve().parents[1] / "policy.toml"
    settings.write_text(SETTINGS.format(policy=policy, gateway=gateway, web=web, prefect=prefect, nudge=nudge))
    environment = {
        **os.environ,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{prefect}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "COUNTERFOIL_SETTINGS": str(settings),
        "COUNTERFOIL_STRIPE_EU_API_KEY": "sk_test_bench",
        "COUNTERFOIL_STRIPE_EU_WEBHOOK_SECRET": SECRET,
    }
    made, paths = Made(customers), Paths(folder / "var")
    with ExitStack() as stack:
        stack.enter_context(_served(made, gateway))
        run = ["counterfoil.prefect_server", "start", "--host", "127.0.0.1", "--port", str(prefect)]
        stack.enter_context(_process(run, environment, folder / "prefect.log"))
        _wait(f"http://127.0.0.1:{prefect}/api/health")
        api = PrefectApi(f"http://127.0.0.1:{prefect}/api", patience_s=60)
        stack.callback(api.close)
        _deploy(api)
        pids = {
            module: stack.enter_context(_process([module], environment, folder / f"{module}.log"))
            for module in ("dashboards", "flows.actions.worker", WAREHOUSE_WORKER)
        }
        _wait(f"http://127.0.0.1:{web}/healthz")
        _wait(f"http://127.0.0.1:{nudge}/")
        _until(lambda: b"is ready" in (folder / f"{WAREHOUSE_WORKER}.log").read_bytes(), "warehouse worker")
        yield Stand(paths, f"http://127.0.0.1:{web}", api, made, folder, environment, pids)


def _deploy(api: PrefectApi) -> None:
    for flow, (pool, entrypoint) in FLOWS.items():
        api.post("work_pools/", {"name": pool, "type": f"counterfoil-{pool}"})
        flow_id = api.post("flows/", {"name": flow}).body["id"]
        body = {"name": flow, "flow_id": flow_id, "entrypoint": entrypoint, "work_pool_name": pool}
        api.post("deployments/", {**body, "enforce_parameter_schema": False})


@contextmanager
def _served(made: Made, port: int) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = made.answer(self.path.partition("?")[0])
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()


@contextmanager
def _process(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[int]:
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", *arguments], env=environment, stdout=file, stderr=file)
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str) -> None:
    def answers() -> bool:
        try:
            return httpx.get(url, timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    _until(answers, url)


def _until(is_there: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + START_S
    while not is_there():
        if time.monotonic() > until:
            raise NotReady(f"{what} did not answer within {START_S:g} s.")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
