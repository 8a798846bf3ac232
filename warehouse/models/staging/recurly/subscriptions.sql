-- grain: one row per Recurly subscription
SELECT
    s.gateway,
    s.account,
    s.seen_at,
    greatest(s.load_number, p.load_number) AS load_number,
    s.id AS subscription_id,
    s.account_id AS customer_id,
    -- What Recurly calls canceled runs on to the end of its period.
    CASE s.state
        WHEN 'canceled' THEN 'active'
        WHEN 'expired' THEN 'cancelled'
        -- It never began, and never will.
        WHEN 'failed' THEN 'incomplete_expired'
        ELSE s.state
    END AS status,
    s.currency,
    s.plan_id || ':' || s.currency AS price_id,
    s.plan_id AS product_id,
    s.plan_name AS product_name,
    s.quantity,
    coalesce(
        staging.minor(s.subtotal, s.currency),
        staging.minor(s.unit_amount, s.currency) * s.quantity + coalesce(staging.minor(s.add_ons_total, s.currency), 0)
    ) AS amount_minor,
    CASE p.interval_unit WHEN 'months' THEN 'month' WHEN 'days' THEN 'day' END AS interval,
    p.interval_length AS interval_count,
    coalesce(s.activated_at, s.created_at) AS started_at,
    s.current_period_started_at AS current_period_start_at,
    s.current_period_ends_at AS current_period_end_at,
    s.trial_ends_at AS trial_end_at,
    s.state = 'canceled' AS is_cancel_at_period_end,
    to_json(list_transform(
        list_filter(staging.entries(s.coupon_redemptions), lambda one: coalesce(one ->> '$.state', 'active') = 'active'),
        lambda one: one ->> '$.coupon.id')) AS coupon_ids,
    s.canceled_at,
    CASE WHEN s.state = 'expired' THEN s.expires_at END AS ended_at,
    s.created_at
FROM raw_recurly.subscriptions s
LEFT JOIN raw_recurly.plans p ON p.gateway = s.gateway AND p.account = s.account AND p.id = s.plan_id
