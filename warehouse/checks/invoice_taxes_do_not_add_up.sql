-- check: Invoices whose lines' taxes do not add up to their total tax
-- severity: report
WITH of_lines AS (
    SELECT gateway, account, invoice_id, sum(tax_minor) AS lines_tax_minor, count(*) AS taxes
    FROM canonical.invoice_line_taxes
    GROUP BY ALL
)
SELECT i.account, i.invoice_id, i.number, i.currency, i.tax_minor, l.lines_tax_minor
FROM canonical.invoices i
JOIN of_lines l USING (gateway, account, invoice_id)
-- Rounding by line or by invoice may part them by less than a minor unit a line.
WHERE abs(i.tax_minor - l.lines_tax_minor) >= l.taxes
    AND i.tax_minor <> l.lines_tax_minor
