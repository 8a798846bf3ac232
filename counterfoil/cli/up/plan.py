"""Which processes make up one installation, and how each is known to work."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from counterfoil.cli.up.environment import base_environment, web_environment, worker_environment
from counterfoil.cli.up.ports import is_listening
from counterfoil.cli.up.prefect_api import PrefectApi
from counterfoil.cli.up.processes import Spec
from counterfoil.paths import Paths
from counterfoil.settings import Settings

SANDBOX_KEYS = {
    "COUNTERFOIL_STRIPE_EU_API_KEY": "sk_test_sandbox",
    "COUNTERFOIL_STRIPE_EU_WEBHOOK_SECRET": "whsec_sandbox",
}
"""The stand-in's keys: no secret, they open nothing but the sandbox on this machine."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """The stand-in gateway: where it listens, and how much history it has (small or full)."""

    port: int
    scale: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start: first those that need nobody, then the workers, which need the deployed flows."""

    first: tuple[Spec, ...]
    workers: tuple[Spec, ...]
    base: Mapping[str, str]


def make_plan(settings: Settings, settings_file: Path, *, stand_in: StandIn | None) -> Plan:
    """`stand_in`: start the stand-in too; None for real gateways."""
    base = base_environment(settings, settings_file)
    env_file = settings_file.parent / ".env"
    if stand_in is None:
        web, worker = web_environment(base, settings, env_file), worker_environment(base, settings, env_file)
    else:
        web = {**base, **_only("WEBHOOK_SECRET"), "COUNTERFOIL_SANDBOX": "1"}
        worker = {**base, **_only("API_KEY")}
    first = [_prefect_server(settings, base), _web(settings, web)]
    if stand_in is not None:
        first.append(_sandbox(settings, base, stand_in))
    return Plan(tuple(first), (_batch_worker(settings, worker), _action_worker(settings, worker)), base)


def _only(kind: str) -> dict[str, str]:
    return {name: value for name, value in SANDBOX_KEYS.items() if name.endswith(kind)}


def _prefect_server(settings: Settings, environment: Mapping[str, str]) -> Spec:
    api = PrefectApi(settings.prefect.api_url)
    argv = [_tool("prefect"), "server", "start", "--host", "127.0.0.1", "--port", str(settings.prefect.port)]
    return Spec("prefect-server", argv, environment, api.is_healthy, ready_within_s=180)


def _web(settings: Settings, environment: Mapping[str, str]) -> Spec:
    url = f"http://{settings.web.host}:{settings.web.port}/healthz"
    return Spec("web", [sys.executable, "-m", "dashboards"], environment, lambda: _answers(url))


def _sandbox(settings: Settings, environment: Mapping[str, str], stand_in: StandIn) -> Spec:
    argv = [sys.executable, "-m", "sandbox.stripe", "--port", str(stand_in.port), "--scale", stand_in.scale]
    argv += ["--state", str(Paths(settings.var_dir).var / "sandbox")]
    argv += ["--webhook-url", f"http://127.0.0.1:{settings.web.port}/webhooks/stripe/eu"]
    argv += ["--webhook-secret", SANDBOX_KEYS["COUNTERFOIL_STRIPE_EU_WEBHOOK_SECRET"]]
    return Spec("sandbox", argv, environment, lambda: _answers(f"http://127.0.0.1:{stand_in.port}/healthz"))


def _batch_worker(settings: Settings, environment: Mapping[str, str]) -> Spec:
    # Batch work takes what is left: an agent's click and the pages come first.
    argv = ["nice", "-n", "10", _tool("prefect"), "worker", "start", "--pool", "batch", "--name", "batch-1"]
    argv += ["--limit", "4", "--with-healthcheck"]
    port = settings.prefect.port + 1
    environment = {**environment, "PREFECT_WORKER_WEBSERVER_HOST": "127.0.0.1"}
    environment["PREFECT_WORKER_WEBSERVER_PORT"] = str(port)
    return Spec("batch-worker", argv, environment, lambda: is_listening(port))


def _action_worker(settings: Settings, environment: Mapping[str, str]) -> Spec:
    port = settings.actions.nudge_port
    return Spec(
        "action-worker", [sys.executable, "-m", "flows.actions.worker"], environment, lambda: is_listening(port)
    )


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code == 200
    except httpx.HTTPError:
        return False
