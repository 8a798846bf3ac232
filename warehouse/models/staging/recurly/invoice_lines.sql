-- grain: one row per line of a Recurly charge invoice
SELECT gateway, account, seen_at, load_number, invoice_id, invoice_line_id, position, description, quantity, amount_minor,
    currency, period_start_at, period_end_at, product_id || ':' || currency AS price_id, product_id,
    is_proration
FROM staging.recurly_lines
WHERE invoice_type <> 'credit'
