-- grain: one row per subscription and month in which its monthly recurring revenue changed, told by what its customer did
-- key: gateway, account, payer_id
-- changed: SELECT gateway, account, coalesce(customer_id, subscription_id) AS payer_id FROM changes.canonical_subscriptions WHERE version > $version
-- changed: SELECT gateway, account, coalesce(customer_id, subscription_id) AS payer_id FROM canonical.subscriptions SEMI JOIN (SELECT gateway, account, subscription_id FROM changes.canonical_invoices WHERE version > $version AND subscription_id IS NOT NULL) USING (gateway, account, subscription_id)
-- changed: SELECT gateway, account, coalesce(customer_id, subscription_id) AS payer_id FROM canonical.subscriptions SEMI JOIN (SELECT i.gateway, i.account, i.subscription_id FROM canonical.invoices i SEMI JOIN (SELECT gateway, account, invoice_id FROM changes.canonical_invoice_lines WHERE version > $version) USING (gateway, account, invoice_id)) USING (gateway, account, subscription_id)
-- changed: SELECT gateway, account, coalesce(customer_id, subscription_id) AS payer_id FROM canonical.subscriptions SEMI JOIN (SELECT i.gateway, i.account, i.subscription_id FROM canonical.invoices i JOIN canonical.invoice_lines l USING (gateway, account, invoice_id) SEMI JOIN (SELECT gateway, account, price_id FROM changes.canonical_prices WHERE version > $version) p ON p.gateway = l.gateway AND p.account = l.account AND p.price_id = l.price_id) USING (gateway, account, subscription_id)
-- changed: SELECT gateway, account, customer_id AS payer_id FROM changes.canonical_customers WHERE version > $version
WITH living AS (
    SELECT *, coalesce(customer_id, subscription_id) AS payer_id,
        -- Nobody pays for a trial.
        greatest(coalesce(started_at, created_at), trial_end_at) AS begins_at,
        staging.per_year(amount_minor, interval, interval_count) AS annual_minor
    FROM canonical.subscriptions
    WHERE status NOT IN ('incomplete', 'incomplete_expired', 'future', 'pending', 'trialing')
        AND amount_minor IS NOT NULL AND currency IS NOT NULL AND interval IS NOT NULL
),
billed AS (
    -- What each period cost at its price: the parts that a change in between cost are not what a month costs.
    SELECT s.gateway, s.account, s.subscription_id, l.period_start_at, max(l.period_end_at) AS period_end_at,
        sum(staging.per_year(l.amount_minor, coalesce(p.interval, s.interval), coalesce(p.interval_count, s.interval_count)))
            ::BIGINT AS annual_minor
    FROM living s
    JOIN canonical.invoices i ON i.gateway = s.gateway AND i.account = s.account AND i.subscription_id = s.subscription_id
    JOIN canonical.invoice_lines l ON l.gateway = i.gateway AND l.account = i.account AND l.invoice_id = i.invoice_id
    LEFT JOIN canonical.prices p ON p.gateway = l.gateway AND p.account = l.account AND p.price_id = l.price_id
    WHERE i.status NOT IN ('draft', 'void') AND NOT coalesce(l.is_proration, false) AND l.amount_minor > 0
        AND l.period_end_at > l.period_start_at AND l.period_start_at >= s.begins_at - INTERVAL 1 DAY
        AND l.currency = s.currency
    GROUP BY ALL
),
last_billed AS (
    SELECT gateway, account, subscription_id, max(period_start_at) AS period_start_at, max(period_end_at) AS period_end_at,
        arg_max(annual_minor, period_start_at) AS annual_minor, arg_min(annual_minor, period_start_at) AS first_minor
    FROM billed
    GROUP BY ALL
),
steps AS (
    -- From which moment on the subscription brings how much a year.
    SELECT gateway, account, subscription_id, period_start_at AS at, annual_minor FROM billed
    UNION ALL
    -- Until the first bill that is known, the price that it names; without any, today's price.
    SELECT s.gateway, s.account, s.subscription_id, s.begins_at - INTERVAL 1 DAY,
        coalesce(b.first_minor, s.annual_minor)
    FROM living s
    LEFT JOIN last_billed b USING (gateway, account, subscription_id)
    UNION ALL
    -- Changed since the last bill.
    SELECT s.gateway, s.account, s.subscription_id, greatest(s.current_period_start_at, b.period_start_at + INTERVAL 1 SECOND),
        s.annual_minor
    FROM living s
    JOIN last_billed b USING (gateway, account, subscription_id)
    WHERE s.ended_at IS NULL AND s.status IN ('active', 'past_due') AND s.annual_minor <> b.annual_minor
    UNION ALL
    -- What is paused or given up brings nothing once the last period that was billed is over.
    SELECT s.gateway, s.account, s.subscription_id,
        coalesce(
            b.period_end_at,
            s.current_period_end_at,
            s.current_period_start_at + to_months((CASE s.interval WHEN 'year' THEN 12 WHEN 'month' THEN 1 ELSE 0 END
                * coalesce(s.interval_count, 1))::INTEGER),
            s.begins_at
        ), 0
    FROM living s
    LEFT JOIN last_billed b USING (gateway, account, subscription_id)
    WHERE s.ended_at IS NULL AND s.status NOT IN ('active', 'past_due')
),
by_month AS (
    SELECT s.gateway, s.account, s.subscription_id, s.payer_id, s.customer_id, s.currency, s.product_name, s.price_id,
        date_trunc('month', staging.day_of(greatest(t.at, s.begins_at)))::DATE AS on_month,
        arg_max(t.annual_minor, t.at) AS annual_minor
    FROM living s
    JOIN steps t USING (gateway, account, subscription_id)
    WHERE s.ended_at IS NULL OR (t.at < s.ended_at AND s.begins_at < s.ended_at)
    GROUP BY ALL
),
with_end AS (
    SELECT * FROM by_month
    UNION ALL BY NAME
    SELECT gateway, account, subscription_id, payer_id, customer_id, currency, product_name, price_id,
        date_trunc('month', staging.day_of(ended_at))::DATE AS on_month, 0::BIGINT AS annual_minor
    FROM living
    WHERE ended_at > begins_at
),
at_month_end AS (
    -- An end in the month counts more than what was billed in it.
    SELECT DISTINCT *
    FROM with_end w
    WHERE w.annual_minor = 0 OR (w.gateway, w.account, w.subscription_id, w.on_month) NOT IN (
        SELECT (gateway, account, subscription_id, date_trunc('month', staging.day_of(ended_at))::DATE)
        FROM living WHERE ended_at > begins_at)
),
moved AS (
    SELECT *, annual_minor - lag(annual_minor, 1, 0) OVER of_subscription AS annual_change,
        staging.per_month(annual_minor) - staging.per_month(lag(annual_minor, 1, 0) OVER of_subscription) AS change
    FROM at_month_end
    WINDOW of_subscription AS (PARTITION BY gateway, account, subscription_id ORDER BY on_month)
),
of_payer AS (
    SELECT gateway, account, payer_id, currency, on_month, sum(annual_change)::BIGINT AS annual_change
    FROM moved
    WHERE annual_change <> 0
    GROUP BY ALL
),
balances AS (
    SELECT *, sum(annual_change) OVER of_one AS after_minor, min(on_month) OVER (PARTITION BY gateway, account, payer_id, currency)
        AS cohort
    FROM of_payer
    WINDOW of_one AS (PARTITION BY gateway, account, payer_id, currency ORDER BY on_month)
)
SELECT
    m.gateway,
    m.account,
    m.payer_id,
    m.customer_id,
    m.subscription_id,
    m.currency,
    m.on_month,
    b.cohort,
    m.product_name AS plan,
    upper(c.country) AS country,
    CASE
        WHEN b.on_month = b.cohort THEN 'new'
        WHEN b.after_minor = b.annual_change THEN 'reactivation'
        WHEN b.after_minor = 0 THEN 'churn'
        WHEN b.annual_change < 0 THEN 'contraction'
        ELSE 'expansion'
    END AS kind,
    m.change AS mrr_minor,
    m.annual_change AS annual_minor,
    CASE
        WHEN row_number() OVER (PARTITION BY m.gateway, m.account, m.payer_id, m.currency, m.on_month ORDER BY m.subscription_id) > 1
            THEN 0
        WHEN b.after_minor = b.annual_change THEN 1
        WHEN b.after_minor = 0 THEN -1
        ELSE 0
    END AS customers
FROM moved m
JOIN balances b USING (gateway, account, payer_id, currency, on_month)
LEFT JOIN canonical.customers c ON c.gateway = m.gateway AND c.account = m.account AND c.customer_id = m.customer_id
WHERE m.annual_change <> 0
