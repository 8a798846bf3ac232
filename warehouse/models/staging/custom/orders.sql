-- grain: one row per imported order
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS order_id,
    coalesce(number, id) AS number,
    customer_id,
    nullif(trim(email), '') AS email,
    nullif(customer_name, '') AS customer_name,
    country,
    status,
    currency,
    total_minor - coalesce(tax_minor, 0) - coalesce(shipping_minor, 0) + coalesce(discount_minor, 0) AS subtotal_minor,
    coalesce(discount_minor, 0) AS discount_minor,
    coalesce(shipping_minor, 0) AS shipping_minor,
    coalesce(tax_minor, 0) AS tax_minor,
    total_minor,
    coalesce(is_tax_inclusive, false) AS is_tax_inclusive,
    paid_at,
    completed_at,
    created_at
FROM raw_custom.orders
WHERE NOT is_deleted
