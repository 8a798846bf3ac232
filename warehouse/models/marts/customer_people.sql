-- grain: one row per customer object, known or only named by others; who it belongs to
WITH named AS (
    SELECT gateway, account, customer_id FROM canonical.charges
    UNION SELECT gateway, account, customer_id FROM canonical.invoices
    UNION SELECT gateway, account, customer_id FROM canonical.subscriptions
    UNION SELECT gateway, account, customer_id FROM canonical.customers
)
SELECT
    n.gateway,
    n.account,
    n.customer_id,
    staging.person_id(c.email_normalised, n.gateway, n.account, n.customer_id) AS person_id
FROM named n
LEFT JOIN canonical.customers c USING (gateway, account, customer_id)
WHERE n.customer_id IS NOT NULL
