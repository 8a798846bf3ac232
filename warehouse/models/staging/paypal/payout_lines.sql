-- grain: one row per withdrawal that took all that came since the one before, and movement of the balance in it
-- PayPal does not say what a withdrawal consists of. Where it is, to the minor unit, the sum of everything that moved in
-- its currency since the withdrawal before, as a sweep (T0401) or "all of it" by hand is, these are its lines; any other
-- is a round sum out of the balance and has none.
WITH withdrawals AS (
    SELECT gateway, account, currency, payout_id, amount_minor, created_at
    FROM staging.paypal_payouts
    -- What failed or was cancelled parts nothing: it left and came back.
    WHERE status IN ('paid', 'pending')
),
moved AS (
    SELECT b.*
    FROM staging.paypal_balance_transactions b
    ANTI JOIN withdrawals w ON w.gateway = b.gateway AND w.account = b.account AND w.payout_id = b.source_id AND b.type = 'payout'
),
before AS (
    SELECT m.*, w.payout_id, w.amount_minor,
        sum(m.net_minor) OVER (PARTITION BY m.gateway, m.account, w.payout_id) AS sum_minor
    FROM moved m
    ASOF JOIN withdrawals w
        ON m.gateway = w.gateway AND m.account = w.account AND m.currency = w.currency AND m.created_at <= w.created_at
)
SELECT gateway, account, seen_at, load_number, payout_id, balance_transaction_id
FROM before
WHERE sum_minor = amount_minor
