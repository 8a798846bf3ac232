-- grain: one row per Braintree plan, which is a product and its price in one
SELECT gateway, account, seen_at, load_number, id AS product_id, name, NOT is_deleted AS is_active
FROM raw_braintree.plans
