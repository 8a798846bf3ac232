-- grain: one row per line of a PayPal invoice
WITH lines AS (
    SELECT gateway, account, seen_at, load_number, id AS invoice_id, detail_currency_code AS currency,
        unnest(staging.entries(items)) AS line, generate_subscripts(staging.entries(items), 1) AS position
    FROM raw_paypal.invoices
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    invoice_id,
    invoice_id || ':' || position AS invoice_line_id,
    position,
    line ->> '$.name' AS description,
    -- Half an hour is a quantity too; whole ones only are told.
    staging.whole(line ->> '$.quantity') AS quantity,
    round((line ->> '$.quantity')::DECIMAL(18, 6) * staging.minor(line ->> '$.unit_amount.value', currency))::BIGINT
        AS amount_minor,
    currency,
    NULL::TIMESTAMPTZ AS period_start_at,
    NULL::TIMESTAMPTZ AS period_end_at,
    NULL::VARCHAR AS price_id,
    NULL::VARCHAR AS product_id,
    NULL::BOOLEAN AS is_proration,
    line ->> '$.tax.name' AS tax_name,
    line ->> '$.tax.percent' AS tax_percent,
    staging.minor(line ->> '$.tax.amount.value', currency) AS tax_minor
FROM lines
