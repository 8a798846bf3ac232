-- grain: one row per Braintree customer
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS customer_id,
    email,
    nullif(lower(trim(email)), '') AS email_normalised,
    nullif(coalesce(company, concat_ws(' ', first_name, last_name)), '') AS name,
    phone,
    addresses::JSON ->> '$[0].country_code_alpha2' AS country,
    addresses::JSON ->> '$[0].region' AS state,
    NULL::VARCHAR AS currency,
    'none' AS tax_exempt,
    '[]'::JSON AS tax_ids,
    is_deleted,
    true AS is_live,
    created_at,
    custom_fields::JSON AS metadata
FROM raw_braintree.customers
