-- grain: one row per Stripe invoice payment: which charge or payment intent pays which invoice (API since 2025)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS invoice_payment_id,
    invoice AS invoice_id,
    payment_payment_intent AS payment_intent_id,
    payment_charge AS charge_id,
    status,
    coalesce(is_default, false) AS is_default,
    created AS created_at
FROM raw_stripe.invoice_payments
