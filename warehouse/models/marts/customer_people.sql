-- grain: one row per customer object, known or only named by others; who it belongs to
-- key: gateway, account, customer_id
-- changed: SELECT gateway, account, customer_id FROM changes.canonical_charges WHERE version > $version AND customer_id IS NOT NULL
-- changed: SELECT gateway, account, customer_id FROM changes.canonical_invoices WHERE version > $version AND customer_id IS NOT NULL
-- changed: SELECT gateway, account, customer_id FROM changes.canonical_subscriptions WHERE version > $version AND customer_id IS NOT NULL
-- changed: SELECT gateway, account, customer_id FROM changes.canonical_orders WHERE version > $version AND customer_id IS NOT NULL
-- changed: SELECT gateway, account, customer_id FROM changes.canonical_customers WHERE version > $version AND customer_id IS NOT NULL
WITH named AS (
    SELECT gateway, account, customer_id FROM canonical.charges
    UNION SELECT gateway, account, customer_id FROM canonical.invoices
    UNION SELECT gateway, account, customer_id FROM canonical.subscriptions
    UNION SELECT gateway, account, customer_id FROM canonical.orders
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
