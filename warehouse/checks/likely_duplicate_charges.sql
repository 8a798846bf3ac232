-- check: Charges that were likely taken twice: same customer, amount, card and description within ten minutes
-- severity: report
SELECT c.account, c.charge_id, e.charge_id AS earlier_charge_id, c.customer_id, c.email, c.amount_minor, c.currency,
    c.description, c.created_at
FROM canonical.charges c
JOIN canonical.charges e
    ON e.gateway = c.gateway AND e.account = c.account
    AND e.amount_minor = c.amount_minor AND e.currency = c.currency
    AND coalesce(e.customer_id, lower(e.email)) = coalesce(c.customer_id, lower(c.email))
    AND e.description IS NOT DISTINCT FROM c.description
    AND e.card_last4 IS NOT DISTINCT FROM c.card_last4
    AND (e.created_at, e.charge_id) < (c.created_at, c.charge_id)
    AND e.created_at >= c.created_at - INTERVAL 10 MINUTES
WHERE c.status = 'succeeded' AND e.status = 'succeeded'
    AND c.refunded_minor < c.captured_minor AND e.refunded_minor < e.captured_minor
