-- grain: one row per payment that a PayPal invoice names
WITH parts AS (
    SELECT gateway, account, seen_at, load_number, id AS invoice_id, unnest(staging.entries(payments_transactions)) AS part
    FROM raw_paypal.invoices
)
SELECT gateway, account, seen_at, load_number, invoice_id, part ->> '$.payment_id' AS charge_id
FROM parts
WHERE part ->> '$.payment_id' IS NOT NULL
