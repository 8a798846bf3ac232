"""The fast way in: DuckDB reads landed list pages with explicit columns, and every value is still text.

Anything that is not a clean list page makes DuckDB raise, and the file goes the careful way (warehouse.careful).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from connectors.gateway import Column
from warehouse.rules import PAGE, Shape, is_raw_json, literal, quoted, reasons, typed

MAX_LINE = 256 * 1024 * 1024
"""Bytes of one landed line: the largest page that is read at once."""

Tree = dict[str, "Tree | str"]


class DeclarationInvalid(ValueError):
    """A resource's columns contradict each other."""


def incoming_columns(shape: Shape) -> list[str]:
    """The text columns of an incoming row, in their order."""
    return ["id", "object", "is_deleted", *(column.name for column in shape.resource.columns)]


def fast_incoming(shape: Shape, files: Sequence[Path]) -> str:
    """SELECT of all incoming rows of list pages: where it stands, and the incoming columns as text.

    `doubt` says why a row must be read carefully, or, from there, what is odd about it.
    """
    paths = ", ".join(literal(str(path)) for path in files)
    page_keys = {column.path.removeprefix(PAGE) for column in shape.page_columns}
    # DuckDB 2.0 reads a file with a single declared column twenty times slower, so the page's kind is declared too.
    columns = (
        {"object": "VARCHAR"} | dict.fromkeys(sorted(page_keys), "VARCHAR") | {"data": f"{_struct(_tree(shape))}[]"}
    )
    declared = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    page = "".join(f", {quoted(key)} AS {quoted(PAGE + key)}" for key in sorted(page_keys))
    # A line without data gives one row without an id, so that it is noticed instead of vanishing.
    return f"""
    SELECT *, {_doubt(shape)} AS doubt
    FROM (SELECT filename AS landed_path, row_number() OVER () AS position, NULL::BIGINT AS line,
        NULL::VARCHAR AS original_text, {", ".join(_fields(shape))}
    FROM (SELECT filename, unnest(coalesce(data, [NULL])) AS o{page}
        FROM read_json([{paths}], format = 'newline_delimited', compression = 'gzip', filename = true,
            maximum_object_size = {MAX_LINE}, columns = {{{declared}}})))"""


def checked(shape: Shape, incoming: str) -> str:
    """SELECT of incoming rows with their types, and `set_aside_because` where they must be set aside."""
    columns = "".join(f", {typed(column)} AS {quoted(column.name)}" for column in shape.resource.columns)
    return f"""
    SELECT landed_path, position, line, original_text, id, is_deleted{columns}, {reasons(shape)} AS set_aside_because
    FROM (SELECT * REPLACE (coalesce(is_deleted = 'true', false) AS is_deleted) FROM ({incoming}))"""


def _tree(shape: Shape) -> Tree:
    tree: Tree = {"id": "VARCHAR", "object": "VARCHAR", "deleted": "JSON"}
    paths = {column.path for column in shape.resource.columns}
    for column in shape.resource.columns:
        if not column.path.startswith(PAGE):
            head, rest = split_path(column.path, paths)
            _plant(tree, head, "JSON" if rest or is_raw_json(column) else "VARCHAR", column)
    return tree


def split_path(path: str, paths: set[str]) -> tuple[list[str], list[str]]:
    """(what DuckDB reads as structure, what is looked up inside the JSON there).

    Structure ends where another column wants the whole object as JSON.
    """
    parts = path.split(".")
    for length in range(1, len(parts)):
        if ".".join(parts[:length]) in paths:
            return parts[:length], parts[length:]
    return parts, []


def _plant(tree: Tree, path: list[str], leaf: str, column: Column) -> None:
    for part in path[:-1]:
        below = tree.setdefault(part, {})
        if isinstance(below, str):
            raise DeclarationInvalid(f"column {column.name}: {part} in {column.path} is read as a single value too.")
        tree = below
    if leaf == "JSON" or path[-1] not in tree:
        tree[path[-1]] = leaf


def _struct(tree: Tree) -> str:
    fields = [f"{quoted(key)} {kind if isinstance(kind, str) else _struct(kind)}" for key, kind in tree.items()]
    return f"STRUCT({', '.join(fields)})"


def _fields(shape: Shape) -> list[str]:
    tree = _tree(shape)
    prefix = "".join(f"{quoted(column.path)} || ':' || " for column in shape.page_columns)
    paths = {column.path for column in shape.resource.columns}
    first = [f"{prefix}o.id AS id", "o.object AS object", "o.deleted::VARCHAR AS is_deleted"]
    return first + [f"{_field(column, tree, paths)} AS {quoted(column.name)}" for column in shape.resource.columns]


def _field(column: Column, tree: Tree, paths: set[str]) -> str:
    if column.path.startswith(PAGE):
        return quoted(column.path)
    head, rest = split_path(column.path, paths)
    place = "o" + "".join(f".{quoted(part)}" for part in head)
    is_json = _leaf(tree, head) == "JSON"
    if rest or (is_json and not is_raw_json(column)):
        deep = literal("$" + "".join(f'."{part}"' for part in rest))
        function = "json_extract" if is_raw_json(column) else "json_extract_string"
        # Inside JSON a null is the word null.
        place = f"nullif({function}({place}, {deep})::VARCHAR, 'null')"
    return f"{place}::VARCHAR"


def _leaf(tree: Tree, path: list[str]) -> Tree | str:
    found: Tree | str = tree
    for part in path:
        found = found[part] if isinstance(found, dict) else "JSON"
    return found


def _doubt(shape: Shape) -> str:
    """DuckDB gives an object in the place of a text as its JSON; a text may look like that too: only Python sees."""
    names = [quoted(column.name) for column in shape.resource.columns if not is_raw_json(column)]
    looks = " OR ".join(f"left({name}, 1) IN ('{{', '[')" for name in names) or "false"
    return f"CASE WHEN {looks} THEN '?' END"
