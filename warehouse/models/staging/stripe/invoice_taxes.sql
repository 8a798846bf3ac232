-- grain: one row per tax that a Stripe invoice gives for its whole
WITH taxes AS (
    SELECT *,
        unnest(CASE WHEN len(staging.entries(total_taxes)) > 0
            THEN staging.entries(total_taxes) ELSE staging.entries(total_tax_amounts) END) AS tax_entry
    FROM raw_stripe.invoices
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS invoice_id,
    coalesce(
        tax_entry ->> '$.tax_rate_details.tax_rate', tax_entry ->> '$.tax_rate.id', tax_entry ->> '$.tax_rate'
    ) AS tax_rate_id,
    coalesce(tax_entry ->> '$.tax_behavior' = 'inclusive', tax_entry ->> '$.inclusive' = 'true', false) AS is_inclusive,
    tax_entry ->> '$.taxability_reason' AS taxability_reason,
    staging.stripe_minor(staging.whole(tax_entry ->> '$.taxable_amount'), currency) AS taxable_minor,
    staging.stripe_minor(staging.whole(tax_entry ->> '$.amount'), currency) AS tax_minor,
    staging.stripe_minor(coalesce(total_excluding_tax, subtotal_excluding_tax, subtotal), currency) AS invoice_taxable_minor,
    currency
FROM taxes
