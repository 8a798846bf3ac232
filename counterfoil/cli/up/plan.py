"""Which processes make up one installation, and how each is known to work."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from counterfoil.cli.up import helpdesk_stand_ins
from counterfoil.cli.up.environment import base_environment, web_environment, worker_environment
from counterfoil.cli.up.ports import is_listening
from counterfoil.cli.up.processes import Spec
from counterfoil.cli.up.stand_ins import command, keys
from counterfoil.paths import Paths
from counterfoil.settings import Account, Mail, Settings
from counterfoil.turns import beat_of


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start: first those that need nobody, then the workers, which need the deployed flows."""

    first: tuple[Spec, ...]
    workers: tuple[Spec, ...]
    base: Mapping[str, str]


def make_plan(settings: Settings, settings_file: Path, *, scale: str | None) -> Plan:
    """`scale`: start the stand-in gateways too, with "small" or "full" history; None for real gateways."""
    base = base_environment(settings, settings_file)
    env_file = settings_file.parent / ".env"
    if scale is None:
        web, worker = web_environment(base, settings, env_file), worker_environment(base, settings, env_file)
        stand_ins = []
    else:
        api_keys, secrets = keys(settings)
        more_keys, more_secrets = helpdesk_stand_ins.keys(settings, _state(settings))
        api_keys, secrets = api_keys | more_keys, secrets | more_secrets
        web, worker = {**base, **secrets, "COUNTERFOIL_SANDBOX": "1"}, {**base, **api_keys}
        stand_ins = [_stand_in(account, settings, base, scale) for account in settings.accounts]
        stand_ins += [_helpdesks(settings, base)] if settings.helpdesks else []
        stand_ins += [_mailbox(settings.mail, settings, base)] if settings.mail else []
    first = (_prefect_server(settings, base), _web(settings, web), *stand_ins)
    workers = (_batch_worker(settings, worker), _action_worker(settings, worker), _warehouse_worker(settings, base))
    return Plan(first, workers, base)


def _prefect_server(settings: Settings, environment: Mapping[str, str]) -> Spec:
    argv = [sys.executable, "-m", "counterfoil.prefect_server", "start", "--host", "127.0.0.1"]
    argv += ["--port", str(settings.prefect.port)]
    url = f"{settings.prefect.api_url}/health"
    return Spec("prefect-server", argv, environment, lambda: _answers(url), ready_within_s=180)


def _web(settings: Settings, environment: Mapping[str, str]) -> Spec:
    url = f"http://{settings.web.host}:{settings.web.port}/healthz"
    return Spec("web", [sys.executable, "-m", "dashboards"], environment, lambda: _answers(url))


def _stand_in(account: Account, settings: Settings, environment: Mapping[str, str], scale: str) -> Spec:
    argv = command(account, settings, _state(settings), scale)
    url = f"{account.api_base}/healthz"
    return Spec(f"sandbox-{account.gateway}", argv, environment, lambda: _answers(url))


def _state(settings: Settings) -> Path:
    """Where stand-ins keep what they hold."""
    return Paths(settings.var_dir).var / "sandbox"


def _helpdesks(settings: Settings, environment: Mapping[str, str]) -> Spec:
    argv = helpdesk_stand_ins.command(settings, _state(settings))
    ports = helpdesk_stand_ins.ports(settings).values()
    # They wait for the customers of Stripe's stand-in, which makes a year of history at its first start.
    return Spec("sandbox-helpdesks", argv, environment, lambda: all(map(is_listening, ports)), ready_within_s=180)


def _mailbox(mail: Mail, settings: Settings, environment: Mapping[str, str]) -> Spec:
    argv = [sys.executable, "-m", "sandbox.mailbox", "--port", str(mail.port)]
    argv += ["--folder", str(_state(settings) / "mail")]
    return Spec("sandbox-mailbox", argv, environment, lambda: is_listening(mail.port))


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


def _warehouse_worker(settings: Settings, environment: Mapping[str, str]) -> Spec:
    """It reads and writes files only, so it gets no gateway key."""
    argv = ["nice", "-n", "5", sys.executable, "-m", "flows.ingest.warehouse_worker"]
    beat = beat_of(Paths(settings.var_dir))
    began = time.time()
    return Spec("warehouse-worker", argv, environment, lambda: beat.exists() and beat.stat().st_mtime > began)


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=3).status_code == 200
    except httpx.HTTPError:
        return False
