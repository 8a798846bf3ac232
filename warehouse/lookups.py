"""Indexes of the published file: what pages look up by one value among millions of rows, in a millisecond.

An index is read in pages like a table, costs about a fifth of its table's size, and is copied with the file. Columns in
whose order a table is published need none: a reader skips the row groups that cannot hold the value.
"""

from __future__ import annotations

import duckdb

INDEXED: dict[str, tuple[str, ...]] = {
    "canonical.charges": ("charge_id",),
    "canonical.customers": ("customer_id",),
    "canonical.invoices": ("customer_id", "invoice_id", "number"),
    "canonical.subscriptions": ("customer_id", "subscription_id"),
    "canonical.refunds": ("charge_id",),
    "marts.people": ("person_id", "email"),
    "marts.customer_people": ("customer_id",),
    "marts.charge_search": ("charge_id", "email"),
    "marts.order_search": ("order_id", "number"),
}
"""Table -> columns that pages ask for by value."""


def index_published(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make the indexes of a table of the file that is attached as `published`; it was just created."""
    for column in INDEXED.get(name, ()):
        connection.execute(f"CREATE INDEX {name.replace('.', '_')}_by_{column} ON published.{name} ({column})")
