-- check: Invoices under reverse charge to customers who have no tax id
-- severity: report
SELECT DISTINCT i.account, i.invoice_id, i.number, i.customer_id, i.customer_name, t.country
FROM canonical.tax_lines t
JOIN canonical.invoices i USING (gateway, account, invoice_id)
LEFT JOIN canonical.customers c ON c.gateway = i.gateway AND c.account = i.account AND c.customer_id = i.customer_id
WHERE t.is_reverse_charge
    AND coalesce(json_array_length(i.customer_tax_ids), 0) = 0
    AND coalesce(json_array_length(c.tax_ids), 0) = 0
    AND i.status NOT IN ('draft', 'void')
