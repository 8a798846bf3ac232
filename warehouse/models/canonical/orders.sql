-- grain: one row per order: what was sold at once, paid or not
-- key: gateway, account, order_id
-- changed: SELECT gateway, account, order_id FROM staging.woocommerce_orders WHERE load_number > $mark
-- changed: SELECT gateway, account, order_id FROM staging.paypal_orders WHERE load_number > $mark
-- changed: SELECT gateway, account, order_id FROM staging.braintree_orders WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS order_id FROM raw_custom.orders WHERE load_number > $mark
SELECT * EXCLUDE (load_number) FROM staging.woocommerce_orders
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_orders
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_orders
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_orders
