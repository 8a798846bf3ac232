"""Which rows changed: for each table that is built row by row, its rows before and after, in schema `changes`.

`changes.canonical_charges` has the columns of canonical.charges and `version`: the version that the change brought.
Rows before and after both stand in it, so that whoever depends on a row finds the place that it left, too. What stands
above reads from it (`-- changed:` in the models), and so does publish. It is emptied once all have taken it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from warehouse.model_files import Model, log_of
from warehouse.news import News, of_gateways
from warehouse.rules import literal
from warehouse.state import State, next_version, transaction, write_state, write_unchanged

MANY = 1_000
"""Up to so many changed keys are always made anew one by one; more only if they are a small part of the table."""
PART = 5
NAMED = 500
"""Up to so many keys are named in the query: DuckDB then reads only those rows, through views and joins."""
KEPT = 50_000
"""Rows that a log may hold. Where publishing stays away for so long, the next published file is written whole."""


def build_whole(connection: duckdb.DuckDBPyConnection, model: Model, fingerprint: str, mark: int) -> str:
    """Make the table anew from all that is below it."""
    with transaction(connection):
        connection.execute(f"CREATE OR REPLACE TABLE {model.name} AS {model.sql}")
        if model.is_incremental:
            log = f"SELECT *, 0::BIGINT AS version FROM {model.name} LIMIT 0"
            connection.execute(f"CREATE OR REPLACE TABLE {log_of(model.name)} AS {log}")
        write_state(connection, model.name, fingerprint, mark)
    return "whole"


def build_changed(connection: duckdb.DuckDBPyConnection, model: Model, states: Mapping[str, State], news: News) -> str:
    """Make the rows anew that may have changed since the table was built; log those that did."""
    state, mark = states[model.name], news.mark
    told = [text for text in model.changed if news.may_tell(text, state, states)]
    texts = [text.replace("$mark", str(state.mark)).replace("$version", str(state.taken)) for text in told]
    none = f"SELECT {', '.join(model.key)} FROM {model.name} WHERE false"
    keys = " UNION ".join(f"({text})" for text in texts or [none])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE changed_keys AS {keys}")
    count, has_null = _counted(connection, model)
    if count and (has_null or _is_too_many(connection, model, count)):
        return build_whole(connection, model, state.fingerprint, mark)
    with transaction(connection):
        if count and _replaced(connection, model):
            write_state(connection, model.name, state.fingerprint, mark, is_whole=False)
            return "changed rows"
        write_unchanged(connection, model.name, mark)
    return "unchanged"


def chosen(connection: duckdb.DuckDBPyConnection, key: tuple[str, ...], keys: str, rows: str) -> str:
    """SELECT of those `rows` (a table or a SELECT in brackets) whose key stands in the table `keys`."""
    names = ", ".join(key)
    return f"SELECT * FROM {rows} AS all_rows SEMI JOIN {keys} USING ({names}) WHERE {narrowed(connection, key, keys)}"


def narrowed(connection: duckdb.DuckDBPyConnection, key: tuple[str, ...], keys: str) -> str:
    """A condition that lets DuckDB skip what no key names; TRUE where the keys are too many to name."""
    last = key[-1]
    found = connection.execute(f"SELECT DISTINCT {last}::VARCHAR FROM {keys} LIMIT {NAMED + 1}").fetchall()
    if not 0 < len(found) <= NAMED:
        return "true"
    return f"{last} IN ({', '.join(literal(value) for (value,) in found)})"


def forget_changes(connection: duckdb.DuckDBPyConnection, names: Iterable[str], published: int | None) -> bool:
    """Drop what all models have taken in and the published file, built at version `published`, has too.

    Returns False where so much was kept for the published file that its next one has to be written whole.
    """
    is_kept = published is not None
    for name in names:
        connection.execute(f"DELETE FROM {log_of(name)} WHERE version <= ?", [published])
        (rows,) = connection.execute(f"SELECT count(*) FROM {log_of(name)}").fetchall()[0]
        if rows > KEPT:
            is_kept = False
    if not is_kept:
        for name in names:
            connection.execute(f"TRUNCATE {log_of(name)}")
    return is_kept


def _counted(connection: duckdb.DuckDBPyConnection, model: Model) -> tuple[int, bool]:
    empty = " OR ".join(f"{name} IS NULL" for name in model.key)
    count, nulls = connection.execute(f"SELECT count(*), count(*) FILTER ({empty}) FROM changed_keys").fetchall()[0]
    return count, nulls > 0


def _gateways(connection: duckdb.DuckDBPyConnection, key: tuple[str, ...]) -> frozenset[str]:
    """Whose rows changed; nobody's in particular where the key does not say."""
    found = connection.execute("SELECT DISTINCT gateway FROM changed_keys").fetchall() if "gateway" in key else []
    return frozenset(gateway for (gateway,) in found)


def _is_too_many(connection: duckdb.DuckDBPyConnection, model: Model, count: int) -> bool:
    if count <= MANY:
        return False
    (rows,) = connection.execute(f"SELECT count(*) FROM {model.name}").fetchall()[0]
    return bool(count * PART > rows)


def _replaced(connection: duckdb.DuckDBPyConnection, model: Model) -> bool:
    """Replace the rows of `changed_keys` that came out different. A row that is the same is no change for anybody."""
    key, columns = model.key, ", ".join(model.key)
    before = chosen(connection, key, "changed_keys", model.name)
    after = chosen(connection, key, "changed_keys", f"({of_gateways(model, _gateways(connection, key))})")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE rows_before AS {before}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE rows_after AS {after}")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE rows_changed AS (FROM rows_before EXCEPT ALL FROM rows_after)"
        " UNION ALL (FROM rows_after EXCEPT ALL FROM rows_before)"
    )
    (count,) = connection.execute("SELECT count(*) FROM rows_changed").fetchall()[0]
    if not count:
        return False
    connection.execute(
        f"DELETE FROM {model.name} WHERE {narrowed(connection, key, 'rows_changed')}"
        f" AND ({columns}) IN (SELECT ({columns}) FROM rows_changed)"
    )
    connection.execute(f"INSERT INTO {model.name} FROM rows_after SEMI JOIN rows_changed USING ({columns})")
    connection.execute(
        f"INSERT INTO {log_of(model.name)} SELECT *, ?::BIGINT AS version FROM rows_changed",
        [next_version(connection)],
    )
    return True
