-- grain: one row per refund
-- key: gateway, account, refund_id
-- changed: SELECT gateway, account, refund_id FROM staging.stripe_refunds WHERE load_number > $mark
-- changed: SELECT gateway, account, refund_id FROM staging.stripe_refunds SEMI JOIN (SELECT gateway, account, payment_intent_id FROM staging.stripe_payment_intents WHERE load_number > $mark) USING (gateway, account, payment_intent_id)
-- changed: SELECT gateway, account, refund_id FROM staging.paypal_refunds WHERE load_number > $mark
-- changed: SELECT gateway, account, refund_id FROM staging.braintree_refunds WHERE load_number > $mark
-- changed: SELECT gateway, account, refund_id FROM staging.recurly_refunds WHERE load_number > $mark
-- changed: SELECT gateway, account, refund_id FROM staging.woocommerce_refunds WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS refund_id FROM raw_custom.refunds WHERE load_number > $mark
SELECT
    r.gateway,
    r.account,
    r.seen_at,
    r.refund_id,
    -- A refund of a payment intent may leave its charge out.
    coalesce(r.charge_id, p.charge_id) AS charge_id,
    r.payment_intent_id,
    r.amount_minor,
    r.currency,
    r.status,
    r.reason,
    r.failure_reason,
    r.request_id,
    r.balance_transaction_id,
    r.created_at
FROM staging.stripe_refunds r
LEFT JOIN staging.stripe_payment_intents p USING (gateway, account, payment_intent_id)
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_refunds
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_refunds
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_refunds
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.woocommerce_refunds
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_refunds
