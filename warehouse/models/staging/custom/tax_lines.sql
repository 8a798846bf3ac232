-- grain: one row per imported invoice and tax on it
WITH entries AS (
    SELECT gateway, account, seen_at, load_number, id, currency, customer_country, customer_state,
        coalesce(charged_at, finalized_at, created_at) AS charged_at,
        unnest(staging.entries(taxes)) AS tax, generate_subscripts(staging.entries(taxes), 1) AS position
    FROM raw_custom.invoices
    WHERE NOT is_deleted
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id || ':' || position AS tax_line_id,
    id AS invoice_id,
    NULL::VARCHAR AS invoice_line_id,
    tax ->> '$.kind' AS kind,
    coalesce(tax ->> '$.country', customer_country) AS country,
    coalesce(tax ->> '$.state', CASE WHEN tax ->> '$.country' IS NULL THEN customer_state END) AS state,
    staging.percent_text(tax ->> '$.percent') AS percent,
    coalesce((tax ->> '$.is_inclusive') = 'true', false) AS is_inclusive,
    coalesce((tax ->> '$.is_reverse_charge') = 'true', false) AS is_reverse_charge,
    CASE WHEN (tax ->> '$.is_reverse_charge') = 'true' THEN 'reverse_charge' ELSE 'standard_rated' END AS taxability_reason,
    staging.whole(tax ->> '$.taxable_minor') AS taxable_minor,
    staging.whole(tax ->> '$.tax_minor') AS tax_minor,
    currency,
    charged_at
FROM entries
