-- grain: one row per WooCommerce customer with a login; guests are known by their orders only
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS customer_id,
    coalesce(nullif(trim(email), ''), nullif(trim(billing_email), '')) AS email,
    lower(coalesce(nullif(trim(email), ''), nullif(trim(billing_email), ''))) AS email_normalised,
    coalesce(
        nullif(billing_company, ''),
        nullif(concat_ws(' ', nullif(first_name, ''), nullif(last_name, '')), ''),
        nullif(concat_ws(' ', nullif(billing_first_name, ''), nullif(billing_last_name, '')), ''),
        username
    ) AS name,
    nullif(billing_phone, '') AS phone,
    nullif(billing_country, '') AS country,
    nullif(billing_state, '') AS state,
    NULL::VARCHAR AS currency,
    'none' AS tax_exempt,
    '[]'::JSON AS tax_ids,
    is_deleted,
    true AS is_live,
    date_created_gmt AS created_at,
    json_object('username', username) AS metadata
FROM raw_woocommerce.customers
