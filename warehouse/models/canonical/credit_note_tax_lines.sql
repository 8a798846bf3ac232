-- grain: one row per credit note and tax rate: what the credit note gives back
-- key: gateway, account, credit_note_id
-- changed: SELECT gateway, account, credit_note_id FROM staging.stripe_credit_notes WHERE load_number > $mark
-- changed: SELECT gateway, account, credit_note_id FROM staging.stripe_credit_note_taxes SEMI JOIN (SELECT gateway, account, tax_rate_id FROM staging.stripe_tax_rates WHERE load_number > $mark) USING (gateway, account, tax_rate_id)
-- changed: SELECT gateway, account, credit_note_id FROM staging.stripe_credit_note_taxes SEMI JOIN (SELECT gateway, account, invoice_id FROM staging.stripe_invoices WHERE load_number > $mark) USING (gateway, account, invoice_id)
-- changed: SELECT gateway, account, credit_note_id FROM staging.recurly_credit_notes WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS credit_note_id FROM raw_custom.credit_notes WHERE load_number > $mark
SELECT
    t.gateway,
    t.account,
    t.seen_at,
    t.credit_note_id,
    t.invoice_id,
    t.tax_rate_id,
    coalesce(any_value(r.kind), 'tax') AS kind,
    coalesce(any_value(r.country), any_value(i.customer_country)) AS country,
    coalesce(any_value(r.state), CASE WHEN any_value(r.country) IS NULL THEN any_value(i.customer_state) END) AS state,
    any_value(r.percent) AS percent,
    bool_or(t.is_inclusive) AS is_inclusive,
    coalesce(t.taxability_reason = 'reverse_charge', false) AS is_reverse_charge,
    coalesce(sum(t.taxable_minor), 0)::BIGINT AS taxable_minor,
    coalesce(sum(t.tax_minor), 0)::BIGINT AS tax_minor,
    t.currency,
    any_value(t.charged_at) AS charged_at
FROM staging.stripe_credit_note_taxes t
LEFT JOIN staging.stripe_tax_rates r USING (gateway, account, tax_rate_id)
LEFT JOIN staging.stripe_invoices i
    ON i.gateway = t.gateway AND i.account = t.account AND i.invoice_id = t.invoice_id
GROUP BY t.gateway, t.account, t.seen_at, t.credit_note_id, t.invoice_id, t.tax_rate_id, is_reverse_charge, t.currency
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_credit_note_tax_lines
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_credit_note_tax_lines
