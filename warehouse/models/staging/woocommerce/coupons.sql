-- grain: one row per WooCommerce coupon; fixed amounts are in the shop's own currency, which coupons do not name
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS coupon_id,
    code AS name,
    CASE WHEN discount_type = 'percent' THEN staging.percent_text(amount) END AS percent_off,
    NULL::BIGINT AS amount_off_minor,
    NULL::VARCHAR AS currency
FROM raw_woocommerce.coupons
