-- grain: one row per Stripe subscription
WITH with_items AS (
    SELECT *, staging.entries(items) AS parts, coalesce(currency, plan_currency, upper(items ->> '$.data[0].price.currency')) AS code
    FROM raw_stripe.subscriptions
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS subscription_id,
    customer AS customer_id,
    CASE
        WHEN status = 'canceled' THEN 'cancelled'
        -- Stripe leaves the status as it was while nothing is collected.
        WHEN pause_collection IS NOT NULL AND status <> 'incomplete_expired' THEN 'paused'
        ELSE status
    END AS status,
    code AS currency,
    coalesce(parts[1] ->> '$.price.id', parts[1] ->> '$.plan.id', plan_id) AS price_id,
    coalesce(parts[1] ->> '$.price.product', parts[1] ->> '$.plan.product', plan_product) AS product_id,
    coalesce(
        quantity,
        list_sum(list_transform(parts, lambda part: coalesce(staging.whole(part ->> '$.quantity'), 1)))
    )::BIGINT AS quantity,
    staging.stripe_minor(
        CASE
            WHEN len(parts) = 0 THEN plan_amount * coalesce(quantity, 1)
            ELSE list_sum(list_transform(parts, lambda part:
                coalesce(staging.whole(part ->> '$.price.unit_amount'), staging.whole(part ->> '$.plan.amount'), 0)
                * coalesce(staging.whole(part ->> '$.quantity'), 1)))
        END,
        code
    )::BIGINT AS amount_minor,
    coalesce(parts[1] ->> '$.price.recurring.interval', parts[1] ->> '$.plan.interval', plan_interval) AS interval,
    coalesce(
        staging.whole(parts[1] ->> '$.price.recurring.interval_count'),
        staging.whole(parts[1] ->> '$.plan.interval_count'),
        plan_interval_count
    ) AS interval_count,
    start_date AS started_at,
    -- Since 2025 the period stands on the items.
    coalesce(current_period_start, staging.moment(parts[1] ->> '$.current_period_start')) AS current_period_start_at,
    coalesce(current_period_end, staging.moment(parts[1] ->> '$.current_period_end')) AS current_period_end_at,
    trial_end AS trial_end_at,
    -- In flexible billing mode the customer portal sets the time only.
    coalesce(cancel_at_period_end, false) OR cancel_at IS NOT NULL AS is_cancel_at_period_end,
    -- A list tells the ids of the discounts only; such a one stands for its coupon.
    to_json(list_transform(staging.entries(discounts), lambda one: coalesce(
        one ->> '$.source.coupon.id', one ->> '$.source.coupon', one ->> '$.coupon.id', one ->> '$.id', one ->> '$')))
        AS coupon_ids,
    canceled_at,
    ended_at,
    created AS created_at
FROM with_items
