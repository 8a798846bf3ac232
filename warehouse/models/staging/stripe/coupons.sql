-- grain: one row per Stripe coupon
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS coupon_id,
    name,
    percent_off,
    staging.stripe_minor(amount_off, currency) AS amount_off_minor,
    currency
FROM raw_stripe.coupons
