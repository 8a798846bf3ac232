-- check: Taxes at a rate that was not in force in their country on that day
-- severity: report
SELECT t.account, t.invoice_id, t.country, t.state, t.kind, t.percent, staging.day_of(t.charged_at) AS on_day, t.tax_minor,
    t.currency
FROM canonical.tax_lines t
JOIN canonical.invoices i USING (gateway, account, invoice_id)
-- Only countries whose rates are known (seeds/tax_rates.csv); a tax of nothing needs no rate.
SEMI JOIN seeds.tax_rates known ON known.country = t.country AND coalesce(known.state, '') IN ('', coalesce(t.state, ''))
ANTI JOIN seeds.tax_rates r
    ON r.country = t.country
    AND (r.state IS NULL OR r.state = t.state)
    AND r.percent = t.percent
    AND staging.day_of(t.charged_at) >= r.since::DATE
    AND (r.until IS NULL OR staging.day_of(t.charged_at) <= r.until::DATE)
WHERE t.percent IS NOT NULL AND t.percent <> '0' AND t.tax_minor <> 0 AND i.status NOT IN ('draft', 'void')
