"""Whatever is altered, taken out or put in, in whichever copy of the trail, is found and named."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from counterfoil.action_runs import ActionRun
from counterfoil.paths import Paths
from counterfoil.requests import SignatureInvalid, utc_now
from counterfoil.signing_keys import public_keys
from tests.actions.batch_stand import approve, ended, fresh_items, waiting, wish
from tests.actions.stand import Stand
from warehouse.books.audit import append, logged
from warehouse.books.audit_chain import chained, read_journals
from warehouse.books.audit_export import ManifestInvalid, check_export
from warehouse.books.audit_trail import anchor_place, export_period, record, verify
from warehouse.books.connection import open_books


@pytest.fixture(scope="module")
def done(stand: Stand) -> list[ActionRun]:
    """Some actions of each kind and a batch, exported and anchored."""
    runs = [
        stand.finished(stand.submit(stand.wish(stand.charge(), **changes)))
        for changes in ({}, {"reason_code": "because"}, {"reason_text": "=HYPERLINK(1) <b>ü</b>"})
    ]
    batch = wish(stand, fresh_items(stand, 1))
    run_id = waiting(stand, batch)
    approve(stand, batch, run_id)
    assert ended(stand, run_id).state_name == "Done"
    record(stand.paths, stand.queue, now=utc_now())
    return runs


@pytest.fixture
def copy(stand: Stand, done: list[ActionRun], tmp_path: Path) -> Iterator[Paths]:
    """A copy of all that is on disk, to be tampered with."""
    paths = Paths(tmp_path / "var")
    shutil.copytree(stand.paths.journal, paths.journal)
    shutil.copytree(stand.paths.exports, paths.exports)
    shutil.copy(stand.paths.books, paths.books)
    yield paths


def found(stand: Stand, paths: Paths) -> str:
    """All findings as text; empty where the trail holds."""
    return "\n".join(f"{one.kind} {one.where}: {one.what}" for one in verify(paths, stand.queue).findings)


def test_the_trail_of_everything_that_was_done_holds(stand: Stand, copy: Paths) -> None:
    assert found(stand, copy) == ""
    with open_books(copy) as books:
        rows = list(logged(books))
    kinds = {row.entry.kind for row in rows}
    assert {"requested", "approval", "attempt", "outcome", "concluded", "finished", "exported"} <= kinds
    of_batch = [row.entry for row in rows if row.entry.request_id.startswith("bat_")]
    assert [entry.kind for entry in of_batch if entry.kind in ("approval", "concluded", "finished")]
    assert {entry.actor for entry in of_batch if entry.kind == "approval"} == {"lena"}
    assert verify(copy, stand.queue).vouches_until is not None


def test_an_export_adds_nothing_twice(stand: Stand, copy: Paths) -> None:
    first = record(copy, stand.queue, now=utc_now())
    again = record(copy, stand.queue, now=utc_now())
    assert (first.joined.from_journals, again.joined.from_journals, again.joined.from_runs) == (0, 0, 0)


LOG_TAMPERING = {
    "a changed amount": "UPDATE audit_log SET amount_minor = 1 WHERE sequence = 2",
    "a changed sentence": "UPDATE audit_log SET sentence = 'Nothing happened.' WHERE sequence = 3",
    "a changed detail": "UPDATE audit_log SET detail = '{}' WHERE sequence = 2",
    "a row taken out": "DELETE FROM audit_log WHERE sequence = 2",
    "the last row taken out": "DELETE FROM audit_log WHERE sequence = (SELECT max(sequence) FROM audit_log)",
    "a row put in": "INSERT INTO audit_log SELECT (SELECT max(sequence) FROM audit_log) + 1, * EXCLUDE (sequence)"
    " FROM audit_log WHERE sequence = 1",
}


@pytest.mark.parametrize("name", LOG_TAMPERING)
def test_a_tampered_log_is_found(stand: Stand, copy: Paths, name: str) -> None:
    with open_books(copy) as books:
        books.execute(LOG_TAMPERING[name])
    assert "log" in found(stand, copy)


def test_a_log_rewritten_from_end_to_end_is_found_by_its_anchor(stand: Stand, copy: Paths) -> None:
    with open_books(copy) as books:
        rows = [row.entry for row in logged(books)]
        books.execute("DELETE FROM audit_log")
        append(books, [entry for entry in rows if entry.kind != "attempt"])
    assert "which was anchored" in found(stand, copy) or "rewritten" in found(stand, copy)


def _alter(line: dict[str, object]) -> dict[str, object]:
    return {**line, "at": "2020-01-01T00:00:00+00:00"}


JOURNAL_TAMPERING: dict[str, Callable[[list[dict[str, object]]], list[dict[str, object]]]] = {
    "a changed record": lambda lines: [lines[0], _alter(lines[1]), *lines[2:]],
    "a record taken out": lambda lines: [lines[0], *lines[2:]],
    "the last record taken out": lambda lines: lines[:-1],
    "a record put in": lambda lines: [lines[0], lines[0], *lines[1:]],
}


@pytest.mark.parametrize("name", JOURNAL_TAMPERING)
def test_a_tampered_journal_is_found(stand: Stand, copy: Paths, name: str) -> None:
    path = max(copy.journal.glob("*.ndjson"), key=lambda file: file.stat().st_size)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(line) + "\n" for line in JOURNAL_TAMPERING[name](lines)))
    assert "journal" in found(stand, copy)


def test_a_journal_rewritten_with_its_chain_is_found_by_the_log(stand: Stand, copy: Paths) -> None:
    (journal, *_) = read_journals(copy.journal)
    previous, rewritten = "0" * 64, []
    for record_ in journal.records:
        rest = {name: value for name, value in record_.items() if name not in ("hash", "previous_hash")}
        rewritten.append(chained({**rest, "at": "2020-01-01T00:00:00+00:00"}, previous))
        previous = str(rewritten[-1]["hash"])
    path = copy.journal / f"{journal.worker}.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in rewritten))
    assert "differ" in found(stand, copy)


def test_an_unfinished_last_line_is_no_finding(stand: Stand, copy: Paths) -> None:
    path = next(copy.journal.glob("*.ndjson"))
    with path.open("ab") as file:
        file.write(b'{"n": 99, "at": "2026')
    assert found(stand, copy) == ""


def test_a_run_changed_through_the_api_is_found(stand: Stand, copy: Paths, done: list[ActionRun]) -> None:
    tags = list(done[0].tags)
    stand.queue.api.call("PATCH", f"flow_runs/{done[0].run_id}", {"tags": [*tags, "ticket:9"]})
    try:
        assert f"{done[0].run_id}" in found(stand, copy)
        assert "tags" in found(stand, copy)
    finally:
        stand.queue.api.call("PATCH", f"flow_runs/{done[0].run_id}", {"tags": tags})
    assert found(stand, copy) == ""


PREFECT_TAMPERING = {
    "another amount": (
        "UPDATE flow_run SET parameters = replace(parameters, $old, $new)",
        '"amount_minor": 500',
        '"amount_minor": 400',
    ),
    "another reason": ("UPDATE flow_run SET parameters = replace(parameters, $old, $new)", "came late", "came early"),
    "another agent": ("UPDATE flow_run SET parameters = replace(parameters, $old, $new)", "agent-", "mallory-"),
    "another time": ("UPDATE flow_run SET created = replace(created, $old, $new)", "20", "19"),
}


@pytest.mark.parametrize("name", PREFECT_TAMPERING)
def test_a_run_changed_by_hand_in_prefects_database_is_found(
    stand: Stand, copy: Paths, done: list[ActionRun], name: str
) -> None:
    update, old, new = PREFECT_TAMPERING[name]
    run_id = done[0].run_id
    with closing(sqlite3.connect(stand.folder / "prefect" / "prefect.db", timeout=60)) as database:
        before = database.execute("SELECT parameters, created FROM flow_run WHERE id = ?", [run_id]).fetchone()
        database.execute(f"{update} WHERE id = $id", {"old": old, "new": new, "id": run_id})
        database.commit()
        assert database.execute("SELECT parameters, created FROM flow_run WHERE id = ?", [run_id]).fetchone() != before
        try:
            assert run_id in found(stand, copy)
        finally:
            database.execute("UPDATE flow_run SET parameters = ?, created = ? WHERE id = ?", [*before, run_id])
            database.commit()
    assert found(stand, copy) == ""


def test_a_run_deleted_or_made_up_is_found_before_and_after_its_export(stand: Stand, copy: Paths) -> None:
    early, late = (stand.finished(stand.submit(stand.wish(stand.charge()))) for _ in range(2))
    shutil.copytree(stand.paths.journal, copy.journal, dirs_exist_ok=True)
    stand.queue.api.call("DELETE", f"flow_runs/{early.run_id}")
    assert f"The flow run {early.run_id} of {early.request_id} was deleted before its export." in found(stand, copy)
    record(copy, stand.queue, now=utc_now())
    stand.queue.api.call("DELETE", f"flow_runs/{late.run_id}")
    assert f"The flow run {late.run_id} (finished of {late.request_id}) was deleted." in found(stand, copy)


def test_a_run_forced_to_another_outcome_is_found(stand: Stand, copy: Paths) -> None:
    run = stand.finished(stand.submit(stand.wish(stand.charge(), reason_code="because")))
    state = {"type": "COMPLETED", "name": "Done", "message": "Refunded."}
    stand.queue.api.post(f"flow_runs/{run.run_id}/set_state", {"state": state, "force": True})
    shutil.copytree(stand.paths.journal, copy.journal, dirs_exist_ok=True)
    assert f"The flow run {run.run_id} says 'Done'; its worker wrote 'Refused'." in found(stand, copy)
    stand.queue.api.call("DELETE", f"flow_runs/{run.run_id}")


def test_an_export_is_signed_and_shows_a_changed_file(stand: Stand, copy: Paths, tmp_path: Path) -> None:
    now = utc_now()
    folder = tmp_path / "export"
    exported = export_period(copy, folder, stand.key, since=now - timedelta(days=1), until=now, now=now)
    keys = public_keys(stand.paths.keys)
    assert check_export(folder, keys)["rows"] == exported.rows > 10
    assert "'=HYPERLINK(1) <b>ü</b>" in (folder / "audit.csv").read_text()
    (folder / "audit.csv").write_text("sequence\n")
    with pytest.raises(ManifestInvalid):
        check_export(folder, keys)
    manifest = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(manifest.replace('"rows": ', '"rows": 1'))
    with pytest.raises(SignatureInvalid):
        check_export(folder, keys)


def test_the_anchor_lies_where_it_was_asked_for(stand: Stand, copy: Paths, tmp_path: Path) -> None:
    recorded = record(copy, stand.queue, now=utc_now(), place=tmp_path / "elsewhere")
    assert recorded.anchor is not None
    assert json.loads((tmp_path / "elsewhere" / "anchors.ndjson").read_text())["hash"] == recorded.anchor.hash
    assert anchor_place(copy) == copy.exports / "anchors"
