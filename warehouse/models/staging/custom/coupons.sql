-- grain: one row per imported coupon
SELECT gateway, account, seen_at, load_number, id AS coupon_id, coalesce(name, id) AS name,
    staging.percent_text(percent_off) AS percent_off, amount_off_minor, currency
FROM raw_custom.coupons
