"""Publish: readers always see a whole, good file."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import duckdb
import pytest

from counterfoil.paths import Paths
from tests.warehouse.landed import NOW, ZONE, charge, land, later, page, rows
from warehouse.books.connection import open_books
from warehouse.build import build
from warehouse.load import load_landed
from warehouse.publish import publish
from warehouse.published import NothingPublished, PublishedFile


@pytest.fixture
def paths(built: Paths) -> Paths:
    """An installation whose models are built already."""
    return built


COUNT = "SELECT count(*) AS n FROM canonical.charges"


def _publish(paths: Paths, minute: int = 0) -> str:
    load_landed(paths)
    build(paths, reporting_time_zone=ZONE)
    report = publish(paths, now=later(minute))
    assert report.version is not None
    return report.version


def test_before_the_first_publish_there_is_nothing(paths: Paths) -> None:
    published = PublishedFile(paths.published)
    assert published.version is None
    assert published.as_of is None
    with pytest.raises(NothingPublished):
        published.rows(COUNT)


def test_an_empty_account_is_published_with_all_its_tables(paths: Paths) -> None:
    _publish(paths)
    published = PublishedFile(paths.published)
    for table in ("marts.people", "marts.quarantine", "marts.freshness", "books.documents", "books.audit_log"):
        assert published.rows(f"SELECT count(*) AS n FROM {table}") == [{"n": 0}], table
    assert published.rows("SELECT count(*) AS n FROM marts.check_results WHERE severity = 'block'")[0]["n"] > 5


def test_the_mark_is_when_the_newest_page_was_seen(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_1")), seen_at=later(-30))
    _publish(paths)
    published = PublishedFile(paths.published)
    assert published.as_of == NOW - timedelta(minutes=30)
    (fresh,) = published.rows("SELECT * FROM marts.freshness WHERE resource = 'charges'")
    assert (fresh["account"], fresh["last_seen_at"], fresh["rows"]) == ("stripe/eu", later(-30), 1)


def test_a_failed_block_check_keeps_the_last_good_file_and_says_why(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_1")))
    good = _publish(paths)
    rows(paths, "INSERT INTO canonical.charges FROM canonical.charges")
    report = publish(paths, now=later(1))
    assert report.is_blocked
    assert report.version is None
    published = PublishedFile(paths.published)
    assert published.version == good
    assert published.rows(COUNT) == [{"n": 1}]
    told = json.loads((paths.published / "blocked.json").read_text())
    assert "canonical_rows_doubled" in {check["name"] for check in told["checks"]}

    rows(paths, "DELETE FROM meta.build_state WHERE model = 'canonical.charges'")
    _publish(paths, 2)
    assert not (paths.published / "blocked.json").exists()


def test_the_last_three_files_stay(paths: Paths) -> None:
    versions = [_publish(paths, minute) for minute in range(4)]
    assert sorted(path.stem for path in paths.published.glob("*.duckdb")) == versions[-3:]


def test_readers_swap_without_an_error_while_files_are_published(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_0")))
    _publish(paths)
    published = PublishedFile(paths.published)
    seen: set[int] = set()
    faults: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.wait(0.02):
                seen.add(published.rows(COUNT)[0]["n"])
        except (duckdb.Error, LookupError, OSError) as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(1, 3):
        land(paths, "charges", page(charge(f"ch_{number}")), seen_at=later(number))
        _publish(paths, number)
        assert published.rows(COUNT) == [{"n": number + 1}]
    stop.set()
    for reader in readers:
        reader.join()
    assert not faults
    assert seen <= {1, 2, 3}


def test_what_a_killed_publish_left_is_no_file_and_goes_away(paths: Paths) -> None:
    good = _publish(paths)
    (paths.published / "20990101T000000Z-ffffff.part").write_bytes(b"half")
    assert PublishedFile(paths.published).version == good
    _publish(paths, 1)
    assert not list(paths.published.glob("*.part*"))


def test_documents_of_the_books_are_published_and_count(paths: Paths) -> None:
    land(paths, "charges", page(charge("ch_1"), charge("ch_2")))
    _publish(paths)
    published = PublishedFile(paths.published)
    missing = "SELECT charge_id FROM marts.payments_without_document ORDER BY 1"
    assert [row["charge_id"] for row in published.rows(missing)] == ["ch_1", "ch_2"]
    with open_books(paths) as books:
        books.execute(_DOCUMENT)
    _publish(paths, 1)
    assert [row["charge_id"] for row in published.rows(missing)] == ["ch_2"]
    assert published.rows("SELECT number FROM books.documents") == [{"number": "INV-1"}]
    summary = "SELECT period, country, percent, documents, taxable_minor, tax_minor, source FROM marts.tax_summary"
    assert published.rows(summary) == [
        {
            "period": "2026-05",
            "country": "DE",
            "percent": "19",
            "documents": 1,
            "taxable_minor": 840,
            "tax_minor": 160,
            "source": "document",
        }
    ]


_DATA = {
    "supplied_on": "2026-05-28",
    "tax_lines": [
        {"country": "DE", "state": None, "kind": "vat", "percent": "19.0", "is_reverse_charge": False}
        | {"taxable_minor": 840, "tax_minor": 160, "is_inclusive": True}
    ],
}
_DOCUMENT = f"""INSERT INTO documents BY NAME SELECT 'd1' AS document_id, 'invoice:ch_1' AS source_key,
    'invoice' AS kind, 'INV-1' AS number, 'us' AS entity, 'INV' AS series, 2026 AS year, 1 AS sequence,
    'stripe' AS gateway, 'stripe/eu' AS account, 'ch_1' AS charge_id, now() AS issued_at, 'EUR' AS currency,
    1000 AS total_minor, 160 AS tax_minor, 'DE' AS country,
    '{json.dumps(_DATA)}' AS data, 'x' AS data_sha256, '1' AS template_version"""
