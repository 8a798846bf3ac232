"""Build: staging views, canonical tables, marts, in the order of their references; cost follows what changed.

Each table is replaced in one transaction together with its mark, so a kill leaves every table as it was or as it
should be. A table is built whole when its text, or a text below it, is not the one that it was built with.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from connectors.registry import resources_of
from counterfoil.bank_accounts import BankAccount
from counterfoil.paths import Paths
from warehouse.changes import build_changed, build_whole, forget_changes
from warehouse.connection import open_warehouse
from warehouse.inputs import refresh_bank_accounts, refresh_books, refresh_seeds
from warehouse.model_files import Model, all_below, fingerprints, needed_for, read_models
from warehouse.news import News
from warehouse.raw_tables import ensure_raw_tables, newest_loads
from warehouse.rules import Shape, literal
from warehouse.state import read_states, transaction, write_state

MACROS = Path(__file__).resolve().parent / "macros.sql"


@dataclass(slots=True)
class BuildReport:
    """What one build did."""

    built: dict[str, str] = field(default_factory=dict)
    """model -> "whole", "changed rows" or "unchanged"."""
    seconds: float = 0.0


def build(
    paths: Paths,
    *,
    reporting_time_zone: str,
    bank_accounts: Sequence[BankAccount] = (),
    only: frozenset[str] = frozenset(),
) -> BuildReport:
    """Bring every model up to what is loaded; with `only`, those models and what they stand on.

    Raises DatabaseBusy, ModelInvalid.
    """
    started = time.monotonic()
    report = BuildReport()
    with open_warehouse(paths) as connection:
        models = read_models()
        wanted = needed_for(models, only) if only else models
        _prepare(connection, paths, reporting_time_zone, wanted)
        refresh_bank_accounts(connection, bank_accounts)
        prints = fingerprints(models, MACROS.read_text(encoding="utf-8") + reporting_time_zone)
        mark = connection.execute("SELECT coalesce(max(load_number), 0) FROM meta.landing_loaded").fetchall()[0][0]
        _make_views(connection, [model for model in wanted if model.is_view], prints, report)
        news = News(int(mark), newest_loads(connection), all_below(models))
        logged = frozenset(model.name for model in models if model.is_incremental)
        for model in wanted:
            if not model.is_view:
                report.built[model.name] = _build_one(connection, model, prints[model.name], news, logged)
        if not only:
            _forget_changes(connection, sorted(logged))
    report.seconds = time.monotonic() - started
    return report


def _forget_changes(connection: duckdb.DuckDBPyConnection, logged: list[str]) -> None:
    found = connection.execute("SELECT build_version FROM meta.published_from").fetchone()
    if not forget_changes(connection, logged, found[0] if found else None):
        connection.execute("DELETE FROM meta.published_from; DELETE FROM meta.checked")


def _prepare(
    connection: duckdb.DuckDBPyConnection, paths: Paths, reporting_time_zone: str, models: list[Model]
) -> None:
    # Kept in the warehouse, so that checks cut days as the models did.
    connection.execute(f"CREATE OR REPLACE MACRO staging.reporting_zone() AS {literal(reporting_time_zone)}")
    connection.execute(MACROS.read_text(encoding="utf-8"))
    schemas = {name.partition(".")[0] for model in models for name in model.references}
    gateways = sorted(name.removeprefix("raw_") for name in schemas if name.startswith("raw_"))
    ensure_raw_tables(connection, [Shape(gateway, one) for gateway in gateways for one in resources_of(gateway)])
    refresh_seeds(connection)
    refresh_books(connection, paths)


def _make_views(
    connection: duckdb.DuckDBPyConnection, views: list[Model], prints: dict[str, str], report: BuildReport
) -> None:
    states = read_states(connection)
    with transaction(connection):
        for view in views:
            state = states.get(view.name)
            is_same = state is not None and state.fingerprint == prints[view.name]
            if not is_same:
                connection.execute(f"CREATE OR REPLACE VIEW {view.name} AS {view.sql}")
                write_state(connection, view.name, prints[view.name], 0)
            report.built[view.name] = "unchanged" if is_same else "whole"


def _build_one(
    connection: duckdb.DuckDBPyConnection, model: Model, fingerprint: str, news: News, logged: frozenset[str]
) -> str:
    states = read_states(connection)
    state = states.get(model.name)
    if state is None or state.fingerprint != fingerprint:
        return build_whole(connection, model, fingerprint, news.mark)
    stale = {name: states[name] for name in model.references if name in states and states[name].version > state.taken}
    if not stale and not (model.is_incremental and news.has_loads(model.name, state.mark)):
        return "unchanged"
    is_told = all(name in logged and below.whole_version <= state.taken for name, below in stale.items())
    if model.is_incremental and is_told:
        return build_changed(connection, model, states, news)
    return build_whole(connection, model, fingerprint, news.mark)
