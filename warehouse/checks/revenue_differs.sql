-- check: Revenue whose sums are not those of the charges, refunds and fees
-- severity: block
WITH sums AS (
    SELECT account, currency, 'gross' AS figure, sum(captured_minor) AS canonical_minor, 0 AS mart_minor
    FROM canonical.charges WHERE status = 'succeeded' GROUP BY ALL
    UNION ALL
    SELECT account, currency, 'refunds', sum(amount_minor), 0 FROM canonical.refunds WHERE status = 'succeeded' GROUP BY ALL
    UNION ALL
    SELECT account, currency, 'fees', sum(fee_minor), 0 FROM canonical.balance_transactions GROUP BY ALL
    UNION ALL
    SELECT account, currency, 'gross', 0, sum(gross_minor) FROM marts.revenue_by_day GROUP BY ALL
    UNION ALL
    SELECT account, currency, 'refunds', 0, sum(refunds_minor) FROM marts.revenue_by_day GROUP BY ALL
    UNION ALL
    SELECT account, currency, 'fees', 0, sum(fees_minor) FROM marts.revenue_by_day GROUP BY ALL
)
SELECT account, currency, figure, sum(canonical_minor) AS canonical_minor, sum(mart_minor) AS mart_minor
FROM sums
GROUP BY ALL
HAVING sum(canonical_minor) IS DISTINCT FROM sum(mart_minor)
