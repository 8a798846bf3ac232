"""The tax summary of a period as CSV and XLSX, read from the published mart. Amounts are exact decimals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from connectors.money import Money, exponent
from counterfoil.paths import Paths
from flows.invoicing.period import Period
from warehouse.published import PublishedFile

_ROWS = """
SELECT period, gateway, account, country, state, kind, percent, is_reverse_charge, currency, documents,
    taxable_minor, tax_minor, source
FROM marts.tax_summary WHERE period >= $first AND period <= $last
ORDER BY period, country, state, kind, percent, is_reverse_charge, currency, gateway, account, source
"""

COLUMNS = (
    "period", "country", "state", "kind", "percent", "is_reverse_charge", "currency", "documents", "taxable", "tax",
    "gateway", "account", "source",
)  # fmt: skip
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """Taxable amount and tax of one currency, in minor units."""

    currency: str
    taxable_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class TaxSummary:
    """What was written, and the totals of each currency."""

    rows: int
    totals: list[CurrencyTotal]
    csv: Path
    xlsx: Path
    table: list[dict[str, str]] = field(repr=False)
    """Every row as text, for a report."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a flow's result."""
        totals = {
            total.currency: {"taxable_minor": total.taxable_minor, "tax_minor": total.tax_minor}
            for total in self.totals
        }
        return {"rows": self.rows, "totals": totals, "csv": str(self.csv), "xlsx": str(self.xlsx)}


def summarise(paths: Paths, period: Period) -> TaxSummary:
    """Write exports/tax-<period>.csv and .xlsx, and return the totals. The period's months count in whole."""
    first, last = period.months()
    with closing(PublishedFile(paths.published)) as published:
        rows = published.rows(_ROWS, {"first": first, "last": last})
    return write(rows, paths.exports / f"tax-{period.label()}")


def write(rows: Sequence[Mapping[str, Any]], stem: Path) -> TaxSummary:
    """Write the rows of the mart to <stem>.csv and <stem>.xlsx."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame([_shown(row) for row in rows], columns=list(COLUMNS), dtype=object)
    csv, xlsx = stem.with_name(stem.name + ".csv"), stem.with_name(stem.name + ".xlsx")
    frame.to_csv(csv, index=False)
    with pd.ExcelWriter(xlsx, engine="openpyxl") as writer:
        frame.to_excel(writer, index=False, sheet_name="Tax")
        _dress(writer.sheets["Tax"], [str(row["currency"]) for row in rows])
    table = [{str(name): str(value) for name, value in record.items()} for record in frame.to_dict("records")]
    return TaxSummary(len(rows), totals(rows), csv, xlsx, table)


def totals(rows: Sequence[Mapping[str, Any]]) -> list[CurrencyTotal]:
    """The sums of each currency, by its code."""
    return [
        CurrencyTotal(
            currency,
            sum(int(row["taxable_minor"]) for row in rows if row["currency"] == currency),
            sum(int(row["tax_minor"]) for row in rows if row["currency"] == currency),
        )
        for currency in sorted({str(row["currency"]) for row in rows})
    ]


def _shown(row: Mapping[str, Any]) -> dict[str, object]:
    currency = str(row["currency"])
    texts = {name: _text(row[name]) for name in ("period", "country", "state", "kind", "gateway", "account", "source")}
    return {
        **texts,
        "percent": Decimal(str(row["percent"])) if row["percent"] is not None else "",
        "is_reverse_charge": "yes" if row["is_reverse_charge"] else "no",
        "currency": currency,
        "documents": int(row["documents"]),
        "taxable": Money(int(row["taxable_minor"]), currency).decimal(),
        "tax": Money(int(row["tax_minor"]), currency).decimal(),
    }


def _text(value: object) -> str:
    """A text that a spreadsheet does not take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _dress(sheet: Worksheet, currencies: Sequence[str]) -> None:
    """Decimals by currency, a bold and frozen header, readable widths."""
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = max(11, len(str(cell.value)) + 3)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for number, currency in enumerate(currencies, 2):
        decimals = exponent(currency)
        for name in ("taxable", "tax"):
            cell = sheet.cell(number, COLUMNS.index(name) + 1)
            cell.number_format = "#,##0." + "0" * decimals if decimals else "#,##0"
