"""Which documents want a mail: drawn, recent enough, with an address, and of money that the gateway confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from connectors.mail.addresses import AddressInvalid, mail_address, message_id
from counterfoil.paths import Paths
from warehouse.books.connection import open_books
from warehouse.books.mails import Wish, last_version, prepare
from warehouse.published import PublishedFile
from warehouse.state import transaction


class NothingToSend(LookupError):
    """The document cannot be sent; the text says why."""


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A drawn document that nobody was written about yet."""

    document_id: str
    number: str
    kind: str
    gateway: str
    account: str
    payment_id: str
    """The refund of a credit note over one, else the charge."""
    address: str


def prepare_new(
    paths: Paths, published: PublishedFile, *, sender: str, since: date, now: datetime
) -> tuple[int, list[str]]:
    """Prepare the first mail of each document that wants one. Returns how many, and sentences about the others."""
    with open_books(paths) as conn:
        candidates = _unwritten(conn, since)
    confirmed = _confirmed(published, candidates)
    wishes: list[Wish] = []
    without: list[str] = []
    for document in candidates:
        if (document.gateway, document.account, document.payment_id) not in confirmed:
            without.append(f"{document.number}: the gateway has not confirmed {document.payment_id}; not sent.")
            continue
        try:
            recipient = mail_address(document.address)
        except AddressInvalid as error:
            without.append(f"{document.number}: {error}")
            continue
        wishes.append(_wish(document.document_id, recipient, 1, sender))
    with open_books(paths) as conn, transaction(conn):
        return prepare(conn, wishes, now=now), without


def prepare_again(paths: Paths, document_id: str, *, sender: str, now: datetime, recipient: str | None = None) -> str:
    """Prepare one more mail about a document, as somebody asked for it. Returns its key.

    `recipient` None: the address of the last one. Raises NothingToSend, AddressInvalid.
    """
    with open_books(paths) as conn, transaction(conn):
        last = last_version(conn, document_id)
        drawn = conn.execute(
            "SELECT data->'buyer'->>'email' FROM documents WHERE document_id = $id AND pdf_sha256 IS NOT NULL",
            {"id": document_id},
        ).fetchone()
        if not drawn:
            raise NothingToSend(f"There is no drawn document {document_id}; draw it first.")
        address = recipient or (last[0] if last else str(drawn[0] or ""))
        wish = _wish(document_id, mail_address(address), (last[1] if last else 0) + 1, sender)
        prepare(conn, [wish], now=now)
        return wish.mail_key


def _wish(document_id: str, recipient: str, version: int, sender: str) -> Wish:
    wish = Wish(document_id, recipient, version, "")
    return Wish(document_id, recipient, version, message_id(wish.mail_key, sender))


def _unwritten(conn: duckdb.DuckDBPyConnection, since: date) -> list[Unwritten]:
    rows = conn.execute(
        """
        SELECT document_id, number, kind, gateway, account,
            coalesce(refund_id, charge_id), data->'buyer'->>'email'
        FROM documents d
        WHERE pdf_sha256 IS NOT NULL AND (data->>'supplied_on') >= $since
            AND (data->'buyer'->>'email') <> ''
            AND NOT EXISTS (FROM mails m WHERE m.document_id = d.document_id)
        ORDER BY issued_at, series, sequence
        """,
        {"since": since.isoformat()},
    ).fetchall()
    return [Unwritten(*row) for row in rows]


def _confirmed(published: PublishedFile, documents: Sequence[Unwritten]) -> set[tuple[str, str, str]]:
    """(gateway, account, id) of those charges and refunds that the gateway calls succeeded."""
    found = published.rows(
        "SELECT gateway, account, charge_id AS id FROM canonical.charges"
        " WHERE status = 'succeeded' AND charge_id IN (SELECT unnest($ids::VARCHAR[]))"
        " UNION ALL SELECT gateway, account, refund_id FROM canonical.refunds"
        " WHERE status = 'succeeded' AND refund_id IN (SELECT unnest($ids::VARCHAR[]))",
        {"ids": [document.payment_id for document in documents]},
    )
    return {(row["gateway"], row["account"], row["id"]) for row in found}
