-- grain: one row per charge
-- key: gateway, account, charge_id
-- changed: SELECT gateway, account, charge_id FROM staging.stripe_charges WHERE load_number > $mark
-- changed: SELECT gateway, account, charge_id FROM staging.stripe_charges SEMI JOIN (SELECT gateway, account, customer_id FROM staging.stripe_customers WHERE load_number > $mark) USING (gateway, account, customer_id)
-- changed: SELECT gateway, account, charge_id FROM staging.stripe_charges SEMI JOIN (SELECT gateway, account, payment_intent_id FROM staging.stripe_invoice_payments WHERE load_number > $mark) USING (gateway, account, payment_intent_id)
-- changed: SELECT gateway, account, charge_id FROM staging.stripe_invoice_payments WHERE load_number > $mark AND charge_id IS NOT NULL
-- changed: SELECT gateway, account, charge_id FROM staging.stripe_charges SEMI JOIN (SELECT gateway, account, payment_intent_id FROM staging.stripe_payment_intents WHERE load_number > $mark) USING (gateway, account, payment_intent_id)
-- changed: SELECT gateway, account, charge_id FROM staging.paypal_charges WHERE load_number > $mark
-- changed: SELECT gateway, account, charge_id FROM staging.braintree_charges WHERE load_number > $mark
-- changed: SELECT gateway, account, charge_id FROM staging.recurly_charges WHERE load_number > $mark
-- changed: SELECT gateway, account, charge_id FROM staging.woocommerce_charges WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS charge_id FROM raw_custom.charges WHERE load_number > $mark
WITH paid_by_intent AS (
    SELECT gateway, account, payment_intent_id, arg_min(invoice_id, (NOT is_default, invoice_payment_id)) AS invoice_id
    FROM staging.stripe_invoice_payments
    WHERE payment_intent_id IS NOT NULL
    GROUP BY ALL
),
paid_by_charge AS (
    SELECT gateway, account, charge_id, arg_min(invoice_id, (NOT is_default, invoice_payment_id)) AS invoice_id
    FROM staging.stripe_invoice_payments
    WHERE charge_id IS NOT NULL
    GROUP BY ALL
),
released AS (
    SELECT gateway, account, payment_intent_id, true AS is_released
    FROM staging.stripe_payment_intents
    WHERE status = 'cancelled'
)
SELECT
    c.gateway,
    c.account,
    c.seen_at,
    c.charge_id,
    c.payment_intent_id,
    c.customer_id,
    coalesce(c.invoice_id, pc.invoice_id, pi.invoice_id) AS invoice_id,
    NULL::VARCHAR AS order_id,
    c.amount_minor,
    c.captured_minor,
    c.refunded_minor,
    c.currency,
    -- Since 2025-03-31.basil only the payment intent shows that a hold was released.
    CASE WHEN c.status = 'authorized' AND r.is_released THEN 'voided' ELSE c.status END AS status,
    c.is_disputed,
    c.failure_code,
    c.failure_message,
    c.description,
    c.statement_descriptor,
    c.payment_method,
    c.card_brand,
    c.card_last4,
    c.card_country,
    c.billing_name,
    c.billing_country,
    c.billing_state,
    c.billing_postal_code,
    coalesce(c.email, u.email) AS email,
    c.balance_transaction_id,
    c.is_live,
    c.created_at,
    c.metadata
FROM staging.stripe_charges c
LEFT JOIN staging.stripe_customers u USING (gateway, account, customer_id)
LEFT JOIN released r USING (gateway, account, payment_intent_id)
LEFT JOIN paid_by_intent pi USING (gateway, account, payment_intent_id)
LEFT JOIN paid_by_charge pc USING (gateway, account, charge_id)
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_charges
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_charges
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_charges
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.woocommerce_charges
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_charges
