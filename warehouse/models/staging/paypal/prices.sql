-- grain: one row per PayPal plan: what a subscription of it costs after any trial
WITH cycles AS (
    SELECT *, list_filter(staging.entries(billing_cycles), lambda cycle: cycle ->> '$.tenure_type' = 'REGULAR')[1] AS regular
    FROM raw_paypal.plans
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS price_id,
    product_id,
    staging.minor(
        regular ->> '$.pricing_scheme.fixed_price.value', regular ->> '$.pricing_scheme.fixed_price.currency_code'
    ) AS unit_amount_minor,
    upper(regular ->> '$.pricing_scheme.fixed_price.currency_code') AS currency,
    lower(regular ->> '$.frequency.interval_unit') AS interval,
    coalesce(staging.whole(regular ->> '$.frequency.interval_count'), 1) AS interval_count
FROM cycles
