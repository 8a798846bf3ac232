"""`python -m sandbox.paypal --port N --state DIR`: run one stand-in of PayPal on 127.0.0.1."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path

import uvicorn

from sandbox.paypal.app import make_app
from sandbox.paypal.settings import from_environment
from sandbox.paypal.state import open_state
from sandbox.stripe.settings import Scope


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    wanted = _parser().parse_args(arguments)
    settings = from_environment(wanted.webhook_url, wanted.settle_after)
    store = open_state(wanted.state, Scope(wanted.seed, wanted.months, wanted.scale, wanted.today))
    print(f"PayPal stand-in on http://127.0.0.1:{wanted.port}", flush=True)
    uvicorn.run(
        make_app(store, settings),
        host="127.0.0.1",
        port=wanted.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.paypal", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, help="folder of the durable state; in memory where it is left out")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--scale", choices=["small", "full"], default="full")
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    parser.add_argument("--webhook-url")
    parser.add_argument("--settle-after", type=float, help="seconds until a pending refund settles by itself")
    return parser


if __name__ == "__main__":
    main()
