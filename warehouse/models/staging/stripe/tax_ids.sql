-- grain: one row per Stripe tax id of a customer
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS tax_id,
    coalesce(customer, owner_customer) AS customer_id,
    type,
    value,
    is_deleted,
    created AS created_at
FROM raw_stripe.tax_ids
