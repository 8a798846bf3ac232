-- grain: one row per payout and balance transaction in it
-- key: gateway, account, balance_transaction_id
-- changed: SELECT gateway, account, balance_transaction_id FROM staging.stripe_payout_lines WHERE load_number > $mark
-- changed: SELECT gateway, account, balance_transaction_id FROM staging.braintree_payout_lines WHERE load_number > $mark
-- changed: SELECT b.gateway, b.account, b.balance_transaction_id FROM staging.paypal_balance_transactions b JOIN (SELECT c.gateway, c.account, c.currency, coalesce(max(p.created_at), '-infinity'::TIMESTAMPTZ) AS since FROM (SELECT gateway, account, currency, min(created_at) AS at FROM staging.paypal_balance_transactions WHERE load_number > $mark GROUP BY ALL) c LEFT JOIN staging.paypal_payouts p ON p.gateway = c.gateway AND p.account = c.account AND p.currency = c.currency AND p.created_at < c.at AND p.status IN ('paid', 'pending') GROUP BY ALL) s ON s.gateway = b.gateway AND s.account = b.account AND s.currency = b.currency AND b.created_at > s.since
-- changed: SELECT gateway, account, id AS balance_transaction_id FROM raw_custom.balance_transactions WHERE load_number > $mark
SELECT gateway, account, seen_at, payout_id, balance_transaction_id
FROM staging.stripe_payout_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_payout_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_payout_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_payout_lines
