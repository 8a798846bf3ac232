"""The next published file out of the last one: a copy in which only what changed is replaced.

Replaced rows stand at the end of their table, out of its order: a reader reads one row group more for them. The next
file that is written whole (every 15 minutes) has all of them in their place again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from warehouse.changes import chosen, narrowed
from warehouse.lookups import index_published
from warehouse.model_files import Model, log_of
from warehouse.state import State, read_states

BOOKS = ("books.documents", "books.audit_log")


def base_version(connection: duckdb.DuckDBPyConnection, current: str | None, folder: Path, suffix: str) -> int | None:
    """The build that the current published file holds; None where it is not known, or not the file that we wrote."""
    found = connection.execute("SELECT version, build_version FROM meta.published_from").fetchone()
    if found is None or found[0] != current or not (folder / f"{current}{suffix}").is_file():
        return None
    return int(found[1])


def remember_published(connection: duckdb.DuckDBPyConnection, version: str, build_version: int) -> None:
    """Note which build the file holds that is about to become the current one."""
    connection.execute("DELETE FROM meta.published_from")
    connection.execute("INSERT INTO meta.published_from VALUES (?, ?)", [version, build_version])


def copy_base(base: Path, part: Path) -> None:
    """A copy under the new file's temporary name."""
    shutil.copyfile(base, part)


def patch(connection: duckdb.DuckDBPyConnection, models: list[Model], base: int, order: dict[str, str]) -> None:
    """Bring the copy, attached as `published` and built at `base`, up to what is built. `order`: table -> ORDER BY."""
    states = read_states(connection)
    by_name = {model.name: model for model in models if not model.is_view}
    for name in [*by_name, *BOOKS]:
        state = states.get(name)
        if state is None or state.version <= base:
            continue
        model = by_name.get(name)
        if model is not None and _is_told(model, state, base):
            _replace_rows(connection, model, base)
        else:
            connection.execute(f"CREATE OR REPLACE TABLE published.{name} AS FROM {name}{order.get(name, '')}")
            index_published(connection, name)


def _is_told(model: Model, state: State, base: int) -> bool:
    return model.is_incremental and state.whole_version <= base


def _replace_rows(connection: duckdb.DuckDBPyConnection, model: Model, base: int) -> None:
    columns = ", ".join(model.key)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE patched_keys AS"
        f" SELECT DISTINCT {columns} FROM {log_of(model.name)} WHERE version > {base}"
    )
    connection.execute(
        f"DELETE FROM published.{model.name} WHERE {narrowed(connection, model.key, 'patched_keys')}"
        f" AND ({columns}) IN (SELECT ({columns}) FROM patched_keys)"
    )
    rows = chosen(connection, model.key, "patched_keys", model.name)
    connection.execute(f"INSERT INTO published.{model.name} {rows}")
