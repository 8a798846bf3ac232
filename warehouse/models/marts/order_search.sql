-- grain: one row per order; whose it is, and what people search it by
-- key: gateway, account, order_id
-- changed: SELECT gateway, account, order_id FROM changes.canonical_orders WHERE version > $version
-- changed: SELECT gateway, account, order_id FROM canonical.orders SEMI JOIN (SELECT gateway, account, customer_id FROM changes.marts_customer_people WHERE version > $version) USING (gateway, account, customer_id)
-- changed: SELECT gateway, account, order_id FROM changes.canonical_charges WHERE version > $version AND order_id IS NOT NULL
-- changed: SELECT gateway, account, order_id FROM canonical.charges SEMI JOIN (SELECT gateway, account, charge_id FROM changes.marts_charge_search WHERE version > $version) USING (gateway, account, charge_id) WHERE order_id IS NOT NULL
WITH payers AS (
    -- Whoever paid last: guests are known by their payments only.
    SELECT c.gateway, c.account, c.order_id, arg_max(s.person_id, (c.created_at, c.charge_id)) AS person_id
    FROM canonical.charges c
    JOIN marts.charge_search s USING (gateway, account, charge_id)
    WHERE c.order_id IS NOT NULL
    GROUP BY ALL
)
SELECT
    o.order_id,
    o.gateway,
    o.account,
    coalesce(
        p.person_id,
        b.person_id,
        staging.person_id(nullif(lower(trim(o.email)), ''), o.gateway, o.account, o.order_id)
    ) AS person_id,
    o.number,
    o.created_at
FROM canonical.orders o
LEFT JOIN marts.customer_people p USING (gateway, account, customer_id)
LEFT JOIN payers b USING (gateway, account, order_id)
