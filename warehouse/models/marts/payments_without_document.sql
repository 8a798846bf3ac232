-- grain: one row per succeeded charge with neither an invoice of the gateway nor a document of ours
-- key: gateway, account, charge_id
-- changed: SELECT gateway, account, charge_id FROM changes.canonical_charges WHERE version > $version
-- changed: SELECT gateway, account, charge_id FROM changes.marts_charge_search WHERE version > $version
SELECT
    c.gateway,
    c.account,
    c.charge_id,
    s.person_id,
    c.customer_id,
    c.email,
    c.captured_minor AS amount_minor,
    c.currency,
    c.description,
    c.created_at
FROM canonical.charges c
JOIN marts.charge_search s USING (gateway, account, charge_id)
ANTI JOIN (SELECT gateway, account, charge_id FROM books.documents WHERE kind IN ('invoice', 'receipt')) d
    ON d.gateway = c.gateway AND d.account = c.account AND d.charge_id = c.charge_id
WHERE c.status = 'succeeded' AND c.captured_minor > 0 AND c.invoice_id IS NULL
