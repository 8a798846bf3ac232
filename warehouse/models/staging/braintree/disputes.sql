-- grain: one row per Braintree dispute
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS dispute_id,
    transaction_id AS charge_id,
    staging.minor(coalesce(amount_disputed, amount), currency_iso_code) AS amount_minor,
    currency_iso_code AS currency,
    -- A retrieval asks for documents and moves no money, like Stripe's warnings.
    CASE WHEN kind = 'retrieval' THEN 'warning_' ELSE '' END || CASE
        WHEN status = 'open' THEN 'needs_response'
        WHEN status IN ('disputed', 'under_review') THEN 'under_review'
        WHEN kind = 'retrieval' THEN 'closed'
        WHEN status = 'won' THEN 'won'
        ELSE 'lost'
    END AS status,
    reason,
    reply_by_date::DATE::TIMESTAMP AT TIME ZONE 'UTC' AS evidence_due_at,
    coalesce(created_at, coalesce(received_date, date_opened)::DATE::TIMESTAMP AT TIME ZONE 'UTC') AS created_at
FROM raw_braintree.disputes
