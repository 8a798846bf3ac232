-- grain: one row per PayPal payer, as their newest payment or subscription names them
WITH named AS (
    SELECT gateway, account, seen_at, load_number, customer_id, email, payer_name AS name, phone, country, state, currency,
        created_at
    FROM staging.paypal_payments
    UNION ALL BY NAME
    SELECT gateway, account, seen_at, load_number, subscriber_payer_id AS customer_id, subscriber_email_address AS email,
        nullif(concat_ws(' ', subscriber_name_given_name, subscriber_name_surname), '') AS name,
        subscriber_shipping_address_address_country_code AS country,
        billing_info_last_payment_amount_currency_code AS currency, coalesce(create_time, start_time) AS created_at
    FROM raw_paypal.subscriptions
    UNION ALL BY NAME
    SELECT gateway, account, seen_at, load_number, payer_payer_id AS customer_id, payer_email_address AS email,
        nullif(concat_ws(' ', payer_name_given_name, payer_name_surname), '') AS name,
        payer_address_country_code AS country, create_time AS created_at
    FROM raw_paypal.orders
)
SELECT
    gateway,
    account,
    max(seen_at) AS seen_at,
    max(load_number) AS load_number,
    customer_id,
    arg_max(email, created_at) FILTER (email IS NOT NULL) AS email,
    nullif(lower(trim(arg_max(email, created_at) FILTER (email IS NOT NULL))), '') AS email_normalised,
    arg_max(name, created_at) FILTER (name IS NOT NULL) AS name,
    arg_max(phone, created_at) FILTER (phone IS NOT NULL) AS phone,
    arg_max(country, created_at) FILTER (country IS NOT NULL) AS country,
    arg_max(state, created_at) FILTER (state IS NOT NULL) AS state,
    arg_max(currency, created_at) FILTER (currency IS NOT NULL) AS currency,
    'none' AS tax_exempt,
    '[]'::JSON AS tax_ids,
    false AS is_deleted,
    true AS is_live,
    min(created_at) AS created_at,
    '{}'::JSON AS metadata
FROM named
WHERE customer_id IS NOT NULL
GROUP BY gateway, account, customer_id
