-- grain: one row per Braintree transaction of type credit
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS refund_id,
    refunded_transaction_id AS charge_id,
    NULL::VARCHAR AS payment_intent_id,
    staging.minor(amount, currency_iso_code) AS amount_minor,
    currency_iso_code AS currency,
    CASE
        WHEN status = 'settled' THEN 'succeeded'
        WHEN status = 'voided' THEN 'cancelled'
        WHEN status IN ('settlement_declined', 'settlement_failed', 'processor_declined', 'gateway_rejected', 'failed')
            THEN 'failed'
        ELSE 'pending'
    END AS status,
    NULL::VARCHAR AS reason,
    CASE WHEN status IN ('settlement_declined', 'settlement_failed', 'processor_declined', 'gateway_rejected', 'failed')
        THEN coalesce(nullif(processor_settlement_response_text, ''), processor_response_text, status)
    END AS failure_reason,
    -- A refund of ours carries its request's id as order id; others inherit the sale's.
    CASE WHEN regexp_full_match(order_id, 'req_[0-9a-f]{32}') THEN order_id END AS request_id,
    CASE WHEN disbursement_details_disbursement_date IS NOT NULL THEN id END AS balance_transaction_id,
    created_at
FROM raw_braintree.refunds
