-- grain: one row per payout
-- key: gateway, account, payout_id
-- changed: SELECT gateway, account, payout_id FROM staging.stripe_payouts WHERE load_number > $mark
-- changed: SELECT gateway, account, payout_id FROM staging.paypal_payouts WHERE load_number > $mark
-- changed: SELECT gateway, account, payout_id FROM staging.braintree_payouts WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS payout_id FROM raw_custom.payouts WHERE load_number > $mark
SELECT gateway, account, seen_at, payout_id, amount_minor, currency, status, is_automatic, arrival_on, created_at
FROM staging.stripe_payouts
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_payouts
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_payouts
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_payouts
