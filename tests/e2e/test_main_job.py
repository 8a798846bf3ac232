"""The main job, on real components: what `make run` shows is what the stand-in's own books say."""

from __future__ import annotations

import json

import pytest

from counterfoil.cli.up.refund_over_http import refundable_charge
from counterfoil.settings import load_settings
from tests.e2e.conftest import Installation

pytestmark = pytest.mark.e2e


def test_every_charge_of_the_gateway_is_published_or_in_quarantine(installation: Installation) -> None:
    summary, books = installation.summary, installation.books()
    assert summary["accounts"]["stripe/eu"]["charges"] == len(books["charges"]) > 100
    assert {"account": "stripe/eu", "resource": "charges", "rows": len(books["left_out"])} in summary["quarantined"]


def test_every_account_has_charges_and_customers(installation: Installation) -> None:
    accounts = installation.summary["accounts"]
    assert {account.partition("/")[0] for account in accounts} == {
        "stripe", "braintree", "paypal", "woocommerce", "recurly", "custom",
    }  # fmt: skip
    for account, counts in accounts.items():
        assert counts["charges"] > 0 and counts["customers"] > 0 and counts["refunds"] > 0, account


def test_the_planted_defects_are_found_and_nothing_blocks(installation: Installation) -> None:
    found = {check["name"] for check in installation.summary["checks"]}
    assert {check["severity"] for check in installation.summary["checks"]} == {"report"}
    assert found >= {
        "invoice_taxes_do_not_add_up", "likely_duplicate_charges", "payout_lines_missing", "quarantined_rows",
        "reverse_charge_without_tax_id", "tax_rate_not_in_force",
    }  # fmt: skip


def test_the_refund_moved_money_once_and_says_so(installation: Installation) -> None:
    action = installation.summary["action"]
    assert action["outcome"] == "Done"
    refunds = installation.books()["charges"][action["charge_id"]]["refunds"]
    assert [refund["amount"] for refund in refunds if refund["metadata"].get("counterfoil_request_id")] == [100]


def test_the_next_start_refunds_another_charge(installation: Installation) -> None:
    account, charge_id = refundable_charge(load_settings(installation.settings))
    assert account == "stripe/eu"
    assert charge_id != installation.summary["action"]["charge_id"]


def test_every_document_has_its_pdf_as_stored(installation: Installation) -> None:
    listed = installation.command("documents", "list", "--json", "--limit", "1000")
    documents = json.loads(listed.stdout)
    assert len(documents) == sum(row["documents"] for row in installation.summary["documents"])
    for document in documents:
        assert (installation.var / "documents" / document["pdf_path"]).read_bytes().startswith(b"%PDF")


def test_numbers_have_no_gap(installation: Installation) -> None:
    documents = json.loads(installation.command("documents", "list", "--json", "--limit", "1000").stdout)
    by_kind: dict[str, list[int]] = {}
    for document in documents:
        by_kind.setdefault(document["number"].rpartition("-")[0], []).append(int(document["number"].rpartition("-")[2]))
    assert by_kind
    for numbers in by_kind.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_the_payout_with_a_missing_line_is_the_only_one_of_stripe_that_does_not_match(
    installation: Installation,
) -> None:
    stripe = [row for row in installation.summary["reconciliation"] if row["account"] == "stripe/eu"]
    assert sum(row["payouts"] for row in stripe) > 10
    assert sum(len(row["open"]) for row in stripe) == 1


def test_the_audit_trail_is_intact_and_holds_the_request(installation: Installation) -> None:
    verified = installation.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    rows = json.loads(installation.command("audit", "list", "--json").stdout)
    kinds = {row["kind"] for row in rows if row["flow_run_id"] == installation.summary["action"]["flow_run_id"]}
    assert {"requested", "outcome"} <= kinds


def test_secrets_are_in_no_log(installation: Installation) -> None:
    logs = list((installation.var / "logs").glob("*.log"))
    assert len(logs) >= 5
    for log in logs:
        assert "sk_test_sandbox" not in log.read_text(errors="replace"), log.name
        assert "whsec_sandbox" not in log.read_text(errors="replace"), log.name


def test_a_second_instance_is_refused_with_a_sentence(installation: Installation) -> None:
    second = installation.command("up", "--sandbox")
    assert second.returncode == 1
    assert "already running" in second.stderr
