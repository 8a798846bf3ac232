"""An export of the system in use: charges and refunds, as CSV, as a JSON list, or as one JSON object a line.

Fields: kind (charge or refund; may be left out where the file has one kind only), id, amount (10.50) or amount_minor
(1050), currency, created_at (ISO 8601; without an offset it is UTC). Others are not looked at. A file with a line that
cannot be read is refused as a whole: a sum without that line would look like a difference.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from connectors.currencies import EXPONENTS
from connectors.money import AmountInvalid, CurrencyUnknown, Money

Kind = Literal["charge", "refund"]
KINDS: tuple[Kind, ...] = ("charge", "refund")
FIELDS = ("kind", "id", "amount", "amount_minor", "currency", "created_at")
MAX_BYTES = 512 * 1_048_576
MAX_FIELD = 100_000
MOST_FAULTS = 20
LONGEST_ID = 255


class ExportInvalid(ValueError):
    """The file cannot be compared; the sentence names what is wrong, and in which lines."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One charge or refund as the other system tells it."""

    kind: Kind
    object_id: str
    amount: Money
    created_at: datetime
    """UTC."""


def read_export(path: Path, *, kind: Kind | None = None, columns: Mapping[str, str] | None = None) -> list[Exported]:
    """Every row. `kind` is what all rows are; `columns` says which column of the file is which of `FIELDS`.

    Raises ExportInvalid.
    """
    unknown = set(columns or {}) - set(FIELDS)
    if unknown:
        raise ExportInvalid(f"There is no field {sorted(unknown)[0]!r}; the fields are {', '.join(FIELDS)}.")
    if path.stat().st_size > MAX_BYTES:
        raise ExportInvalid(f"{path.name} is larger than {MAX_BYTES:,} bytes: export shorter periods.")
    named = {field: (columns or {}).get(field, field) for field in FIELDS}
    found: list[Exported] = []
    faults: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in _rows(path):
        try:
            one = _read({field: row.get(column) for field, column in named.items()}, kind)
            first = seen.setdefault((one.kind, one.object_id), line)
            if first != line:
                raise ExportInvalid(f"the {one.kind} {one.object_id} stands in line {first} already")
        except (ExportInvalid, AmountInvalid, CurrencyUnknown) as error:
            faults.append(f"line {line}: {str(error).rstrip('.')}")
            if len(faults) == MOST_FAULTS:
                break
            continue
        found.append(one)
    if faults:
        raise ExportInvalid(f"{path.name} cannot be compared. " + "; ".join(faults) + ".")
    if not found:
        raise ExportInvalid(f"{path.name} has no rows: there is nothing to compare.")
    return found


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    body = path.read_bytes()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExportInvalid(f"{path.name} is not UTF-8 text (byte {error.start}): export it as UTF-8.") from None
    start = text.lstrip()[:1]
    if start == "[":
        return _listed(path, body)
    return _lines(path, text) if start == "{" else _table(path, text)


def _listed(path: Path, body: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        rows = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise ExportInvalid(f"{path.name} is no whole JSON: {error}.") from None
    for number, row in enumerate(rows, 1):
        yield number, _an_object(path, number, row)


def _lines(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise ExportInvalid(f"{path.name}, line {number} is no whole JSON: {error}.") from None
        yield number, _an_object(path, number, row)


def _an_object(path: Path, number: int, row: object) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise ExportInvalid(f"{path.name}, entry {number} is no object.")
    return row


def _table(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    csv.field_size_limit(MAX_FIELD)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                raise ExportInvalid(f"{path.name}, line {reader.line_num} has not as many columns as the first line.")
            yield reader.line_num, row
    except csv.Error as error:
        raise ExportInvalid(f"{path.name}, line {reader.line_num} is no CSV: {error}.") from None


def _read(row: Mapping[str, Any], kind: Kind | None) -> Exported:
    told = _text(row, "kind", is_required=kind is None).lower() or kind
    if told not in KINDS or kind not in (None, told):
        raise ExportInvalid(f"its kind is {told!r} and must be {kind or 'charge or refund'}")
    wanted = _text(row, "id")
    if len(wanted) > LONGEST_ID:
        raise ExportInvalid("its id is longer than any")
    return Exported(told, wanted, _amount(row), _time(_text(row, "created_at")))


def _amount(row: Mapping[str, Any]) -> Money:
    currency = _text(row, "currency").upper()
    if currency not in EXPONENTS:
        raise ExportInvalid(f"{currency[:10]!r} is no currency of ISO 4217")
    major, minor = _text(row, "amount", is_required=False), _text(row, "amount_minor", is_required=False)
    if bool(major) == bool(minor):
        raise ExportInvalid("it needs either an amount or an amount_minor")
    if minor:
        if not minor.removeprefix("-").isascii() or not minor.removeprefix("-").isdigit() or len(minor) > 18:
            raise ExportInvalid(f"its amount_minor {minor[:30]!r} is no whole number")
        amount = Money(int(minor), currency)
    else:
        amount = Money.parse(major, currency)
    if amount.minor <= 0:
        raise ExportInvalid(f"its amount is {amount}: charges and refunds are both written above 0")
    return amount


def _text(row: Mapping[str, Any], field: str, *, is_required: bool = True) -> str:
    value = row.get(field)
    if isinstance(value, float):
        # 19.99 is no 19.99 any more once it was a float; what prints the same was meant.
        value = repr(value)
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text and is_required:
        raise ExportInvalid(f"it has no {field}")
    return text


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ExportInvalid(f"its created_at {text[:40]!r} is no time like 2026-11-01T10:00:00Z") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
