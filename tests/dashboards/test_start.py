"""Starting the service, and what it does while the queue is slow."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from counterfoil.settings import SettingsInvalid
from dashboards import __main__ as start
from tests.dashboards.conftest import Web, settings_for
from tests.dashboards.prefect_stand_in import PrefectStandIn
from tests.dashboards.published_fixture import ZOE


def test_a_missing_settings_file_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERFOIL_SETTINGS", str(tmp_path / "none.toml"))
    assert start.main() == 2
    assert "no such file" in capsys.readouterr().err


def test_several_webhook_secrets_serve_a_change_of_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERFOIL_STRIPE_EU_WEBHOOK_SECRET", "whsec_new, whsec_old")
    monkeypatch.delenv("COUNTERFOIL_STRIPE_US_WEBHOOK_SECRET", raising=False)
    found = start.webhook_secrets(settings_for(tmp_path))
    assert {name: [one.reveal() for one in secrets] for name, secrets in found.items()} == {
        "stripe/eu": ["whsec_new", "whsec_old"]
    }
    assert "whsec" not in repr(found)


def test_an_import_key_that_could_be_guessed_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = settings_for(tmp_path)
    monkeypatch.setenv("COUNTERFOIL_STRIPE_EU_IMPORT_KEY", f"{'a' * 64}, short")
    with pytest.raises(SettingsInvalid, match="COUNTERFOIL_STRIPE_EU_IMPORT_KEY"):
        start.import_keys(settings)
    monkeypatch.setenv("COUNTERFOIL_STRIPE_EU_IMPORT_KEY", f"{'a' * 64},{'b' * 64}")
    assert [len(keys) for keys in start.import_keys(settings).values()] == [2]


def test_a_slow_queue_never_holds_a_page_up(desk: Web, prefect: PrefectStandIn) -> None:
    agent = desk.as_role("agent")
    prefect.lists_after_s = 5.0
    before = time.monotonic()
    page = agent.get(f"/customers/{ZOE}")
    assert time.monotonic() - before < 4.0
    assert "Zoë Müller" in page.text
    assert "The queue of actions does not answer" in page.text


def test_the_health_check_tells_what_is_shown_and_needs_nobody(shared_web: Web) -> None:
    answer = shared_web.open().get("/healthz").json()
    assert answer == {"status": "ok", "published": "small", "as_of": "2026-11-23T11:55:00+00:00"}
