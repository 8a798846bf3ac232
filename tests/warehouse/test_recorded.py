"""The answers recorded from Stripe's real test environment, all the way to the published file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.registry import gateway
from counterfoil.paths import Paths
from tests.warehouse.landed import ZONE, land
from warehouse.build import build
from warehouse.load import load_landed
from warehouse.publish import publish
from warehouse.published import PublishedFile

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "gateway_data" / "stripe" / "recorded.jsonl"

needs_recorded = pytest.mark.skipif(not RECORDED.is_file(), reason=f"the recorded answers are not at {RECORDED}")


@pytest.fixture
def paths(built: Paths) -> Paths:
    """An installation whose models are built already."""
    return built


FOUND = {
    "charge": "SELECT charge_id, amount_minor, upper(currency) FROM canonical.charges",
    "refund": "SELECT refund_id, amount_minor, upper(currency) FROM canonical.refunds",
    "invoice": "SELECT invoice_id, total_minor, upper(currency) FROM canonical.invoices",
    "subscription": "SELECT subscription_id, NULL AS amount, NULL AS currency FROM canonical.subscriptions",
}


def _answers() -> list[Any]:
    found = []
    for line in RECORDED.read_bytes().splitlines():
        try:
            found.append(orjson.loads(orjson.loads(line)["response_body"]))
        except orjson.JSONDecodeError:
            continue
    return found


def _objects(value: Any) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Object type -> id -> every (amount, currency) that was ever recorded of it, found without our connector."""
    found: dict[str, dict[str, tuple[Any, ...]]] = {kind: {} for kind in FOUND}
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, list):
            waiting.extend(inner)
        elif isinstance(inner, dict):
            waiting.extend(inner.values())
            kind, wanted = inner.get("object"), inner.get("id")
            if kind in FOUND and isinstance(wanted, str) and not wanted.startswith("upcoming") and "status" in inner:
                amount = {"invoice": "total", "subscription": ""}.get(str(kind), "amount")
                version = (inner.get(amount), str(inner["currency"]).upper() if amount else None)
                found[str(kind)][wanted] = (*found[str(kind)].get(wanted, ()), version)
    return found


@needs_recorded
def test_everything_recorded_is_found_in_the_published_file_to_the_minor_unit(paths: Paths) -> None:
    answers = _answers()
    bodies: dict[str, list[bytes]] = {}
    for answer in answers:
        for resource, body in gateway("stripe").harvest(orjson.dumps(answer)):
            bodies.setdefault(resource, []).append(body)
    for resource, objects in bodies.items():
        land(paths, resource, *objects)
    report = load_landed(paths)
    build(paths, reporting_time_zone=ZONE)
    assert not publish(paths, now=datetime(2026, 11, 23, tzinfo=UTC)).is_blocked
    assert not report.quarantined
    published = PublishedFile(paths.published)
    for kind, sql in FOUND.items():
        rows = {row[0]: tuple(row[1:]) for row in (tuple(found.values()) for found in published.rows(sql))}
        recorded = _objects(answers)[kind]
        assert set(rows) == set(recorded), kind
        for wanted, versions in recorded.items():
            assert rows[wanted] in versions, (kind, wanted)
    assert len(published.rows(FOUND["charge"])) > 20
