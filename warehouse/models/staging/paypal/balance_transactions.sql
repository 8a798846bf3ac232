-- grain: one row per PayPal transaction that moved the balance
WITH moved AS (
    SELECT *,
        staging.minor(transaction_info_transaction_amount_value, transaction_info_transaction_amount_currency_code)
            AS amount_minor,
        coalesce(staging.minor(transaction_info_fee_amount_value, transaction_info_fee_amount_currency_code), 0)
            AS fee_signed_minor,
        transaction_info_transaction_event_code AS code
    FROM raw_paypal.transactions
    WHERE balance_affecting
),
told AS (
    SELECT *, CASE
        WHEN code LIKE 'T00%' AND amount_minor >= 0 THEN 'charge'
        WHEN code LIKE 'T00%' THEN 'payment_sent'
        WHEN code LIKE 'T01%' THEN 'fee'
        WHEN code LIKE 'T02%' THEN 'currency_conversion'
        WHEN code LIKE 'T03%' THEN 'topup'
        WHEN code LIKE 'T04%' THEN 'payout'
        WHEN code = 'T1107' THEN 'refund'
        WHEN code IN ('T1110', 'T1111', 'T1201', 'T1202', 'T1205', 'T1207', 'T1208') THEN 'dispute'
        WHEN code LIKE 'T11%' THEN 'reversal'
        WHEN code LIKE 'T15%' OR code LIKE 'T21%' THEN 'hold'
        ELSE 'adjustment'
    END AS type
    FROM moved
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS balance_transaction_id,
    type,
    CASE
        WHEN type = 'dispute' AND amount_minor >= 0 THEN 'dispute_reversal'
        WHEN type IN ('payment_sent', 'reversal', 'adjustment', 'hold') THEN 'other_adjustment'
        ELSE type
    END AS reporting_category,
    CASE
        WHEN type IN ('charge', 'refund', 'payout') THEN transaction_info_transaction_id
        ELSE coalesce(transaction_info_paypal_reference_id, transaction_info_transaction_id)
    END AS source_id,
    -- A fee of its own is all fee; PayPal writes it as an amount that leaves.
    CASE WHEN type = 'fee' THEN 0 ELSE amount_minor END AS gross_minor,
    CASE WHEN type = 'fee' THEN -amount_minor ELSE -fee_signed_minor END AS fee_minor,
    amount_minor + fee_signed_minor AS net_minor,
    transaction_info_transaction_amount_currency_code AS currency,
    NULL::VARCHAR AS exchange_rate,
    CASE WHEN transaction_info_transaction_status = 'P' THEN 'pending' ELSE 'available' END AS status,
    transaction_info_transaction_initiation_date AS available_at,
    transaction_info_transaction_initiation_date AS created_at
FROM told
