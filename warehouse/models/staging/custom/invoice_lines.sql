-- grain: one row per line of an imported invoice
WITH entries AS (
    SELECT gateway, account, seen_at, load_number, id, currency, unnest(staging.entries(lines)) AS line,
        generate_subscripts(staging.entries(lines), 1) AS position
    FROM raw_custom.invoices
    WHERE NOT is_deleted
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS invoice_id,
    line ->> '$.id' AS invoice_line_id,
    position,
    line ->> '$.description' AS description,
    coalesce(staging.whole(line ->> '$.quantity'), 1) AS quantity,
    staging.whole(line ->> '$.amount_minor') AS amount_minor,
    currency,
    (line ->> '$.period_start_at')::TIMESTAMPTZ AS period_start_at,
    (line ->> '$.period_end_at')::TIMESTAMPTZ AS period_end_at,
    line ->> '$.price_id' AS price_id,
    line ->> '$.product_id' AS product_id
FROM entries
