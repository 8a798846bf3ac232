"""Files of banks on their way to canonical lines: once, whole or not at all, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from counterfoil.paths import Paths
from counterfoil.settings import Settings
from counterfoil.statement_inbox import Upload, latest, put_upload, waiting
from flows.reconciliation import statements
from flows.reconciliation.statements import import_waiting
from tests.reconciliation import bank_files as files
from tests.reconciliation.bank_files import camt053, entry
from tests.warehouse.landed import rows
from warehouse.build import build
from warehouse.load import load_landed

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    entity = {"name": "X", "address": ["1"], "country": "DE", "tax_id": "DE1", "email": "a@example.com"}
    return Settings.model_validate(
        {"entity": entity, "accounts": [], "bank_accounts": files.KNOWN, "var_dir": str(tmp_path)}
    )


class Bank:
    """Uploads one after another, a minute apart, each imported at once."""

    def __init__(self, paths: Paths, settings: Settings) -> None:
        self._paths, self._settings, self._minute = paths, settings, 0

    def sends(self, body: bytes | str, *, is_correction: bool = False, account: str = "") -> Upload:
        self._minute += 1
        now = NOW + timedelta(minutes=self._minute)
        sent = body if isinstance(body, bytes) else body.encode("windows-1252")
        upload, is_new = put_upload(
            self._paths.inbox,
            sent,
            "march.xml",
            bank_account=account,
            is_correction=is_correction,
            by="jo",
            now=now,
        )
        if not is_new:
            return upload
        (done,) = import_waiting(self._paths, self._settings, now=now)
        return done


@pytest.fixture
def bank(paths: Paths, settings: Settings) -> Bank:
    return Bank(paths, settings)


def lines(paths: Paths) -> list[tuple[object, ...]]:
    load_landed(paths)
    build(paths, reporting_time_zone="UTC", only=frozenset({"canonical.bank_lines", "canonical.bank_statements"}))
    return rows(paths, "SELECT bank_account, booked_on::VARCHAR, amount_minor FROM canonical.bank_lines ORDER BY ALL")


MARCH_LINES = [("bank/main", "2026-03-02", 10010), ("bank/main", "2026-03-03", -250)]


def test_a_statement_becomes_canonical_lines(bank: Bank, paths: Paths) -> None:
    done = bank.sends(files.MARCH)
    assert (done.state, done.sentence) == ("done", "1 statements of bank/main with 2 lines; 2 of them are new.")
    assert lines(paths) == MARCH_LINES
    assert rows(paths, "SELECT lines, opening_minor, closing_minor FROM canonical.bank_statements") == [
        (2, 100000, 109760)
    ]


def test_the_same_file_again_is_the_same_upload(bank: Bank, paths: Paths) -> None:
    first, again = bank.sends(files.MARCH), bank.sends(files.MARCH)
    assert again == first
    assert len(latest(paths.inbox, 10)) == 1


def test_another_format_of_the_same_period_adds_no_line(bank: Bank, paths: Paths) -> None:
    bank.sends(files.MARCH)
    assert bank.sends(files.MT940).sentence.endswith("0 of them are new.")
    assert lines(paths) == MARCH_LINES


def test_overlapping_periods_give_each_line_once_and_equal_lines_of_a_day_stay_two(bank: Bank, paths: Paths) -> None:
    twice = [entry("2026-03-30", "5.00", text="STRIPE A"), entry("2026-03-30", "5.00", text="STRIPE B")]
    bank.sends(camt053(*twice, opening="0.00", closing="10.00", since="2026-03-30", until="2026-03-31"))
    april = [*reversed(twice), entry("2026-04-01", "5.00")]
    bank.sends(camt053(*april, opening="0.00", closing="15.00", since="2026-03-30", until="2026-04-01"))
    days = [("2026-03-30", 500), ("2026-03-30", 500), ("2026-04-01", 500)]
    assert lines(paths) == [("bank/main", day, minor) for day, minor in days]


def test_a_line_that_differs_is_named_and_nothing_of_the_file_is_taken(bank: Bank, paths: Paths) -> None:
    bank.sends(files.MARCH)
    other = files.MARCH.replace(b"100.10", b"110.10").replace(b"1097.60", b"1107.60")
    refused = bank.sends(other)
    assert refused.state == "refused"
    assert "2026-03-02 100.10 EUR (STRIPE PO_1) is missing in it" in refused.sentence
    assert "2026-03-02 110.10 EUR (STRIPE PO_1) is new in it" in refused.sentence
    assert lines(paths) == MARCH_LINES
    assert (paths.inbox / "statements" / "refused" / f"{refused.digest}.file").read_bytes() == other


def test_a_correction_takes_the_place_of_what_it_contradicts(bank: Bank, paths: Paths) -> None:
    bank.sends(files.MARCH)
    assert lines(paths) == MARCH_LINES
    other = files.MARCH.replace(b"100.10", b"110.10").replace(b"1097.60", b"1107.60")
    assert bank.sends(other, is_correction=True).state == "done"
    assert lines(paths) == [("bank/main", "2026-03-02", 11010), ("bank/main", "2026-03-03", -250)]


def test_files_without_balances_may_be_cut_on_their_first_and_last_day(bank: Bank, paths: Paths) -> None:
    bank.sends(files.OFX)
    later = files.OFX.replace("DTSTART>20260301", "DTSTART>20260303").replace(
        "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260302120000[0:GMT]<TRNAMT>10010",
        "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260303<TRNAMT>700",
    )
    assert bank.sends(later).state == "refused", "3 March was inside the first file's period"
    assert bank.sends(later.replace("20260303<TRNAMT>700", "20260331<TRNAMT>700")).state == "done"


def test_a_file_that_is_no_statement_is_kept_with_its_sentence(bank: Bank, paths: Paths) -> None:
    refused = bank.sends(b"%PDF-1.7")
    assert (refused.state, waiting(paths.inbox)) == ("refused", [])
    assert "This is a PDF" in latest(paths.inbox, 1)[0].sentence
    assert lines(paths) == []


def test_a_kill_after_landing_imports_it_again_and_adds_nothing(
    bank: Bank, paths: Paths, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> Upload:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(statements, "finish", killed)
        with pytest.raises(SystemExit):
            bank.sends(files.MARCH)
    (done,) = import_waiting(paths, settings, now=NOW + timedelta(hours=1))
    assert done.sentence.endswith("0 of them are new.")
    assert lines(paths) == MARCH_LINES
