"""Actions: from queueing a refund to the gateway's receiving it, and actions per second; beside `flow.serve()`.

Everything is real: Prefect's server (SQLite, or the database of BENCH_DATABASE_URL), our warm worker, the stand-in
Stripe. BENCH_CLICKS is how many single clicks are timed (200 where it is not set).
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.results import Result
from sandbox.stripe.running import running
from sandbox.stripe.settings import Scope
from tests.actions.stand import ROOT, Stand, answers, deploy, environment, free_port, make_stand, process, wait_for

PEER_DEPLOYMENT = "refund-served/refund-served"
AT_ONCE = 200
PEER_CLICKS = 12
PEER_AT_ONCE = 20


def run() -> list[Result]:
    """Latency with one worker, throughput with one and two, and the same of a served flow."""
    with TemporaryDirectory() as folder, _stand(Path(folder)) as stand:
        with stand.worker():
            clicks = _clicks(stand, int(os.environ.get("BENCH_CLICKS", "200")))
            one = _throughput(stand, AT_ONCE)
        with stand.worker(), stand.worker():
            two = _throughput(stand, AT_ONCE)
        with _served(stand):
            peer_clicks = [_peer_click(stand) for _ in range(PEER_CLICKS)]
            peer_rate = _peer_throughput(stand, PEER_AT_ONCE)
    return [*_latency(clicks, peer_clicks), *_rates(one, two, peer_rate)]


def _latency(clicks: list[float], peer: list[float]) -> list[Result]:
    median = statistics.median(clicks)
    load = f"{_place()}, n={len(clicks)}, one after the other, median {median:.3f} s; peer flow.serve(), n={len(peer)}"
    return [
        Result("action.click_to_gateway_p95_s", "s", ours=_p95(clicks), peer=_p95(peer), limit=1.0, load=load),
    ]


def _rates(one: float, two: float, peer: float) -> list[Result]:
    load = f"{_place()}, {AT_ONCE} refunds queued at once"
    peers = f"peer flow.serve(limit=10), {PEER_AT_ONCE} at once"
    return [
        Result("action.throughput", "actions/s", ours=one, peer=peer, limit=None, load=f"{load}, 1 worker; {peers}"),
        Result("action.throughput_2", "actions/s", ours=two, peer=peer, limit=None, load=f"{load}, 2 workers; {peers}"),
    ]


def _clicks(stand: Stand, number: int) -> list[float]:
    """Seconds from queueing to the gateway's receiving, one after the other."""
    began: dict[str, float] = {}
    for count in range(1, number + 1):
        charge = _charge(stand)
        began[charge["id"]] = time.time()
        name = stand.finished(stand.submit(stand.wish(charge))).state_name
        if name != "Done":
            raise RuntimeError(f"A refund of the benchmark ended as {name}.")
        _show(f"{count} of {number} clicks")
    return [received - began[charge] for charge, received in _received(stand).items() if charge in began]


def _throughput(stand: Stand, number: int) -> float:
    """Actions per second from the first request to the gateway's receiving the last."""
    charges = [_charge(stand) for _ in range(number)]
    began = time.time()
    runs = [stand.submit(stand.wish(charge)) for charge in charges]
    for run_id in runs:
        stand.finished(run_id, 300)
    received = _received(stand)
    return number / (max(received[charge["id"]] for charge in charges) - began)


def _charge(stand: Stand) -> dict[str, Any]:
    return stand.charge(at_least=600, at_most=10_000_000)


def _received(stand: Stand) -> dict[str, float]:
    """When the gateway was asked for each charge's refund (seconds since 1970)."""
    return {str(entry["params"]["charge"]): float(entry["received_at"]) for entry in stand.posts()}


def _peer_click(stand: Stand) -> float:
    charge, began = _charge(stand), time.time()
    parameters = {"charge": charge["id"]}
    stand.queue.create_run(PEER_DEPLOYMENT, parameters, key=charge["id"], tags=[])
    wait_for("the served flow", lambda: charge["id"] in _received(stand), 120)
    return _received(stand)[charge["id"]] - began


def _peer_throughput(stand: Stand, number: int) -> float:
    charges = [_charge(stand) for _ in range(number)]
    began = time.time()
    for charge in charges:
        stand.queue.create_run(PEER_DEPLOYMENT, {"charge": charge["id"]}, key=charge["id"], tags=[])
    wanted = {charge["id"] for charge in charges}
    wait_for("the served flows", lambda: wanted <= set(_received(stand)), 600)
    received = _received(stand)
    return number / (max(received[charge] for charge in wanted) - began)


@contextmanager
def _stand(folder: Path) -> Iterator[Stand]:
    port = free_port()
    env = environment(folder, port)
    if url := os.environ.get("BENCH_DATABASE_URL"):
        env["PREFECT_API_DATABASE_CONNECTION_URL"] = url
    with ExitStack() as stack:
        sandbox = stack.enter_context(running(folder / "sandbox", Scope(scale="full")))
        server = ["counterfoil.prefect_server", "start", "--host", "127.0.0.1", "--port", str(port)]
        stack.enter_context(process(server, env, folder / "prefect.log"))
        wait_for("the Prefect server", lambda: answers(f"http://127.0.0.1:{port}/api/health"), 120)
        deploy(f"http://127.0.0.1:{port}/api")
        yield make_stand(folder, port, sandbox)


@contextmanager
def _served(stand: Stand) -> Iterator[None]:
    """The usual way: a flow with one HTTP call, served by Prefect's own runner with its own defaults."""
    log = stand.folder / "served.log"
    env = {**stand.env, "BENCH_GATEWAY": stand.sandbox.url, "PYTHONPATH": str(ROOT)}
    with process(["bench.served_flow"], env, log) as served:
        wait_for(
            "the served flow's deployment",
            lambda: stand.queue.api.get(f"deployments/name/{PEER_DEPLOYMENT}") or served.poll() is not None,
            120,
        )
        yield


def _place() -> str:
    database = "Postgres" if os.environ.get("BENCH_DATABASE_URL") else "SQLite"
    return f"{database}, load {Path('/proc/loadavg').read_text().split()[0]}"


def _p95(seconds: list[float]) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def _show(text: str) -> None:
    print(f"\r{text}", end="", file=sys.stderr, flush=True)
