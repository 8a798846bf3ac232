-- grain: one row per imported subscription
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS subscription_id,
    customer_id,
    status,
    currency,
    price_id,
    product_id,
    product_name,
    coalesce(quantity, 1) AS quantity,
    amount_minor,
    "interval" AS interval,
    interval_count,
    coalesce(started_at, created_at) AS started_at,
    current_period_start_at,
    current_period_end_at,
    trial_end_at,
    coalesce(is_cancel_at_period_end, false) AS is_cancel_at_period_end,
    coalesce(coupon_ids, '[]')::JSON AS coupon_ids,
    canceled_at,
    ended_at,
    created_at
FROM raw_custom.subscriptions
WHERE NOT is_deleted
