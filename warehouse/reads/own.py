"""What a customer sees of their own: every read is bound to the person, so that another's object is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.money import Money
from warehouse.published import PublishedFile
from warehouse.reads.charges import Charge, charges_of, find_charge
from warehouse.reads.people import Person, find_person, person_of_charge

_DOCUMENT = """document_id, kind, number, account, charge_id, issued_at, currency, total_minor, pdf_path"""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """One refund of a charge."""

    amount: Money
    status: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Purchase:
    """One charge with what it was for."""

    charge: Charge
    product: str | None
    given_back: tuple[GivenBack, ...]


@dataclass(frozen=True, slots=True)
class OwnDocument:
    """An invoice, receipt or credit note of the person."""

    document_id: str
    kind: str
    number: str
    account: str
    charge_id: str | None
    issued_at: datetime
    total: Money
    pdf_path: str | None


def person_with_email(published: PublishedFile, email: str) -> Person | None:
    """The one person whose address this is, exactly and in small letters; None for nobody, or for several."""
    rows = published.rows("SELECT person_id FROM marts.people WHERE email = ? LIMIT 2", [email])
    return find_person(published, rows[0]["person_id"]) if len(rows) == 1 else None


def people_of_customer(published: PublishedFile, customer_id: str) -> list[str]:
    """The persons who have a customer object of this id at a gateway."""
    rows = published.rows(
        "SELECT DISTINCT person_id FROM marts.customer_people WHERE customer_id = ? ORDER BY person_id", [customer_id]
    )
    return [str(row["person_id"]) for row in rows]


def own_charge(published: PublishedFile, person_id: str, account: str, charge_id: str) -> Charge | None:
    """A charge of this person; None for another's."""
    if person_of_charge(published, account, charge_id) != person_id:
        return None
    return find_charge(published, account, charge_id)


def purchases_of(published: PublishedFile, person_id: str, *, limit: int, offset: int = 0) -> list[Purchase]:
    """A person's charges over all accounts, newest first, with product and refunds."""
    found = charges_of(published, person_id, limit=limit + offset)[offset:]
    ids = [charge.charge_id for charge in found]
    products = {(row["account"], row["charge_id"]): row["product"] for row in _of_charges(published, _PRODUCTS, ids)}
    given: dict[tuple[str, str], list[GivenBack]] = {}
    for row in _of_charges(published, _REFUNDS, ids):
        money = Money(int(row["amount_minor"]), row["currency"])
        given.setdefault((row["account"], row["charge_id"]), []).append(
            GivenBack(money, row["status"], row["created_at"])
        )
    keys = [(charge.account, charge.charge_id) for charge in found]
    return [
        Purchase(charge, products.get(key), tuple(given.get(key, ()))) for charge, key in zip(found, keys, strict=True)
    ]


_PRODUCTS = "SELECT account, charge_id, product FROM marts.charge_facts WHERE charge_id IN ({})"
_REFUNDS = """SELECT account, charge_id, amount_minor, currency, status, created_at FROM canonical.refunds
    WHERE charge_id IN ({}) ORDER BY created_at, refund_id"""


def _of_charges(published: PublishedFile, sql: str, charge_ids: Sequence[str]) -> list[dict[str, Any]]:
    if not charge_ids:
        return []
    return published.rows(sql.format(", ".join("?" * len(charge_ids))), list(charge_ids))


def own_documents(published: PublishedFile, person_id: str, *, limit: int = 200) -> list[OwnDocument]:
    """The documents for a person's charges, newest first."""
    return _documents(published, person_id, "true", [], limit)


def own_document(published: PublishedFile, person_id: str, document_id: str) -> OwnDocument | None:
    """One of them; None for another's, and for one that there is not."""
    found = _documents(published, person_id, "document.document_id = ?", [document_id], 1)
    return found[0] if found else None


def _documents(
    published: PublishedFile, person_id: str, condition: str, parameters: Sequence[object], limit: int
) -> list[OwnDocument]:
    columns = ", ".join(f"document.{name.strip()}" for name in _DOCUMENT.split(","))
    rows = published.rows(
        f"""SELECT {columns} FROM books.documents AS document
            JOIN marts.charge_search AS charge
                ON charge.account = document.account AND charge.charge_id = document.charge_id
            WHERE charge.person_id = ? AND {condition}
            ORDER BY document.issued_at DESC, document.number DESC LIMIT ?""",  # noqa: S608 - our own fragments
        [person_id, *parameters, limit],
    )
    return [_document(row) for row in rows]


def _document(row: dict[str, Any]) -> OwnDocument:
    total = Money(int(row.pop("total_minor")), row.pop("currency"))
    return OwnDocument(**row, total=total)
