"""A check for each gateway, made from the models: what staging holds, the canonical tables hold, in rows and in money.

It is about the tables that a canonical model takes as they stand (`SELECT * EXCLUDE (…) FROM staging.paypal_charges`).
Where a model joins and decides, as for Stripe, written checks compare row by row. A gateway from which nothing was
loaded has empty staging tables, which are not asked: it only must have no rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import duckdb

from warehouse.check import Check
from warehouse.model_files import AS_IT_STANDS, Model
from warehouse.rules import literal

_MONEY = ("amount_minor", "total_minor", "tax_minor", "net_minor", "unit_amount_minor")
"""What is added up of a table: the first of these that it has."""


def totals_checks(
    connection: duckdb.DuckDBPyConnection, models: Iterable[Model], loads: Mapping[str, int]
) -> list[Check]:
    """One check per gateway; `loads`: raw table (raw_paypal.orders) -> its newest load, 0 where it is empty."""
    columns = _columns(connection)
    taken: dict[str, list[str]] = defaultdict(list)
    for model in models:
        table = model.name.removeprefix("canonical.")
        if model.name.startswith("canonical.") and "gateway" in columns.get(table, ()):
            for gateway, name in AS_IT_STANDS.findall(model.sql):
                if name == table:
                    taken[gateway].append(table)
    return [
        _check(gateway, sorted(tables), columns, is_loaded=_is_loaded(gateway, loads))
        for gateway, tables in sorted(taken.items())
    ]


def _is_loaded(gateway: str, loads: Mapping[str, int]) -> bool:
    return any(newest > 0 for table, newest in loads.items() if table.startswith(f"raw_{gateway}."))


def _check(gateway: str, tables: list[str], columns: Mapping[str, frozenset[str]], *, is_loaded: bool) -> Check:
    sides = [side for table in tables for side in _sides(gateway, table, columns[table], is_loaded=is_loaded)]
    counted = "\n    UNION ALL\n    ".join(sides)
    sql = f"""SELECT canonical_table, gateway, account, sum(staged) AS staged_rows, sum(built) AS canonical_rows,
    sum(staged_minor) AS staged_minor, sum(built_minor) AS canonical_minor
FROM (
    {counted}
)
GROUP BY ALL
HAVING sum(staged) <> sum(built) OR sum(staged_minor) <> sum(built_minor)"""  # noqa: S608
    sentence = f"Tables of {gateway} whose rows or sums differ from what staging holds"
    return Check(f"totals_differ_{gateway}", "block", sentence, sql, frozenset([gateway]))


def _sides(gateway: str, table: str, columns: frozenset[str], *, is_loaded: bool) -> list[str]:
    money = next((name for name in _MONEY if name in columns), None)
    total = f"coalesce(sum({money}), 0)" if money else "0"
    built = (
        f"SELECT {literal(table)} AS canonical_table, gateway, account, 0 AS staged, 0 AS staged_minor,"  # noqa: S608
        f" count(*) AS built, {total} AS built_minor FROM canonical.{table}"
        f" WHERE gateway = {literal(gateway)} GROUP BY ALL"
    )
    staged = (
        f"SELECT {literal(table)}, gateway, account, count(*), {total}, 0, 0"  # noqa: S608
        f" FROM staging.{gateway}_{table} GROUP BY ALL"
    )
    return [built, staged] if is_loaded else [built]


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """Canonical table -> its columns."""
    found: dict[str, set[str]] = defaultdict(set)
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns()"
        " WHERE database_name = current_database() AND schema_name = 'canonical'"
    ).fetchall():
        found[table].add(column)
    return {table: frozenset(names) for table, names in found.items()}
