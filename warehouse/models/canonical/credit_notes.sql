-- grain: one row per credit note
-- key: gateway, account, credit_note_id
-- changed: SELECT gateway, account, credit_note_id FROM staging.stripe_credit_notes WHERE load_number > $mark
-- changed: SELECT gateway, account, credit_note_id FROM staging.recurly_credit_notes WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS credit_note_id FROM raw_custom.credit_notes WHERE load_number > $mark
SELECT gateway, account, seen_at, credit_note_id, number, invoice_id, customer_id, amount_minor, tax_minor, currency, status,
    reason, created_at
FROM staging.stripe_credit_notes
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_credit_notes
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_credit_notes
