"""What the pages need, built once at start and handed to each of them through the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request

from counterfoil.paths import Paths
from counterfoil.policy import Policy
from counterfoil.queue import Queue
from counterfoil.secrets import Secret
from counterfoil.settings import Settings
from dashboards.accounts import Accounts
from dashboards.billing.counter import Counter
from dashboards.frames import Frames
from dashboards.kept import Kept
from dashboards.limiter import Limiter
from dashboards.live import LiveRuns
from dashboards.panel.connections import Connections
from dashboards.sessions import Sessions
from warehouse.published import PublishedFile

if TYPE_CHECKING:
    from dashboards.assets import Assets
    from dashboards.billing.pages import CustomerPages
    from dashboards.charts import Charts
    from dashboards.render import Pages


@dataclass(frozen=True, slots=True)
class Service:
    """Everything behind the pages. There is no API key in it, only webhook, app and import secrets."""

    settings: Settings
    paths: Paths
    policy: Policy
    is_sandbox: bool
    published: PublishedFile
    kept: Kept
    queue: Queue
    looking: Queue
    """The same queue for pages that only look: it waits for a busy one only a moment."""
    live: LiveRuns
    accounts: Accounts
    sessions: Sessions
    frames: Frames
    connections: Connections
    signing_key: Ed25519PrivateKey
    webhook_secrets: Mapping[str, tuple[Secret, ...]]
    import_keys: Mapping[str, tuple[Secret, ...]]
    app_secrets: Mapping[str, tuple[Secret, ...]]
    sign_ins: Limiter
    pages: Pages
    counter: Counter
    customer_pages: CustomerPages
    charts: Charts
    assets: Assets
    clock: Callable[[], datetime]

    def as_of(self) -> datetime | None:
        """Everything that happened before it is in the published file; None before the first one."""
        return self.kept.once("as of", lambda published: published.as_of)

    def today(self) -> date:
        """The last day that the published data can know of, in the reporting time zone; else the clock's."""
        return (self.as_of() or self.clock()).astimezone(self.settings.zone).date()


def service_of(request: Request) -> Service:
    """The service behind a request."""
    return cast(Service, request.app.state.service)
