"""The five stand-ins by name: how each is made, and one served for a test or all of them in one process."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn

from sandbox.helpdesks.app import HelpdeskStandIn, with_agents
from sandbox.helpdesks.desk import Face
from sandbox.helpdesks.freshdesk import Freshdesk
from sandbox.helpdesks.front import Front
from sandbox.helpdesks.helpscout import HelpScout
from sandbox.helpdesks.intercom import Intercom
from sandbox.helpdesks.pages import Pages
from sandbox.helpdesks.zendesk import Zendesk
from sandbox.standin.messages import Json
from sandbox.standin.running import Served, in_thread
from sandbox.standin.settings import Settings
from sandbox.standin.store import Store

FACES: dict[str, Callable[[Store, str], Face]] = {
    "zendesk": Zendesk,
    "freshdesk": Freshdesk,
    "helpscout": HelpScout,
    "intercom": Intercom,
    "front": Front,
}
KEYS = {
    "zendesk": "counterfoil@sandbox.example/token:zendesk_sandbox_token",
    "freshdesk": "freshdesk_sandbox_key",
    "helpscout": "helpscout_app:helpscout_sandbox_secret",
    "intercom": "intercom_sandbox_token",
    "front": "front_sandbox_token",
}
AGENTS: tuple[Json, ...] = (
    {"id": "9000", "email": "counterfoil@sandbox.example", "name": "Counterfoil"},
    {"id": "9001", "email": "agent@sandbox.example", "name": "Ada Agent"},
    {"id": "9002", "email": "lead@sandbox.example", "name": "Lee Lead"},
    {"id": "9003", "email": "guest@sandbox.example", "name": "Gus Guest"},
)
"""The first one is whose API key we hold; the guest has no account at Counterfoil."""
DELAYS = {"freshdesk": (5.0, 30.0, 60.0)}
"""Seconds between the attempts of a webhook; Freshdesk's are minutes in truth."""
SAMPLES = (
    ("Charged twice?", "Hello, I see a charge that I do not know. Could you check, please?"),
    ("Please cancel my plan", "I will not need it any more after this month."),
    ("Invoice for last month", "Could you send me the invoice again? Our VAT id is DE136695976."),
)


def make_standin(
    name: str, folder: Path | None, settings: Settings, pages: Callable[[Face], Pages] = Pages
) -> HelpdeskStandIn:
    """One helpdesk on its own store, with its agents."""
    store = Store(folder, name)
    store.open(datetime.now(UTC).date(), None, {})
    face = with_agents(FACES[name](store, settings.key), AGENTS)
    return HelpdeskStandIn(face, settings, pages(face))


def settings_of(name: str, webhook_url: str | None = None, secret: str = "") -> Settings:
    """The settings of the sandbox."""
    delays = DELAYS.get(name, Settings.webhook_delays)
    return Settings(
        key=KEYS[name],
        read_key="",
        webhook_secret=secret or f"{name}_sandbox_webhook_secret",
        webhook_url=webhook_url,
        webhook_delays=delays,
    )


@contextmanager
def serving(name: str, settings: Settings | None = None) -> Iterator[Served[HelpdeskStandIn, Settings]]:
    """One helpdesk in memory on a free port, for a test."""
    chosen = settings or settings_of(name)
    with in_thread(make_standin(name, None, chosen), chosen) as found:
        yield found


def seed(standin: HelpdeskStandIn, people: Iterable[tuple[str, str]]) -> None:
    """Tickets from customers who exist at a gateway: (e-mail, name) each. A helpdesk that has tickets is left alone."""
    if standin.face.desk.tickets():
        return
    for number, (email, name) in enumerate(people):
        subject, text = SAMPLES[number % len(SAMPLES)]
        standin.face.desk.open(email, name, subject, f"<p>{text}</p>", to=["billing@example.com"])


def paying_customers(stripe_url: str, key: str, wanted: int) -> list[tuple[str, str]]:
    """(e-mail, name) of customers of Stripe's stand-in who paid, the latest first."""
    answer = httpx.get(f"{stripe_url}/v1/charges", params={"limit": 100}, headers={"Authorization": f"Bearer {key}"})
    answer.raise_for_status()
    found: dict[str, str] = {}
    for charge in answer.json()["data"]:
        billing = charge.get("billing_details") or {}
        is_plain = charge.get("paid") and not charge.get("refunded") and not charge.get("disputed")
        if is_plain and charge.get("customer") and billing.get("email"):
            found.setdefault(billing["email"].lower(), billing.get("name") or "")
    return list(found.items())[:wanted]


def run_all(standins: dict[int, HelpdeskStandIn]) -> None:
    """Serve all in this process, each on its port, until interrupted."""

    async def serve() -> None:
        servers = [
            uvicorn.Server(
                uvicorn.Config(
                    standin, host="127.0.0.1", port=port, log_level="warning", access_log=False,
                    timeout_graceful_shutdown=2,
                )
            )
            for port, standin in standins.items()
        ]  # fmt: skip
        await asyncio.gather(*(server.serve() for server in servers))

    asyncio.run(serve())
