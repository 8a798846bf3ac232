"""The gateways' invoices as finance looks at them: by status, by age, one by one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from warehouse.published import PublishedFile

AGES = ("not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days")
STATUSES = ("draft", "open", "paid", "uncollectible", "void")


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """What the page was asked for; None means all. `number` matches its beginning; instants are UTC."""

    now: datetime
    """By which an invoice's age is counted."""
    since: datetime | None = None
    until: datetime | None = None
    status: str | None = None
    age: str | None = None
    gateway: str | None = None
    account: str | None = None
    currency: str | None = None
    country: str | None = None
    number: str | None = None


# Whole days of 24 hours since it was due; an invoice without a day is due when it is made.
_LATE = "date_diff('second', coalesce(due_at, charged_at, created_at), $now::TIMESTAMPTZ)"
_AGE = f"""CASE WHEN status <> 'open' OR coalesce(remaining_minor, 0) <= 0 THEN NULL
        WHEN {_LATE} < 86400 THEN 'not due' WHEN {_LATE} < 31 * 86400 THEN '1 to 30 days'
        WHEN {_LATE} < 61 * 86400 THEN '31 to 60 days' WHEN {_LATE} < 91 * 86400 THEN '61 to 90 days'
        ELSE 'over 90 days' END"""
_CHOSEN = f"""SELECT gateway, account, invoice_id, number, status, {_AGE} AS age, currency, total_minor, tax_minor,
        paid_minor, CASE WHEN status = 'open' THEN remaining_minor ELSE 0 END AS remaining_minor,
        coalesce(charged_at, created_at) AS charged_at, due_at, paid_at, customer_id, customer_name, customer_email,
        upper(customer_country) AS country, hosted_url, charge_id
    FROM canonical.invoices
    WHERE ($since::TIMESTAMPTZ IS NULL OR coalesce(charged_at, created_at) >= $since)
      AND ($until::TIMESTAMPTZ IS NULL OR coalesce(charged_at, created_at) < $until)
      AND ($status::VARCHAR IS NULL OR status = $status) AND ($gateway::VARCHAR IS NULL OR gateway = $gateway)
      AND ($account::VARCHAR IS NULL OR account = $account) AND ($currency::VARCHAR IS NULL OR currency = $currency)
      AND ($country::VARCHAR IS NULL OR upper(customer_country) = $country)
      AND ($number::VARCHAR IS NULL OR starts_with(lower(number), lower($number)))
      AND ($age::VARCHAR IS NULL OR {_AGE} = $age)"""  # noqa: S608 - our own fragments


def by_status(published: PublishedFile, asked: InvoiceFilter) -> list[dict[str, Any]]:
    """How many invoices, what they come to and what is left to pay, per status and currency."""
    return published.rows(
        f"""SELECT status, currency, count(*) AS invoices, sum(total_minor)::BIGINT AS total_minor,
                sum(remaining_minor)::BIGINT AS remaining_minor
            FROM ({_CHOSEN}) GROUP BY ALL ORDER BY invoices DESC, status, currency""",  # noqa: S608
        asdict(asked),
    )


def by_age(published: PublishedFile, asked: InvoiceFilter) -> list[dict[str, Any]]:
    """Open invoices by how long they are overdue, per currency; the oldest last."""
    rows = published.rows(
        f"""SELECT age, currency, count(*) AS invoices, sum(remaining_minor)::BIGINT AS remaining_minor
            FROM ({_CHOSEN}) WHERE age IS NOT NULL GROUP BY ALL""",  # noqa: S608
        asdict(asked),
    )
    return sorted(rows, key=lambda row: (row["currency"], AGES.index(row["age"])))


def list_invoices(
    published: PublishedFile, asked: InvoiceFilter, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """The invoices, newest first, each with its person and the document that we issued for its payment."""
    return published.rows(
        f"""WITH page AS ({_CHOSEN} ORDER BY charged_at DESC, invoice_id LIMIT $limit OFFSET $offset)
            SELECT page.*, person.person_id, issued.number AS document_number, issued.document_id, issued.pdf_path
            FROM page
            LEFT JOIN marts.customer_people AS person USING (gateway, account, customer_id)
            LEFT JOIN (SELECT account, charge_id, arg_min(number, issued_at) AS number,
                    arg_min(document_id, issued_at) AS document_id, arg_min(pdf_path, issued_at) AS pdf_path
                FROM books.documents WHERE kind IN ('invoice', 'receipt') GROUP BY ALL) AS issued
                ON issued.account = page.account AND issued.charge_id = page.charge_id
            ORDER BY page.charged_at DESC, page.invoice_id""",  # noqa: S608
        {**asdict(asked), "limit": limit, "offset": offset},
    )


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen in the filters."""
    row = published.rows(
        """SELECT list(DISTINCT gateway) AS gateway, list(DISTINCT account) AS account,
                list(DISTINCT currency) AS currency, list(DISTINCT upper(customer_country)) AS country,
                list(DISTINCT status) AS status
            FROM canonical.invoices"""
    )[0]
    return {name: sorted(value for value in values or [] if value) for name, values in row.items()}
