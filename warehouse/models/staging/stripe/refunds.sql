-- grain: one row per Stripe refund
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS refund_id,
    charge AS charge_id,
    payment_intent AS payment_intent_id,
    staging.stripe_minor(amount, currency) AS amount_minor,
    currency,
    -- Old refunds have no status: they were made at once.
    CASE status WHEN 'canceled' THEN 'cancelled' ELSE coalesce(status, 'succeeded') END AS status,
    reason,
    failure_reason,
    metadata_counterfoil_request_id AS request_id,
    balance_transaction AS balance_transaction_id,
    created AS created_at
FROM raw_stripe.refunds
