-- grain: one row per subscription
-- key: gateway, account, subscription_id
-- changed: SELECT gateway, account, subscription_id FROM staging.stripe_subscriptions WHERE load_number > $mark
-- changed: SELECT gateway, account, subscription_id FROM staging.stripe_subscriptions SEMI JOIN (SELECT gateway, account, product_id FROM staging.stripe_products WHERE load_number > $mark) USING (gateway, account, product_id)
-- changed: SELECT gateway, account, subscription_id FROM staging.paypal_subscriptions WHERE load_number > $mark
-- changed: SELECT gateway, account, subscription_id FROM staging.braintree_subscriptions WHERE load_number > $mark
-- changed: SELECT gateway, account, subscription_id FROM staging.recurly_subscriptions WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS subscription_id FROM raw_custom.subscriptions WHERE load_number > $mark
SELECT
    s.gateway,
    s.account,
    s.seen_at,
    s.subscription_id,
    s.customer_id,
    s.status,
    s.currency,
    s.price_id,
    s.product_id,
    p.name AS product_name,
    s.quantity,
    s.amount_minor,
    s.interval,
    s.interval_count,
    s.started_at,
    s.current_period_start_at,
    s.current_period_end_at,
    s.trial_end_at,
    s.is_cancel_at_period_end,
    s.coupon_ids,
    s.canceled_at,
    s.ended_at,
    s.created_at
FROM staging.stripe_subscriptions s
LEFT JOIN staging.stripe_products p USING (gateway, account, product_id)
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_subscriptions
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_subscriptions
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_subscriptions
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_subscriptions
