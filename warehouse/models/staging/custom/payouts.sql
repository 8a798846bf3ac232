-- grain: one row per imported payout
SELECT gateway, account, seen_at, load_number, id AS payout_id, amount_minor, currency, status,
    coalesce(is_automatic, false) AS is_automatic, try_cast(arrival_on AS DATE) AS arrival_on, created_at
FROM raw_custom.payouts
WHERE NOT is_deleted
