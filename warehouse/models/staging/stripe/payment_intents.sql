-- grain: one row per Stripe payment intent
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS payment_intent_id,
    customer AS customer_id,
    latest_charge AS charge_id,
    invoice AS invoice_id,
    staging.stripe_minor(amount, currency) AS amount_minor,
    currency,
    CASE status WHEN 'canceled' THEN 'cancelled' ELSE status END AS status,
    created AS created_at
FROM raw_stripe.payment_intents
