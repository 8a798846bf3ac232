-- grain: one row per account, currency and day in the reporting time zone on which its balance moved
-- key: gateway, account, on_day
-- changed: SELECT gateway, account, staging.day_of(created_at) AS on_day FROM changes.canonical_balance_transactions WHERE version > $version
WITH moved AS (
    SELECT gateway, account, currency, staging.day_of(created_at) AS on_day, gross_minor, net_minor,
        CASE
            WHEN reporting_category IN ('charge', 'payment') THEN 'charge'
            WHEN regexp_matches(reporting_category, '^(refund|payment_refund|partial_capture_reversal)') THEN 'refund'
            WHEN starts_with(reporting_category, 'dispute') THEN 'dispute'
            WHEN reporting_category IN ('fee', 'stripe_fee', 'network_cost') THEN 'fee'
            WHEN starts_with(reporting_category, 'payout') THEN 'payout'
            ELSE 'other'
        END AS part
    FROM canonical.balance_transactions
)
SELECT
    gateway,
    account,
    currency,
    on_day,
    count(*) AS movements,
    coalesce(sum(gross_minor) FILTER (part = 'charge'), 0)::BIGINT AS charges_minor,
    coalesce(sum(gross_minor) FILTER (part = 'refund'), 0)::BIGINT AS refunds_minor,
    coalesce(sum(gross_minor) FILTER (part = 'dispute'), 0)::BIGINT AS disputes_minor,
    -- Fees of their own, and what is kept of each movement.
    (coalesce(sum(gross_minor) FILTER (part = 'fee'), 0) + sum(net_minor - gross_minor))::BIGINT AS fees_minor,
    coalesce(sum(gross_minor) FILTER (part = 'payout'), 0)::BIGINT AS payouts_minor,
    coalesce(sum(gross_minor) FILTER (part = 'other'), 0)::BIGINT AS other_minor,
    sum(net_minor)::BIGINT AS net_minor
FROM moved
GROUP BY ALL
