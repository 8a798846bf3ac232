-- grain: one row per Recurly credit invoice
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS credit_note_id,
    number,
    coalesce(
        previous_invoice_id,
        list_filter(
            list_transform(staging.entries(line_items), lambda line: line ->> '$.original_line_item_invoice_id'),
            lambda wanted: wanted IS NOT NULL
        )[1]
    ) AS invoice_id,
    account_id AS customer_id,
    -- Recurly writes what it gives back as negative amounts.
    abs(staging.minor(total, currency)) AS amount_minor,
    abs(coalesce(staging.minor(tax, currency), 0)) AS tax_minor,
    currency,
    CASE WHEN state = 'voided' THEN 'void' ELSE 'issued' END AS status,
    origin AS reason,
    created_at
FROM raw_recurly.invoices
WHERE type = 'credit'
