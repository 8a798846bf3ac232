"""The journal survives what a killed process leaves behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from flows.actions.journal import Journal
from warehouse.books.audit_chain import read_journal

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def write(journal: Journal, number: int) -> None:
    journal.append("attempt", at=NOW, request_id=f"req_{number}", flow_run_id="run", detail={"number": number})


def test_a_torn_last_line_is_cut_off_and_told_in_the_chain(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "actions-a-0", now=NOW)
    write(journal, 1)
    journal.close()
    path = tmp_path / "actions-a-0.ndjson"
    with path.open("ab") as file:
        file.write(b'{"n":2,"kind":"att')
    assert read_journal(path).torn == b'{"n":2,"kind":"att'
    again = Journal(tmp_path, "actions-a-0", now=NOW)
    write(again, 2)
    found = read_journal(path)
    assert [record["kind"] for record in found.records] == ["attempt", "recovered", "attempt"]
    assert found.records[1]["detail"]["torn_bytes"] == 18
    assert (found.broken(), found.torn, found.unreadable) == ([], b"", ())


def test_many_threads_write_one_unbroken_chain(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "actions-a-0", now=NOW)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: write(journal, number), range(60)))
    found = read_journal(tmp_path / "actions-a-0.ndjson")
    assert (len(found.records), found.broken()) == (60, [])
    assert len(journal.about("req_7")) == 1


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "actions-a-0", now=NOW)
    for number in range(3):
        write(journal, number)
    path = tmp_path / "actions-a-0.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"rubbish\n" + lines[2])
    assert read_journal(path).unreadable == (2,)
