-- grain: one row per price
-- key: gateway, account, price_id
-- changed: SELECT gateway, account, price_id FROM staging.stripe_prices WHERE load_number > $mark
-- changed: SELECT gateway, account, price_id FROM staging.paypal_prices WHERE load_number > $mark
-- changed: SELECT gateway, account, price_id FROM staging.braintree_prices WHERE load_number > $mark
-- changed: SELECT gateway, account, price_id FROM staging.recurly_prices WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS price_id FROM raw_custom.prices WHERE load_number > $mark
SELECT gateway, account, seen_at, price_id, product_id, unit_amount_minor, currency, interval, interval_count
FROM staging.stripe_prices
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.paypal_prices
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_prices
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_prices
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_prices
