-- grain: one row per invoice line and tax on it
-- key: gateway, account, invoice_id
-- changed: SELECT gateway, account, invoice_id FROM staging.stripe_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, invoice_id FROM staging.recurly_invoices WHERE load_number > $mark
WITH taxes AS (
    SELECT gateway, account, seen_at, invoice_id, invoice_line_id, currency, unnest(staging.entries(taxes)) AS tax_entry
    FROM staging.stripe_invoice_lines
)
SELECT
    gateway,
    account,
    seen_at,
    invoice_id,
    invoice_line_id,
    coalesce(
        tax_entry ->> '$.tax_rate_details.tax_rate', tax_entry ->> '$.tax_rate.id', tax_entry ->> '$.tax_rate'
    ) AS tax_rate_id,
    staging.stripe_minor(staging.whole(tax_entry ->> '$.amount'), currency) AS tax_minor,
    currency
FROM taxes
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_invoice_line_taxes
