-- grain: one row per imported price
SELECT gateway, account, seen_at, load_number, id AS price_id, product_id, unit_amount_minor, currency, "interval" AS interval,
    interval_count
FROM raw_custom.prices
