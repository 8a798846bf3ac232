"""A backup that was taken while things went on is restored and compared; no secret is in it."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from counterfoil.cli.__main__ import app
from counterfoil.paths import Paths
from counterfoil.signing_keys import PRIVATE, ensure_keys, public_keys
from tests.warehouse.landed import NOW, ZONE, charge, everything, land, page, rows
from warehouse.backups.manifest import BackupInvalid
from warehouse.backups.restoring import restore_backup
from warehouse.backups.taking import take_backup
from warehouse.books.audit_anchor import anchor
from warehouse.books.connection import open_books
from warehouse.build import build
from warehouse.load import load_landed
from warehouse.publish import publish
from warehouse.published import PublishedFile

SETTINGS = Path(__file__).resolve().parents[2] / "counterfoil.example.toml"


@dataclass(frozen=True)
class Taken:
    """A running installation, and the backup that was taken of it."""

    paths: Paths
    backup: Path


@contextmanager
def going_on(paths: Paths) -> Iterator[None]:
    """Prefect's database gets rows and landing gets files for as long as the block runs."""
    stop = threading.Event()

    def work() -> None:
        with sqlite3.connect(paths.var / "prefect" / "prefect.db") as database:
            while not stop.wait(0.005):
                database.execute("INSERT INTO flow_run VALUES ('later')")
                database.commit()
                land(paths, "charges", page(charge("ch_later")))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture(scope="module")
def taken(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder = tmp_path_factory.mktemp("backups")
    paths = Paths(Path(shutil.copytree(built_once, folder / "var")))
    land(paths, "charges", page(charge("ch_1"), charge("ch_2")))
    load_landed(paths)
    build(paths, reporting_time_zone=ZONE)
    publish(paths, now=NOW)
    with open_books(paths) as books:
        books.execute("INSERT INTO number_series VALUES ('X', 'INV', 2026, 7)")
        anchor(books, paths.exports / "anchors", now=NOW)
    ensure_keys(paths.keys)
    (paths.keys / "session.key").write_bytes(b"secret of the sessions")
    for name in ("inbox/stripe/evt_1.json", "inbox/stripe/done/evt_0.json", "journal/worker.ndjson", "documents/1.pdf"):
        path = paths.var / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (paths.landing / "stripe" / "eu" / "_progress.json").write_text("{}")
    (paths.var / "prefect").mkdir()
    with sqlite3.connect(paths.var / "prefect" / "prefect.db") as database:
        database.executescript(
            "PRAGMA journal_mode = wal; CREATE TABLE flow_run (id); INSERT INTO flow_run VALUES ('1')"
        )
    with going_on(paths):
        take_backup(paths, [SETTINGS], folder / "backup", now=NOW)
    return Taken(paths, folder / "backup")


def test_what_is_restored_is_what_was_there(taken: Taken, tmp_path: Path) -> None:
    restored = Paths(tmp_path / "var")
    restore_backup(taken.backup, restored)
    assert everything(restored) == everything(taken.paths)
    with open_books(restored) as books:
        assert books.execute("FROM number_series").fetchall() == [("X", "INV", 2026, 7)]
    for name in ("inbox/stripe/evt_1.json", "inbox/stripe/done/evt_0.json", "journal/worker.ndjson", "documents/1.pdf"):
        assert (restored.var / name).read_bytes() == name.encode()
    with sqlite3.connect(restored.var / "prefect" / "prefect.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM flow_run WHERE id = '1'").fetchall() == [(1,)]
    assert PublishedFile(restored.published).rows("SELECT count(*) AS n FROM canonical.charges") == [{"n": 2}]


def test_a_restored_installation_goes_on(taken: Taken, tmp_path: Path) -> None:
    restored = Paths(tmp_path / "var")
    restore_backup(taken.backup, restored)
    land(restored, "charges", page(charge("ch_3")))
    load_landed(restored)
    build(restored, reporting_time_zone=ZONE)
    known = {name for (name,) in rows(restored, "SELECT charge_id FROM canonical.charges")}
    assert known >= {"ch_1", "ch_2", "ch_3"}
    assert not publish(restored, now=NOW).is_blocked


def test_no_secret_is_in_it_and_old_signatures_still_count(taken: Taken, tmp_path: Path) -> None:
    files = [path for path in taken.backup.rglob("*") if path.is_file()]
    secrets = [(taken.paths.keys / name).read_bytes() for name in (PRIVATE, "session.key")]
    assert files and not any(secret in path.read_bytes() for path in files for secret in secrets)
    restored = Paths(tmp_path / "var")
    restore_backup(taken.backup, restored)
    ensure_keys(restored.keys)
    raw = [key.public_bytes_raw() for key in public_keys(restored.keys)]
    assert len(raw) == 2
    assert public_keys(taken.paths.keys)[0].public_bytes_raw() in raw


@pytest.mark.parametrize("harm", ["altered", "missing", "truncated", "no manifest", "path outside"])
def test_a_backup_that_is_not_whole_restores_nothing(taken: Taken, tmp_path: Path, harm: str) -> None:
    backup = Path(shutil.copytree(taken.backup, tmp_path / "backup"))
    books, manifest = backup / "var" / "books.duckdb", backup / "manifest.json"
    if harm == "altered":
        books.write_bytes(b"x" + books.read_bytes()[1:])
    elif harm == "missing":
        books.unlink()
    elif harm == "truncated":
        books.write_bytes(books.read_bytes()[:-1])
    elif harm == "no manifest":
        manifest.unlink()
    else:
        manifest.write_text(manifest.read_text().replace("var/documents/1.pdf", "var/../../1.pdf"))
    with pytest.raises(BackupInvalid):
        restore_backup(backup, Paths(tmp_path / "var"))
    assert not (tmp_path / "var").exists() or list((tmp_path / "var").iterdir()) == []


def test_nothing_is_ever_written_over(taken: Taken, tmp_path: Path) -> None:
    with pytest.raises(BackupInvalid, match="exists already"):
        take_backup(taken.paths, [], taken.backup, now=NOW)
    (tmp_path / "landing").mkdir()
    with pytest.raises(BackupInvalid, match="holds data already"):
        restore_backup(taken.backup, Paths(tmp_path))


def test_a_backup_that_fails_leaves_nothing(taken: Taken, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        take_backup(taken.paths, [tmp_path / "gone.toml"], tmp_path / "backup", now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_the_commands_back_up_and_restore(taken: Taken, tmp_path: Path) -> None:
    policy = SETTINGS.parent / "policy.toml"
    for name, var in (("from", taken.paths.var), ("to", tmp_path / "var")):
        text = SETTINGS.read_text(encoding="utf-8").replace('var_dir = "var"', f'var_dir = "{var}"')
        (tmp_path / f"{name}.toml").write_text(
            text.replace('policy_file = "policy.toml"', f'policy_file = "{policy}"'), encoding="utf-8"
        )
    run = CliRunner().invoke
    made = run(app, ["backup", str(tmp_path / "b"), "--settings", str(tmp_path / "from.toml")])
    assert made.exit_code == 0, made.output
    assert (tmp_path / "b" / "settings" / "policy.toml").read_bytes() == policy.read_bytes()
    back = run(app, ["restore", str(tmp_path / "b"), "--settings", str(tmp_path / "to.toml")])
    assert back.exit_code == 0, back.output
    assert everything(Paths(tmp_path / "var")) == everything(taken.paths)
