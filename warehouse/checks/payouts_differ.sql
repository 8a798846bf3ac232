-- check: Payouts that the reconciliation lost or doubled, or whose sums it changed
-- severity: block
SELECT p.account, p.payout_id, count(r.payout_id) AS found, any_value(p.amount_minor) AS amount_minor,
    any_value(r.amount_minor) AS mart_minor
FROM canonical.payouts p
LEFT JOIN marts.payout_reconciliation r USING (gateway, account, payout_id)
GROUP BY p.gateway, p.account, p.payout_id
HAVING count(r.payout_id) <> 1 OR any_value(p.amount_minor) IS DISTINCT FROM any_value(r.amount_minor)
