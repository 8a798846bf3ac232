-- grain: one row per Stripe product
SELECT gateway, account, seen_at, load_number, id AS product_id, name, coalesce(active, false) AND NOT is_deleted AS is_active
FROM raw_stripe.products
