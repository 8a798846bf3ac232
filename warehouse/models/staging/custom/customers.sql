-- grain: one row per imported customer, deleted ones too
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS customer_id,
    nullif(trim(email), '') AS email,
    lower(nullif(trim(email), '')) AS email_normalised,
    nullif(name, '') AS name,
    nullif(phone, '') AS phone,
    country,
    nullif(state, '') AS state,
    currency,
    coalesce(tax_exempt, 'none') AS tax_exempt,
    coalesce(tax_ids, '[]')::JSON AS tax_ids,
    is_deleted,
    true AS is_live,
    created_at,
    '{}'::JSON AS metadata
FROM raw_custom.customers
