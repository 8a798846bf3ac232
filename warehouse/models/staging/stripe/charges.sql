-- grain: one row per Stripe charge
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS charge_id,
    payment_intent AS payment_intent_id,
    customer AS customer_id,
    invoice AS invoice_id,
    staging.stripe_minor(amount, currency) AS amount_minor,
    staging.stripe_minor(
        -- Until 2020 a charge did not say how much of it was captured.
        coalesce(amount_captured, CASE WHEN status = 'succeeded' AND captured IS DISTINCT FROM false THEN amount ELSE 0 END),
        currency
    ) AS captured_minor,
    staging.stripe_minor(coalesce(amount_refunded, 0), currency) AS refunded_minor,
    currency,
    CASE
        WHEN status = 'succeeded' AND captured = false AND refunded THEN 'voided'
        WHEN status = 'succeeded' AND captured = false THEN 'authorized'
        ELSE status
    END AS status,
    coalesce(disputed, dispute IS NOT NULL) AS is_disputed,
    failure_code,
    failure_message,
    description,
    coalesce(calculated_statement_descriptor, statement_descriptor, statement_descriptor_suffix) AS statement_descriptor,
    payment_method_details_type AS payment_method,
    payment_method_details_card_brand AS card_brand,
    payment_method_details_card_last4 AS card_last4,
    payment_method_details_card_country AS card_country,
    billing_details_name AS billing_name,
    billing_details_address_country AS billing_country,
    billing_details_address_state AS billing_state,
    billing_details_address_postal_code AS billing_postal_code,
    nullif(trim(coalesce(billing_details_email, receipt_email)), '') AS email,
    balance_transaction AS balance_transaction_id,
    coalesce(livemode, false) AS is_live,
    created AS created_at,
    metadata::JSON AS metadata
FROM raw_stripe.charges
