-- grain: one row per imported refund
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS refund_id,
    charge_id,
    NULL::VARCHAR AS payment_intent_id,
    amount_minor,
    currency,
    status,
    reason,
    failure_reason,
    request_id,
    balance_transaction_id,
    created_at
FROM raw_custom.refunds
WHERE NOT is_deleted
