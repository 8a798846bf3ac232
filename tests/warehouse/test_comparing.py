"""An account beside an export: what differs is named, and what cannot be read is not compared."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from counterfoil.cli.__main__ import app
from warehouse.comparing.compare import compare
from warehouse.comparing.export_file import ExportInvalid, read_export
from warehouse.published import PublishedFile

EXAMPLE = Path(__file__).resolve().parents[2] / "counterfoil.example.toml"
CHARGES = [
    ("stripe/eu", "ch_1", 1050, "EUR", "2026-10-05 10:00:00+00"),
    ("stripe/eu", "ch_2", 500, "JPY", "2026-10-31 23:30:00+00"),
    ("stripe/eu", "ch_3", 1, "KWD", "2026-11-02 10:00:00+00"),
    ("stripe/eu", "ch_not_taken", 0, "EUR", "2026-10-06 10:00:00+00"),
    ("stripe/eu", "ch_earlier", 700, "EUR", "2026-09-01 10:00:00+00"),
    ("stripe/us", "ch_other", 900, "EUR", "2026-10-06 10:00:00+00"),
]
REFUNDS = [("stripe/eu", "re_1", 50, "EUR", "2026-10-07 10:00:00+00", "succeeded")]
REFUNDS += [("stripe/eu", "re_failed", 60, "EUR", "2026-10-07 10:00:00+00", "failed")]
AGREEING: list[dict[str, Any]] = [
    {"kind": "charge", "id": "ch_1", "amount": "10.50", "currency": "eur", "created_at": "2026-10-05T12:00:00+02:00"},
    {"kind": "charge", "id": "ch_2", "amount": 500, "currency": "JPY", "created_at": "2026-10-31T22:59:00Z"},
    {"kind": "refund", "id": "re_1", "amount_minor": 50, "currency": "EUR", "created_at": "2026-10-07 10:00:00"},
    {"kind": "charge", "id": "ch_3", "amount": 0.001, "currency": "KWD", "created_at": "2026-11-02"},
]


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose published file has these charges and refunds."""
    made = tmp_path_factory.mktemp("compare")
    (made / "var" / "published").mkdir(parents=True)
    with duckdb.connect(str(made / "var" / "published" / "1.duckdb")) as file:
        file.execute("CREATE SCHEMA canonical")
        columns = "account VARCHAR, {} VARCHAR, {} BIGINT, currency VARCHAR, created_at TIMESTAMPTZ"
        file.execute(f"CREATE TABLE canonical.charges ({columns.format('charge_id', 'captured_minor')})")
        file.execute(f"CREATE TABLE canonical.refunds ({columns.format('refund_id', 'amount_minor')}, status VARCHAR)")
        file.executemany("INSERT INTO canonical.charges VALUES (?, ?, ?, ?, ?)", CHARGES)
        file.executemany("INSERT INTO canonical.refunds VALUES (?, ?, ?, ?, ?, ?)", REFUNDS)
    (made / "var" / "published" / "current").write_text("1")
    settings = EXAMPLE.read_text().replace('var_dir = "var"', f'var_dir = "{made}/var"')
    (made / "counterfoil.toml").write_text(settings)
    return made


@pytest.fixture
def published(var: Path) -> PublishedFile:
    return PublishedFile(var / "var" / "published")


def write(folder: Path, rows: list[dict[str, Any]]) -> Path:
    path = folder / "export.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(var: Path, *line: str) -> Result:
    return CliRunner().invoke(app, ["compare", "stripe/eu", *line, "--settings", str(var / "counterfoil.toml")])


def test_what_agrees_agrees_to_the_minor_unit_also_over_a_months_end(var: Path, tmp_path: Path) -> None:
    found = run(var, str(write(tmp_path, AGREEING)), "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert (told["agrees"], told["first"], told["last"], told["differences"]) == (True, "2026-10-05", "2026-11-02", [])
    months = {(one["kind"], one["month"], one["currency"]): (one["ours"], one["ours_minor"]) for one in told["months"]}
    assert months == {
        ("charge", "2026-10", "EUR"): (1, 1050),
        ("charge", "2026-10", "JPY"): (1, 500),
        ("charge", "2026-11", "KWD"): (1, 1),
        ("refund", "2026-10", "EUR"): (1, 50),
    }


def test_what_differs_is_named_on_either_side(var: Path, tmp_path: Path) -> None:
    rows = [{**AGREEING[0], "amount": "10.49"}, {**AGREEING[3], "id": "ch_theirs"}, AGREEING[2]]
    found = run(var, str(write(tmp_path, rows)))
    assert found.exit_code == 1
    for sentence in (
        "charge ch_1: 10.50 EUR here, 10.49 EUR in the file.",
        "charge ch_theirs: 0.001 KWD in the file, not here.",
        "charge ch_2: 500 JPY here, not in the file.",
        "charge ch_3: 0.001 KWD here, not in the file.",
        "charges and refunds here and in the file: 4 differ.",
    ):
        assert sentence in found.stdout
    assert "ch_other" not in found.stdout and "re_failed" not in found.stdout and "ch_earlier" not in found.stdout
    assert "and 3 more" in run(var, str(tmp_path / "export.ndjson"), "--limit", "1").stdout


def test_a_period_and_a_kind_bound_what_is_looked_at(published: PublishedFile, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Charge No;Betrag;currency;created_at\nch_1;10.50;EUR;2026-10-05T10:00:00Z\n", encoding="utf-8-sig")
    rows = read_export(path, kind="charge", columns={"id": "Charge No", "amount": "Betrag"})
    assert compare(published, "stripe/eu", rows, zone="UTC").agrees
    wider = compare(published, "stripe/eu", rows, zone="UTC", first=datetime(2026, 9, 1, tzinfo=UTC).date())
    assert [one.object_id for one in wider.differences] == ["ch_earlier"]


GOOD = AGREEING[0]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "nothing to compare"),
        (b"[]", "nothing to compare"),
        (b"id,amount\n\xff", "not UTF-8"),
        (b'[{"id": "a"', "no whole JSON"),
        (b'{"id": "a"', "line 1 is no whole JSON"),
        (b"[1]", "entry 1 is no object"),
        (b"kind,id,amount,currency,created_at\ncharge,a,1", "not as many columns"),
        (b'kind,id\ncharge,"a', "no CSV"),
        *(
            (json.dumps([{**GOOD, **change}]).encode(), sentence)
            for change, sentence in (
                ({"kind": "payout"}, "its kind is 'payout'"),
                ({"id": ""}, "line 1: it has no id"),
                ({"id": "x" * 256}, "longer than any"),
                ({"amount": "10,50"}, "not an amount"),
                ({"amount": "10.501"}, "finer than"),
                ({"amount": "NaN"}, "not an amount of money"),
                ({"amount": "-1"}, "above 0"),
                ({"amount": True}, "either an amount"),
                ({"amount_minor": "5"}, "either an amount"),
                ({"amount": "", "amount_minor": "5.0"}, "no whole number"),
                ({"currency": "XXY"}, "no currency"),
                ({"created_at": "yesterday"}, "no time like"),
            )
        ),
        (json.dumps([GOOD, GOOD]).encode(), "line 2: the charge ch_1 stands in line 1 already"),
    ],
)
def test_a_file_with_a_bad_line_is_refused_with_the_line(body: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(body)
    with pytest.raises(ExportInvalid, match=sentence):
        read_export(path)


def test_a_command_that_cannot_be_is_a_wrong_usage(var: Path, tmp_path: Path) -> None:
    path = str(write(tmp_path, [{**GOOD, "amount": "x"}] * 30))
    assert "not an amount" in (found := run(var, path)).output and found.exit_code == 2
    assert run(var, str(write(tmp_path, AGREEING)), "--column", "id").exit_code == 2
    assert run(var, str(tmp_path / "none.csv")).exit_code == 2
    assert run(var, path, "--column", "number=id").exit_code == 2
