-- check: Payments without an invoice of the gateway and without a document of ours
-- severity: report
SELECT account, charge_id, person_id, amount_minor, currency, created_at
FROM marts.payments_without_document
