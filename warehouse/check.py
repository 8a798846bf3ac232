"""Checks: each a SELECT of offending rows. `block` means that our own tables contradict each other; `report`, that the
world is wrong.

    -- check: sentence that says what the rows are
    -- severity: block
    -- gateways: paypal, recurly

The third line stands only in checks that look at the rows of these gateways and at no others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import duckdb

FOLDER = Path(__file__).resolve().parent / "checks"
SAMPLE_ROWS = 20
_GATEWAYS = "-- gateways: "

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
    gateways: frozenset[str] = frozenset()
    """The gateways whose rows alone are looked at; empty: all rows are."""


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


def run_check(connection: duckdb.DuckDBPyConnection, check: Check) -> CheckResult:
    """Run one check."""
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
    sql = "\n".join(line for line in lines[2:] if not line.startswith(_GATEWAYS))
    named = [line.removeprefix(_GATEWAYS) for line in lines if line.startswith(_GATEWAYS)]
    gateways = frozenset(name.strip() for line in named for name in line.split(","))
    read = set(re.findall(r"\bstaging\.([a-z0-9]+)_\w+\b(?!\s*\()", sql))
    if gateways and not read <= gateways:
        raise CheckInvalid(
            f"{path}: it reads {', '.join(sorted(read - gateways))}, which its gateways line leaves out."
        )
    return Check(path.stem, word, sentence.removeprefix("-- check: "), sql, gateways)
