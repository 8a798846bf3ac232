-- grain: one row per Stripe customer, deleted ones too
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS customer_id,
    email,
    nullif(lower(trim(email)), '') AS email_normalised,
    coalesce(name, description) AS name,
    phone,
    address_country AS country,
    address_state AS state,
    currency,
    coalesce(tax_exempt, 'none') AS tax_exempt,
    list_transform(
        staging.entries(tax_ids),
        lambda entry: json_object('type', entry ->> '$.type', 'value', entry ->> '$.value')
    ) AS tax_ids,
    is_deleted,
    coalesce(livemode, false) AS is_live,
    created AS created_at,
    metadata::JSON AS metadata
FROM raw_stripe.customers
