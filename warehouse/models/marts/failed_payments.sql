-- grain: one row per invoice whose payment failed at least once: when first, how often, and what came of it
-- key: gateway, account, invoice_id
-- changed: SELECT gateway, account, invoice_id FROM changes.canonical_charges WHERE version > $version AND invoice_id IS NOT NULL
-- changed: SELECT gateway, account, invoice_id FROM changes.canonical_invoices WHERE version > $version
WITH attempts AS (
    SELECT gateway, account, invoice_id, min(created_at) AS first_failed_at, count(*) AS attempts,
        arg_max(failure_message, created_at) AS failure_message, arg_max(charge_id, (created_at, charge_id)) AS charge_id
    FROM canonical.charges
    WHERE status = 'failed' AND invoice_id IS NOT NULL
    GROUP BY ALL
)
SELECT
    a.gateway,
    a.account,
    a.invoice_id,
    i.number,
    i.subscription_id,
    i.customer_id,
    i.customer_email,
    i.customer_country AS country,
    i.currency,
    i.total_minor AS amount_minor,
    a.attempts,
    a.first_failed_at,
    staging.day_of(a.first_failed_at) AS failed_on,
    a.failure_message,
    a.charge_id,
    CASE
        WHEN i.status = 'paid' THEN 'recovered'
        WHEN i.status IN ('void', 'uncollectible') THEN 'given up'
        ELSE 'open'
    END AS result,
    CASE WHEN i.status = 'paid' THEN i.paid_at END AS recovered_at
FROM attempts a
JOIN canonical.invoices i USING (gateway, account, invoice_id)
