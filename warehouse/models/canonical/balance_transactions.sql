-- grain: one row per balance transaction
-- key: gateway, account, balance_transaction_id
-- changed: SELECT gateway, account, balance_transaction_id FROM staging.stripe_balance_transactions WHERE load_number > $mark
-- changed: SELECT gateway, account, balance_transaction_id FROM staging.paypal_balance_transactions WHERE load_number > $mark
-- changed: SELECT gateway, account, balance_transaction_id FROM staging.braintree_balance_transactions WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS balance_transaction_id FROM raw_custom.balance_transactions WHERE load_number > $mark
SELECT gateway, account, seen_at, balance_transaction_id, type, reporting_category, source_id, gross_minor, fee_minor,
    net_minor, currency, exchange_rate, status, available_at, created_at
FROM staging.stripe_balance_transactions
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_balance_transactions
UNION ALL BY NAME
SELECT * EXCLUDE (load_number, payout_id) FROM staging.braintree_balance_transactions
UNION ALL BY NAME
SELECT * EXCLUDE (load_number, payout_id) FROM staging.custom_balance_transactions
