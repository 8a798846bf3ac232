-- grain: one row per PayPal refund: read by its id, or told by the transaction search
WITH told AS (
    SELECT *, max(load_number) OVER (PARTITION BY gateway, account, transaction_info_transaction_id) AS newest_load
    FROM raw_paypal.transactions
    WHERE transaction_info_transaction_event_code = 'T1107'
    QUALIFY row_number() OVER (
        PARTITION BY gateway, account, transaction_info_transaction_id
        ORDER BY balance_affecting DESC, transaction_info_transaction_updated_date DESC NULLS LAST, seen_at DESC) = 1
),
searched AS (
    SELECT
        gateway,
        account,
        seen_at,
        newest_load AS load_number,
        transaction_info_transaction_id AS refund_id,
        CASE WHEN transaction_info_paypal_reference_id_type = 'TXN' THEN transaction_info_paypal_reference_id END
            AS charge_id,
        -- Money that leaves is negative.
        staging.minor(
            ltrim(transaction_info_transaction_amount_value, '-'), transaction_info_transaction_amount_currency_code
        ) AS amount_minor,
        transaction_info_transaction_amount_currency_code AS currency,
        CASE transaction_info_transaction_status
            WHEN 'P' THEN 'pending'
            WHEN 'D' THEN 'failed'
            WHEN 'V' THEN 'cancelled'
            ELSE 'succeeded'
        END AS status,
        transaction_info_custom_field AS custom_id,
        CASE WHEN balance_affecting THEN id END AS balance_transaction_id,
        transaction_info_transaction_initiation_date AS created_at
    FROM told
),
read_by_id AS (
    SELECT
        gateway,
        account,
        seen_at,
        load_number,
        id AS refund_id,
        nullif(regexp_extract(links, '/payments/captures/([A-Za-z0-9_-]+)"', 1), '') AS charge_id,
        staging.minor(amount_value, amount_currency_code) AS amount_minor,
        amount_currency_code AS currency,
        CASE status WHEN 'COMPLETED' THEN 'succeeded' ELSE lower(status) END AS status,
        custom_id,
        create_time AS created_at
    FROM raw_paypal.refunds
)
SELECT
    coalesce(r.gateway, s.gateway) AS gateway,
    coalesce(r.account, s.account) AS account,
    greatest(r.seen_at, s.seen_at) AS seen_at,
    greatest(r.load_number, s.load_number) AS load_number,
    coalesce(r.refund_id, s.refund_id) AS refund_id,
    coalesce(r.charge_id, s.charge_id) AS charge_id,
    NULL::VARCHAR AS payment_intent_id,
    coalesce(r.amount_minor, s.amount_minor) AS amount_minor,
    coalesce(r.currency, s.currency) AS currency,
    -- Whoever looked last knows how it ended.
    CASE WHEN r.refund_id IS NULL OR s.seen_at > r.seen_at THEN s.status ELSE r.status END AS status,
    NULL::VARCHAR AS reason,
    NULL::VARCHAR AS failure_reason,
    CASE WHEN coalesce(r.custom_id, s.custom_id) LIKE 'req\_%' ESCAPE '\' THEN coalesce(r.custom_id, s.custom_id) END
        AS request_id,
    s.balance_transaction_id,
    coalesce(r.created_at, s.created_at) AS created_at
FROM read_by_id r
FULL JOIN searched s ON s.gateway = r.gateway AND s.account = r.account AND s.refund_id = r.refund_id
