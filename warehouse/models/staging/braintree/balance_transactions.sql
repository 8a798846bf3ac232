-- grain: one row per Braintree transaction that was disbursed
-- Braintree bills its fees apart, each month, and tells no fee of a transaction.
WITH moved AS (
    SELECT *, 'charge' AS kind, 1 AS sign FROM raw_braintree.charges
    UNION ALL BY NAME
    SELECT *, 'refund' AS kind, -1 AS sign FROM raw_braintree.refunds
),
counted AS (
    SELECT *, disbursement_details_settlement_currency_iso_code AS code, sign * staging.minor(
        disbursement_details_settlement_amount, disbursement_details_settlement_currency_iso_code) AS net
    FROM moved
    WHERE disbursement_details_disbursement_date IS NOT NULL AND disbursement_details_settlement_amount IS NOT NULL
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS balance_transaction_id,
    kind AS type,
    kind AS reporting_category,
    id AS source_id,
    net AS gross_minor,
    0::BIGINT AS fee_minor,
    net AS net_minor,
    code AS currency,
    disbursement_details_settlement_currency_exchange_rate AS exchange_rate,
    CASE WHEN disbursement_details_success THEN 'available' ELSE 'pending' END AS status,
    disbursement_details_disbursement_date::DATE::TIMESTAMP AT TIME ZONE 'UTC' AS available_at,
    created_at,
    merchant_account_id || '/' || disbursement_details_disbursement_date || '/' || code AS payout_id
FROM counted
