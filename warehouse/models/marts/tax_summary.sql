-- grain: one row per month in the reporting time zone, account, country, state, kind of tax, rate, currency and source
WITH counted AS (
    SELECT strftime(staging.day_of(t.charged_at), '%Y-%m') AS period, t.gateway, t.account, t.country, t.state, t.kind,
        t.percent, t.is_reverse_charge, t.currency, t.invoice_id AS document, t.taxable_minor, t.tax_minor,
        'gateway' AS source
    FROM canonical.tax_lines t
    JOIN canonical.invoices i USING (gateway, account, invoice_id)
    WHERE i.status NOT IN ('draft', 'void')
    UNION ALL
    -- A credit note takes back what its invoice counted, in its own month.
    SELECT strftime(staging.day_of(t.charged_at), '%Y-%m'), t.gateway, t.account, t.country, t.state, t.kind,
        t.percent, t.is_reverse_charge, t.currency, t.credit_note_id, -t.taxable_minor, -t.tax_minor, 'gateway'
    FROM canonical.credit_note_tax_lines t
    JOIN canonical.credit_notes n USING (gateway, account, credit_note_id)
    WHERE n.status = 'issued'
    UNION ALL
    SELECT left(d.data ->> '$.supplied_on', 7), d.gateway, d.account, line ->> '$.country', line ->> '$.state',
        line ->> '$.kind', staging.percent_text(line ->> '$.percent'), (line ->> '$.is_reverse_charge') = 'true', d.currency,
        d.document_id,
        CASE d.kind WHEN 'credit_note' THEN -1 ELSE 1 END * staging.whole(line ->> '$.taxable_minor'),
        CASE d.kind WHEN 'credit_note' THEN -1 ELSE 1 END * staging.whole(line ->> '$.tax_minor'),
        'document'
    FROM (SELECT *, unnest((data -> '$.tax_lines')::JSON[]) AS line FROM books.documents) d
)
SELECT
    period,
    gateway,
    account,
    country,
    state,
    kind,
    percent,
    is_reverse_charge,
    currency,
    count(DISTINCT document) AS documents,
    sum(taxable_minor)::BIGINT AS taxable_minor,
    sum(tax_minor)::BIGINT AS tax_minor,
    source
FROM counted
GROUP BY ALL
