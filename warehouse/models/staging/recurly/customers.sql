-- grain: one row per Recurly account
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS customer_id,
    email,
    nullif(lower(trim(email)), '') AS email_normalised,
    coalesce(nullif(company, ''), nullif(concat_ws(' ', nullif(first_name, ''), nullif(last_name, '')), ''), code) AS name,
    nullif(address_phone, '') AS phone,
    nullif(coalesce(address_country, billing_info_address_country), '') AS country,
    nullif(coalesce(address_region, billing_info_address_region), '') AS state,
    NULL::VARCHAR AS currency,
    CASE WHEN tax_exempt THEN 'exempt' ELSE 'none' END AS tax_exempt,
    CASE WHEN coalesce(nullif(vat_number, ''), nullif(billing_info_vat_number, '')) IS NULL THEN '[]'::JSON
        ELSE json_array(json_object('type', 'vat', 'value', coalesce(nullif(vat_number, ''), billing_info_vat_number)))
    END AS tax_ids,
    is_deleted OR deleted_at IS NOT NULL AS is_deleted,
    true AS is_live,
    created_at,
    json_object('code', code) AS metadata
FROM raw_recurly.accounts
