"""A web service with two custom accounts, for the tests of what a company's own systems send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from counterfoil.paths import Paths
from counterfoil.secrets import Secret
from dashboards.app import make_app
from dashboards.inbox import INBOX
from tests.dashboards.conftest import BASE, settings_for
from tests.dashboards.published_reports import NOW

KEYS = {"custom/shop": "key-of-the-shop-0123456789", "custom/club": "key-of-the-club-0123456789"}
SECRETS = {
    "custom/shop": "whsec_dGhlIGNvbXBhbnkgc2lnbnMgd2l0aCB0aGlzIG9uZQ==",
    "custom/club": "whsec_dGhlIG90aGVyIGNvbXBhbnkgc2lnbnMgd2l0aCBpdA==",
}


class Silent:
    """A bell that counts."""

    rung = 0

    def ring(self) -> None:
        self.rung += 1


@contextmanager
def custom_web(paths: Paths) -> Iterator[TestClient]:
    """The service over an empty folder; its bell only counts."""
    accounts = [{"name": name, "api_base": "http://127.0.0.1:8437"} for name in ("stripe/eu", *KEYS)]
    app = make_app(
        settings_for(paths.var, accounts=accounts),
        is_sandbox=True,
        webhook_secrets={name: (Secret(secret),) for name, secret in SECRETS.items()},
        import_keys={name: (Secret(key),) for name, key in KEYS.items()},
        clock=lambda: NOW,
    )
    app.state.bells = {INBOX: Silent()}
    with TestClient(app, base_url=BASE) as client:
        yield client


def files(paths: Paths) -> list[Path]:
    return sorted(path for path in paths.inbox.rglob("*") if path.is_file())
