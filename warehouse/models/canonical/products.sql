-- grain: one row per product
-- key: gateway, account, product_id
-- changed: SELECT gateway, account, product_id FROM staging.stripe_products WHERE load_number > $mark
-- changed: SELECT gateway, account, product_id FROM staging.paypal_products WHERE load_number > $mark
-- changed: SELECT gateway, account, product_id FROM staging.braintree_products WHERE load_number > $mark
-- changed: SELECT gateway, account, product_id FROM staging.recurly_products WHERE load_number > $mark
-- changed: SELECT gateway, account, product_id FROM staging.woocommerce_products WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS product_id FROM raw_custom.products WHERE load_number > $mark
SELECT gateway, account, seen_at, product_id, name, is_active
FROM staging.stripe_products
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_products
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_products
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_products
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.woocommerce_products
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_products
