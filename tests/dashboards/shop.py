"""The customers' pages over a published file, with browsers that a link lets in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from counterfoil.customer_links import CustomerLinks
from counterfoil.paths import Paths
from counterfoil.secrets import Secret
from dashboards.app import make_app
from tests.dashboards.conftest import BASE, hidden, settings_for
from tests.dashboards.published_fixture import ZOE
from tests.dashboards.published_reports import NOW

KEY = "k" * 32
MAIL = {
    "host": "127.0.0.1",
    "port": 9,
    "security": "none",
    "sender": "a@example.com",
    "reply_to": "a@example.com",
    "since": "2026-01-01",
}


@dataclass(slots=True)
class Shop:
    """The service, and a clock that a test may turn."""

    now: datetime = NOW
    app: object = None
    links: CustomerLinks = field(init=False)

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=BASE, headers={"Accept-Language": "en-GB"})  # type: ignore[arg-type]

    def link(self, person_id: str = ZOE, *, lives: timedelta = timedelta(hours=1), made_by: str = "cli") -> str:
        return "/billing/enter/" + self.links.token(person_id, made_by=made_by, now=self.now, lives=lives)

    def inside(self, person_id: str = ZOE, *, made_by: str = "cli") -> TestClient:
        """A browser of somebody who was let in by a link."""
        browser = self.browser()
        page = browser.get(self.link(person_id, made_by=made_by))
        answer = browser.post("/billing/enter", data=hidden(page.text))
        assert answer.status_code == 200, answer.text
        assert answer.url.path == "/billing"
        return browser


def open_shop(var: Path, **changes: Any) -> Shop:
    """The service over `var`, with e-mail and a key for the company's own site."""
    shop = Shop()
    settings = settings_for(var, **({"mail": MAIL} | changes))
    shop.app = make_app(
        settings, is_sandbox=True, webhook_secrets={}, billing_keys=(Secret(KEY),), clock=lambda: shop.now
    )
    shop.links = CustomerLinks(Paths(var))
    return shop
