-- check: Invoices whose lines were lost or doubled on the way to the canonical table
-- severity: block
WITH given AS (
    SELECT gateway, account, id AS invoice_id, len(staging.entries(lines)) AS lines FROM raw_stripe.invoices
),
kept AS (
    SELECT gateway, account, invoice_id, count(*) AS lines FROM canonical.invoice_lines WHERE gateway = 'stripe' GROUP BY ALL
)
SELECT coalesce(g.account, k.account) AS account, coalesce(g.invoice_id, k.invoice_id) AS invoice_id,
    g.lines AS lines_given, k.lines AS lines_kept
FROM given g
FULL JOIN kept k USING (gateway, account, invoice_id)
WHERE coalesce(g.lines, 0) <> coalesce(k.lines, 0)
