"""`python -m sandbox.<name> --port N --state DIR`: run one stand-in on 127.0.0.1."""

import argparse
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import uvicorn

from sandbox.standin.api import Api
from sandbox.standin.app import StandIn
from sandbox.standin.settings import Scope, Settings

MakeApi = Callable[[Path | None, Scope, Settings], Api]


def run(name: str, make: MakeApi, defaults: Settings, arguments: list[str] | None = None) -> None:
    """Serve until interrupted. The environment wins: SANDBOX_<NAME>_KEY, _READ_KEY, _WEBHOOK_SECRET."""
    options = parser(name)
    options.add_argument("--webhook-secret")
    wanted = options.parse_args(arguments)
    prefix = f"SANDBOX_{name.upper()}"
    settings = Settings(
        key=os.environ.get(f"{prefix}_KEY", defaults.key),
        read_key=os.environ.get(f"{prefix}_READ_KEY", defaults.read_key),
        webhook_secret=wanted.webhook_secret or os.environ.get(f"{prefix}_WEBHOOK_SECRET", defaults.webhook_secret),
        webhook_url=wanted.webhook_url,
        settle_after=wanted.settle_after,
        control_token=os.environ.get("SANDBOX_CONTROL_TOKEN", defaults.control_token),
    )
    serve(StandIn(make(wanted.state, scope_of(wanted), settings), settings), name, wanted.port)


def parser(name: str) -> argparse.ArgumentParser:
    """The options that every stand-in has."""
    options = argparse.ArgumentParser(prog=f"python -m sandbox.{name}", description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--state", type=Path, help="folder of the durable state; in memory where it is left out")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--months", type=int, default=12)
    options.add_argument("--scale", choices=["tiny", "small", "full"], default="full")
    options.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    options.add_argument("--webhook-url")
    options.add_argument("--settle-after", type=float, help="seconds after which what is pending settles by itself")
    return options


def scope_of(wanted: argparse.Namespace) -> Scope:
    """What the seeded account is to hold."""
    return Scope(wanted.seed, wanted.months, wanted.scale, wanted.today)


def serve(app: Any, name: str, port: int) -> None:
    """Serve an ASGI application until interrupted."""
    print(f"{name} stand-in on http://127.0.0.1:{port}", flush=True)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
