-- grain: one row per payout and balance transaction in it
-- key: gateway, account, balance_transaction_id
-- changed: SELECT gateway, account, balance_transaction_id FROM staging.stripe_payout_lines WHERE load_number > $mark
-- changed: SELECT gateway, account, balance_transaction_id FROM staging.braintree_payout_lines WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS balance_transaction_id FROM raw_custom.balance_transactions WHERE load_number > $mark
SELECT gateway, account, seen_at, payout_id, balance_transaction_id
FROM staging.stripe_payout_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_payout_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_payout_lines
