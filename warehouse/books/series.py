"""Number series without gaps: one per legal entity, series and year.

A number exists only together with its document: the caller allocates and inserts in one transaction, so that a
killed process leaves neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class Gap:
    """A series whose documents are not numbered 1 to `next_number` - 1, each once."""

    entity: str
    series: str
    year: int
    numbers: int
    highest: int
    next_number: int

    @property
    def sentence(self) -> str:
        return (
            f"Series {self.series} of {self.year} ({self.entity}) holds {self.numbers} numbers up to {self.highest}, "
            f"and its next one is {self.next_number}: restore the books from the last backup."
        )


def allocate(conn: duckdb.DuckDBPyConnection, *, entity: str, series: str, year: int, count: int) -> int:
    """Take `count` consecutive numbers and return the first one, within the caller's transaction.

    Raises ValueError where `count` is below one.
    """
    if count < 1:
        raise ValueError(f"At least one number is taken at a time, not {count}.")
    row = conn.execute(
        """
        INSERT INTO number_series (entity, series, year, next_number) VALUES ($entity, $series, $year, 1 + $count)
        ON CONFLICT (entity, series, year) DO UPDATE SET next_number = number_series.next_number + $count
        RETURNING next_number
        """,
        {"entity": entity, "series": series, "year": year, "count": count},
    ).fetchone()
    if row is None:
        raise RuntimeError(f"DuckDB returned no row for series {series} of {year}.")
    return int(row[0]) - count


def next_number(conn: duckdb.DuckDBPyConnection, *, entity: str, series: str, year: int) -> int:
    """The number that the next document would get."""
    row = conn.execute(
        "SELECT next_number FROM number_series WHERE entity = $entity AND series = $series AND year = $year",
        {"entity": entity, "series": series, "year": year},
    ).fetchone()
    return int(row[0]) if row else 1


def printed_number(series: str, year: int, sequence: int) -> str:
    """The number as it stands on the document: INV-2026-000001."""
    return f"{series}-{year}-{sequence:06d}"


def gaps(conn: duckdb.DuckDBPyConnection) -> list[Gap]:
    """Every series whose documents are not exactly 1 … next_number - 1. Empty is good."""
    rows = conn.execute(
        """
        SELECT s.entity, s.series, s.year, count(DISTINCT d.sequence), coalesce(max(d.sequence), 0), s.next_number
        FROM number_series s
        LEFT JOIN documents d ON d.entity = s.entity AND d.series = s.series AND d.year = s.year
        GROUP BY s.entity, s.series, s.year, s.next_number
        HAVING count(DISTINCT d.sequence) <> s.next_number - 1
            OR coalesce(max(d.sequence), 0) <> s.next_number - 1
            OR count(d.sequence) <> count(DISTINCT d.sequence)
        ORDER BY s.entity, s.series, s.year
        """
    ).fetchall()
    return [Gap(*row) for row in rows]
