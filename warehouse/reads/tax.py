"""Tax by period, country and rate, and the documents and invoice lines behind each figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from warehouse.published import PublishedFile


@dataclass(frozen=True, slots=True)
class TaxFilter:
    """What the page was asked for; None means all. Periods are YYYY-MM of the reporting time zone, both inclusive."""

    first: str
    last: str
    account: str | None = None
    country: str | None = None
    state: str | None = None
    kind: str | None = None
    percent: str | None = None
    currency: str | None = None
    source: str | None = None
    is_reverse_charge: bool | None = None


NONE_GIVEN = "(none)"
"""How a missing country, state or rate is chosen in a filter."""

_WHERE = f"""period BETWEEN $first AND $last
    AND ($account::VARCHAR IS NULL OR account = $account)
    AND ($kind::VARCHAR IS NULL OR kind = $kind)
    AND ($percent::VARCHAR IS NULL OR coalesce(percent, '{NONE_GIVEN}') = $percent)
    AND ($country::VARCHAR IS NULL OR coalesce(country, '{NONE_GIVEN}') = $country)
    AND ($state::VARCHAR IS NULL OR coalesce(state, '{NONE_GIVEN}') = $state)
    AND ($is_reverse_charge::BOOLEAN IS NULL OR is_reverse_charge = $is_reverse_charge)
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
