-- grain: one row per Stripe invoice
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS invoice_id,
    number,
    customer AS customer_id,
    coalesce(subscription, parent_subscription_details_subscription) AS subscription_id,
    charge AS charge_id,
    payment_intent AS payment_intent_id,
    -- Before 2018 an invoice had no status, only whether it was paid.
    coalesce(status, CASE WHEN paid THEN 'paid' ELSE 'open' END) AS status,
    currency,
    staging.stripe_minor(subtotal, currency) AS subtotal_minor,
    staging.stripe_minor(
        coalesce(
            list_sum(list_transform(staging.entries(total_discount_amounts), lambda part: staging.whole(part ->> '$.amount'))),
            0
        ),
        currency
    )::BIGINT AS discount_minor,
    staging.stripe_minor(
        coalesce(
            list_sum(list_transform(staging.entries(total_taxes), lambda part: staging.whole(part ->> '$.amount'))),
            list_sum(list_transform(staging.entries(total_tax_amounts), lambda part: staging.whole(part ->> '$.amount'))),
            tax,
            0
        ),
        currency
    )::BIGINT AS tax_minor,
    staging.stripe_minor(total, currency) AS total_minor,
    staging.stripe_minor(amount_paid, currency) AS paid_minor,
    staging.stripe_minor(amount_due, currency) AS due_minor,
    staging.stripe_minor(amount_remaining, currency) AS remaining_minor,
    customer_name,
    customer_email,
    customer_address_country AS customer_country,
    customer_address_state AS customer_state,
    customer_tax_exempt,
    list_transform(
        staging.entries(customer_tax_ids),
        lambda entry: json_object('type', entry ->> '$.type', 'value', entry ->> '$.value')
    )::JSON AS customer_tax_ids,
    hosted_invoice_url AS hosted_url,
    invoice_pdf AS pdf_url,
    billing_reason,
    due_date AS due_at,
    status_transitions_finalized_at AS finalized_at,
    status_transitions_paid_at AS paid_at,
    coalesce(effective_at, status_transitions_finalized_at, created) AS charged_at,
    created AS created_at
FROM raw_stripe.invoices
