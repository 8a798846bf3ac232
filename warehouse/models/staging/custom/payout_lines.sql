-- grain: one row per payout and imported balance transaction in it
SELECT gateway, account, seen_at, load_number, payout_id, balance_transaction_id
FROM staging.custom_balance_transactions
WHERE payout_id IS NOT NULL
