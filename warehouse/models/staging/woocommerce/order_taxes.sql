-- grain: one row per WooCommerce order and tax rate
WITH taxes AS (
    SELECT gateway, account, seen_at, load_number, id, currency, date_paid_gmt, date_created_gmt, billing_country, billing_state,
        prices_include_tax, unnest(staging.entries(tax_lines)) AS tax_entry
    FROM raw_woocommerce.orders
)
SELECT
    t.gateway,
    t.account,
    t.seen_at,
    t.load_number,
    t.id || ':' || (t.tax_entry ->> '$.id') AS tax_line_id,
    t.id AS order_id,
    t.tax_entry ->> '$.rate_id' AS tax_rate_id,
    CASE
        WHEN regexp_matches(t.tax_entry ->> '$.label', '(?i)\b(vat|mwst|ust|tva|iva|btw)\b') THEN 'vat'
        WHEN regexp_matches(t.tax_entry ->> '$.label', '(?i)\bgst\b') THEN 'gst'
        WHEN regexp_matches(t.tax_entry ->> '$.label', '(?i)\bsales\b') THEN 'sales_tax'
        WHEN regexp_matches(t.tax_entry ->> '$.label', '(?i)\bconsumption\b') THEN 'consumption_tax'
        ELSE 'tax'
    END AS kind,
    coalesce(nullif(r.country, ''), nullif(t.billing_country, '')) AS country,
    nullif(r.state, '') AS state,
    staging.percent_text(coalesce(t.tax_entry ->> '$.rate_percent', r.rate)) AS percent,
    coalesce(t.prices_include_tax, false) AS is_inclusive,
    staging.minor(t.tax_entry ->> '$.tax_total', t.currency)
        + coalesce(staging.minor(t.tax_entry ->> '$.shipping_tax_total', t.currency), 0) AS tax_minor,
    t.currency,
    coalesce(t.date_paid_gmt, t.date_created_gmt) AS charged_at
FROM taxes t
LEFT JOIN raw_woocommerce.taxes r
    ON r.gateway = t.gateway AND r.account = t.account AND r.id = t.tax_entry ->> '$.rate_id'
