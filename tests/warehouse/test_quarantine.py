"""Quarantine: each kind of bad row is set aside with a reason that a reader agrees with; the rest is loaded."""

from __future__ import annotations

import pytest

from counterfoil.paths import Paths
from tests.warehouse.landed import Json, charge, land, page, rows
from warehouse.load import load_landed

BAD: dict[str, tuple[Json, str]] = {
    "fraction": ({"amount": 1999.5}, "amount is 1999.5: minor units are whole numbers"),
    "text": ({"amount": "12"}, 'amount is "12": minor units are whole numbers'),
    "too_large": ({"amount": 2**63}, "amount is 9223372036854775808: minor units are whole numbers"),
    "missing": ({"amount": None}, "amount is missing"),
    "currency": ({"currency": "zzz"}, "currency 'zzz' is not in ISO 4217"),
    "status": ({"status": "wobbly"}, "status 'wobbly' is not one that Stripe documents for a charge"),
    "milliseconds": (
        {"created": 1_780_000_000_000},
        "created is 1780000000000: not a time between 2000 and 2200 in whole seconds",
    ),
    "truth": ({"captured": "yes"}, 'captured is "yes": only true or false is'),
    "object": ({"object": "refund"}, "object is 'refund': a page of charges holds charge"),
    "nested": ({"customer": {"name": "x"}}, "customer is an object, where a text is documented"),
    "two": (
        {"currency": "zzz", "status": "wobbly"},
        "currency 'zzz' is not in ISO 4217; status 'wobbly' is not one that Stripe documents for a charge",
    ),
}

_REASONS = "SELECT object_id, reason FROM meta.quarantine ORDER BY object_id"


def _bad_charges() -> list[Json]:
    return [charge(f"ch_{name}", **wrong) for name, (wrong, _) in BAD.items()]


def test_each_kind_of_bad_row_has_its_reason_and_the_rest_is_loaded(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_good"), *_bad_charges(), charge("ch_fine")))
    report = load_landed(paths)
    assert dict(rows(paths, _REASONS)) == {f"ch_{name}": reason for name, (_, reason) in BAD.items()}
    assert rows(paths, "SELECT id FROM raw_stripe.charges ORDER BY id") == [("ch_fine",), ("ch_good",)]
    assert report.quarantined.total() == len(BAD)


def test_quarantine_keeps_the_original_text_and_where_it_stood(paths: Paths) -> None:
    path = land(paths, "charges", page(charge("ch_1")), page(charge("ch_2", amount=1.5)))
    load_landed(paths)
    ((text, landed, line),) = rows(paths, "SELECT original_text, landed_file, line FROM meta.quarantine")
    assert '"amount":1.5' in text
    assert landed == f"stripe/eu/charges/{path.name}"
    assert line == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"object":"list","data":[{"id":"ch_9"', "not JSON"),
        (b"\x00\xff not json", "not JSON"),
        (b"[]", r"not an object: []"),
        (b'"ch_1"', 'not an object: "ch_1"'),
        (page(None), "not an object: null"),
        (page({"object": "charge", "amount": 1}), "id is missing"),
        (b'{"object":"list","data":{"id":"ch_9"}}', "id is missing"),
    ],
)
def test_a_broken_line_never_spoils_the_next(paths: Paths, body: bytes, reason: str) -> None:
    land(paths, "charges", page(charge("ch_1")), body, page(charge("ch_2")))
    load_landed(paths)
    ((found,),) = rows(paths, "SELECT reason FROM meta.quarantine")
    assert found.startswith(reason)
    assert rows(paths, "SELECT id FROM raw_stripe.charges ORDER BY id") == [("ch_1",), ("ch_2",)]


def test_a_truncated_file_gives_what_stands_before_the_damage(paths: Paths) -> None:
    bodies = [
        page(*(charge(f"ch_{page_number}_{n}", description=f"{n * 7919:x}" * 40) for n in range(200)))
        for page_number in range(9)
    ]
    path = land(paths, "charges", *bodies)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    land(paths, "charges", page(charge("ch_other")))
    report = load_landed(paths)
    ((reason,),) = rows(paths, "SELECT reason FROM meta.quarantine")
    assert reason.startswith("truncated file: ")
    assert reason.endswith("pull that time again")
    loaded = report.rows["stripe/eu", "charges"] - 1
    assert 0 < loaded < 1800
    assert loaded % 200 == 0


def test_a_file_that_is_no_gzip_is_set_aside(paths: Paths) -> None:
    land(paths, "charges", b"{}").write_bytes(b"plain text")
    load_landed(paths)
    ((reason,),) = rows(paths, "SELECT reason FROM meta.quarantine")
    assert reason.startswith("truncated file: Not a gzipped file")


def test_lines_of_no_known_resource_are_set_aside_with_their_text(paths: Paths) -> None:
    land(paths, "unreadable", b"<html>502</html>")
    land(paths, "sources", b'{"id": "src_1", "object": "source"}')
    load_landed(paths)
    found = rows(paths, "SELECT resource, object_id, reason, original_text FROM meta.quarantine ORDER BY resource")
    assert found[0][:2] == ("sources", "src_1")
    assert found[0][2] == "Stripe has no resource 'sources' that is read here"
    assert found[1][0] == "unreadable"
    assert found[1][2].startswith("not JSON")
    assert found[1][3] == "<html>502</html>"
    assert load_landed(paths).files == 0


def test_an_expanded_object_is_its_id_and_a_text_that_looks_like_json_stays_text(paths: Paths) -> None:
    expanded = {"id": "cus_1", "object": "customer"}
    land(
        paths,
        "charges",
        page(charge("ch_1", customer=expanded, description='{"id": "no"}'), charge("ch_2", description="[x]")),
    )
    assert not load_landed(paths).quarantined
    found = rows(paths, "SELECT customer, description FROM raw_stripe.charges ORDER BY id")
    assert found == [("cus_1", '{"id": "no"}'), (None, "[x]")]


def test_loading_the_same_file_again_quarantines_nothing_twice(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_1", amount=0.5)))
    load_landed(paths)
    rows(paths, "DELETE FROM meta.landing_loaded")
    load_landed(paths)
    assert rows(paths, "SELECT count(*) FROM meta.quarantine") == [(1,)]


def test_payout_lines_take_their_payout_from_the_page(paths: Paths) -> None:
    land(
        paths,
        "payout_lines",
        b'{"object":"payout_lines","payout":"po_1","data":[{"id":"txn_1","object":"balance_transaction"}]}',
    )
    load_landed(paths)
    assert rows(paths, "SELECT id, payout_id, balance_transaction_id FROM raw_stripe.payout_lines") == [
        ("po_1:txn_1", "po_1", "txn_1")
    ]
