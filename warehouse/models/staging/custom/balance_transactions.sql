-- grain: one row per imported balance transaction
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS balance_transaction_id,
    type,
    coalesce(reporting_category, type) AS reporting_category,
    source_id,
    gross_minor,
    fee_minor,
    net_minor,
    currency,
    exchange_rate,
    status,
    coalesce(available_at, created_at) AS available_at,
    created_at,
    payout_id
FROM raw_custom.balance_transactions
WHERE NOT is_deleted
