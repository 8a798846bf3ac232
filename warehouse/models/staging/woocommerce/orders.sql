-- grain: one row per WooCommerce order, paid or not
WITH counted AS (
    SELECT *,
        staging.minor(total, currency) AS total_minor,
        coalesce(staging.minor(total_tax, currency), 0) AS tax_minor,
        coalesce(staging.minor(discount_total, currency), 0) AS discount_minor,
        coalesce(staging.minor(shipping_total, currency), 0) AS shipping_minor
    FROM raw_woocommerce.orders
    -- Drafts are baskets that nobody has sent.
    WHERE status NOT IN ('checkout-draft', 'auto-draft', 'draft')
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS order_id,
    coalesce(nullif(number, ''), id) AS number,
    nullif(customer_id, '0') AS customer_id,
    nullif(trim(billing_email), '') AS email,
    coalesce(
        nullif(concat_ws(' ', nullif(billing_first_name, ''), nullif(billing_last_name, '')), ''),
        nullif(billing_company, '')
    ) AS customer_name,
    nullif(billing_country, '') AS country,
    -- Plugins add statuses of their own: those are told by whether the money came.
    CASE status
        WHEN 'pending' THEN 'pending'
        WHEN 'on-hold' THEN 'on_hold'
        WHEN 'processing' THEN 'paid'
        WHEN 'completed' THEN 'completed'
        WHEN 'refunded' THEN 'refunded'
        WHEN 'failed' THEN 'failed'
        WHEN 'cancelled' THEN 'cancelled'
        WHEN 'trash' THEN 'cancelled'
        ELSE CASE WHEN date_paid_gmt IS NULL THEN 'pending' ELSE 'paid' END
    END AS status,
    currency,
    total_minor - tax_minor - shipping_minor + discount_minor AS subtotal_minor,
    discount_minor,
    shipping_minor,
    tax_minor,
    total_minor,
    coalesce(prices_include_tax, false) AS is_tax_inclusive,
    date_paid_gmt AS paid_at,
    date_completed_gmt AS completed_at,
    date_created_gmt AS created_at
FROM counted
