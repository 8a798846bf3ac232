-- grain: one row per Braintree disbursement and transaction in it
SELECT gateway, account, seen_at, load_number, payout_id, balance_transaction_id
FROM staging.braintree_balance_transactions
