-- grain: one row per Recurly charge invoice and tax rate: the totals of the invoice
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    concat_ws(':', invoice_id, tax_kind, tax_country, tax_state, tax_percent)
        || CASE WHEN is_reverse_charge THEN ':reverse' ELSE '' END AS tax_line_id,
    invoice_id,
    NULL::VARCHAR AS invoice_line_id,
    tax_kind AS kind,
    tax_country AS country,
    tax_state AS state,
    tax_percent AS percent,
    is_inclusive,
    is_reverse_charge,
    CASE WHEN is_reverse_charge THEN 'reverse_charge' ELSE 'standard_rated' END AS taxability_reason,
    sum(taxable_minor)::BIGINT AS taxable_minor,
    sum(tax_minor)::BIGINT AS tax_minor,
    currency,
    any_value(charged_at) AS charged_at
FROM staging.recurly_lines
WHERE invoice_type <> 'credit' AND is_taxed
GROUP BY ALL
