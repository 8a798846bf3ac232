-- grain: one row per Recurly transaction of type refund; what a bank took back is a dispute
WITH credit_invoices AS (
    SELECT gateway, account, id AS invoice_id, load_number AS invoice_load_number, customer_notes
    FROM raw_recurly.invoices
    WHERE type = 'credit'
)
SELECT
    t.gateway,
    t.account,
    t.seen_at,
    greatest(t.load_number, i.invoice_load_number) AS load_number,
    t.id AS refund_id,
    t.original_transaction_id AS charge_id,
    NULL::VARCHAR AS payment_intent_id,
    staging.minor(t.amount, t.currency) AS amount_minor,
    t.currency,
    CASE
        WHEN t.status = 'success' THEN 'succeeded'
        WHEN t.status = 'void' THEN 'cancelled'
        WHEN t.status IN ('declined', 'error') THEN 'failed'
        ELSE 'pending'
    END AS status,
    NULL::VARCHAR AS reason,
    CASE WHEN t.status IN ('declined', 'error') THEN coalesce(t.status_message, t.customer_message, t.status) END
        AS failure_reason,
    -- A refund of ours carries its request's id in the notes of the credit invoice that it is on.
    nullif(regexp_extract(i.customer_notes, 'Reference: (\S+)', 1), '') AS request_id,
    NULL::VARCHAR AS balance_transaction_id,
    coalesce(t.collected_at, t.created_at) AS created_at
FROM raw_recurly.transactions t
LEFT JOIN credit_invoices i USING (gateway, account, invoice_id)
WHERE t.type = 'refund' AND t.origin IS DISTINCT FROM 'chargeback'
