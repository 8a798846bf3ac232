-- grain: one row per line of a WooCommerce order: products, shipping and fees
WITH kept AS (
    SELECT * FROM raw_woocommerce.orders WHERE status NOT IN ('checkout-draft', 'auto-draft', 'draft')
),
lines AS (
    SELECT gateway, account, seen_at, load_number, id, currency, 'product' AS kind,
        unnest(staging.entries(line_items)) AS line, generate_subscripts(staging.entries(line_items), 1) AS position
    FROM kept
    UNION ALL
    SELECT gateway, account, seen_at, load_number, id, currency, 'shipping',
        unnest(staging.entries(shipping_lines)), 1000 + generate_subscripts(staging.entries(shipping_lines), 1)
    FROM kept
    UNION ALL
    SELECT gateway, account, seen_at, load_number, id, currency, 'fee',
        unnest(staging.entries(fee_lines)), 2000 + generate_subscripts(staging.entries(fee_lines), 1)
    FROM kept
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS order_id,
    line ->> '$.id' AS line_item_id,
    position,
    kind,
    coalesce(line ->> '$.name', line ->> '$.method_title') AS description,
    coalesce(staging.whole(line ->> '$.quantity'), 1) AS quantity,
    -- After discounts, before tax.
    staging.minor(line ->> '$.total', currency) AS amount_minor,
    coalesce(staging.minor(line ->> '$.total_tax', currency), 0) AS tax_minor,
    currency,
    nullif(line ->> '$.product_id', '0') AS product_id,
    nullif(line ->> '$.sku', '') AS sku
FROM lines
