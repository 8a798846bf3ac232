"""Landed files of no known resource: what a replay could not make sense of, or a folder that a newer version filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import duckdb

from connectors.gateway import Resource
from connectors.registry import resources_of
from warehouse.careful import Broken, read_carefully
from warehouse.landing import LandedFile
from warehouse.rules import Shape


def set_unknown_aside(
    connection: duckdb.DuckDBPyConnection, gateway: str, files: Sequence[LandedFile]
) -> Counter[tuple[str, str, str]]:
    """Put every line of such files into quarantine; return how many by (account, resource, reason)."""
    known = {resource.name for resource in resources_of(gateway)}
    counts: Counter[tuple[str, str, str]] = Counter()
    for file in (file for file in files if file.resource not in known):
        connection.execute("DELETE FROM meta.quarantine WHERE landed_file = ?", [file.name])
        for line, object_id, reason, text in _entries(file):
            counts[file.account, file.resource, reason] += 1
            connection.execute(
                "INSERT INTO meta.quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [gateway, file.account, file.resource, object_id, reason, text, file.name, line, file.seen_at],
            )
    return counts


def _entries(file: LandedFile) -> Iterator[tuple[int, str | None, str, str]]:
    shape = Shape(file.gateway, Resource(file.resource, file.resource, ()))
    for entry in read_carefully(file.path, shape):
        if isinstance(entry, Broken):
            yield entry.line, None, entry.reason, entry.original_text
        else:
            reason = f"{file.gateway.capitalize()} has no resource {file.resource!r} that is read here"
            yield entry.line, entry.values["id"], reason, entry.original_text
