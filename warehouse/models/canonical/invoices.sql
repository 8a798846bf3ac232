-- grain: one row per invoice
-- key: gateway, account, invoice_id
-- changed: SELECT gateway, account, invoice_id FROM staging.stripe_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, invoice_id FROM staging.stripe_invoice_payments WHERE load_number > $mark
-- changed: SELECT p.gateway, p.account, p.invoice_id FROM staging.stripe_invoice_payments p JOIN staging.stripe_charges c USING (gateway, account, payment_intent_id) WHERE c.load_number > $mark
-- changed: SELECT gateway, account, invoice_id FROM staging.stripe_charges WHERE load_number > $mark AND invoice_id IS NOT NULL
-- changed: SELECT gateway, account, invoice_id FROM staging.paypal_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, invoice_id FROM staging.recurly_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS invoice_id FROM raw_custom.invoices WHERE load_number > $mark
WITH payments AS (
    -- The payment that counts: the paid one, the default one, the newest one.
    SELECT gateway, account, invoice_id,
        arg_min(payment_intent_id, (status <> 'paid', NOT is_default, -epoch_us(created_at), invoice_payment_id))
            AS payment_intent_id,
        arg_min(charge_id, (status <> 'paid', NOT is_default, -epoch_us(created_at), invoice_payment_id)) AS charge_id
    FROM staging.stripe_invoice_payments
    GROUP BY ALL
),
charges_of_intent AS (
    -- An intent may have failed attempts before the charge that went through.
    SELECT gateway, account, payment_intent_id,
        arg_min(charge_id, (status <> 'succeeded', -epoch_us(created_at), charge_id)) AS charge_id
    FROM staging.stripe_charges
    WHERE payment_intent_id IS NOT NULL
    GROUP BY ALL
)
SELECT
    i.gateway,
    i.account,
    i.seen_at,
    i.invoice_id,
    i.number,
    i.customer_id,
    i.subscription_id,
    coalesce(i.charge_id, p.charge_id, c.charge_id) AS charge_id,
    coalesce(i.payment_intent_id, p.payment_intent_id) AS payment_intent_id,
    i.status,
    i.currency,
    i.subtotal_minor,
    i.discount_minor,
    i.tax_minor,
    i.total_minor,
    i.paid_minor,
    i.due_minor,
    i.remaining_minor,
    i.customer_name,
    i.customer_email,
    i.customer_country,
    i.customer_state,
    i.customer_tax_exempt,
    i.customer_tax_ids,
    i.hosted_url,
    i.pdf_url,
    i.billing_reason,
    i.due_at,
    i.finalized_at,
    i.paid_at,
    i.charged_at,
    i.created_at
FROM staging.stripe_invoices i
LEFT JOIN payments p USING (gateway, account, invoice_id)
LEFT JOIN charges_of_intent c
    ON c.gateway = i.gateway AND c.account = i.account
    AND c.payment_intent_id = coalesce(i.payment_intent_id, p.payment_intent_id)
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_invoices
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_invoices
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_invoices
