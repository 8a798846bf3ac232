-- grain: one row per Stripe price
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS price_id,
    product AS product_id,
    staging.stripe_minor(unit_amount, currency) AS unit_amount_minor,
    currency,
    recurring_interval AS interval,
    recurring_interval_count AS interval_count
FROM raw_stripe.prices
