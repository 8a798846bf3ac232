"""Checks: each a SELECT of offending rows. `block` means that our own tables contradict each other; `report`, that the
world is wrong.

    -- check: sentence that says what the rows are
    -- severity: block
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import duckdb

FOLDER = Path(__file__).resolve().parent / "checks"
SAMPLE_ROWS = 20

Severity = Literal["block", "report"]


class CheckInvalid(ValueError):
    """A check file lacks its sentence or its severity."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check file."""

    name: str
    severity: Severity
    sentence: str
    sql: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found: `rows` offending rows, and the first of them."""

    name: str
    severity: Severity
    rows: int
    sample: list[dict[str, Any]]
    sentence: str

    @property
    def is_blocking(self) -> bool:
        return self.severity == "block" and self.rows > 0


def read_checks(folder: Path = FOLDER) -> list[Check]:
    """All checks by name. Raises CheckInvalid."""
    return [_read(path) for path in sorted(folder.glob("*.sql"))]


def run_checks(connection: duckdb.DuckDBPyConnection, checks: list[Check] | None = None) -> list[CheckResult]:
    """Run the checks on a built warehouse."""
    return [_run(connection, check) for check in (read_checks() if checks is None else checks)]


def _run(connection: duckdb.DuckDBPyConnection, check: Check) -> CheckResult:
    found = connection.execute(f"SELECT *, count(*) OVER () AS all_rows FROM ({check.sql}) LIMIT {SAMPLE_ROWS}")
    names = [column[0] for column in found.description or []][:-1]
    rows = found.fetchall()
    sample = [dict(zip(names, row[:-1], strict=True)) for row in rows]
    return CheckResult(check.name, check.severity, int(rows[0][-1]) if rows else 0, sample, check.sentence)


def _read(path: Path) -> Check:
    lines = path.read_text(encoding="utf-8").splitlines()
    sentence, severity = ([*lines, "", ""])[:2]
    if not sentence.startswith("-- check: ") or severity not in ("-- severity: block", "-- severity: report"):
        raise CheckInvalid(f"{path}: line 1 must be '-- check: <sentence>', line 2 '-- severity: block' or 'report'.")
    word = cast("Severity", severity.removeprefix("-- severity: "))
    return Check(path.stem, word, sentence.removeprefix("-- check: "), "\n".join(lines[2:]))
