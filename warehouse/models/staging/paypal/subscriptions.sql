-- grain: one row per PayPal subscription
SELECT
    s.gateway,
    s.account,
    s.seen_at,
    greatest(s.load_number, p.load_number, g.load_number) AS load_number,
    s.id AS subscription_id,
    s.subscriber_payer_id AS customer_id,
    CASE s.status
        WHEN 'ACTIVE' THEN 'active'
        WHEN 'SUSPENDED' THEN 'paused'
        WHEN 'CANCELLED' THEN 'cancelled'
        WHEN 'EXPIRED' THEN 'cancelled'
        ELSE 'incomplete'
    END AS status,
    p.currency,
    s.plan_id AS price_id,
    p.product_id,
    g.name AS product_name,
    coalesce(staging.whole(s.quantity), 1) AS quantity,
    (p.unit_amount_minor * coalesce(staging.whole(s.quantity), 1))::BIGINT AS amount_minor,
    p.interval,
    p.interval_count,
    s.start_time AS started_at,
    s.billing_info_last_payment_time AS current_period_start_at,
    s.billing_info_next_billing_time AS current_period_end_at,
    NULL::TIMESTAMPTZ AS trial_end_at,
    false AS is_cancel_at_period_end,
    '[]'::JSON AS coupon_ids,
    CASE WHEN s.status = 'CANCELLED' THEN s.status_update_time END AS canceled_at,
    CASE WHEN s.status IN ('CANCELLED', 'EXPIRED') THEN s.status_update_time END AS ended_at,
    coalesce(s.create_time, s.start_time) AS created_at
FROM raw_paypal.subscriptions s
LEFT JOIN staging.paypal_prices p ON p.gateway = s.gateway AND p.account = s.account AND p.price_id = s.plan_id
LEFT JOIN staging.paypal_products g ON g.gateway = s.gateway AND g.account = s.account AND g.product_id = p.product_id
