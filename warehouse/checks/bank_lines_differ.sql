-- check: Lines of banks that the reconciliation lost or doubled, or whose amount it changed
-- severity: block
SELECT l.bank_account, l.bank_line_id, count(r.object_id) AS found, any_value(l.amount_minor) AS amount_minor,
    any_value(r.amount_minor) AS mart_minor
FROM canonical.bank_lines l
LEFT JOIN marts.bank_reconciliation r
    ON r.side = 'bank line' AND r.bank_account = l.bank_account AND r.object_id = l.bank_line_id
GROUP BY l.bank_account, l.bank_line_id
HAVING count(r.object_id) <> 1 OR any_value(l.amount_minor) IS DISTINCT FROM any_value(r.amount_minor)
