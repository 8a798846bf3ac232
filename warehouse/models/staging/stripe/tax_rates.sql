-- grain: one row per Stripe tax rate
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS tax_rate_id,
    staging.percent_text(coalesce(effective_percentage, percentage)) AS percent,
    country,
    state,
    -- Rates that were made by hand often have no type, only a name that people read.
    coalesce(
        tax_type,
        CASE
            WHEN regexp_matches(display_name, '(?i)\b(vat|mwst|ust|tva|iva|btw)\b') THEN 'vat'
            WHEN regexp_matches(display_name, '(?i)\bgst\b') THEN 'gst'
            WHEN regexp_matches(display_name, '(?i)\bhst\b') THEN 'hst'
            WHEN regexp_matches(display_name, '(?i)\b(sales)\b') THEN 'sales_tax'
        END,
        'tax'
    ) AS kind,
    coalesce(inclusive, false) AS is_inclusive
FROM raw_stripe.tax_rates
