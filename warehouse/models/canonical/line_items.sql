-- grain: one row per line of an order: goods, shipping, a fee or a discount; net, with its tax beside it
-- key: gateway, account, order_id
-- changed: SELECT gateway, account, order_id FROM staging.woocommerce_orders WHERE load_number > $mark
-- changed: SELECT gateway, account, order_id FROM staging.paypal_orders WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS order_id FROM raw_custom.orders WHERE load_number > $mark
SELECT * EXCLUDE (load_number) FROM staging.woocommerce_line_items
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_line_items
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_line_items
