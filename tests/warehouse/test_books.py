"""The books: migrations run once, in order, and are never changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.paths import Paths
from warehouse.books.connection import MIGRATIONS, MigrationChanged, migrate, open_books
from warehouse.connection import connect
from warehouse.locks import DatabaseBusy


def test_each_migration_is_applied_once(paths: Paths) -> None:
    for _ in range(2):
        with open_books(paths) as books:
            applied = [name for (name,) in books.execute("SELECT name FROM migrations ORDER BY name").fetchall()]
    assert applied == sorted(path.name for path in MIGRATIONS.glob("*.sql"))


def _folder(folder: Path, **texts: str) -> Path:
    (folder / "001_schema.sql").write_text((MIGRATIONS / "001_schema.sql").read_text())
    for name, text in texts.items():
        (folder / f"{name}.sql").write_text(text)
    return folder


def test_a_changed_migration_is_refused(tmp_path: Path) -> None:
    books = connect(":memory:")
    migrate(books, _folder(tmp_path, **{"002_a": "CREATE TABLE a (n INTEGER)"}))
    with pytest.raises(MigrationChanged, match="002_a"):
        migrate(books, _folder(tmp_path, **{"002_a": "CREATE TABLE a (n BIGINT)"}))


def test_a_migration_that_fails_leaves_nothing_of_itself(tmp_path: Path) -> None:
    books = connect(":memory:")
    broken = "CREATE TABLE a (n INTEGER); CREATE TABLE a (n INTEGER)"
    with pytest.raises(Exception, match="already exists"):
        migrate(books, _folder(tmp_path, **{"002_a": broken}))
    migrate(books, _folder(tmp_path, **{"002_a": "CREATE TABLE a (n INTEGER)"}))
    assert books.execute("SELECT count(*) FROM a").fetchall() == [(0,)]


def test_the_books_are_open_once(paths: Paths) -> None:
    with open_books(paths), pytest.raises(DatabaseBusy), open_books(paths, wait_s=0.1):
        pass
