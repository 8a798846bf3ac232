"""`python -m sandbox.helpdesks zendesk=8441 … --state DIR`: run stand-ins of helpdesks on 127.0.0.1, in one process."""

import argparse
import time
from pathlib import Path

import httpx

from sandbox.helpdesks.openings import APP_SECRETS, private_key
from sandbox.helpdesks.pages import Pages
from sandbox.helpdesks.panel import Installed, with_panel
from sandbox.helpdesks.running import FACES, make_standin, paying_customers, run_all, seed, settings_of

WAIT_S = 120.0
PEOPLE_EACH = 3


def main() -> None:
    """Serve until interrupted."""
    options = argparse.ArgumentParser(prog="python -m sandbox.helpdesks", description=__doc__)
    options.add_argument("helpdesks", nargs="+", help=f"NAME=PORT, of {', '.join(FACES)}")
    options.add_argument("--state", type=Path)
    options.add_argument("--webhooks", help="the address below which each has /NAME/LABEL")
    options.add_argument("--label", default="main")
    options.add_argument("--customers-of", help="address of Stripe's stand-in; its customers write the first tickets")
    options.add_argument("--customers-key", default="sk_test_sandbox")
    options.add_argument("--panel", help="the address of Counterfoil; its panel then stands beside each ticket")
    options.add_argument("--app-key", type=Path, help="the private key (PEM) with which Zendesk signs who opens it")
    wanted = options.parse_args()
    ports = {name: int(port) for name, _, port in (one.partition("=") for one in wanted.helpdesks)}
    people = _people(wanted.customers_of, wanted.customers_key, PEOPLE_EACH * len(ports)) if wanted.customers_of else []
    standins = {}
    for number, (name, port) in enumerate(ports.items()):
        url = f"{wanted.webhooks}/{name}/{wanted.label}" if wanted.webhooks else None
        folder = wanted.state / name if wanted.state else None
        pages = with_panel(_installed(name, wanted.panel, wanted.app_key, wanted.label)) if wanted.panel else Pages
        standin = make_standin(name, folder, settings_of(name, url), pages)
        seed(standin, people[number * PEOPLE_EACH : (number + 1) * PEOPLE_EACH])
        standins[port] = standin
        print(f"{name} stand-in on http://127.0.0.1:{port}", flush=True)
    run_all(standins)


def _installed(name: str, web: str, key: Path | None, label: str) -> Installed:
    secret = APP_SECRETS.get(name, "")
    return Installed(web, secret, private_key(key.read_bytes()) if key and name == "zendesk" else None, label)


def _people(url: str, key: str, wanted: int) -> list[tuple[str, str]]:
    """Wait for Stripe's stand-in, which starts at the same time."""
    end = time.monotonic() + WAIT_S
    while True:
        try:
            return paying_customers(url, key, wanted)
        except httpx.HTTPError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


if __name__ == "__main__":
    main()
