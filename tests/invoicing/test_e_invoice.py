"""E-invoices: each is valid by the rules of EN 16931 or its document is not issued, and the rule is named."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from counterfoil.paths import Paths
from flows.invoicing.e_invoice import cii, line_nets, why_none
from flows.invoicing.e_invoice_rules import RULES, broken_rules
from flows.invoicing.factur_x import MetadataUnexpected, with_factur_x
from flows.invoicing.issuing import IssueReport, issue_rows
from flows.invoicing.render import render
from tests.invoicing.builders import NOW, as_document, credits_of, invoice, payment, refund, settings
from warehouse.books.connection import open_books
from warehouse.books.documents import Document, DocumentChanged
from warehouse.books.documents_read import undrawn
from warehouse.books.series import gaps

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def issued(var: Path, *rows: object, refunds: list[object] | None = None) -> tuple[list[Document], IssueReport]:
    report = issue_rows(Paths(var), settings(var), rows, refunds or [], now=NOW)  # type: ignore[arg-type]
    with open_books(Paths(var)) as conn:
        assert gaps(conn) == []
        return undrawn(conn, 100), report


def texts(xml: str, name: str) -> list[str]:
    return [found.text or "" for found in etree.fromstring(xml.encode()).iter(RAM + name)]


def test_the_pdf_holds_the_validated_xml_once_and_says_so_in_its_metadata(tmp_path: Path) -> None:
    (document,), _ = issued(tmp_path, payment())
    first = render(document)
    assert first == render(document)
    with pikepdf.open(io.BytesIO(first)) as pdf:
        (named,) = list(pdf.Root.AF)
        assert named.AFRelationship == "/Alternative"
        assert named.EF.F.Subtype == "/text/xml"
        assert bytes(pdf.attachments["factur-x.xml"].get_file().read_bytes()).decode() == document.e_invoice
        xmp = pdf.Root.Metadata.read_bytes()
    tree = etree.fromstring(xmp)
    assert len(tree.findall("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF")) == 1
    fx = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
    assert [found.text for found in tree.iter(fx + "ConformanceLevel")] == ["EN 16931"]
    assert b'pdfaid:part="3"' in xmp


def test_metadata_of_another_shape_are_said_instead_of_broken() -> None:
    with pytest.raises(MetadataUnexpected, match="exactly one rdf:RDF"):
        with_factur_x(b"<x><rdf:RDF></rdf:RDF><rdf:RDF></rdf:RDF></x>")


@pytest.mark.parametrize(
    ("field", "rules"),
    [
        ("GrandTotalAmount", {"BR-CO-15", "BR-CO-16"}),
        ("TaxBasisTotalAmount", {"BR-CO-13", "BR-CO-15"}),
        ("CalculatedAmount", {"BR-CO-14"}),
        ("DuePayableAmount", {"BR-CO-16"}),
    ],
)
def test_a_changed_amount_breaks_the_rule_of_its_sum(field: str, rules: set[str]) -> None:
    xml = cii(invoice().data)
    assert broken_rules(xml) == []
    changed, count = re.subn(rf"(<ram:{field}>)(\d+)", r"\g<1>1\g<2>", xml)
    assert count == 1
    assert rules <= {match for text in broken_rules(changed) for match in re.findall(r"^\[(BR-CO-\d+)\]", text)}


@pytest.mark.parametrize(
    ("xml", "what"),
    [
        ("", "XML"),
        ("<a", "XML"),
        ("<a/>", "XSD"),
        (cii(invoice().data).replace("100.00", "lots", 1), "XSD"),
        (cii(invoice().data).replace(">EUR<", ">EUX<"), "FX-SCH-A-000595"),
    ],
)
def test_what_is_no_e_invoice_is_told(xml: str, what: str) -> None:
    found = broken_rules(xml)
    assert found
    assert any(text.startswith(f"[{what}") for text in found)


def test_the_rules_as_they_are_read_here_find_what_they_find_as_they_are_shipped() -> None:
    from saxonche import PySaxonProcessor

    processor = PySaxonProcessor(license=False)
    shipped = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES / "FACTUR-X_EN16931.xslt"))
    good = cii(invoice().data)
    for old, new in [("", ""), (">EUR<", ">EUX<"), (">DE<", ">QQ<"), (">380<", ">999<"), (">119.00<", ">119.01<")]:
        xml = good.replace(old, new) if old else good
        report = etree.fromstring(shipped.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml)).encode())
        found = list(report.iter("{http://purl.oclc.org/dsdl/svrl}failed-assert"))
        assert len(broken_rules(xml)) == len(found)
        assert bool(found) == bool(old)


def test_reverse_charge_without_a_tax_id_is_not_issued_and_takes_no_number(tmp_path: Path) -> None:
    rows = [
        payment(charge_id="ch_1", tax_exempt="reverse", billing_country="FR", created_at=NOW - timedelta(days=2)),
        payment(charge_id="ch_2", created_at=NOW - timedelta(days=1)),
    ]
    documents, report = issued(tmp_path, *rows)
    assert [(document.number, document.data["payment"]["charge_id"]) for document in documents] == [
        ("INV-2026-000001", "ch_2")
    ]
    (refusal,) = report.refused
    assert "breaks EN 16931: [BR-AE-02]" in refusal.sentence
    assert "invoice:stripe:stripe/eu:ch_1" in refusal.sentence
    # With the tax id it is issued, with the next number.
    later, report = issued(
        tmp_path,
        payment(
            charge_id="ch_1",
            tax_exempt="reverse",
            billing_country="FR",
            tax_ids='[{"type": "eu_vat", "value": "FR40303265045"}]',
        ),
    )
    assert (report.invoices, report.refused) == (1, [])
    assert sorted(document.number for document in later) == ["INV-2026-000001", "INV-2026-000002"]


def test_a_credit_note_is_one_and_names_its_invoice() -> None:
    drafts, _ = credits_of(invoice(), refund())
    xml = cii(as_document(drafts[0], "CN-2026-000001").data)
    assert broken_rules(xml) == []
    assert texts(xml, "TypeCode")[0] == "381"
    assert "INV-2026-000001" in texts(xml, "IssuerAssignedID")


@pytest.mark.parametrize(
    ("changes", "category"),
    [
        ({}, "S"),
        ({"tax_exempt": "exempt"}, "E"),
        ({"billing_country": "US", "card_country": "US"}, "O"),
        ({"billing_country": "FR", "tax_exempt": "reverse", "tax_ids": '[{"value": "FR40303265045"}]'}, "AE"),
    ],
)
def test_each_kind_of_tax_has_its_category_and_is_valid(changes: dict[str, str], category: str) -> None:
    xml = cii(invoice(**changes).data)
    assert broken_rules(xml) == []
    assert set(texts(xml, "CategoryCode")) == {category}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"billing_country": "KW", "currency": "KWD"}, "more than the two decimals"),
        ({"billing_country": "CA"}, "other taxes"),
        ({"billing_country": "JP"}, "other taxes"),
        ({"billing_country": None, "card_country": None}, "buyer's country"),
        ({"billing_country": "QQ"}, "buyer's country"),
    ],
)
def test_what_the_standard_cannot_say_has_no_e_invoice_and_a_reason(
    tmp_path: Path, changes: dict[str, str | None], reason: str
) -> None:
    (document,), report = issued(tmp_path, payment(**changes))
    assert (report.refused, document.e_invoice) == ([], None)
    assert reason in document.data["e_invoice"]["absence"]
    assert b"factur-x.xml" not in render(document)


@hypothesis_settings(max_examples=40)
@given(
    total=st.integers(1, 10_000_000),
    country=st.sampled_from(["DE", "FR"]),
    back=st.integers(1, 10_000_000),
)
def test_every_amount_and_its_part_refund_are_valid(total: int, country: str, back: int) -> None:
    document = invoice(captured_minor=total, billing_country=country)
    assert broken_rules(cii(document.data)) == []
    drafts, _ = credits_of(document, refund(amount_minor=min(back, total)))
    assert broken_rules(cii(as_document(drafts[0], "CN-2026-000001").data)) == []


@hypothesis_settings(max_examples=15)
@given(
    amounts=st.lists(st.integers(0, 100_000), min_size=1, max_size=40).filter(any),
    quantity=st.sampled_from(["1", "3", "0.5", "7"]),
)
def test_many_lines_add_up_to_the_cent(amounts: list[int], quantity: str) -> None:
    document = invoice(captured_minor=sum(amounts))
    (line,) = document.data["lines"]
    document.data["lines"] = [{**line, "amount_minor": amount, "quantity": quantity} for amount in amounts]
    assert sum(line_nets(document.data)) == document.data["net_minor"]
    assert broken_rules(cii(document.data)) == []


@pytest.mark.parametrize(
    "name",
    [
        "<script>&amp;\"'</script>",
        "株式会社 テスト",
        "شركة الاختبار",
        "🎉 " * 40,
        "x" * 10_000,
        "]]>",
        "\ufffe\x00a\u202eb",
    ],
)
def test_odd_names_are_written_and_valid(name: str) -> None:
    document = invoice(billing_name=name, description=name)
    xml = cii(document.data)
    assert broken_rules(xml) == []
    assert document.data["buyer"]["name"] in texts(xml, "Name")


def test_the_xml_is_frozen_with_the_document(tmp_path: Path) -> None:
    issued(tmp_path, payment())
    with open_books(Paths(tmp_path)) as conn:
        conn.execute("UPDATE e_invoices SET xml = replace(xml, '119.00', '19.00')")
        with pytest.raises(DocumentChanged, match="The frozen data of INV-2026-000001 were changed"):
            undrawn(conn, 10)
        conn.execute("DELETE FROM e_invoices")
        with pytest.raises(DocumentChanged):
            undrawn(conn, 10)


def test_a_document_of_before_there_were_e_invoices_is_still_read(tmp_path: Path) -> None:
    document = invoice()
    assert "e_invoice" not in document.data
    assert why_none(document.data) == ""
    assert b"factur-x.xml" not in render(document)
