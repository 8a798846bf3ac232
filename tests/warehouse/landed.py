"""Small Stripe objects, and how tests land, load and read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from counterfoil.paths import Paths
from warehouse.connection import open_warehouse
from warehouse.landing import LandingWriter

Json = dict[str, Any]
ACCOUNT = "stripe/eu"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CREATED = 1_780_000_000
ZONE = "Europe/Berlin"


def charge(wanted: str, **known: Any) -> Json:
    return _object(
        "charge", wanted, {"amount": 1000, "currency": "eur", "status": "succeeded", "captured": True}, known
    )


def customer(wanted: str, **known: Any) -> Json:
    return _object("customer", wanted, {"email": f"{wanted}@example.com"}, known)


def refund(wanted: str, charge_id: str, amount: int, **known: Any) -> Json:
    money = {"charge": charge_id, "amount": amount, "currency": "eur", "status": "succeeded"}
    return _object("refund", wanted, money, known)


def invoice(wanted: str, lines: list[Json], **known: Any) -> Json:
    total = sum(line["amount"] for line in lines)
    money = {"total": total, "subtotal": total, "amount_due": total, "amount_paid": total, "amount_remaining": 0}
    shape = {"currency": "eur", "status": "paid", "lines": {"object": "list", "data": lines}, "customer": "cus_1"}
    return _object("invoice", wanted, {**money, **shape}, known)


def line(wanted: str, amount: int, **known: Any) -> Json:
    return {"id": wanted, "object": "line_item", "amount": amount, "currency": "eur", "quantity": 1, **known}


def _object(kind: str, wanted: str, first: Json, known: Json) -> Json:
    return {"id": wanted, "object": kind, "created": CREATED, "livemode": False, "metadata": {}, **first, **known}


def page(*objects: Any) -> bytes:
    return orjson.dumps({"object": "list", "data": list(objects), "has_more": False})


def land(paths: Paths, resource: str, *bodies: bytes, seen_at: datetime = NOW, account: str = ACCOUNT) -> Path:
    """Land the bodies as one file, as seen at a time."""
    with LandingWriter(paths.landing, account, resource, seen_at) as writer:
        for body in bodies:
            writer.add(body)
    return writer.path


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def rows(paths: Paths, sql: str) -> list[tuple[Any, ...]]:
    """What the warehouse answers."""
    with open_warehouse(paths) as connection:
        return connection.execute(sql).fetchall()


def everything(paths: Paths, *, without: str = "load_number") -> dict[str, list[str]]:
    """Every raw, canonical and mart table as sorted text, for comparing two warehouses."""
    with open_warehouse(paths) as connection:
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = current_database()"
            " AND (schema_name IN ('canonical', 'marts') OR schema_name = 'raw_stripe')"
            " AND NOT starts_with(table_name, '_dlt') ORDER BY ALL"
        ).fetchall()
        return {name: _texts(connection.execute(f"FROM {name}"), without) for (name,) in tables}


def _texts(found: Any, without: str) -> list[str]:
    names = [column[0] for column in found.description]
    return sorted(
        str({name: value for name, value in zip(names, row, strict=True) if name != without})
        for row in found.fetchall()
    )
