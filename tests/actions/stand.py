"""The stand on which actions are tested: a real Prefect server, the real worker process, the sandbox as the gateway."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.actions import Action, MoneyAction
from connectors.gateway import AccountAccess
from counterfoil.action_runs import ActionRun
from counterfoil.approvals import Approval, Preview
from counterfoil.cli.up.environment import lean_prefect, write_authority
from counterfoil.paths import Paths
from counterfoil.prefect_api import PrefectApi
from counterfoil.queue import Queue
from counterfoil.requests import ActionRequest, new_request_id, sign_request, utc_now
from counterfoil.settings import Settings, load_settings
from counterfoil.signing_keys import ensure_keys, private_key
from sandbox.stripe.running import Running

ROOT = Path(__file__).parents[2]
KEY = "sk_test_sandbox"
DEADLINE_S = 120.0
DEPLOYMENTS = {
    "carry-out": ("carry-out", "flows.actions.carry_out.carry_out"),
    "carry-out-batch": ("carry-out-batch", "flows.batches.carry_out_batch.carry_out_batch"),
    "carry-out-item": ("carry-out-item", "flows.batches.carry_out_item.carry_out_item"),
    "settle": ("settle", "flows.actions.settle.settle"),
    "settle-request": ("settle-request", "flows.actions.settle.settle_request"),
    "post-note": ("post-note", "flows.helpdesks.post_note.post_note"),
    "export-audit": ("export-audit", "flows.actions.export_audit.export_audit"),
}
SETTINGS = """
policy_file = "{policy}"
[entity]
name = "Test GmbH"
address = ["Somewhere 1"]
country = "DE"
tax_id = "DE136695976"
email = "billing@example.com"
[[accounts]]
name = "stripe/eu"
api_base = "{gateway}"
mode = "act"
[[accounts]]
name = "stripe/us"
api_base = "{gateway}"
{others}{helpdesks}
[prefect]
port = {prefect}
[actions]
poll_s = 0.4
lease_s = {lease_s}
settle_time_s = 3
concurrency = {concurrency}
nudge_port = {nudge}
"""
ANOTHER = """[[accounts]]
name = "{name}"
api_base = "{api_base}"
mode = "act"
"""
HELPDESK = """[[helpdesks]]
name = "{name}"
api_base = "{api_base}"
"""
NOT_DETAILS = {"account", "object_id", "reason_code", "request_id", "amount"}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def environment(folder: Path, port: int) -> dict[str, str]:
    """The environment of the started processes."""
    write_authority(Paths(folder))
    return {
        **os.environ,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        **lean_prefect(Paths(folder)),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "COUNTERFOIL_SETTINGS": str(folder / "counterfoil.toml"),
        "COUNTERFOIL_STRIPE_EU_API_KEY": KEY,
        "COUNTERFOIL_STRIPE_US_API_KEY": KEY,
    }


@contextmanager
def process(arguments: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, ended with the block."""
    with log.open("ab") as file:
        started = subprocess.Popen([sys.executable, "-m", *arguments], env=env, cwd=ROOT, stdout=file, stderr=file)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def wait_for(what: str, found: Callable[[], Any], deadline_s: float = DEADLINE_S) -> Any:
    """Ask until there is something, within a deadline; ever more seldom, because to ask costs the server time."""
    until = time.monotonic() + deadline_s
    pause = 0.05
    while time.monotonic() < until:
        value = found()
        if value:
            return value
        time.sleep(pause)
        pause = min(0.5, 1.4 * pause)
    raise AssertionError(f"{what} did not happen within {deadline_s} s")


def answers(url: str) -> bool:
    """Whether something answers 200 at a URL."""
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def deploy(api_url: str) -> None:
    """Make the pool and the deployments, as `counterfoil up` does."""
    api = PrefectApi(api_url, patience_s=60)
    api.post("work_pools/", {"name": "actions", "type": "counterfoil-actions"})
    for flow, (name, entrypoint) in DEPLOYMENTS.items():
        flow_id = api.post("flows/", {"name": flow}).body["id"]
        body = {"name": name, "flow_id": flow_id, "entrypoint": entrypoint, "work_pool_name": "actions"}
        api.post("deployments/", {**body, "enforce_parameter_schema": False})
    api.close()


@dataclass(frozen=True)
class Stand:
    """Everything that a test of actions needs."""

    folder: Path
    settings: Settings
    queue: Queue
    sandbox: Running
    key: Ed25519PrivateKey
    env: dict[str, str]

    @property
    def paths(self) -> Paths:
        return Paths(self.settings.var_dir)

    @contextmanager
    def worker(self, **extra: str) -> Iterator[subprocess.Popen[bytes]]:
        """A warm worker that is ready."""
        log = self.folder / f"worker-{uuid.uuid4().hex[:6]}.log"
        with process(["flows.actions.worker"], {**self.env, **extra}, log) as started:
            wait_for(f"the worker of {log}", lambda: b"is ready" in log.read_bytes() or started.poll() is not None)
            yield started

    def charge(self, currency: str = "EUR", at_least: int = 1_000, at_most: int = 20_000) -> dict[str, Any]:
        """A charge of the sandbox that no test has used yet."""
        for charge in all_charges(self):
            amount, card = charge["amount_captured"], charge["payment_method_details"].get("card") or {}
            is_plain = isinstance(amount, int) and card.get("last4", "7726") not in SLOW_OR_FAILING
            fits = is_plain and charge["currency"] == currency.lower() and at_least <= amount <= at_most
            fresh = charge["id"] not in USED and not charge["amount_refunded"] and not charge["disputed"]
            if fits and fresh and charge["status"] == "succeeded":
                USED.add(charge["id"])
                return charge
        raise AssertionError(f"the sandbox has no unused charge in {currency} of {at_least} to {at_most}")

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Read the sandbox as a gateway."""
        answer = httpx.get(self.sandbox.url + path, params=params, headers={"Authorization": f"Bearer {KEY}"})
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def refunds(self, charge_id: str) -> list[dict[str, Any]]:
        """What the gateway really gave back."""
        return list(self.get("/v1/refunds", charge=charge_id, limit=100)["data"])

    def wish(self, charge: dict[str, Any], **changes: Any) -> ActionRequest:
        """A request for part of a charge, by a requester that no other test uses."""
        made = ActionRequest(
            request_id=new_request_id(),
            action="refund",
            account="stripe/eu",
            object_kind="charge",
            object_id=charge["id"],
            amount_minor=500,
            currency=charge["currency"].upper(),
            details={},
            reason_code="goodwill",
            reason_text="The parcel came late.",
            requester=f"agent-{uuid.uuid4().hex[:8]}",
            role="agent",
            authenticated_by="session",
            customer_id=charge.get("customer"),
            customer_match="chosen",
            is_match_confirmed=False,
            ticket="4711",
            is_again=False,
            requested_at=utc_now().isoformat(),
        )
        return replace(made, **changes)

    def asking(self, action: Action) -> ActionRequest:
        """The request for an action, as a form would make it; its id is the action's own."""
        details: dict[str, Any] = {
            one.name: getattr(action, one.name) for one in fields(action) if one.name not in NOT_DETAILS
        }
        amount = action.amount if isinstance(action, MoneyAction) else None
        return self.wish(
            {"id": action.object_id, "currency": ""},
            account=action.account,
            action=action.name,
            object_kind=action.object_kind,
            amount_minor=None if amount is None else amount.minor,
            currency=None if amount is None else amount.currency,
            details=details,
            request_id=action.request_id,
        )

    def submit(self, wish: ActionRequest) -> str:
        """Sign and queue; return the run's id."""
        return self.queue.submit(wish, sign_request(wish, self.key)).run_id

    def finished(self, run_id: str, deadline_s: float = DEADLINE_S) -> ActionRun:
        """The run, once it has ended."""
        return self.until(run_id, lambda run: run.is_finished, deadline_s)

    def until(self, run_id: str, is_so: Callable[[ActionRun], bool], deadline_s: float = DEADLINE_S) -> ActionRun:
        """The run, once it is as wanted."""

        def looked() -> ActionRun | None:
            run = self.queue.run(run_id)
            return run if run is not None and is_so(run) else None

        run = wait_for(f"the run {run_id}", looked, deadline_s)
        assert isinstance(run, ActionRun)
        return run

    def approval(self, preview: Preview, **changes: Any) -> Approval:
        """A lead's yes to a preview."""
        made = Approval(
            run_id=preview.run_id,
            request_id=preview.request_id,
            digest=preview.digest,
            decision="approve",
            approver="lena",
            role="lead",
            authenticated_by="session",
            comment="Fine.",
            decided_at=utc_now().isoformat(),
        )
        return replace(made, **changes)

    def posts(self, path: str = "/v1/refunds") -> list[dict[str, Any]]:
        """The sandbox's log of money-moving requests."""
        log = self.sandbox.control("GET", "log")["log"]
        return [entry for entry in log if entry["method"] == "POST" and entry["path"] == path]


@cache
def _charges(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    headers = {"Authorization": f"Bearer {KEY}"}
    while True:
        after = {"starting_after": found[-1]["id"]} if found else {}
        page = httpx.get(f"{url}/v1/charges", params={"limit": 100, **after}, headers=headers, timeout=20).json()
        found += page["data"]
        if not page["has_more"]:
            return found


def all_charges(stand: Stand) -> list[dict[str, Any]]:
    """Every charge of the sandbox as it was at the start."""
    return _charges(stand.sandbox.url)


USED: set[str] = set()
SLOW_OR_FAILING = ("7726", "5126", "3003")
"""Cards whose refunds are pending first, or fail later."""


def make_stand(
    folder: Path,
    port: int,
    sandbox: Running,
    *,
    others: Iterable[AccountAccess] = (),
    helpdesks: Iterable[AccountAccess] = (),
    lease_s: float = 10,
    concurrency: int = 8,
    patience_s: float = 90,
) -> Stand:
    """Write settings and keys, and open the queue, which has `patience_s` with a busy server; `others`: accounts beside
    Stripe's."""
    others, helpdesks = list(others), list(helpdesks)
    text = SETTINGS.format(
        policy=ROOT / "policy.toml",
        gateway=sandbox.url,
        others="".join(ANOTHER.format(name=one.account, api_base=one.api_base) for one in others),
        helpdesks="".join(HELPDESK.format(name=one.account, api_base=one.api_base) for one in helpdesks),
        prefect=port,
        lease_s=lease_s,
        concurrency=concurrency,
        nudge=free_port(),
    )
    (folder / "counterfoil.toml").write_text(text)
    settings = load_settings(folder / "counterfoil.toml")
    ensure_keys(Paths(settings.var_dir).keys)
    nudge_url = f"http://127.0.0.1:{settings.actions.nudge_port}/nudge"
    queue = Queue(settings.prefect.api_url, nudge_url=nudge_url, patience_s=patience_s)
    key = private_key(Paths(settings.var_dir).keys)
    keys = {account_secret(one.account): one.api_key for one in (*others, *helpdesks)}
    return Stand(folder, settings, queue, sandbox, key, environment(folder, port) | keys)


def account_secret(account: str) -> str:
    """The environment variable of an account's key."""
    return f"COUNTERFOIL_{account.upper().replace('/', '_').replace('-', '_')}_API_KEY"
