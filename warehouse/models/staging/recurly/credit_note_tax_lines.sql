-- grain: one row per Recurly credit invoice and tax rate: what the credit invoice gives back
SELECT
    l.gateway,
    l.account,
    l.seen_at,
    l.load_number,
    l.invoice_id AS credit_note_id,
    c.invoice_id,
    concat_ws(':', l.tax_kind, l.tax_country, l.tax_state, l.tax_percent) AS tax_rate_id,
    l.tax_kind AS kind,
    l.tax_country AS country,
    l.tax_state AS state,
    l.tax_percent AS percent,
    l.is_inclusive,
    l.is_reverse_charge,
    abs(sum(l.taxable_minor))::BIGINT AS taxable_minor,
    abs(sum(l.tax_minor))::BIGINT AS tax_minor,
    l.currency,
    any_value(l.charged_at) AS charged_at
FROM staging.recurly_lines l
JOIN staging.recurly_credit_notes c
    ON c.gateway = l.gateway AND c.account = l.account AND c.credit_note_id = l.invoice_id
WHERE l.is_taxed
GROUP BY ALL
