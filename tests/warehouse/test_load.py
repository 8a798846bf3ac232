"""Load: the newest version of each object, once, whatever came how often and in which order."""

from __future__ import annotations

import pytest

from counterfoil.paths import Paths
from tests.warehouse.landed import charge, customer, everything, land, later, page, rows
from warehouse.connection import open_warehouse
from warehouse.landing import landed_files
from warehouse.load import load_landed
from warehouse.locks import DatabaseBusy

AMOUNTS = "SELECT id, amount FROM raw_stripe.charges ORDER BY id"


def test_a_page_becomes_rows_with_their_types(paths: Paths) -> None:
    details = {"type": "card", "card": {"last4": "4242", "brand": "visa"}}
    land(paths, "charges", page(charge("ch_1", currency="jpy", payment_method_details=details, metadata={"a": "b"})))
    report = load_landed(paths)
    assert report.rows == {("stripe/eu", "charges"): 1}
    assert rows(
        paths,
        "SELECT gateway, account, id, amount, currency, captured, payment_method_details_card_last4, metadata,"
        " is_deleted, epoch(created), epoch(seen_at) FROM raw_stripe.charges",
    ) == [("stripe", "stripe/eu", "ch_1", 1000, "JPY", True, "4242", '{"a":"b"}', False, 1_780_000_000, 1_793_534_400)]


def test_only_new_files_are_read(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_1")))
    assert load_landed(paths).files == 1
    assert load_landed(paths).files == 0
    land(paths, "charges", page(charge("ch_2")), seen_at=later(1))
    report = load_landed(paths)
    assert (report.files, report.rows.total()) == (1, 1)


def test_what_landed_is_loaded_in_batches_of_a_bounded_size(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        land(paths, "charges", page(charge(f"ch_{number}")), seen_at=later(number))
    whole = landed_files(paths.landing)[0].raw_bytes()
    assert whole > len(page(charge("ch_0"))), "as it is unpacked"
    monkeypatch.setattr("warehouse.load.BATCH_BYTES", 2 * whole)
    report = load_landed(paths)
    assert (report.files, report.rows.total()) == (5, 5)
    batches = "SELECT count(*) FROM raw_stripe.charges GROUP BY load_number ORDER BY load_number"
    assert rows(paths, batches) == [(2,), (2,), (1,)]


def test_duplicate_and_out_of_order_pages_give_the_version_seen_last(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_1", amount=3)), seen_at=later(3))
    land(paths, "charges", page(charge("ch_1", amount=1), charge("ch_1", amount=1)), seen_at=later(1))
    load_landed(paths)
    land(paths, "charges", page(charge("ch_1", amount=2)), page(charge("ch_2", amount=9)), seen_at=later(2))
    report = load_landed(paths)
    assert rows(paths, AMOUNTS) == [("ch_1", 3), ("ch_2", 9)]
    assert report.rows == {("stripe/eu", "charges"): 1}, "the older version is no news"


def test_in_one_file_the_later_line_is_the_newer_version(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_1", amount=1)), page(charge("ch_1", amount=2)))
    load_landed(paths)
    assert rows(paths, AMOUNTS) == [("ch_1", 2)]


def test_the_same_id_at_two_accounts_is_two_objects(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_1", amount=1)))
    land(paths, "charges", page(charge("ch_1", amount=2)), account="stripe/us")
    load_landed(paths)
    assert rows(paths, "SELECT account, amount FROM raw_stripe.charges ORDER BY 1") == [
        ("stripe/eu", 1),
        ("stripe/us", 2),
    ]


@pytest.mark.parametrize("batches", [1, 2])
def test_a_deleted_object_keeps_what_was_known_of_it(paths: Paths, batches: int) -> None:
    land(paths, "customers", page(customer("cus_1", name="Zoë")))
    if batches == 2:
        load_landed(paths)
    land(paths, "customers", b'{"id": "cus_1", "object": "customer", "deleted": true}', seen_at=later(5))
    load_landed(paths)
    found = rows(paths, "SELECT name, is_deleted, epoch(seen_at) FROM raw_stripe.customers")
    assert found == [("Zoë", True, later(5).timestamp())]


def test_loading_everything_again_gives_the_same_rows(paths: Paths) -> None:
    for minute in range(3):
        land(paths, "charges", page(charge("ch_1", amount=minute), charge(f"ch_{minute + 2}")), seen_at=later(minute))
    load_landed(paths)
    before = everything(paths)
    paths.warehouse.unlink()
    load_landed(paths)
    assert everything(paths) == before


def test_a_huge_page_is_loaded(paths: Paths) -> None:
    land(paths, "charges", page(*(charge(f"ch_{number}", description="x" * 1000) for number in range(40_000))))
    report = load_landed(paths)
    assert report.rows.total() == 40_000
    assert not report.quarantined


def test_an_empty_account_loads_nothing(paths: Paths) -> None:
    land(paths, "charges", page())
    assert load_landed(paths).rows.total() == 0
    assert load_landed(paths).files == 0


def test_a_load_beside_another_waits_and_then_says_so(paths: Paths) -> None:
    message = "is in use by another load, build or publish"
    with open_warehouse(paths), pytest.raises(DatabaseBusy, match=message), open_warehouse(paths, wait_s=0.1):
        pass
