-- grain: one row per dispute
-- key: gateway, account, dispute_id
-- changed: SELECT gateway, account, dispute_id FROM staging.stripe_disputes WHERE load_number > $mark
-- changed: SELECT gateway, account, dispute_id FROM staging.paypal_disputes WHERE load_number > $mark
-- changed: SELECT gateway, account, dispute_id FROM staging.braintree_disputes WHERE load_number > $mark
-- changed: SELECT gateway, account, dispute_id FROM staging.recurly_disputes WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS dispute_id FROM raw_custom.disputes WHERE load_number > $mark
SELECT gateway, account, seen_at, dispute_id, charge_id, amount_minor, currency, status, reason, evidence_due_at, created_at
FROM staging.stripe_disputes
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_disputes
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_disputes
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_disputes
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_disputes
