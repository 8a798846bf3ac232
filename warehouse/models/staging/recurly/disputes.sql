-- grain: one row per Recurly payment that was charged back; Recurly tells no more of a dispute than that
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS dispute_id,
    CASE WHEN type = 'refund' THEN original_transaction_id ELSE id END AS charge_id,
    staging.minor(amount, currency) AS amount_minor,
    currency,
    'lost' AS status,
    NULL::VARCHAR AS reason,
    NULL::TIMESTAMPTZ AS evidence_due_at,
    updated_at AS created_at
FROM raw_recurly.transactions
WHERE status = 'chargeback' OR (type = 'refund' AND origin = 'chargeback')
