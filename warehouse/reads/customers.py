"""Customer objects as the gateways keep them, and the person behind one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.states import CustomerState
from warehouse.published import PublishedFile
from warehouse.reads.people import CustomerKey


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer object at one account."""

    gateway: str
    account: str
    customer_id: str
    email: str | None
    name: str | None
    country: str | None
    state_name: str | None
    """State or province of the billing address."""
    tax_ids: tuple[str, ...]
    is_deleted: bool
    seen_at: datetime

    def state(self) -> CustomerState:
        """What `connectors.offers.which_actions` needs."""
        return CustomerState(self.account, self.customer_id, self.is_deleted, self.tax_ids)


_COLUMNS = "gateway, account, customer_id, email, name, country, state, tax_ids, is_deleted, seen_at"


def of_these(customers: Sequence[CustomerKey]) -> tuple[str, list[object]]:
    """(condition, its parameters) for the rows of these customer objects. Ids alone are looked up in the index; which
    account each belongs to is compared with what that finds."""
    places = ", ".join("?" * len(customers))
    pairs = [f"{key.account} {key.customer_id}" for key in customers]
    condition = f"customer_id IN ({places}) AND account || ' ' || customer_id IN ({places})"
    return condition, [*(key.customer_id for key in customers), *pairs]


def customers_of(published: PublishedFile, customers: Sequence[CustomerKey]) -> list[Customer]:
    """Those customer objects that the gateways have told of; others are only named by charges."""
    if not customers:
        return []
    condition, parameters = of_these(customers)
    rows = published.rows(
        f"SELECT {_COLUMNS} FROM canonical.customers WHERE {condition} ORDER BY account, customer_id",  # noqa: S608
        parameters,
    )
    return [_customer(row) for row in rows]


def find_customer(published: PublishedFile, account: str, customer_id: str) -> Customer | None:
    """One customer object, or None."""
    found = customers_of(published, [CustomerKey(account.partition("/")[0], account, customer_id)])
    return found[0] if found else None


def person_of_customer(published: PublishedFile, account: str, customer_id: str) -> str | None:
    """The person_id behind a customer object, or None."""
    rows = published.rows(
        "SELECT person_id FROM marts.customer_people WHERE account = ? AND customer_id = ?", [account, customer_id]
    )
    return str(rows[0]["person_id"]) if rows else None


def _customer(row: dict[str, Any]) -> Customer:
    return Customer(
        row["gateway"],
        row["account"],
        row["customer_id"],
        row["email"],
        row["name"],
        row["country"],
        row["state"],
        _tax_ids(row["tax_ids"]),
        bool(row["is_deleted"]),
        row["seen_at"],
    )


def _tax_ids(text: str | None) -> tuple[str, ...]:
    found = json.loads(text) if text else []
    entries = [json.loads(entry) if isinstance(entry, str) else entry for entry in found]
    return tuple(str(entry.get("value")) for entry in entries if isinstance(entry, dict) and entry.get("value"))
