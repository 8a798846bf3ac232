-- grain: one row per withdrawal from the PayPal balance to a bank account
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    transaction_info_transaction_id AS payout_id,
    -staging.minor(transaction_info_transaction_amount_value, transaction_info_transaction_amount_currency_code)
        AS amount_minor,
    transaction_info_transaction_amount_currency_code AS currency,
    CASE transaction_info_transaction_status
        WHEN 'P' THEN 'pending'
        WHEN 'D' THEN 'failed'
        WHEN 'V' THEN 'cancelled'
        ELSE 'paid'
    END AS status,
    -- PayPal gives no list of what a withdrawal consists of: see payout_lines.
    false AS is_automatic,
    (transaction_info_transaction_initiation_date AT TIME ZONE 'UTC')::DATE AS arrival_on,
    transaction_info_transaction_initiation_date AS created_at
FROM raw_paypal.transactions
WHERE balance_affecting
    AND transaction_info_transaction_event_code LIKE 'T04%'
    AND transaction_info_transaction_amount_value LIKE '-%'
