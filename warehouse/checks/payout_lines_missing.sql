-- check: Payouts that are not the sum of their lines
-- severity: report
SELECT r.account, r.payout_id, r.currency, r.amount_minor, r.net_minor, r.difference_minor, r.result, r.probable_cause
FROM marts.payout_reconciliation r
JOIN canonical.payouts p USING (gateway, account, payout_id)
WHERE r.result IN ('missing lines', 'difference')
    OR (r.result = 'no lines' AND p.is_automatic AND p.status = 'paid')
