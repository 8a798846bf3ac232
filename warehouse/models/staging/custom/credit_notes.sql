-- grain: one row per imported credit note
SELECT gateway, account, seen_at, load_number, id AS credit_note_id, number, invoice_id, customer_id, amount_minor,
    coalesce(tax_minor, 0) AS tax_minor, currency, status, reason, created_at
FROM raw_custom.credit_notes
WHERE NOT is_deleted
