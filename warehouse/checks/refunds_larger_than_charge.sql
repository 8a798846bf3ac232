-- check: Charges of which more was given back than was taken
-- severity: report
SELECT c.account, c.charge_id, c.currency, c.captured_minor, sum(r.amount_minor)::BIGINT AS refunds_minor, count(*) AS refunds
FROM canonical.charges c
JOIN canonical.refunds r USING (gateway, account, charge_id)
WHERE r.status IN ('succeeded', 'pending') AND c.status NOT IN ('voided', 'authorized')
GROUP BY c.gateway, c.account, c.charge_id, c.currency, c.captured_minor
HAVING sum(r.amount_minor) > c.captured_minor
