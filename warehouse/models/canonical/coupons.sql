-- grain: one row per coupon
-- key: gateway, account, coupon_id
-- changed: SELECT gateway, account, coupon_id FROM staging.stripe_coupons WHERE load_number > $mark
-- changed: SELECT gateway, account, coupon_id FROM staging.braintree_coupons WHERE load_number > $mark
-- changed: SELECT gateway, account, coupon_id FROM staging.recurly_coupons WHERE load_number > $mark
-- changed: SELECT gateway, account, coupon_id FROM staging.woocommerce_coupons WHERE load_number > $mark
-- changed: SELECT gateway, account, id AS coupon_id FROM raw_custom.coupons WHERE load_number > $mark
SELECT gateway, account, seen_at, coupon_id, name, percent_off, amount_off_minor, currency
FROM staging.stripe_coupons
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.braintree_coupons
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.recurly_coupons
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.woocommerce_coupons
UNION ALL BY NAME
SELECT * EXCLUDE (load_number) FROM staging.custom_coupons
