"""The tax lines behind the summary. They follow marts.tax_summary, so that they add up to what it shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from warehouse.published import PublishedFile
from warehouse.reads.tax import NONE_GIVEN, TaxFilter

_COUNTED = """
    SELECT t.charged_at AS counted_at, t.gateway, t.account, t.country, t.state, t.kind, t.percent, t.is_reverse_charge,
        t.currency, t.invoice_id AS document, i.number, i.customer_name AS customer, t.taxable_minor, t.tax_minor,
        'gateway' AS source, NULL::VARCHAR AS pdf_of
    FROM canonical.tax_lines AS t
    JOIN canonical.invoices AS i USING (gateway, account, invoice_id)
    WHERE i.status NOT IN ('draft', 'void') AND t.charged_at >= $since AND t.charged_at < $until
    UNION ALL
    SELECT t.charged_at, t.gateway, t.account, t.country, t.state, t.kind, t.percent, t.is_reverse_charge, t.currency,
        t.credit_note_id, n.number, NULL, -t.taxable_minor, -t.tax_minor, 'gateway', NULL
    FROM canonical.credit_note_tax_lines AS t
    JOIN canonical.credit_notes AS n USING (gateway, account, credit_note_id)
    WHERE n.status = 'issued' AND t.charged_at >= $since AND t.charged_at < $until
    UNION ALL
    SELECT issued_at, gateway, account, line ->> '$.country', line ->> '$.state', line ->> '$.kind',
        CASE WHEN contains(line ->> '$.percent', '.')
            THEN rtrim(rtrim(line ->> '$.percent', '0'), '.') ELSE line ->> '$.percent' END,
        (line ->> '$.is_reverse_charge') = 'true', currency, document_id, number, NULL,
        sign * (line ->> '$.taxable_minor')::BIGINT, sign * (line ->> '$.tax_minor')::BIGINT, 'document',
        CASE WHEN pdf_path IS NOT NULL THEN document_id END
    FROM (
        SELECT *, unnest((data -> '$.tax_lines')::JSON[]) AS line,
            CASE kind WHEN 'credit_note' THEN -1 ELSE 1 END AS sign
        FROM books.documents WHERE left(data ->> '$.supplied_on', 7) BETWEEN $first AND $last)"""


_CHOSEN = f"""SELECT * FROM ({_COUNTED})
    WHERE ($account::VARCHAR IS NULL OR account = $account) AND ($kind::VARCHAR IS NULL OR kind = $kind)
      AND ($percent::VARCHAR IS NULL OR coalesce(percent, '{NONE_GIVEN}') = $percent)
      AND ($country::VARCHAR IS NULL OR coalesce(country, '{NONE_GIVEN}') = $country)
      AND ($state::VARCHAR IS NULL OR coalesce(state, '{NONE_GIVEN}') = $state)
      AND ($is_reverse_charge::BOOLEAN IS NULL OR is_reverse_charge = $is_reverse_charge)
      AND ($currency::VARCHAR IS NULL OR currency = $currency) AND ($source::VARCHAR IS NULL OR source = $source)"""  # noqa: S608

Bounds = tuple[datetime, datetime]
"""The first instant of the filter's months, and the first one after them."""


def lines(
    published: PublishedFile, asked: TaxFilter, bounds: Bounds, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """The newest lines; credit notes are negative."""
    return published.rows(
        f"{_CHOSEN} ORDER BY counted_at DESC, document LIMIT $limit OFFSET $offset",
        {**asdict(asked), "since": bounds[0], "until": bounds[1], "limit": limit, "offset": offset},
    )


def sums(published: PublishedFile, asked: TaxFilter, bounds: Bounds) -> list[dict[str, Any]]:
    """How many lines, and their tax, per currency."""
    return published.rows(
        f"""SELECT currency, count(*) AS rows, sum(tax_minor)::BIGINT AS amount_minor FROM ({_CHOSEN})
            GROUP BY currency ORDER BY rows DESC, currency""",  # noqa: S608
        {**asdict(asked), "since": bounds[0], "until": bounds[1]},
    )
