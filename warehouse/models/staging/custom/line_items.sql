-- grain: one row per line of an imported order
WITH entries AS (
    SELECT gateway, account, seen_at, load_number, id, currency, unnest(staging.entries(line_items)) AS line,
        generate_subscripts(staging.entries(line_items), 1) AS position
    FROM raw_custom.orders
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
    id AS order_id,
    -- A batch is refused for it, a pulled order is not: two lines of one id stay two lines.
    CASE WHEN copies > 1 THEN line_id || ':' || position ELSE line_id END AS line_item_id,
    position,
    coalesce(line ->> '$.kind', 'product') AS kind,
    line ->> '$.description' AS description,
    coalesce(staging.whole(line ->> '$.quantity'), 1) AS quantity,
    staging.whole(line ->> '$.amount_minor') AS amount_minor,
    coalesce(staging.whole(line ->> '$.tax_minor'), 0) AS tax_minor,
    currency,
    line ->> '$.product_id' AS product_id,
    line ->> '$.sku' AS sku
FROM named
