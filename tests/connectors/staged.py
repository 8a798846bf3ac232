"""From a stand-in over landing and load to the staging views: what a gateway's models make of what it sends."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.gateway import AccountAccess
from connectors.registry import gateway_of
from counterfoil.paths import Paths
from warehouse.build import build
from warehouse.connection import open_warehouse
from warehouse.landing import land_pages
from warehouse.load import LoadReport, load_landed


class Staged:
    """One account, pulled, loaded and built."""

    def __init__(self, folder: Path, access: AccountAccess, template: Path | None = None) -> None:
        """`template`: an installation whose models are built already, which is copied into the empty folder."""
        self.paths = Paths(folder)
        if template is not None:
            shutil.copytree(template, folder, dirs_exist_ok=True)
        self.gateway = gateway_of(access.account)
        self._access = access
        self.landed: dict[str, int] = {}
        self.built: dict[str, str] = {}
        self.loaded = self.pull(None)

    def pull(self, since: datetime | None) -> LoadReport:
        """Pull what changed, load it, and build."""
        reader = self.gateway.open_reader(self._access)
        for resource in self.gateway.resources:
            pages = reader.pages(resource.name, since=since, cursor=None)
            landed = land_pages(self.paths.landing, self._access.account, pages)
            self.landed[resource.name] = sum(page.rows for page in landed)
        reader.close()
        report = load_landed(self.paths)
        self.built = build(self.paths, reporting_time_zone="Europe/Berlin").built
        return report

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What a query answers."""
        with open_warehouse(self.paths) as connection:
            found = connection.sql(sql)
            return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]

    def odd_columns(self, staging: str, canonical: str) -> set[str]:
        """Columns of a canonical table that a staging view does not give, or that only it has."""
        query = "SELECT table_schema || '.' || table_name AS name, column_name FROM information_schema.columns"
        columns: dict[str, set[str]] = {}
        for row in self.rows(query):
            columns.setdefault(row["name"], set()).add(row["column_name"])
        return columns[f"canonical.{canonical}"] ^ (columns[f"staging.{self.gateway.name}_{staging}"] - {"load_number"})

    def types_that_differ(self, staging: str, canonical: str) -> list[dict[str, Any]]:
        """Columns whose type is another one than the canonical table's."""
        return self.rows(
            f"""SELECT s.column_name, s.data_type, c.data_type AS wanted
            FROM information_schema.columns s JOIN information_schema.columns c USING (column_name)
            WHERE s.table_schema = 'staging' AND s.table_name = '{self.gateway.name}_{staging}'
                AND c.table_schema = 'canonical' AND c.table_name = '{canonical}' AND s.data_type <> c.data_type"""
        )
