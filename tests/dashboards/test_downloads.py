"""CSV and XLSX hold exact amounts, and no text becomes a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from dashboards.downloads import as_csv, as_xlsx
from dashboards.table import Column, Table
from tests.dashboards.conftest import Web
from tests.dashboards.published_fixture import GUEST, ZOE

EVERY = [
    ("finance", "/?x"),
    ("finance", "/?table=month"),
    ("finance", "/revenue/rows?figure=net"),
    ("finance", "/tax?x"),
    ("finance", "/tax/lines?x"),
    ("finance", "/documents?x"),
    ("finance", "/reconciliation?x"),
    ("finance", "/reconciliation/stripe/eu/po_bad?x"),
    ("finance", "/reconciliation/bank?x"),
    ("finance", "/reconciliation/bank/line?bank_account=bank/main&id=l1"),
    ("finance", "/reconciliation/balance?x"),
    ("finance", "/reconciliation/balance/rows?account=stripe/eu&currency=EUR&on=2026-11-10"),
    ("agent", "/customers?q=zoe"),
    ("agent", f"/customers/{ZOE}?x"),
    ("agent", "/actions?x"),
    ("auditor", "/audit?x"),
    ("engineer", "/pipelines?table=quarantine"),
    ("engineer", "/pipelines?table=checks"),
    ("engineer", "/pipelines?table=freshness"),
]


@pytest.mark.parametrize(("role", "path"), EVERY)
def test_every_list_is_a_csv_and_a_spreadsheet(shared_web: Web, role: str, path: str) -> None:
    client = shared_web.as_role(role)
    base = path.removesuffix("?x")
    sign = "&" if "?" in base else "?"
    text = client.get(f"{base}{sign}format=csv")
    assert text.status_code == 200
    assert "attachment" in text.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(client.get(f"{base}{sign}format=xlsx").content))
    sheet = book.active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == rows[0]
    assert sheet.max_row == max(len(rows), 1)


MONEY = Table(
    "money",
    (Column("what", "What"), Column("amount_minor", "Amount", "money")),
    [
        {"what": "=1+1", "amount_minor": 1050, "currency": "EUR"},
        {"what": "@cmd", "amount_minor": -80000, "currency": "JPY"},
        {"what": "+49 30", "amount_minor": 12345, "currency": "KWD"},
        {"what": 'say "no", please\nnow', "amount_minor": 9007199254740993, "currency": "EUR"},
        {"what": "bell\x07", "amount_minor": None, "currency": None},
    ],
)


def test_a_csv_has_exact_amounts_and_no_formulas() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(MONEY).decode("utf-8-sig"))))
    assert rows == [
        ["What", "Amount", "Amount currency"],
        ["'=1+1", "10.50", "EUR"],
        ["'@cmd", "-80000", "JPY"],
        ["'+49 30", "12.345", "KWD"],
        ['say "no", please\nnow', "90071992547409.93", "EUR"],
        ["bell\x07", "", ""],
    ]


def test_a_spreadsheet_has_exact_amounts_and_no_formulas() -> None:
    sheet = load_workbook(io.BytesIO(as_xlsx(MONEY))).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [sheet.cell(2, 1).data_type, sheet.cell(3, 1).data_type] == ["s", "s"]
    assert [str(Decimal(str(row[1])).quantize(Decimal(1))) for row in cells[1:2]] == ["-80000"]
    assert [cells[0][0], cells[0][1], cells[0][2]] == ["=1+1", 10.5, "EUR"]
    assert cells[3][1] == "90071992547409.93", "more digits than a spreadsheet keeps stay a text"
    assert sheet.cell(4, 2).number_format == "#,##0.000"


def test_a_formula_in_a_charges_description_stays_a_text(shared_web: Web) -> None:
    text = shared_web.as_role("agent").get(f"/customers/{GUEST}?format=csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
