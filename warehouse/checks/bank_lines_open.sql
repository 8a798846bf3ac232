-- check: Lines of banks and payouts that do not match, and are not only late
-- severity: report
SELECT side, bank_account, account, object_id, on_day, amount_minor, currency, cause, probable_cause
FROM marts.bank_reconciliation
WHERE result = 'open' AND cause <> 'timing'
