-- check: Things that the customers' timelines lost or doubled
-- severity: block
WITH wanted AS (
    SELECT 'charge' AS kind, gateway, account, charge_id AS object_id FROM canonical.charges
    UNION ALL
    SELECT 'refund', r.gateway, r.account, r.refund_id FROM canonical.refunds r
    SEMI JOIN canonical.charges c ON c.gateway = r.gateway AND c.account = r.account AND c.charge_id = r.charge_id
    UNION ALL
    SELECT 'dispute', d.gateway, d.account, d.dispute_id FROM canonical.disputes d
    SEMI JOIN canonical.charges c ON c.gateway = d.gateway AND c.account = d.account AND c.charge_id = d.charge_id
    UNION ALL
    SELECT 'invoice', gateway, account, invoice_id FROM canonical.invoices WHERE customer_id IS NOT NULL
    UNION ALL
    SELECT 'subscription', gateway, account, subscription_id FROM canonical.subscriptions WHERE customer_id IS NOT NULL
    UNION ALL
    SELECT 'order', gateway, account, order_id FROM canonical.orders
)
SELECT kind, coalesce(w.account, t.account) AS account, object_id, w.n AS wanted, t.n AS found
FROM (SELECT kind, gateway, account, object_id, count(*) AS n FROM wanted GROUP BY ALL) w
FULL JOIN (
    SELECT kind, gateway, account, object_id, count(*) AS n
    FROM marts.customer_timeline WHERE kind NOT IN ('credit_note', 'document') GROUP BY ALL
) t USING (kind, gateway, account, object_id)
WHERE w.n IS DISTINCT FROM 1 OR t.n IS DISTINCT FROM 1
