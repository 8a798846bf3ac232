"""What happens at the gateway is published in seconds, without anybody asking: webhook, fetch, refresh, new file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from counterfoil.cli.up.stand_ins import STAND_INS
from tests.actions.stand import wait_for
from tests.e2e.conftest import Installation
from warehouse.published import PublishedFile

pytestmark = pytest.mark.e2e

WITHIN_S = 60.0
"""Far more than it takes, because the machine may be busy; `make bench ONLY=freshness` measures what it takes."""
KEY = {"Authorization": "Bearer sk_test_sandbox"}


def test_a_refund_made_in_the_gateways_own_pages_is_published_by_its_webhook(installation: Installation) -> None:
    file = PublishedFile(installation.var / "published")
    charge_id = refunded_elsewhere(installation, file)
    refreshed = f"SELECT refunded_minor FROM canonical.charges WHERE charge_id = '{charge_id}'"
    wait_for("the charge in the published file", lambda: file.rows(refreshed)[0]["refunded_minor"] == 100, WITHIN_S)
    timeline = f"SELECT kind FROM marts.customer_timeline WHERE charge_id = '{charge_id}' AND kind = 'refund'"
    wait_for("the refund in the timeline", lambda: len(file.rows(timeline)) == 1, WITHIN_S)
    runs = refreshes(installation)
    assert any(run["parameters"] == {"only_changes": True} for run in runs)
    assert {run["work_pool_name"] for run in runs} == {"warehouse"}


def test_a_companys_own_system_imports_a_charge_and_it_is_published(installation: Installation) -> None:
    at = datetime.now(UTC).isoformat()
    charge = {
        "id": "pay_imported", "email": "customer0000@de.example", "amount_minor": 1_990, "captured_minor": 1_990,
        "refunded_minor": 0, "currency": "EUR", "status": "succeeded", "created_at": at, "updated_at": at,
    }  # fmt: skip
    key = str(STAND_INS["custom"].import_key)
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx.post(f"{installation.web}/api/import/charges", json=[charge], headers=headers, timeout=30)
    assert (answer.status_code, answer.json()) == (202, {"account": "custom/shop", "objects": 1, "new": True})
    file = PublishedFile(installation.var / "published")
    published = "SELECT amount_minor, currency FROM canonical.charges WHERE charge_id = 'pay_imported'"
    wait_for("the charge in the published file", lambda: len(file.rows(published)) == 1, WITHIN_S)
    assert file.rows(published) == [{"amount_minor": 1_990, "currency": "EUR"}]
    assert key not in installation.output.read_text(encoding="utf-8")


def refunded_elsewhere(installation: Installation, file: PublishedFile) -> str:
    """Refund 1.00 of a charge at the stand-in itself; its id."""
    untouched = (
        "SELECT charge_id FROM canonical.charges WHERE account = 'stripe/eu' AND status = 'succeeded'"
        " AND refunded_minor = 0 AND NOT is_disputed AND currency = 'EUR' AND amount_minor > 1000"
        " ORDER BY created_at DESC"
    )
    with httpx.Client(base_url=installation.sandbox, headers=KEY, timeout=30) as gateway:
        for row in file.rows(untouched):
            answer = gateway.post("/v1/refunds", data={"charge": row["charge_id"], "amount": "100"})
            if answer.status_code == 200:
                return str(row["charge_id"])
    raise AssertionError("The stand-in has no charge that can be refunded.")


def refreshes(installation: Installation) -> list[dict[str, Any]]:
    body = {
        "flows": {"name": {"any_": ["refresh-warehouse"]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }
    found: list[dict[str, Any]] = httpx.post(f"{installation.prefect}/flow_runs/filter", json=body, timeout=30).json()
    return found
