-- grain: one row per WooCommerce product
SELECT gateway, account, seen_at, load_number, id AS product_id, name, status = 'publish' AND NOT is_deleted AS is_active
FROM raw_woocommerce.products
