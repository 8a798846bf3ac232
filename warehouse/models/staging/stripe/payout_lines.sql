-- grain: one row per Stripe payout and balance transaction in it
SELECT gateway, account, seen_at, load_number, payout_id, balance_transaction_id
FROM raw_stripe.payout_lines
