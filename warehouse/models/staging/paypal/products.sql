-- grain: one row per PayPal product
SELECT gateway, account, seen_at, load_number, id AS product_id, name, true AS is_active
FROM raw_paypal.products
