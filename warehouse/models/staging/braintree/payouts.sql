-- grain: one row per Braintree disbursement: merchant account, day and currency
-- Braintree lists no disbursements; they are the sums of what it says it disbursed. Chargebacks are not among it.
SELECT
    gateway,
    account,
    max(seen_at) AS seen_at,
    max(load_number) AS load_number,
    payout_id,
    sum(net_minor)::BIGINT AS amount_minor,
    currency,
    CASE WHEN bool_and(status = 'available') THEN 'paid' ELSE 'failed' END AS status,
    true AS is_automatic,
    (available_at AT TIME ZONE 'UTC')::DATE AS arrival_on,
    available_at AS created_at
FROM staging.braintree_balance_transactions
GROUP BY gateway, account, payout_id, currency, available_at
