-- grain: one row per line of an imported invoice
WITH entries AS (
    SELECT gateway, account, seen_at, load_number, id, currency, unnest(staging.entries(lines)) AS line,
        generate_subscripts(staging.entries(lines), 1) AS position
    FROM raw_custom.invoices
    WHERE NOT is_deleted
),
named AS (
    SELECT *, coalesce(line ->> '$.id', position::VARCHAR) AS line_id,
        count(*) OVER (PARTITION BY gateway, account, id, coalesce(line ->> '$.id', position::VARCHAR)) AS copies
    FROM entries
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS invoice_id,
    -- A batch is refused for it, a pulled invoice is not: two lines of one id stay two lines.
    CASE WHEN copies > 1 THEN line_id || ':' || position ELSE line_id END AS invoice_line_id,
    position,
    line ->> '$.description' AS description,
    coalesce(staging.whole(line ->> '$.quantity'), 1) AS quantity,
    staging.whole(line ->> '$.amount_minor') AS amount_minor,
    currency,
    (line ->> '$.period_start_at')::TIMESTAMPTZ AS period_start_at,
    (line ->> '$.period_end_at')::TIMESTAMPTZ AS period_end_at,
    line ->> '$.price_id' AS price_id,
    line ->> '$.product_id' AS product_id,
    NULL::BOOLEAN AS is_proration
FROM named
