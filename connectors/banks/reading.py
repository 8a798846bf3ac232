"""One file of a bank, whatever its kind, as statements of a bank account of the settings.

Own readers, not the libraries there are: mt-940 takes a text that is no statement for one without lines and reads
6,000 lines/s, ofxtools 2,000; an amount cut in half must never pass (DECISIONS.md has the figures).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from connectors.banks.bai2 import read_bai2
from connectors.banks.camt053 import read_camt053
from connectors.banks.csv_file import read_csv
from connectors.banks.mt940 import read_mt940
from connectors.banks.ofx import read_ofx
from connectors.banks.statement import Statement, StatementUnreadable, check_balance
from counterfoil.bank_accounts import BankAccount, bare_number

MAX_BYTES = 200_000_000
Format = Literal["camt053", "mt940", "bai2", "ofx", "csv"]

_OF_OTHERS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\x1f\x8b": "a gzip archive",
}
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_READERS: dict[Format, Callable[[str], list[Statement]]] = {"mt940": read_mt940, "bai2": read_bai2, "ofx": read_ofx}


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds."""

    format: Format
    statements: tuple[tuple[BankAccount, Statement], ...]


def read_file(path: Path, known: Sequence[BankAccount], chosen: BankAccount | None = None) -> Read:
    """Read a file of a bank. `chosen`: the account that it must be of; needed for CSV, which names none.

    Raises StatementUnreadable.
    """
    size = path.stat().st_size
    if not size:
        raise StatementUnreadable("The file is empty.")
    if size > MAX_BYTES:
        raise StatementUnreadable(
            f"The file has {size:,} bytes; at most {MAX_BYTES:,} are read. Ask the bank for shorter periods."
        )
    body = path.read_bytes()
    kind = _format(body)
    found = _statements(kind, body, chosen)
    placed = tuple((_account(statement, known, chosen), statement) for statement in found)
    for _, statement in placed:
        check_balance(statement)
    return Read(kind, placed)


def _format(body: bytes) -> Format:
    for mark, what in _OF_OTHERS.items():
        if body.startswith(mark):
            raise StatementUnreadable(f"This is {what}. Ask the bank for CAMT.053, MT940, BAI2, OFX or CSV.")
    head = _head(body)
    if "<OFX>" in head or head.startswith("OFXHEADER"):
        return "ofx"
    if head.startswith("<"):
        return "camt053"
    if head.startswith("01,"):
        return "bai2"
    if head.startswith(":20:") or "\n:20:" in head or "{4:" in head:
        return "mt940"
    return "csv"


def _head(body: bytes) -> str:
    encoding = next((name for mark, name in _MARKS.items() if body.startswith(mark)), "latin-1")
    return body[:4_000].decode(encoding, "replace").lstrip()


def _statements(kind: Format, body: bytes, chosen: BankAccount | None) -> list[Statement]:
    if kind == "camt053":
        found = read_camt053(BytesIO(body))
        if not found:
            raise StatementUnreadable("The file holds no statement (Stmt).")
        return found
    if kind == "csv":
        if chosen is None or chosen.csv is None:
            raise StatementUnreadable(
                "The file is none of CAMT.053, MT940, BAI2 and OFX. For a CSV file choose the bank account, and give "
                "that account a mapping (csv) in the settings."
            )
        return read_csv(_text(body, (chosen.csv.encoding,)), chosen.csv, chosen.currency)
    # The standards want ASCII; banks write what their country writes.
    return _READERS[kind](_text(body, ("utf-8", "windows-1252")))


def _text(body: bytes, encodings: tuple[str, ...]) -> str:
    marked = next((name for mark, name in _MARKS.items() if body.startswith(mark)), None)
    fault = ""
    for encoding in (marked,) if marked else encodings:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError as error:
            row = body.count(b"\n", 0, error.start) + 1
            fault = fault or f"Row {row}: byte 0x{body[error.start]:02x} is no {encoding}"
            continue
        if "\x00" in text:
            raise StatementUnreadable("The file holds zero bytes: it is no text, or UTF-16 without its mark.")
        return text
    raise StatementUnreadable(f"{fault}. Set the bank account's encoding (csv.encoding) in the settings to the file's.")


def _account(statement: Statement, known: Sequence[BankAccount], chosen: BankAccount | None) -> BankAccount:
    if not statement.number:
        if chosen is None:
            raise StatementUnreadable("The file does not say of which account it is: choose the bank account.")
        account = chosen
    else:
        of_number = [one for one in known if bare_number(one.number) == bare_number(statement.number)]
        # MT940 writes bank code/account, and some banks the currency behind it.
        of_number = of_number or [one for one in known if _is_part(one.number, statement.number)]
        if not of_number:
            names = ", ".join(f"{one.name} ({one.number})" for one in known) or "none"
            raise StatementUnreadable(
                f"The file is of the account {statement.number[:40]}, none of the settings' bank accounts: {names}."
            )
        fitting = [one for one in of_number if one.currency == statement.currency]
        account = (fitting or of_number)[0]
    if account.currency != statement.currency:
        raise StatementUnreadable(
            f"The statement {statement.name} is in {statement.currency}, and {account.name} is kept in "
            f"{account.currency}."
        )
    if chosen is not None and account.name != chosen.name:
        raise StatementUnreadable(f"The file is of {account.name}, and {chosen.name} was chosen.")
    return account


def _is_part(ours: str, theirs: str) -> bool:
    """Whether the bare number ends one of the file's parts: 10010010/0532013000EUR names DE89…0532013000."""
    parts = [bare_number(part) for part in theirs.split("/")]
    mine = bare_number(ours)
    return len(parts) > 1 and any(
        len(part) >= 5
        and (part == mine or mine.endswith(part.removesuffix(part[-3:]) if part[-3:].isalpha() else part))
        for part in parts
    )
