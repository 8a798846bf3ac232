-- grain: one row per Stripe payout
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS payout_id,
    staging.stripe_minor(amount, currency) AS amount_minor,
    currency,
    CASE status WHEN 'canceled' THEN 'cancelled' ELSE status END AS status,
    coalesce(automatic, false) AS is_automatic,
    (arrival_date AT TIME ZONE 'UTC')::DATE AS arrival_on,
    created AS created_at
FROM raw_stripe.payouts
