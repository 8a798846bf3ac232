"""A list as a CSV file: what cannot be read is named by its line, and then nothing of the file is taken.

Columns: `charge`, and if wanted `account`, `amount` with `currency`, `ticket`. Parted by comma, semicolon or tab.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping

from connectors.currencies import EXPONENTS
from connectors.money import AmountInvalid, Money
from warehouse.batches.wanted import MAX_LINES, ListInvalid, Wanted

MAX_BYTES = 16_000_000
MAX_CELL = 200
_COLUMNS = ("charge", "account", "amount", "currency", "ticket")
_OTHER_NAMES = {"charge_id": "charge", "id": "charge", "ticket_id": "ticket"}
_FORMULAS = ("=", "+", "@")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,119}")
_ACCOUNT = re.compile(r"[a-z0-9_]+/[A-Za-z0-9_\-]+")
_TICKET = re.compile(r"[A-Za-z0-9#][A-Za-z0-9_.#:/\-]{0,99}")
_POINT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_COMMA = re.compile(r"[0-9]{1,15}(,[0-9]{1,6})?")


def source_of(name: str, body: bytes) -> dict[str, str]:
    """Where a list came from, as people read it: the file's name and what it held."""
    return {"file": name.strip()[:100] or "list.csv", "sha256": hashlib.sha256(body).hexdigest()}


def read_csv(body: bytes) -> list[Wanted]:
    """The lines of a file. Raises ListInvalid with every line that is wrong."""
    rows = _rows(_text(body))
    header = next(rows, None)
    if header is None:
        raise _whole("The file is empty; its first line names the columns: charge, account, amount, currency, ticket.")
    delimiter, names = header[0], _names(header[1])
    faults: list[str] = []
    found: list[Wanted] = []
    for line, cells in _numbered(rows):
        try:
            found.append(_wanted(line, _fields(names, cells), delimiter))
        except ValueError as error:
            faults.append(f"Line {line}: {error}")
        if len(found) + len(faults) > MAX_LINES:
            raise _whole(f"The file has more than {MAX_LINES:,} lines; split it.")
    if faults:
        raise ListInvalid(faults, len(faults))
    if not found:
        raise _whole("The file has a header and no lines.")
    return found


def _whole(sentence: str) -> ListInvalid:
    return ListInvalid([sentence])


def _text(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise _whole(f"The file is larger than {MAX_BYTES // 1_000_000} MB; split it.")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _whole("The file is UTF-16; save it as CSV UTF-8.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise _whole(f"Line {line}: the file is not UTF-8; save it as CSV UTF-8.") from None
    if "\x00" in text:
        raise _whole(f"Line {text[: text.index(chr(0))].count(chr(10)) + 1}: a zero byte; this is no CSV file.")
    return text


def _rows(text: str) -> Iterator[tuple[str, list[str], int]]:
    """(delimiter, cells, line) of each row; a row may span lines, and is named by its first."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _whole(f"Line {line}: this is no CSV: {error}.") from None
        yield delimiter, cells, line
        line = reader.line_num + 1


def _numbered(rows: Iterator[tuple[str, list[str], int]]) -> Iterator[tuple[int, list[str]]]:
    return ((line, cells) for _, cells, line in rows if any(cell.strip() for cell in cells))


def _names(header: list[str]) -> list[str]:
    names = [_OTHER_NAMES.get(plain, plain) for plain in (cell.strip().lower() for cell in header)]
    if "charge" not in names:
        raise _whole("Line 1: there is no column “charge”; the first line names the columns.")
    if unknown := sorted(set(names) - set(_COLUMNS)):
        known = ", ".join(_COLUMNS)
        raise _whole(f"Line 1: the column “{unknown[0][:40]}” is not known; there are: {known}. Take it out.")
    if len(set(names)) < len(names):
        raise _whole("Line 1: a column stands there twice; keep one of them.")
    if "amount" in names and "currency" not in names:
        raise _whole("Line 1: the column “amount” needs the column “currency”.")
    return names


def _fields(names: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(names):
        raise ValueError(f"{len(cells)} cells under {len(names)} columns.")
    if any(len(cell) > MAX_CELL for cell in cells):
        raise ValueError(f"a cell is longer than {MAX_CELL} characters.")
    for cell in cells:
        if cell.startswith(_FORMULAS):
            raise ValueError(f"{cell[:40]!r} is a formula, or a text that a spreadsheet would take for one.")
    return dict(zip(names, (cell.strip() for cell in cells), strict=True))


def _wanted(line: int, fields: Mapping[str, str], delimiter: str) -> Wanted:
    charge = _fitting(fields["charge"], _ID, "charge id", "ch_1Abc")
    account = _fitting(fields["account"], _ACCOUNT, "account", "stripe/eu") if fields.get("account") else ""
    ticket = _fitting(fields["ticket"], _TICKET, "ticket", "4711") if fields.get("ticket") else None
    money = _money(fields.get("amount", ""), fields.get("currency", ""), delimiter)
    return Wanted(line, account, charge, money.minor if money else None, money.currency if money else None, ticket)


def _fitting(text: str, pattern: re.Pattern[str], name: str, example: str) -> str:
    if not text:
        raise ValueError(f"the {name} is missing.")
    if not pattern.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a {name}; write it like {example}.")
    return text


def _money(amount: str, currency: str, delimiter: str) -> Money | None:
    """None where neither is given: all that is left. A comma before the decimals only where it parts no cells."""
    if not amount and not currency:
        return None
    if not amount or not currency:
        raise ValueError("an amount needs its currency, and a currency its amount.")
    if currency not in EXPONENTS:
        raise ValueError(f"{currency[:10]!r} is not a currency; write its ISO 4217 code in capitals, such as EUR.")
    pattern = _POINT if delimiter == "," or "." in amount else _COMMA
    if not pattern.fullmatch(amount):
        example = "10.50" if pattern is _POINT else "10,50"
        raise ValueError(f"{amount[:40]!r} is not an amount; write it like {example}, without thousands or signs.")
    try:
        money = Money.parse(amount.replace(",", "."), currency)
    except AmountInvalid as error:
        raise ValueError(str(error)) from None
    if money.minor <= 0:
        raise ValueError("the amount must be greater than zero; leave it empty for all that is left.")
    return money
