"""What is landed of banks: statements and their lines, read into the warehouse like a gateway's objects."""

from __future__ import annotations

from connectors.gateway import Column, Resource

SOURCE = "bank"
"""Stands where a gateway's name does: landing/bank/<label>, raw_bank."""

LINES = Resource(
    "bank_lines",
    "bank_line",
    (
        Column("statement_id", "statement_id", "text", True),
        Column("booked_on", "booked_on", "text", True),
        Column("value_on", "value_on", "text"),
        Column("amount_minor", "amount_minor", "bigint", True),
        Column("currency", "currency", "currency", True),
        Column("text", "text", "text"),
        Column("counterparty", "counterparty", "text"),
        Column("reference", "reference", "text"),
        Column("kind", "kind", "text"),
    ),
)
STATEMENTS = Resource(
    "bank_statements",
    "bank_statement",
    (
        Column("name", "name", "text"),
        Column("format", "format", "text", True),
        Column("file_name", "file_name", "text"),
        Column("imported_by", "imported_by", "text"),
        Column("since", "since", "text", True),
        Column("until", "until", "text", True),
        Column("opening_minor", "opening_minor", "bigint"),
        Column("closing_minor", "closing_minor", "bigint"),
        Column("currency", "currency", "currency", True),
        Column("lines", "lines", "bigint", True),
    ),
)
RESOURCES = (STATEMENTS, LINES)
