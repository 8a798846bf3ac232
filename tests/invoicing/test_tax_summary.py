"""The tax summary as files: exact amounts, right totals, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from flows.invoicing.tax_summary import CurrencyTotal, write


def row(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "period": "2026-03",
        "gateway": "stripe",
        "account": "stripe/eu",
        "country": "DE",
        "state": None,
        "kind": "vat",
        "percent": "19",
        "is_reverse_charge": False,
        "currency": "EUR",
        "documents": 3,
        "taxable_minor": 10,
        "tax_minor": 2,
        "source": "gateway",
    }
    return base | changes


ROWS = [
    row(taxable_minor=123456789012345, tax_minor=23456789912345),
    row(source="document", taxable_minor=-84, tax_minor=-16),
    row(currency="JPY", taxable_minor=11223, tax_minor=1122, percent="10", country="JP"),
    row(currency="KWD", taxable_minor=5, tax_minor=1, percent="9.975", state='=HYPERLINK("http://evil","x")'),
]


def test_totals_are_sums_of_each_currency(tmp_path: Path) -> None:
    assert write(ROWS, tmp_path / "tax").totals == [
        CurrencyTotal("EUR", 123456789012261, 23456789912329),
        CurrencyTotal("JPY", 11223, 1122),
        CurrencyTotal("KWD", 5, 1),
    ]


def test_csv_has_exact_decimals_of_each_currency(tmp_path: Path) -> None:
    summary = write(ROWS, tmp_path / "tax")
    with summary.csv.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [(line["taxable"], line["tax"]) for line in read] == [
        ("1234567890123.45", "234567899123.45"),
        ("-0.84", "-0.16"),
        ("11223", "1122"),
        ("0.005", "0.001"),
    ]
    assert [line["percent"] for line in read] == ["19", "19", "10", "9.975"]


def test_xlsx_has_the_same_exact_digits_as_numbers(tmp_path: Path) -> None:
    summary = write(ROWS, tmp_path / "tax")
    sheet = zipfile.ZipFile(summary.xlsx).read("xl/worksheets/sheet1.xml").decode()
    for digits in ("1234567890123.45", "-0.84", "11223", "0.005"):
        assert f"<v>{digits}</v>" in sheet
    cells = load_workbook(summary.xlsx).active
    assert cells is not None
    assert [cells.cell(number, 9).number_format for number in range(2, 6)] == [
        "#,##0.00",
        "#,##0.00",
        "#,##0",
        "#,##0.000",
    ]


def test_text_of_outside_is_not_a_formula(tmp_path: Path) -> None:
    summary = write(ROWS, tmp_path / "tax")
    cells = load_workbook(summary.xlsx).active
    assert cells is not None
    cell = cells.cell(5, 3)
    assert (cell.data_type, cell.value) == ("s", """'=HYPERLINK("http://evil","x")""")
    assert ",\"'=HYPERLINK(" in summary.csv.read_text(encoding="utf-8")


def test_an_empty_period_gives_files_with_a_header_only(tmp_path: Path) -> None:
    summary = write([], tmp_path / "exports" / "tax-all")
    assert (summary.rows, summary.totals, summary.table) == (0, [], [])
    assert summary.csv.read_text(encoding="utf-8").splitlines() == [
        "period,country,state,kind,percent,is_reverse_charge,currency,documents,taxable,tax,gateway,account,source"
    ]
    assert summary.xlsx.exists()
