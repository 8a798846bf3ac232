"""Checks after a small change: those whose tables did not change since they ran keep their result.

What a check finds depends on its text and on the tables that it reads; both are compared, none is guessed. A refresh
of everything (every 15 minutes) runs all checks again whatever changed: it is that one which notices tables that
somebody changed behind the build's back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb
import orjson

from warehouse.check import Check, CheckResult, read_checks, run_check
from warehouse.model_files import Model, all_below, log_of, read_models, references_in
from warehouse.raw_tables import newest_loads
from warehouse.rules import literal
from warehouse.state import State, newest_version, read_states
from warehouse.totals import totals_checks


@dataclass(frozen=True, slots=True)
class _Now:
    """What a check may depend on, as it stands now."""

    states: dict[str, State]
    loads: dict[str, int]
    below: dict[str, frozenset[str]]
    logged: frozenset[str]


def run_checks_and_remember(connection: duckdb.DuckDBPyConnection, *, only_changes: bool) -> list[CheckResult]:
    """All checks; with `only_changes`, those that read a changed table, and the last results of the others."""
    models = read_models()
    now = _Now(read_states(connection), newest_loads(connection), all_below(models), _logged(models))
    version, load = newest_version(connection), max(now.loads.values(), default=0)
    results = []
    for check in [*read_checks(), *totals_checks(connection, models, now.loads)]:
        known = _known(connection, check, now) if only_changes else None
        result = known or run_check(connection, check)
        sample = orjson.dumps(result.sample, default=str).decode()
        connection.execute(
            "INSERT OR REPLACE INTO meta.checked VALUES (?, ?, ?, ?, ?, ?)",
            [check.name, _digest(check), version, load, result.rows, sample],
        )
        results.append(result)
    return results


def _known(connection: duckdb.DuckDBPyConnection, check: Check, now: _Now) -> CheckResult | None:
    found = connection.execute(
        "SELECT build_version, load_number, rows, sample FROM meta.checked WHERE name = ? AND digest = ?",
        [check.name, _digest(check)],
    ).fetchone()
    if found is None:
        return None
    version, load, rows, sample = found
    names = references_in(check.sql)
    raw = {name for staged in names for name in now.below.get(staged, ()) if staged.startswith("staging.")}
    if any(name.startswith("meta.") for name in names) or any(now.loads.get(name, 0) > load for name in raw):
        return None
    if any(_has_changed(connection, name, version, check.gateways, now) for name in names):
        return None
    return CheckResult(check.name, check.severity, rows, orjson.loads(sample), check.sentence)


def _has_changed(
    connection: duckdb.DuckDBPyConnection, name: str, version: int, gateways: frozenset[str], now: _Now
) -> bool:
    state = now.states.get(name)
    if state is None or state.version <= version:
        return False
    if not gateways or name not in now.logged or state.whole_version > version:
        return True
    named = ", ".join(literal(gateway) for gateway in sorted(gateways))
    log = f"SELECT 1 FROM {log_of(name)} WHERE version > ? AND gateway IN ({named}) LIMIT 1"
    return connection.execute(log, [version]).fetchone() is not None


def _logged(models: list[Model]) -> frozenset[str]:
    return frozenset(model.name for model in models if model.is_incremental)


def _digest(check: Check) -> str:
    return hashlib.sha256(check.sql.encode()).hexdigest()
