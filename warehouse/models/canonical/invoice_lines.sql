-- grain: one row per line of an invoice
-- key: gateway, account, invoice_id
-- changed: SELECT gateway, account, invoice_id FROM staging.stripe_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, invoice_id FROM staging.paypal_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, invoice_id FROM staging.recurly_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS invoice_id FROM raw_custom.invoices WHERE load_number > $mark
SELECT gateway, account, seen_at, invoice_id, invoice_line_id, position, description, quantity, amount_minor, currency,
    period_start_at, period_end_at, price_id, product_id, is_proration
FROM staging.stripe_invoice_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number, tax_name, tax_percent, tax_minor) FROM staging.paypal_invoice_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_invoice_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_invoice_lines
