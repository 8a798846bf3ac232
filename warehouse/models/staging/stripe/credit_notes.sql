-- grain: one row per Stripe credit note
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS credit_note_id,
    number,
    invoice AS invoice_id,
    customer AS customer_id,
    staging.stripe_minor(amount, currency) AS amount_minor,
    staging.stripe_minor(
        coalesce(
            list_sum(list_transform(staging.entries(total_taxes), lambda part: staging.whole(part ->> '$.amount'))),
            list_sum(list_transform(staging.entries(tax_amounts), lambda part: staging.whole(part ->> '$.amount'))),
            0
        ),
        currency
    )::BIGINT AS tax_minor,
    currency,
    status,
    reason,
    created AS created_at
FROM raw_stripe.credit_notes
