-- grain: one row per Braintree plan, which is a product and its price in one
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS price_id,
    id AS product_id,
    staging.minor(price, currency_iso_code) AS unit_amount_minor,
    currency_iso_code AS currency,
    CASE WHEN billing_frequency % 12 = 0 THEN 'year' ELSE 'month' END AS interval,
    CASE WHEN billing_frequency % 12 = 0 THEN billing_frequency // 12 ELSE billing_frequency END AS interval_count
FROM raw_braintree.plans
