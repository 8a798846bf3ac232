"""Which process gets which secret: keys of gateways never reach the web service, nor its own the workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.cli.up.environment import web_environment, worker_environment
from tests.dashboards.conftest import settings_for

SECRETS = {f"COUNTERFOIL_CUSTOM_SHOP_{kind}": kind.lower() for kind in ("API_KEY", "WEBHOOK_SECRET", "IMPORT_KEY")}


def test_the_web_service_may_import_and_verify_and_a_worker_may_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    accounts = [{"name": "custom/shop", "api_base": "http://127.0.0.1:8437"}]
    settings = settings_for(tmp_path, accounts=accounts, helpdesks=[])
    nowhere = tmp_path / ".env"
    assert sorted(web_environment({}, settings, nowhere).values()) == ["import_key", "webhook_secret"]
    assert list(worker_environment({}, settings, nowhere).values()) == ["api_key"]


def test_a_worker_may_call_a_helpdesk_and_the_web_service_may_only_believe_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("API_KEY", "WEBHOOK_SECRET", "APP_SECRET"):
        monkeypatch.setenv(f"COUNTERFOIL_ZENDESK_MAIN_{kind}", kind.lower())
    helpdesks = [{"name": "zendesk/main", "api_base": "http://127.0.0.1:8441"}]
    settings = settings_for(tmp_path, accounts=[], helpdesks=helpdesks)
    nowhere = tmp_path / ".env"
    assert sorted(web_environment({}, settings, nowhere).values()) == ["app_secret", "webhook_secret"]
    assert list(worker_environment({}, settings, nowhere).values()) == ["api_key"]
