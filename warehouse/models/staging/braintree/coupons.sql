-- grain: one row per Braintree discount
-- A discount is an amount in the currency of whichever plan it stands in: it has no currency, so no minor units.
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS coupon_id,
    coalesce(name, id) || ' (' || amount || ' off)' AS name,
    NULL::VARCHAR AS percent_off,
    NULL::BIGINT AS amount_off_minor,
    NULL::VARCHAR AS currency
FROM raw_braintree.discounts
