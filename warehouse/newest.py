"""From the good rows of a batch to the rows to merge: the newest version of each object, and only if it is news."""

from __future__ import annotations

import duckdb

from warehouse.raw_tables import raw_table
from warehouse.rules import Shape, quoted


def rows_to_merge(shape: Shape, load_number: int) -> str:
    """SELECT of the rows to merge into the raw table, from `checked` and `batch_files` (landed_path, account, seen_at).

    The version seen last wins, within the batch and against the raw table. An object that was deleted keeps its other
    columns from the last version that had them: the gateway's answer about it holds nothing but its id. Which rows
    those are is found on narrow rows first: sorting all columns would cost more than everything else.
    """
    seen_at = _version_of(shape)
    names = [quoted(column.name) for column in shape.resource.columns]
    kept = ", ".join(f"CASE WHEN n.is_deleted THEN coalesce(l.{n}, d.{n}) ELSE c.{n} END AS {n}" for n in names)
    return f"""
    WITH good AS (
        SELECT c.rowid AS place, c.id, c.is_deleted, f.account, {seen_at} AS seen_at, c.landed_path, c.position
        FROM checked c JOIN batch_files f USING (landed_path) WHERE set_aside_because IS NULL),
    newest AS (SELECT place, account, id, seen_at, is_deleted FROM good QUALIFY {_LAST}),
    gone AS (SELECT account, id FROM newest WHERE is_deleted),
    living AS (
        SELECT place, account, id FROM good SEMI JOIN gone USING (account, id) WHERE NOT is_deleted QUALIFY {_LAST}),
    last_living AS (SELECT l.account, c.* FROM living l JOIN checked c ON c.rowid = l.place),
    known AS (SELECT account, id, seen_at FROM {raw_table(shape)} WHERE gateway = '{shape.gateway}'),
    before_deletion AS (
        SELECT * FROM {raw_table(shape)} SEMI JOIN gone USING (account, id) WHERE gateway = '{shape.gateway}')
    SELECT '{shape.gateway}' AS gateway, n.account, n.id, n.seen_at, n.is_deleted, {load_number}::BIGINT AS load_number,
        {kept}
    FROM newest n
    JOIN checked c ON c.rowid = n.place
    LEFT JOIN last_living l ON l.account = n.account AND l.id = n.id
    LEFT JOIN before_deletion d ON d.account = n.account AND d.id = n.id
    LEFT JOIN known k ON k.account = n.account AND k.id = n.id
    WHERE k.id IS NULL OR n.seen_at >= k.seen_at"""


def _version_of(shape: Shape) -> str:
    """SQL of what tells an object's versions apart: when it was seen, or when it says that it changed; a time that is
    still to come would make every later version an old one."""
    if shape.resource.changed_at is None:
        return "f.seen_at"
    return f"least(coalesce(c.{quoted(shape.resource.changed_at)}, f.seen_at), f.seen_at)"


_LAST = "row_number() OVER (PARTITION BY account, id ORDER BY seen_at DESC, landed_path DESC, position DESC) = 1"


def set_aside(connection: duckdb.DuckDBPyConnection, shape: Shape) -> dict[tuple[str, str, str], int]:
    """Put the bad rows of `checked` into quarantine; return how many by (account, resource, reason).

    Rows of the same files from an earlier try are replaced, so that running a load again adds nothing.
    """
    connection.execute(
        "DELETE FROM meta.quarantine WHERE landed_file IN (SELECT landed_file FROM batch_files) AND resource = ?",
        [shape.resource.name],
    )
    connection.execute(
        "INSERT INTO meta.quarantine"
        " SELECT ?, account, ?, id, set_aside_because, original_text, landed_file, line, seen_at"
        " FROM checked JOIN batch_files USING (landed_path) WHERE set_aside_because IS NOT NULL",
        [shape.gateway, shape.resource.name],
    )
    counts = connection.execute(
        "SELECT account, set_aside_because, count(*) FROM checked JOIN batch_files USING (landed_path)"
        " WHERE set_aside_because IS NOT NULL GROUP BY ALL"
    ).fetchall()
    return {(account, shape.resource.name, reason): count for account, reason, count in counts}
