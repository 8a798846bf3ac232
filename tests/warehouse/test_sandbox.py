"""The sandbox's account, pulled over HTTP, and its bank's statement: what was planted is found, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connectors.gateway import AccountAccess
from connectors.registry import gateway
from counterfoil.bank_accounts import BankAccount
from counterfoil.paths import Paths
from counterfoil.settings import load_settings
from counterfoil.statement_inbox import put_upload
from flows.reconciliation.statements import import_waiting
from sandbox.stripe.running import running
from tests.warehouse.landed import ACCOUNT, NOW, ZONE
from warehouse.build import build
from warehouse.check import CheckResult
from warehouse.landing import land_pages
from warehouse.load import load_landed
from warehouse.publish import publish
from warehouse.published import PublishedFile

ACCOUNT_FEE = -490
"""What the bank of the sandbox takes for itself each month, in minor units."""
SETTINGS = Path(__file__).resolve().parents[2] / "sandbox" / "counterfoil.toml"


@dataclass(frozen=True)
class Pulled:
    """A published account, and what was planted in it: defect -> object ids."""

    published: PublishedFile
    checks: dict[str, CheckResult]
    planted: dict[str, list[str]]
    charges: int
    bank: dict[str, Any]
    """The stand-in of the bank: lines, and defects with the payouts that they concern."""
    months: dict[str, Any]
    """The stand-in's own books: month -> currency -> sums in minor units."""


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
        bank: Any = stand_in.control("GET", "bank")
        books: Any = stand_in.control("GET", "books", {"tz": ZONE})
    banks = _import(paths, bank["camt053"])
    load_landed(paths)
    build(paths, reporting_time_zone=ZONE, bank_accounts=banks)
    report = publish(paths, now=NOW)
    assert not report.is_blocked
    planted = {one["name"]: [one["object"], *one["others"]] for one in defects["defects"]}
    checks = {one.name: one for one in report.checks}
    yield Pulled(PublishedFile(paths.published), checks, planted, landed["charges"], bank, books["months"])


def _import(paths: Paths, camt053: str) -> tuple[BankAccount, ...]:
    """Import the statement with the bank accounts of the sandbox's settings."""
    settings = load_settings(SETTINGS).model_copy(update={"var_dir": paths.var})
    put_upload(paths.inbox, camt053.encode(), "bank.xml", bank_account="", is_correction=False, by="sandbox", now=NOW)
    (done,) = import_waiting(paths, settings, now=NOW)
    assert done.state == "done", done.sentence
    return settings.bank_accounts


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


def test_what_was_planted_at_the_bank_is_found_with_its_cause_and_everything_else_matches(pulled: Pulled) -> None:
    planted = {one["name"]: one for one in pulled.bank["defects"]}
    assert len(planted) == 4
    rows = pulled.published.rows("SELECT * FROM marts.bank_reconciliation")
    assert sum(row["side"] == "bank line" for row in rows) == pulled.bank["lines"]
    still_open = {
        (row["side"], row["cause"], row["object_id"] if row["side"] == "payout" else row["amount_minor"])
        for row in rows
        if row["result"] == "open" and row["cause"] != "timing" and row["amount_minor"] != ACCOUNT_FEE
    }
    short, missing, unknown = (planted[name] for name in ("fee_deducted", "missing_line", "unknown_line"))
    assert still_open == {
        ("payout", "fee", short["payouts"][0]),
        ("bank line", "fee", short["amount"]),
        ("payout", "missing bank line", missing["payouts"][0]),
        ("bank line", "unknown bank line", unknown["amount"]),
    }
    fees = [row["cause"] for row in rows if row["amount_minor"] == ACCOUNT_FEE]
    assert fees and set(fees) == {"fee"}


def test_two_payouts_in_one_line_are_both_matched_with_it(pulled: Pulled) -> None:
    (both,) = (one for one in pulled.bank["defects"] if one["name"] == "two_payouts_in_one_line")
    found = pulled.published.rows(
        "SELECT payout_id, bank_line_id FROM marts.bank_matches WHERE list_contains(?, payout_id)", [both["payouts"]]
    )
    assert sorted(row["payout_id"] for row in found) == sorted(both["payouts"])
    assert len({row["bank_line_id"] for row in found}) == 1


def test_what_is_only_late_is_no_finding(pulled: Pulled) -> None:
    late = pulled.published.rows(
        "SELECT p.status FROM marts.bank_reconciliation r JOIN canonical.payouts p ON p.payout_id = r.object_id"
        " WHERE r.cause = 'timing'"
    )
    assert {row["status"] for row in late} <= {"in_transit"}
    assert all(row["cause"] != "timing" for row in pulled.checks["bank_lines_open"].sample)


def test_the_balance_of_every_month_moved_as_the_gateways_own_books_say(pulled: Pulled) -> None:
    parts = ("refunds", "disputes", "fees", "payouts")
    columns = ", ".join(f"-sum({part}_minor)::BIGINT AS {part}" for part in parts)
    found = pulled.published.rows(
        f"SELECT strftime(on_day, '%Y-%m') AS month, lower(currency) AS currency, {columns}"
        " FROM marts.balance_by_day GROUP BY ALL"
    )
    told = {
        (month, currency): {part: sums.get(part, 0) for part in parts}
        for month, currencies in pulled.months.items()
        for currency, sums in currencies.items()
    }
    assert len(found) > 12
    for row in found:
        assert {part: row[part] for part in parts} == told[row["month"], row["currency"]], row
