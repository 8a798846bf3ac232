"""Five formats, one meaning: days, exact amounts, texts; and a sentence for everything that is no statement."""

from __future__ import annotations

import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from connectors.banks.reading import read_file
from connectors.banks.statement import Line, StatementUnreadable
from tests.reconciliation import bank_files as files
from tests.reconciliation.bank_files import camt053, entry, written


def lines_of(path: Path, chosen: object = None) -> tuple[Line, ...]:
    (one,) = read_file(path, files.KNOWN, chosen).statements  # type: ignore[arg-type]
    return one[1].lines


@pytest.mark.parametrize(
    ("body", "encoding", "account", "chosen"),
    [
        (files.MARCH, "utf-8", "bank/main", None),
        (files.MT940, "windows-1252", "bank/main", None),
        (files.BAI2, "ascii", "bank/us", None),
        (files.OFX, "windows-1252", "bank/jp", None),
        (files.CSV_TEXT, "windows-1252", "bank/gb", files.CSV),
    ],
)
def test_every_format_gives_the_same_two_lines(
    tmp_path: Path, body: bytes | str, encoding: str, account: str, chosen: object
) -> None:
    path = written(tmp_path, body, encoding=encoding)
    ((found, statement),) = read_file(path, files.KNOWN, chosen).statements  # type: ignore[arg-type]
    first, second = statement.lines
    assert found.name == account
    assert (first.amount_minor, second.amount_minor) == (10010, -250)
    assert first.booked_on == date(2026, 3, 2)
    assert "PO_1" in first.text
    if statement.has_balances:
        assert (statement.opening_minor, statement.closing_minor) == (100000, 109760)


def test_details_of_camt_and_mt940_are_read(tmp_path: Path) -> None:
    camt = lines_of(written(tmp_path, files.MARCH))[0]
    assert (camt.reference, camt.counterparty, camt.kind) == ("B-2026-03-02-100.10", "Stripe", "PMNT-RCDT-ESCT")
    mt940 = lines_of(written(tmp_path, files.MT940))
    assert (mt940[0].reference, mt940[0].counterparty, mt940[0].text) == ("B1", "Stripe Payments", "STRIPE PO_1")
    assert (mt940[1].text, mt940[1].kind) == ("Gebühr Zusatz FEE-3", "NMSC")


def test_an_mt940_line_booked_in_another_year_than_its_value_has_the_nearer_year(tmp_path: Path) -> None:
    text = ":20:X\n:25:37040044/0532013000\n:28C:1\n:60F:C251231EUR0,\n:61:2601020102C1,NTRFNONREF\n"
    text += ":61:2601021231C2,NTRFNONREF\n:62F:C260102EUR3,\n-\n"
    assert [line.booked_on for line in lines_of(written(tmp_path, text))] == [date(2026, 1, 2), date(2025, 12, 31)]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "This is a PDF"),
        (b"PK\x03\x04zip", "ZIP archive"),
        (b"hello", "choose the bank account"),
        (b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"/>', "camt.054.001.08"),
        (b"<html></html>", "html"),
        (files.MARCH[:-400], "no whole XML"),
        (files.MARCH.replace(b"UTF-8", b"UTF-16"), "no whole XML"),
        (files.MARCH.replace(b"1097.60", b"1097.61"), "0.01 EUR is missing"),
        (files.MARCH.replace(b"100.10<", b"100.101<"), "finer than"),
        (files.MARCH.replace(b"100.10<", b"1e2<"), "is not an amount"),
        (files.MARCH.replace(b'Ccy="EUR">100.10', b'Ccy="USD">100.10'), "the account in EUR"),
        (files.MARCH.replace(b"DE89370400440532013000", b"DE00"), "none of the settings' bank accounts"),
        (
            camt053(opening="0", closing="0", since="2026-03-01", until="2026-03-31", currency="USD"),
            "bank/main is kept in EUR",
        ),
        (files.MT940.replace("100,10", "1,0x").encode(), "Row 5"),
        (files.MT940.replace("260302", "260230").encode(), "is not a day"),
        (files.MT940[: files.MT940.index(":62F")].encode(), "cut off"),
        (files.BAI2.replace("10010", "10011").encode(), "states a sum of 220020"),
        (files.BAI2[: files.BAI2.index("98,")].encode(), "does not end with a trailer"),
        (files.OFX[:-20].encode(), "cut off"),
        (files.OFX.replace(">10010", ">100.10").encode(), "finer than"),
    ],
)
def test_what_is_no_sound_statement_is_refused_with_a_sentence(tmp_path: Path, body: bytes, sentence: str) -> None:
    with pytest.raises(StatementUnreadable, match=sentence.replace("(", r"\(")):
        read_file(written(tmp_path, body), files.KNOWN)


@pytest.mark.parametrize(
    ("text", "encoding", "sentence"),
    [
        (files.CSV_TEXT, "utf-16-le", "zero bytes"),
        (files.CSV_TEXT.replace("Betrag", "Summe"), "windows-1252", "has no column 'Betrag'"),
        (files.CSV_TEXT.replace(";-2,50;", ";"), "windows-1252", "Row 3 has 3 cells"),
        (files.CSV_TEXT.replace("03.03", "3/3"), "windows-1252", "is not a day as %d.%m.%Y"),
        (files.CSV_TEXT.replace("1.097,60", "1.097,61"), "windows-1252", "does not add up"),
        (files.CSV_TEXT.replace("Geb\u00fchr", "\u0081"), "latin-1", "no windows-1252.*csv.encoding"),
    ],
)
def test_a_csv_file_that_does_not_fit_its_mapping_says_where(
    tmp_path: Path, text: str, encoding: str, sentence: str
) -> None:
    with pytest.raises(StatementUnreadable, match=sentence):
        read_file(written(tmp_path, text, encoding=encoding), files.KNOWN, files.CSV)


def test_entities_and_document_types_are_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = files.MARCH.replace(b"<Document", bomb + b"<Document", 1)
    with pytest.raises(StatementUnreadable, match="document type"):
        read_file(written(tmp_path, body), files.KNOWN)
    deep = files.MARCH.replace(b"<Ustrd>", b"<a>" * 100 + b"<Ustrd>", 1)
    with pytest.raises(StatementUnreadable, match="nested deeper"):
        read_file(written(tmp_path, deep), files.KNOWN)


def test_a_large_statement_takes_memory_for_its_lines_and_not_for_a_tree(tmp_path: Path) -> None:
    many = [entry("2026-03-02", "1.00")] * 5_000
    body = camt053(*many, opening="0.00", closing="5000.00", since="2026-03-01", until="2026-03-31")
    path = written(tmp_path, body)
    tracemalloc.start()
    try:
        assert len(lines_of(path)) == 5_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(body)


def test_a_file_beyond_the_bound_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(300_000_000)
    with pytest.raises(StatementUnreadable, match="shorter periods"):
        read_file(path, files.KNOWN)
