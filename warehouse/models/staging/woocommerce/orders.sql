-- grain: one row per WooCommerce order, paid or not
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS order_id,
    number,
    nullif(customer_id, '0') AS customer_id,
    status,
    currency,
    staging.minor(total, currency) AS total_minor,
    coalesce(staging.minor(total_tax, currency), 0) AS tax_minor,
    coalesce(staging.minor(discount_total, currency), 0) AS discount_minor,
    coalesce(staging.minor(shipping_total, currency), 0) AS shipping_minor,
    nullif(trim(billing_email), '') AS email,
    coalesce(prices_include_tax, false) AS is_tax_inclusive,
    date_paid_gmt AS paid_at,
    date_completed_gmt AS completed_at,
    date_created_gmt AS created_at
FROM raw_woocommerce.orders
-- Drafts are baskets that nobody has sent.
WHERE status NOT IN ('checkout-draft', 'auto-draft', 'draft')
