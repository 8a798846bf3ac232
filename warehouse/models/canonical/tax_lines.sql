-- grain: one row per invoice and tax rate: the totals of the invoice
-- key: gateway, account, invoice_id
-- changed: SELECT gateway, account, invoice_id FROM staging.stripe_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, invoice_id FROM staging.stripe_invoice_taxes SEMI JOIN (SELECT gateway, account, tax_rate_id FROM staging.stripe_tax_rates WHERE load_number > $mark) USING (gateway, account, tax_rate_id)
-- changed: SELECT gateway, account, invoice_id FROM staging.stripe_invoices SEMI JOIN (SELECT gateway, account, customer_id FROM staging.stripe_customers WHERE load_number > $mark) USING (gateway, account, customer_id)
-- changed: SELECT gateway, account, invoice_id FROM staging.paypal_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, invoice_id FROM staging.recurly_invoices WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS invoice_id FROM raw_custom.invoices WHERE load_number > $mark
SELECT
    t.gateway,
    t.account,
    t.seen_at,
    t.invoice_id || ':' || coalesce(t.tax_rate_id, 'automatic')
        || CASE WHEN is_reverse_charge THEN ':reverse' ELSE '' END AS tax_line_id,
    t.invoice_id,
    NULL::VARCHAR AS invoice_line_id,
    coalesce(any_value(r.kind), 'tax') AS kind,
    coalesce(any_value(r.country), any_value(i.customer_country), any_value(u.country)) AS country,
    coalesce(any_value(r.state), CASE WHEN any_value(r.country) IS NULL THEN any_value(i.customer_state) END) AS state,
    any_value(r.percent) AS percent,
    bool_or(t.is_inclusive) AS is_inclusive,
    coalesce(t.taxability_reason = 'reverse_charge', false) AS is_reverse_charge,
    any_value(t.taxability_reason) AS taxability_reason,
    -- Old answers give no taxable amount: then it is the invoice's net.
    coalesce(sum(t.taxable_minor), any_value(t.invoice_taxable_minor))::BIGINT AS taxable_minor,
    coalesce(sum(t.tax_minor), 0)::BIGINT AS tax_minor,
    t.currency,
    any_value(i.charged_at) AS charged_at
FROM staging.stripe_invoice_taxes t
JOIN staging.stripe_invoices i USING (gateway, account, invoice_id)
LEFT JOIN staging.stripe_tax_rates r USING (gateway, account, tax_rate_id)
LEFT JOIN staging.stripe_customers u ON u.gateway = i.gateway AND u.account = i.account AND u.customer_id = i.customer_id
GROUP BY t.gateway, t.account, t.seen_at, t.invoice_id, t.tax_rate_id, is_reverse_charge, t.currency
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_tax_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_tax_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_tax_lines
