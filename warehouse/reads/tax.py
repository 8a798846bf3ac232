"""Tax by period, country and rate, and the documents and invoice lines behind each figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from warehouse.published import PublishedFile


@dataclass(frozen=True, slots=True)
class TaxFilter:
    """What the page was asked for; None means all. Periods are YYYY-MM of the reporting time zone, both inclusive."""

    first: str
    last: str
    account: str | None = None
    country: str | None = None
    kind: str | None = None
    percent: str | None = None
    currency: str | None = None
    source: str | None = None


_WHERE = """period BETWEEN $first AND $last
    AND ($account::VARCHAR IS NULL OR account = $account) AND ($country::VARCHAR IS NULL OR country = $country)
    AND ($kind::VARCHAR IS NULL OR kind = $kind) AND ($percent::VARCHAR IS NULL OR percent = $percent)
    AND ($currency::VARCHAR IS NULL OR currency = $currency) AND ($source::VARCHAR IS NULL OR source = $source)"""


def summary(published: PublishedFile, asked: TaxFilter) -> list[dict[str, Any]]:
    """One row per period, country, kind, rate, currency and source."""
    return published.rows(
        f"""SELECT period, account, country, state, kind, percent, is_reverse_charge, currency, source,
                sum(documents)::BIGINT AS documents, sum(taxable_minor)::BIGINT AS taxable_minor,
                sum(tax_minor)::BIGINT AS tax_minor
            FROM marts.tax_summary WHERE {_WHERE} GROUP BY ALL
            ORDER BY period DESC, country, kind, percent, currency, source, account""",  # noqa: S608
        asdict(asked),
    )


def totals(published: PublishedFile, asked: TaxFilter) -> list[dict[str, Any]]:
    """Taxable amount and tax per currency."""
    return published.rows(
        f"""SELECT currency, sum(documents)::BIGINT AS documents, sum(taxable_minor)::BIGINT AS taxable_minor,
                sum(tax_minor)::BIGINT AS tax_minor
            FROM marts.tax_summary WHERE {_WHERE} GROUP BY currency ORDER BY documents DESC, currency""",  # noqa: S608
        asdict(asked),
    )


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen in the filters."""
    row = published.rows(
        """SELECT list(DISTINCT period) AS period, list(DISTINCT country) AS country, list(DISTINCT kind) AS kind,
                  list(DISTINCT percent) AS percent, list(DISTINCT currency) AS currency,
                  list(DISTINCT account) AS account
           FROM marts.tax_summary"""
    )[0]
    return {name: sorted(value for value in values or [] if value) for name, values in row.items()}


def gateway_lines(
    published: PublishedFile, asked: TaxFilter, since: datetime, until: datetime, *, limit: int
) -> list[dict[str, Any]]:
    """The gateway's tax lines behind the figures, with their invoices; `since` to before `until`."""
    return published.rows(
        """SELECT line.charged_at, line.account, line.invoice_id, invoice.number, invoice.customer_name, line.country,
                  line.state, line.kind, line.percent, line.is_reverse_charge, line.taxable_minor, line.tax_minor,
                  line.currency
           FROM canonical.tax_lines AS line
           LEFT JOIN canonical.invoices AS invoice USING (gateway, account, invoice_id)
           WHERE line.invoice_line_id IS NULL AND line.charged_at >= $since AND line.charged_at < $until
             AND ($account::VARCHAR IS NULL OR line.account = $account)
             AND ($country::VARCHAR IS NULL OR line.country = $country)
             AND ($kind::VARCHAR IS NULL OR line.kind = $kind)
             AND ($percent::VARCHAR IS NULL OR line.percent = $percent)
             AND ($currency::VARCHAR IS NULL OR line.currency = $currency)
           ORDER BY line.charged_at DESC, line.tax_line_id LIMIT $limit""",
        {
            "since": since,
            "until": until,
            "account": asked.account,
            "country": asked.country,
            "kind": asked.kind,
            "percent": asked.percent,
            "currency": asked.currency,
            "limit": limit,
        },
    )
