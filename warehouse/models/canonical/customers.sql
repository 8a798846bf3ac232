-- grain: one row per customer, deleted ones too
-- key: gateway, account, customer_id
-- changed: SELECT gateway, account, customer_id FROM staging.stripe_customers WHERE load_number > $mark
-- changed: SELECT gateway, account, customer_id FROM staging.stripe_tax_ids WHERE load_number > $mark
-- changed: SELECT gateway, account, customer_id FROM staging.paypal_customers WHERE load_number > $mark
-- changed: SELECT gateway, account, customer_id FROM staging.braintree_customers WHERE load_number > $mark
-- changed: SELECT gateway, account, customer_id FROM staging.recurly_customers WHERE load_number > $mark
-- changed: SELECT gateway, account, customer_id FROM staging.woocommerce_customers WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS customer_id FROM raw_custom.customers WHERE load_number > $mark
WITH own_tax_ids AS (
    SELECT gateway, account, customer_id, list(json_object('type', type, 'value', value) ORDER BY tax_id) AS tax_ids
    FROM staging.stripe_tax_ids
    WHERE NOT is_deleted
    GROUP BY ALL
)
SELECT
    c.gateway,
    c.account,
    c.seen_at,
    c.customer_id,
    c.email,
    c.email_normalised,
    c.name,
    c.phone,
    c.country,
    c.state,
    c.currency,
    c.tax_exempt,
    coalesce(t.tax_ids, c.tax_ids, [])::JSON AS tax_ids,
    c.is_deleted,
    c.is_live,
    c.created_at,
    c.metadata
FROM staging.stripe_customers c
LEFT JOIN own_tax_ids t USING (gateway, account, customer_id)
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_customers
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_customers
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_customers
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.woocommerce_customers
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_customers
