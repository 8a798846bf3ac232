-- check: Tax summaries whose sums are not those of the invoices' tax lines less the credit notes'
-- severity: block
WITH sums AS (
    SELECT t.account, t.currency, sum(t.tax_minor) AS canonical_minor, 0 AS mart_minor
    FROM canonical.tax_lines t
    JOIN canonical.invoices i USING (gateway, account, invoice_id)
    WHERE i.status NOT IN ('draft', 'void')
    GROUP BY ALL
    UNION ALL
    SELECT t.account, t.currency, -sum(t.tax_minor), 0
    FROM canonical.credit_note_tax_lines t
    JOIN canonical.credit_notes n USING (gateway, account, credit_note_id)
    WHERE n.status = 'issued'
    GROUP BY ALL
    UNION ALL
    SELECT account, currency, 0, sum(tax_minor) FROM marts.tax_summary WHERE source = 'gateway' GROUP BY ALL
)
SELECT account, currency, sum(canonical_minor) AS canonical_minor, sum(mart_minor) AS mart_minor
FROM sums
GROUP BY ALL
HAVING sum(canonical_minor) IS DISTINCT FROM sum(mart_minor)
