-- grain: one row per PayPal invoice and tax rate: the sums of its lines
SELECT
    l.gateway,
    l.account,
    max(l.seen_at) AS seen_at,
    max(l.load_number) AS load_number,
    l.invoice_id || ':' || lower(l.tax_name) || ':' || staging.percent_text(l.tax_percent) AS tax_line_id,
    l.invoice_id,
    NULL::VARCHAR AS invoice_line_id,
    CASE
        WHEN regexp_matches(lower(l.tax_name), 'vat|mwst|ust|tva|iva|btw') THEN 'vat'
        WHEN regexp_matches(lower(l.tax_name), 'gst') THEN 'gst'
        WHEN regexp_matches(lower(l.tax_name), 'sales') THEN 'sales_tax'
        ELSE 'tax'
    END AS kind,
    any_value(i.customer_country) AS country,
    any_value(i.customer_state) AS state,
    staging.percent_text(l.tax_percent) AS percent,
    coalesce(any_value(r.configuration_tax_inclusive), false) AS is_inclusive,
    false AS is_reverse_charge,
    NULL::VARCHAR AS taxability_reason,
    sum(l.amount_minor - CASE WHEN coalesce(r.configuration_tax_inclusive, false) THEN l.tax_minor ELSE 0 END)::BIGINT
        AS taxable_minor,
    sum(l.tax_minor)::BIGINT AS tax_minor,
    l.currency,
    any_value(i.charged_at) AS charged_at
FROM staging.paypal_invoice_lines l
JOIN staging.paypal_invoices i USING (gateway, account, invoice_id)
JOIN raw_paypal.invoices r ON r.gateway = l.gateway AND r.account = l.account AND r.id = l.invoice_id
WHERE l.tax_minor IS NOT NULL
GROUP BY l.gateway, l.account, l.invoice_id, l.tax_name, l.tax_percent, l.currency
