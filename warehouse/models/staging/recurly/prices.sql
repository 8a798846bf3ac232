-- grain: one row per Recurly plan or item and currency
WITH priced AS (
    SELECT gateway, account, seen_at, load_number, id, interval_unit, interval_length,
        unnest(staging.entries(currencies)) AS price
    FROM raw_recurly.plans
    UNION ALL
    SELECT gateway, account, seen_at, load_number, id, NULL, NULL, unnest(staging.entries(currencies))
    FROM raw_recurly.items
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id || ':' || (price ->> '$.currency') AS price_id,
    id AS product_id,
    staging.minor(price ->> '$.unit_amount', price ->> '$.currency') AS unit_amount_minor,
    price ->> '$.currency' AS currency,
    CASE interval_unit WHEN 'months' THEN 'month' WHEN 'days' THEN 'day' END AS interval,
    interval_length AS interval_count
FROM priced
