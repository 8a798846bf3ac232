-- grain: one row per line of a Recurly charge invoice and tax on it
SELECT gateway, account, seen_at, load_number, invoice_id, invoice_line_id,
    concat_ws(':', tax_kind, tax_country, tax_state, tax_percent) AS tax_rate_id, tax_minor, currency
FROM staging.recurly_lines
WHERE invoice_type <> 'credit' AND is_taxed
