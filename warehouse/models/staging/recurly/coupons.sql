-- grain: one row per Recurly coupon; of a fixed discount the first currency's amount
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS coupon_id,
    coalesce(name, code) AS name,
    CASE WHEN discount_type = 'percent' THEN discount_percent END AS percent_off,
    staging.minor(discount_currencies::JSON ->> '$[0].amount', discount_currencies::JSON ->> '$[0].currency')
        AS amount_off_minor,
    discount_currencies::JSON ->> '$[0].currency' AS currency
FROM raw_recurly.coupons
