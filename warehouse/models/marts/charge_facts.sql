-- grain: one row per charge; where it counts in reports
-- key: gateway, account, charge_id
-- changed: SELECT gateway, account, charge_id FROM changes.canonical_charges WHERE version > $version
-- changed: SELECT gateway, account, charge_id FROM canonical.charges SEMI JOIN (SELECT gateway, account, customer_id FROM changes.canonical_customers WHERE version > $version) USING (gateway, account, customer_id)
-- changed: SELECT gateway, account, charge_id FROM canonical.charges SEMI JOIN (SELECT gateway, account, invoice_id FROM changes.canonical_invoice_lines WHERE version > $version) USING (gateway, account, invoice_id)
-- changed: SELECT gateway, account, charge_id FROM canonical.charges SEMI JOIN (SELECT gateway, account, invoice_id FROM canonical.invoice_lines SEMI JOIN (SELECT gateway, account, product_id FROM changes.canonical_products WHERE version > $version) USING (gateway, account, product_id)) USING (gateway, account, invoice_id)
WITH main_lines AS (
    -- What an invoice is mostly for.
    SELECT gateway, account, invoice_id, arg_max(product_id, (coalesce(amount_minor, 0), invoice_line_id)) AS product_id
    FROM canonical.invoice_lines
    WHERE product_id IS NOT NULL
    GROUP BY ALL
)
SELECT
    c.gateway,
    c.account,
    c.charge_id,
    staging.day_of(c.created_at) AS on_day,
    upper(coalesce(c.billing_country, u.country, c.card_country)) AS country,
    coalesce(p.name, c.metadata ->> '$.product') AS product
FROM canonical.charges c
LEFT JOIN canonical.customers u USING (gateway, account, customer_id)
LEFT JOIN main_lines l USING (gateway, account, invoice_id)
LEFT JOIN canonical.products p ON p.gateway = c.gateway AND p.account = c.account AND p.product_id = l.product_id
