-- grain: one row per imported product
SELECT gateway, account, seen_at, load_number, id AS product_id, name, coalesce(is_active, true) AND NOT is_deleted AS is_active
FROM raw_custom.products
