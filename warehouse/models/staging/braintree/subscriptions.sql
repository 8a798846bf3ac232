-- grain: one row per Braintree subscription
WITH owners AS (
    SELECT gateway, account, payment_method_id AS payment_method_token, any_value(customer_id) AS customer_id
    FROM staging.braintree_payment_methods
    GROUP BY ALL
),
ended AS (
    SELECT *, list_filter(staging.entries(status_history),
        lambda event: (event ->> '$.status') IN ('Canceled', 'Expired')) AS ends
    FROM raw_braintree.subscriptions
)
SELECT
    s.gateway,
    s.account,
    s.seen_at,
    greatest(s.load_number, p.load_number) AS load_number,
    s.id AS subscription_id,
    coalesce(s.transactions::JSON ->> '$[0].customer.id', o.customer_id) AS customer_id,
    CASE
        WHEN s.status = 'Active' AND s.trial_period AND s.current_billing_cycle = 0 THEN 'trialing'
        WHEN s.status = 'Active' THEN 'active'
        WHEN s.status = 'Past Due' THEN 'past_due'
        WHEN s.status = 'Pending' THEN 'pending'
        WHEN s.status = 'Expired' THEN 'ended'
        ELSE 'cancelled'
    END AS status,
    coalesce(s.status_history::JSON ->> '$[0].currency_iso_code', p.currency_iso_code) AS currency,
    s.plan_id AS price_id,
    s.plan_id AS product_id,
    p.name AS product_name,
    1::BIGINT AS quantity,
    staging.minor(
        coalesce(s.next_billing_period_amount, s.price),
        coalesce(s.status_history::JSON ->> '$[0].currency_iso_code', p.currency_iso_code)
    ) AS amount_minor,
    CASE WHEN p.billing_frequency % 12 = 0 THEN 'year' ELSE 'month' END AS interval,
    CASE WHEN p.billing_frequency % 12 = 0 THEN p.billing_frequency // 12 ELSE p.billing_frequency END AS interval_count,
    s.first_billing_date::DATE::TIMESTAMP AT TIME ZONE 'UTC' AS started_at,
    s.billing_period_start_date::DATE::TIMESTAMP AT TIME ZONE 'UTC' AS current_period_start_at,
    s.billing_period_end_date::DATE::TIMESTAMP AT TIME ZONE 'UTC' AS current_period_end_at,
    CASE WHEN s.trial_period THEN s.first_billing_date::DATE::TIMESTAMP AT TIME ZONE 'UTC' END AS trial_end_at,
    -- Braintree ends a subscription after its last billing cycle: cancelling at the period's end makes this one the last.
    coalesce(s.status IN ('Active', 'Past Due') AND NOT s.never_expires
        AND s.current_billing_cycle >= s.number_of_billing_cycles, false) AS is_cancel_at_period_end,
    to_json(list_transform(staging.entries(s.discounts), lambda one: one ->> '$.id')) AS coupon_ids,
    (s.ends[1] ->> '$.timestamp')::TIMESTAMPTZ AS canceled_at,
    (s.ends[1] ->> '$.timestamp')::TIMESTAMPTZ AS ended_at,
    s.created_at
FROM ended s
LEFT JOIN raw_braintree.plans p ON p.gateway = s.gateway AND p.account = s.account AND p.id = s.plan_id
LEFT JOIN owners o
    ON o.gateway = s.gateway AND o.account = s.account AND o.payment_method_token = s.payment_method_token
