"""The sandbox's account, pulled over HTTP: the checks find the planted defects, and nothing of ours is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connectors.gateway import AccountAccess
from connectors.registry import gateway
from counterfoil.paths import Paths
from sandbox.stripe.running import running
from tests.warehouse.landed import ACCOUNT, NOW, ZONE
from warehouse.build import build
from warehouse.check import CheckResult
from warehouse.landing import land_pages
from warehouse.load import load_landed
from warehouse.publish import publish
from warehouse.published import PublishedFile


@dataclass(frozen=True)
class Pulled:
    """A published account, and what was planted in it: defect -> object ids."""

    published: PublishedFile
    checks: dict[str, CheckResult]
    planted: dict[str, list[str]]
    charges: int


@pytest.fixture(scope="module")
def pulled(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulled]:
    paths = Paths(Path(shutil.copytree(built_once, tmp_path_factory.mktemp("pulled") / "var")))
    with running() as stand_in:
        reader = gateway("stripe").open_reader(AccountAccess(ACCOUNT, stand_in.url, "sk_test_sandbox"))
        landed = {}
        for resource in gateway("stripe").resources:
            pages = reader.pages(resource.name, since=None, cursor=None)
            landed[resource.name] = sum(page.rows for page in land_pages(paths.landing, ACCOUNT, pages))
        reader.close()
        defects: Any = stand_in.control("GET", "defects")
    load_landed(paths)
    build(paths, reporting_time_zone=ZONE)
    report = publish(paths, now=NOW)
    assert not report.is_blocked
    planted = {one["name"]: [one["object"], *one["others"]] for one in defects["defects"]}
    yield Pulled(PublishedFile(paths.published), {one.name: one for one in report.checks}, planted, landed["charges"])


@pytest.mark.parametrize(
    ("defect", "check", "column"),
    [
        ("missing_payout_line", "payout_lines_missing", "payout_id"),
        ("tax_does_not_add_up", "invoice_taxes_do_not_add_up", "invoice_id"),
        ("rate_not_in_force", "tax_rate_not_in_force", "invoice_id"),
        ("likely_duplicate", "likely_duplicate_charges", "earlier_charge_id"),
        ("reverse_charge_without_tax_id", "reverse_charge_without_tax_id", "invoice_id"),
    ],
)
def test_a_planted_defect_is_found_and_nothing_else(pulled: Pulled, defect: str, check: str, column: str) -> None:
    assert [row[column] for row in pulled.checks[check].sample] == [pulled.planted[defect][0]]


def test_unreadable_charges_are_in_quarantine_and_all_others_are_published(pulled: Pulled) -> None:
    set_aside = pulled.published.rows("SELECT object_id FROM marts.quarantine")
    wanted = {pulled.planted[name][0] for name in ("fraction", "unknown_currency", "unknown_status")}
    assert {row["object_id"] for row in set_aside} == wanted
    assert pulled.published.rows("SELECT count(*) AS n FROM canonical.charges") == [{"n": pulled.charges - 3}]


def test_all_other_payouts_match(pulled: Pulled) -> None:
    rows = pulled.published.rows("SELECT payout_id FROM marts.payout_reconciliation WHERE result <> 'matched'")
    assert [row["payout_id"] for row in rows] == pulled.planted["missing_payout_line"][:1]


def test_money_over_the_marts_is_the_money_of_the_charges(pulled: Pulled) -> None:
    by_day = "SELECT currency, sum(gross_minor)::BIGINT AS minor FROM marts.revenue_by_day GROUP BY 1 HAVING minor > 0"
    paid = "canonical.charges WHERE status = 'succeeded'"
    of_charges = f"SELECT currency, sum(captured_minor)::BIGINT AS minor FROM {paid} GROUP BY 1"
    found = pulled.published.rows(f"{by_day} ORDER BY 1")
    assert found == pulled.published.rows(f"{of_charges} ORDER BY 1")
    assert len(found) >= 4
