"""The main job over answers recorded from Stripe's own test environment: nothing is lost, to the minor unit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.gateways.stripe import GATEWAY
from counterfoil.paths import Paths
from counterfoil.settings import Settings, load_settings
from flows.ingest.replaying import replay
from flows.invoicing.issuing import issue_missing
from flows.invoicing.period import Period
from flows.invoicing.tax_summary import summarise
from warehouse.build import build
from warehouse.load import load_landed
from warehouse.publish import publish
from warehouse.published import PublishedFile

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT.parent / "shared" / "gateway_data" / "stripe" / "recorded.jsonl"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACCOUNT = "stripe/eu"

pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason=f"the recorded answers are not at {RECORDED}")


@dataclass(frozen=True)
class Job:
    """The whole main job, done once on the recorded answers."""

    published: PublishedFile
    paths: Paths
    settings: Settings


@pytest.fixture(scope="module")
def job(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    settings = load_settings(ROOT / "sandbox" / "counterfoil.toml")
    paths = Paths(Path(shutil.copytree(built_once, tmp_path_factory.mktemp("recorded") / "var")))
    replay(GATEWAY, ACCOUNT, RECORDED, paths.landing, now=NOW)
    load_landed(paths)
    build(paths, reporting_time_zone=settings.reporting_time_zone)
    publish(paths, now=NOW)
    issue_missing(paths, settings, period=Period(), now=NOW)
    build(paths, reporting_time_zone=settings.reporting_time_zone)
    report = publish(paths, now=NOW)
    assert not report.is_blocked
    return Job(PublishedFile(paths.published), paths, settings)


def recorded_objects(kind: str) -> dict[str, dict[str, Any]]:
    """The newest version of each object of a kind, anywhere in the answers; found here by a walk of our own."""
    newest: dict[str, tuple[datetime, dict[str, Any]]] = {}
    for line in RECORDED.read_text(encoding="utf-8").splitlines():
        envelope = json.loads(line)
        at = parsedate_to_datetime(envelope["recorded_at"])
        for found in _walk(json.loads(envelope["response_body"])):
            if found.get("object") == kind and found.get("id"):
                known = newest.get(found["id"])
                if known is None or at >= known[0]:
                    newest[found["id"]] = (at, found)
    return {object_id: found for object_id, (_, found) in newest.items()}


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from _walk(child)
    elif isinstance(value, list):
        for child in value:
            yield from _walk(child)


def published_by_id(job: Job, table: str, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in job.published.rows(f"SELECT * FROM canonical.{table}")}


def test_every_charge_is_found_again_to_the_minor_unit(job: Job) -> None:
    expected, found = recorded_objects("charge"), published_by_id(job, "charges", "charge_id")
    assert expected.keys() == found.keys() and len(expected) >= 15
    for charge_id, charge in expected.items():
        row = found[charge_id]
        assert (row["amount_minor"], row["currency"]) == (charge["amount"], charge["currency"].upper()), charge_id
        assert row["refunded_minor"] == charge["amount_refunded"], charge_id


def test_every_invoice_is_found_again_to_the_minor_unit(job: Job) -> None:
    expected, found = recorded_objects("invoice"), published_by_id(job, "invoices", "invoice_id")
    assert expected.keys() == found.keys() and len(expected) >= 15
    for invoice_id, invoice in expected.items():
        row = found[invoice_id]
        assert (row["total_minor"], row["paid_minor"]) == (invoice["total"], invoice["amount_paid"]), invoice_id
        assert (row["status"], row["number"]) == (invoice["status"], invoice["number"]), invoice_id


def test_every_subscription_is_found_again(job: Job) -> None:
    expected, found = recorded_objects("subscription"), published_by_id(job, "subscriptions", "subscription_id")
    assert expected.keys() == found.keys() and len(expected) >= 15
    for subscription_id, subscription in expected.items():
        row = found[subscription_id]
        assert (row["status"], row["customer_id"]) == (subscription["status"], subscription["customer"]), (
            subscription_id
        )
        assert row["current_period_end_at"] is not None, subscription_id


def test_every_refund_is_found_again_to_the_minor_unit(job: Job) -> None:
    expected, found = recorded_objects("refund"), published_by_id(job, "refunds", "refund_id")
    assert expected.keys() == found.keys()
    for refund_id, refund in expected.items():
        assert found[refund_id]["amount_minor"] == refund["amount"], refund_id


def test_nothing_ends_in_quarantine(job: Job) -> None:
    assert job.published.rows("SELECT resource, object_id, reason FROM marts.quarantine") == []


def test_every_paid_charge_is_on_the_timeline_and_has_a_document_or_an_invoice(job: Job) -> None:
    succeeded = {
        row["charge_id"] for row in job.published.rows("SELECT * FROM canonical.charges WHERE status = 'succeeded'")
    }
    shown = {
        row["object_id"] for row in job.published.rows("SELECT * FROM marts.customer_timeline WHERE kind = 'charge'")
    }
    assert succeeded <= shown
    assert job.published.rows("SELECT charge_id FROM marts.payments_without_document") == []


def test_the_tax_is_that_of_the_recorded_invoices(job: Job) -> None:
    expected = sum(
        tax["amount"]
        for invoice in recorded_objects("invoice").values()
        for tax in invoice.get("total_taxes") or invoice.get("total_tax_amounts") or []
    )
    found = job.published.rows("SELECT coalesce(sum(tax_minor), 0)::BIGINT AS tax FROM canonical.tax_lines")
    assert found == [{"tax": expected}]
    documents = job.published.rows("SELECT sum(tax_minor)::BIGINT AS tax FROM books.documents")
    summarised = sum(total["tax_minor"] for total in summarise(job.paths, Period()).as_dict()["totals"].values())
    assert summarised == expected + documents[0]["tax"]
