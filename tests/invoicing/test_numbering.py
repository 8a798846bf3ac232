"""Numbers have no gap and no double, whoever issues at the same time and whenever a process is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from flows.invoicing.issuing import issue_rows
from flows.invoicing.payments import PaymentRow, RefundRow
from tests.invoicing.builders import NOW, invoice, payment, refund, settings
from warehouse.books.connection import open_books
from warehouse.books.documents import issue
from warehouse.books.documents_read import find
from warehouse.books.series import allocate, gaps
from warehouse.state import transaction

ISSUER = """
import sys
from pathlib import Path
from counterfoil.paths import Paths
from flows.invoicing.issuing import issue_rows
from tests.invoicing.builders import NOW, settings
from tests.invoicing.test_numbering import payments, refunds
var, count, batch = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
say = lambda text: print(text, flush=True)
issue_rows(Paths(var), settings(var), payments(count), refunds(count), now=NOW, batch=batch, progress=say)
"""


def payments(count: int) -> list[PaymentRow]:
    return [payment(charge_id=f"ch_{n}", created_at=NOW - timedelta(minutes=n)) for n in range(count)]


def refunds(count: int) -> list[RefundRow]:
    return [refund(refund_id=f"re_{n}", charge_id=f"ch_{n}", created_at=NOW) for n in range(0, count, 3)]


def issuer(var: Path, count: int, batch: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ISSUER, str(var), str(count), str(batch)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def assert_whole(var: Path, count: int) -> None:
    """Every payment and refund has one document, and each series counts from 1 without a hole."""
    with open_books(Paths(var)) as conn:
        assert gaps(conn) == []
        rows = conn.execute(
            "SELECT series, count(*), count(DISTINCT sequence), min(sequence), max(sequence), "
            "count(DISTINCT coalesce(refund_id, charge_id)), count(DISTINCT number) FROM documents "
            "GROUP BY series ORDER BY series"
        ).fetchall()
    notes = len(refunds(count))
    assert rows == [("CN", notes, notes, 1, notes, notes, notes), ("INV", count, count, 1, count, count, count)]


def test_issuing_again_issues_nothing(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first = issue_rows(paths, settings(), payments(30), refunds(30), now=NOW, batch=7)
    again = issue_rows(paths, settings(), payments(30), refunds(30), now=NOW + timedelta(days=1), batch=11)
    assert (first.invoices, first.credit_notes) == (30, 10)
    assert (again.invoices, again.credit_notes, again.first) == (0, 0, {})
    assert_whole(tmp_path, 30)


def test_processes_that_issue_at_the_same_time_share_one_series(tmp_path: Path) -> None:
    processes = [issuer(tmp_path, 30, batch) for batch in (5, 7, 11)]
    for process in processes:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
    assert_whole(tmp_path, 30)


@pytest.mark.parametrize(("kills", "count"), [(1, 60), pytest.param(6, 400, marks=pytest.mark.long)])
def test_kill_at_any_instant_leaves_no_gap_and_no_double(tmp_path: Path, kills: int, count: int) -> None:
    chance = random.Random(7)
    for _ in range(kills):
        process = issuer(tmp_path, count, 5)
        assert process.stdout is not None
        for _ in range(chance.randrange(1, 9)):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
        with open_books(Paths(tmp_path)) as conn:
            assert gaps(conn) == []
    issue_rows(Paths(tmp_path), settings(), payments(count), refunds(count), now=NOW)
    assert_whole(tmp_path, count)


def test_a_transaction_that_fails_gives_its_numbers_back(tmp_path: Path) -> None:
    with open_books(Paths(tmp_path)) as conn:
        with pytest.raises(ZeroDivisionError), transaction(conn):
            assert allocate(conn, entity="E", series="INV", year=2026, count=5) == 1
            raise ZeroDivisionError
        with transaction(conn):
            assert allocate(conn, entity="E", series="INV", year=2026, count=2) == 1
            assert allocate(conn, entity="E", series="INV", year=2026, count=1) == 3


def test_entities_series_and_years_count_apart(tmp_path: Path) -> None:
    with open_books(Paths(tmp_path)) as conn, transaction(conn):
        for entity, series, year in (("E", "INV", 2026), ("E", "CN", 2026), ("E", "INV", 2027), ("F", "INV", 2026)):
            assert allocate(conn, entity=entity, series=series, year=year, count=3) == 1


def test_the_year_is_the_day_of_issue_in_the_reporting_zone(tmp_path: Path) -> None:
    new_year = NOW.replace(month=12, day=31, hour=23, minute=30)  # half past midnight in Berlin
    report = issue_rows(Paths(tmp_path), settings(), [payment()], [], now=new_year)
    assert report.last == {"INV": "INV-2027-000001"}


def test_less_than_one_number_is_refused(tmp_path: Path) -> None:
    with open_books(Paths(tmp_path)) as conn, pytest.raises(ValueError, match="not 0"):
        allocate(conn, entity="E", series="INV", year=2026, count=0)


def test_a_planted_gap_is_found_and_named(tmp_path: Path) -> None:
    issue_rows(Paths(tmp_path), settings(), payments(5), [], now=NOW)
    with open_books(Paths(tmp_path)) as conn:
        conn.execute("DELETE FROM documents WHERE sequence = 3")
        (gap,) = gaps(conn)
    assert (gap.numbers, gap.highest, gap.next_number) == (4, 5, 6)
    assert "Series INV of 2026 (DE136695976) holds 4 numbers up to 5" in gap.sentence


def test_what_was_issued_stays_as_it_was_when_the_payment_changes(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    issue_rows(paths, settings(), [payment()], [], now=NOW)
    changed = [payment(billing_name="Somebody Else", captured_minor=5)]
    issue_rows(paths, settings(), changed, [], now=NOW + timedelta(days=3))
    with open_books(paths) as conn:
        document = find(conn, invoice().document_id)
    assert document is not None
    assert document.data == {**invoice().data, "e_invoice": document.data["e_invoice"]}
    assert document.issued_at == NOW


def test_the_same_charge_id_at_two_accounts_has_two_invoices(tmp_path: Path) -> None:
    rows = [payment(), payment(account="stripe/us"), payment(gateway="custom")]
    assert issue_rows(Paths(tmp_path), settings(), rows, [], now=NOW).invoices == 3


def test_nothing_to_issue_takes_no_number(tmp_path: Path) -> None:
    with open_books(Paths(tmp_path)) as conn, transaction(conn):
        assert issue(conn, [], issued_at=NOW, issued_on=NOW.date(), template_version="1") == []
        assert conn.execute("SELECT count(*) FROM number_series").fetchone() == (0,)


def test_a_charge_of_nothing_or_less_is_refused_and_the_rest_is_issued(tmp_path: Path) -> None:
    rows = [payment(charge_id="ch_0", captured_minor=0), payment(charge_id="ch_m", captured_minor=-5), payment()]
    report = issue_rows(Paths(tmp_path), settings(), rows, [], now=NOW)
    assert (report.invoices, report.last) == (1, {"INV": "INV-2026-000001"})
    assert [refusal.sentence.split(":")[0] for refusal in report.refused] == [
        "Charge ch_0 succeeded over 0.00 EUR",
        "Charge ch_m succeeded over -0.05 EUR",
    ]
