"""The web service over the small published file, without any other process."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from connectors.helpdesks.registry import NAMES
from counterfoil.paths import Paths
from counterfoil.secrets import Secret
from counterfoil.settings import Settings
from dashboards.app import make_app
from tests.dashboards.prefect_stand_in import PrefectStandIn, running_prefect
from tests.dashboards.published_fixture import publish_small
from tests.dashboards.published_reports import NOW
from tests.dashboards.year import Year, published_year

ROOT = Path(__file__).resolve().parents[2]
WEBHOOK_SECRET = "whsec_of_the_test"
BASE = "http://127.0.0.1:8420"
CLOSED_PORT = 9


def settings_for(var: Path, *, prefect_port: int = CLOSED_PORT, **changes: object) -> Settings:
    """Settings of a sandbox: one account that acts, one that is only observed."""
    fields: dict[str, object] = {
        "var_dir": var,
        "policy_file": ROOT / "policy.toml",
        "reporting_time_zone": "Europe/Berlin",
        "entity": {
            "name": "Example Books GmbH",
            "address": ["Torstrasse 1"],
            "country": "DE",
            "tax_id": "DE136695976",
            "email": "billing@example.com",
        },
        "accounts": [
            {"name": "stripe/eu", "api_base": "http://127.0.0.1:8431", "mode": "act"},
            {"name": "stripe/us", "api_base": "http://127.0.0.1:8431", "mode": "observe"},
        ],
        "helpdesks": [{"name": f"{kind}/main", "api_base": f"https://{kind}.example"} for kind in NAMES],
        "prefect": {"port": prefect_port},
    }
    return Settings.model_validate(fields | changes)


@dataclass(frozen=True, slots=True)
class Web:
    """A running service in this process."""

    settings: Settings
    paths: Paths
    open: Callable[[], TestClient]

    def as_role(self, role: str) -> TestClient:
        """A browser that is signed in as a role of the sandbox."""
        client = self.open()
        page = client.get("/sandbox/sign-in")
        answer = client.post("/sandbox/sign-in", data={"role": role, "csrf": token(page.text)})
        assert answer.status_code == 200, answer.text
        return client


def token(html: str) -> str:
    """The CSRF token of a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found, html[:500]
    return found.group(1)


def hidden(html: str) -> dict[str, str]:
    """All hidden fields of a page, the last of a name winning."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))


def make_web(
    var: Path,
    *,
    app_secrets: Mapping[str, tuple[Secret, ...]] | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
    **changes: object,
) -> Web:
    """A service over the small published file in `var`."""
    settings = settings_for(var, **changes)  # type: ignore[arg-type]
    secrets = {"stripe/eu": (Secret(WEBHOOK_SECRET),)}
    app = make_app(settings, is_sandbox=True, webhook_secrets=secrets, app_secrets=app_secrets, clock=clock)
    return Web(settings, Paths(var), lambda: TestClient(app, base_url=BASE, raise_server_exceptions=True))


@pytest.fixture(scope="session")
def shared_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """For tests that only look."""
    var = tmp_path_factory.mktemp("web")
    publish_small(Paths(var).published)
    folder = Paths(var).documents / "2026"
    folder.mkdir(parents=True)
    (folder / "INV-2026-000001.pdf").write_bytes(b"%PDF-1.7 as stored")
    yield make_web(var)


@pytest.fixture(scope="session")
def year(built_once: Path, tmp_path_factory: pytest.TempPathFactory, shared_web: Web) -> Iterator[Year]:
    """A small year of five stand-ins, pulled, loaded, built and published."""
    folder = Path(shutil.copytree(built_once, tmp_path_factory.mktemp("year") / "var"))
    shutil.copytree(shared_web.paths.var / "web", folder / "web")
    with published_year(settings_for(folder)) as found:
        yield found


@pytest.fixture
def var(tmp_path: Path, shared_web: Web) -> Path:
    """A folder of one's own with the small published file, and the Vega bundle that takes two seconds to make."""
    shutil.copytree(shared_web.paths.var / "web", tmp_path / "web")
    shutil.copytree(shared_web.paths.published, tmp_path / "published")
    return tmp_path


@pytest.fixture
def web(var: Path) -> Web:
    """For tests that write."""
    return make_web(var)


@pytest.fixture
def prefect() -> Iterator[PrefectStandIn]:
    """A queue that takes requests."""
    with running_prefect() as running:
        yield running


@pytest.fixture
def desk(var: Path, prefect: PrefectStandIn) -> Web:
    """A service with a queue behind it."""
    return make_web(var, prefect_port=prefect.port)
