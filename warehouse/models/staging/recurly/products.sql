-- grain: one row per Recurly plan or item
SELECT gateway, account, seen_at, load_number, id AS product_id, name, state = 'active' AND NOT is_deleted AS is_active
FROM raw_recurly.plans
UNION ALL
SELECT gateway, account, seen_at, load_number, id, coalesce(name, code), state = 'active' AND NOT is_deleted
FROM raw_recurly.items
