-- grain: one row per Stripe dispute
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS dispute_id,
    charge AS charge_id,
    staging.stripe_minor(amount, currency) AS amount_minor,
    currency,
    status,
    reason,
    evidence_details_due_by AS evidence_due_at,
    created AS created_at
FROM raw_stripe.disputes
