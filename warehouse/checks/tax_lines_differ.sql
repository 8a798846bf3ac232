-- check: Taxes of invoices that were lost or doubled on the way to the tax lines
-- severity: block
-- gateways: stripe
WITH given AS (
    SELECT gateway, account, invoice_id, sum(tax_minor) AS tax_minor FROM staging.stripe_invoice_taxes GROUP BY ALL
),
kept AS (
    SELECT gateway, account, invoice_id, sum(tax_minor) AS tax_minor
    FROM canonical.tax_lines WHERE gateway = 'stripe' GROUP BY ALL
)
SELECT coalesce(g.account, k.account) AS account, coalesce(g.invoice_id, k.invoice_id) AS invoice_id,
    g.tax_minor AS given_minor, k.tax_minor AS kept_minor
FROM given g
FULL JOIN kept k USING (gateway, account, invoice_id)
WHERE coalesce(g.tax_minor, 0) <> coalesce(k.tax_minor, 0)
