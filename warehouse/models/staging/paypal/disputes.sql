-- grain: one row per PayPal dispute
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS dispute_id,
    disputed_transactions ->> '$[0].seller_transaction_id' AS charge_id,
    staging.minor(dispute_amount_value, dispute_amount_currency_code) AS amount_minor,
    dispute_amount_currency_code AS currency,
    CASE
        WHEN status IN ('OPEN', 'WAITING_FOR_SELLER_RESPONSE') THEN 'needs_response'
        WHEN status <> 'RESOLVED' THEN 'under_review'
        WHEN dispute_outcome_outcome_code IN ('RESOLVED_BUYER_FAVOUR', 'ACCEPTED') THEN 'lost'
        -- RESOLVED_WITH_PAYOUT too: PayPal itself paid the buyer.
        ELSE 'won'
    END AS status,
    lower(reason) AS reason,
    seller_response_due_date AS evidence_due_at,
    create_time AS created_at
FROM raw_paypal.disputes
