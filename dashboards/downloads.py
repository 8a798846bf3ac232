"""CSV and XLSX of a table. Amounts are exact; texts can never become formulas in a spreadsheet program."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from starlette.responses import Response

from dashboards.table import Table, export_headings, export_rows

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXACT_DIGITS = 15
"""A spreadsheet program keeps numbers as binary floats of 15 digits; longer amounts go in as text."""


def download(table: Table, kind: str) -> Response:
    """The table as a file; `kind` is csv or xlsx."""
    body, media = (as_csv(table), "text/csv; charset=utf-8") if kind == "csv" else (as_xlsx(table), _XLSX)
    name = f"{table.name}.{kind}"
    return Response(body, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def as_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheet programs read accents rightly."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(export_headings(table))
    writer.writerows([_csv_cell(cell) for cell in row] for row in export_rows(table))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table) -> bytes:
    """One sheet, made by pandas; amounts are numbers with their currency's decimals."""
    rows = export_rows(table)
    frame = pd.DataFrame(rows, columns=export_headings(table), dtype=object)
    out = io.BytesIO()
    with pd.ExcelWriter(out, engine="openpyxl") as writer:
        frame.map(_sheet_cell).to_excel(writer, index=False, sheet_name=table.name[:31], freeze_panes=(1, 0))
        sheet = writer.sheets[table.name[:31]]
        for position, heading in enumerate(frame.columns, 1):
            sheet.column_dimensions[get_column_letter(position)].width = min(max(len(heading) + 2, 14), 40)
        for cells, row in zip(sheet.iter_rows(min_row=2), rows, strict=False):
            for cell, value in zip(cells, row, strict=True):
                _finish(cell, value)
    return out.getvalue()


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, Decimal, date)):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _sheet_cell(value: object) -> object:
    """Spreadsheets know no time zones; times are UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value if isinstance(value, (int, date)) or value is None else _sheet_text(value)


def _sheet_text(value: object) -> str:
    """A spreadsheet file cannot hold control characters."""
    return str(ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(value)))


def _finish(cell: object, value: object) -> None:
    """Texts stay texts, and amounts become numbers that show exactly their decimals."""
    if isinstance(value, Decimal) and len(value.as_tuple().digits) <= EXACT_DIGITS:
        decimals = -int(value.as_tuple().exponent)
        cell.value = value  # type: ignore[attr-defined]  # openpyxl is not annotated
        cell.number_format = "#,##0" + ("." + "0" * decimals if decimals > 0 else "")  # type: ignore[attr-defined]
    elif isinstance(value, str):
        cell.value, cell.data_type = _sheet_text(value), "s"  # type: ignore[attr-defined]
