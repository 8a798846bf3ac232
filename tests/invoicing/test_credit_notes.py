"""Credit notes of refunds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.invoicing.builders import credits_of, invoice, refund


def test_credit_note_names_its_original_and_has_its_own_series() -> None:
    original = invoice()
    (draft,), refused = credits_of(original, refund())
    assert not refused
    assert draft.series == "CN"
    assert draft.original_document_id == original.document_id
    assert draft.data["original"] == {
        "document_id": original.document_id,
        "number": "INV-2026-000001",
        "issued_on": "2026-11-23",
        "total_minor": 11900,
    }
    assert (draft.data["net_minor"], draft.data["tax_minor"], draft.data["total_minor"]) == (4202, 798, 5000)


@given(cuts=st.lists(st.integers(1, 11899), max_size=6), total=st.just(11900), country=st.sampled_from(["DE", "CA"]))
def test_part_refunds_add_up_to_the_invoice_and_its_taxes(cuts: list[int], total: int, country: str) -> None:
    original = invoice(captured_minor=total, billing_country=country)
    steps = sorted({0, total, *cuts})
    refunds = [
        refund(refund_id=f"re_{end}", amount_minor=end - start)
        for start, end in zip(steps[:-1], steps[1:], strict=True)
    ]
    drafts, refused = credits_of(original, *refunds)
    assert not refused
    assert sum(draft.data["total_minor"] for draft in drafts) == total
    for index, line in enumerate(original.data["tax_lines"]):
        assert sum(draft.data["tax_lines"][index]["tax_minor"] for draft in drafts) == line["tax_minor"]
        assert sum(draft.data["tax_lines"][index]["taxable_minor"] for draft in drafts) == line["taxable_minor"]
    assert all(draft.data["net_minor"] + draft.data["tax_minor"] == draft.data["total_minor"] for draft in drafts)


def test_more_than_the_invoice_is_never_credited() -> None:
    first, second = refund(refund_id="re_1", amount_minor=11000), refund(refund_id="re_2", amount_minor=901)
    drafts, (sentence,) = credits_of(invoice(), first, second)
    assert [draft.refund_id for draft in drafts] == ["re_1"]
    assert sentence == (
        "Refund re_2 of 9.01 EUR cannot be credited: of invoice INV-2026-000001 9.00 EUR is left. "
        "Compare the charge and its refunds at the gateway."
    )


def test_what_earlier_credit_notes_took_counts() -> None:
    drafts, refused = credits_of(invoice(), refund(amount_minor=901), taken_minor=11000)
    assert not drafts
    assert "9.00 EUR is left" in refused[0]


def test_a_refund_after_a_refused_one_is_credited() -> None:
    rows = [refund(refund_id="re_1", amount_minor=20000), refund(refund_id="re_2", amount_minor=11900)]
    drafts, refused = credits_of(invoice(), *rows)
    assert [draft.refund_id for draft in drafts] == ["re_2"]
    assert len(refused) == 1


def test_a_refund_in_another_currency_or_of_nothing_is_refused() -> None:
    drafts, refused = credits_of(invoice(), refund(currency="USD"), refund(amount_minor=0), refund(amount_minor=-5))
    assert not drafts
    assert "is in USD, but invoice INV-2026-000001 is in EUR" in refused[0]
    assert all("cannot be credited" in sentence for sentence in refused[1:])


def test_a_refund_of_a_charge_without_our_invoice_has_no_credit_note() -> None:
    assert credits_of(invoice(), refund(charge_id="ch_other")) == ([], [])
