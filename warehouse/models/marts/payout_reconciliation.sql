-- grain: one row per payout: does it equal the sum of its balance transactions?
WITH lines AS (
    SELECT
        l.gateway,
        l.account,
        l.payout_id,
        count(*) FILTER (b.source_id IS DISTINCT FROM l.payout_id) AS lines,
        count(*) FILTER (b.balance_transaction_id IS NULL) AS unknown_lines,
        -- The payout's own transaction is the other side of the sum.
        coalesce(sum(b.net_minor) FILTER (b.source_id IS DISTINCT FROM l.payout_id), 0)::BIGINT AS net_minor
    FROM canonical.payout_lines l
    LEFT JOIN canonical.balance_transactions b USING (gateway, account, balance_transaction_id)
    GROUP BY ALL
),
compared AS (
    SELECT p.*, coalesce(l.lines, 0) AS lines, coalesce(l.unknown_lines, 0) AS unknown_lines,
        coalesce(l.net_minor, 0) AS net_minor, p.amount_minor - coalesce(l.net_minor, 0) AS difference_minor
    FROM canonical.payouts p
    LEFT JOIN lines l USING (gateway, account, payout_id)
),
free AS (
    -- Transactions that no payout names.
    SELECT b.*
    FROM canonical.balance_transactions b
    ANTI JOIN canonical.payout_lines l USING (gateway, account, balance_transaction_id)
    WHERE b.type NOT LIKE 'payout%'
),
explained AS (
    SELECT c.gateway, c.account, c.payout_id,
        -- Of several that would fit, the one that became available last before the payout.
        arg_max(f.balance_transaction_id, (f.available_at, f.balance_transaction_id)) AS lost_line
    FROM compared c
    JOIN free f
        ON f.gateway = c.gateway AND f.account = c.account AND f.currency = c.currency
        AND f.net_minor = c.difference_minor AND f.available_at <= c.created_at
    WHERE c.difference_minor <> 0 AND (c.lines > 0 OR (c.is_automatic AND c.status = 'paid'))
    GROUP BY ALL
)
SELECT
    c.gateway,
    c.account,
    c.payout_id,
    c.currency,
    c.arrival_on,
    c.amount_minor,
    c.lines,
    c.net_minor,
    c.difference_minor,
    CASE
        WHEN c.unknown_lines > 0 OR e.lost_line IS NOT NULL THEN 'missing lines'
        WHEN c.lines = 0 THEN 'no lines'
        WHEN c.difference_minor <> 0 THEN 'difference'
        ELSE 'matched'
    END AS result,
    CASE
        WHEN e.lost_line IS NOT NULL THEN e.lost_line || ' is of just that amount, and belongs to no payout.'
        WHEN c.lines = 0 AND c.status IN ('failed', 'cancelled') THEN 'It ' || CASE c.status WHEN 'failed' THEN 'failed' ELSE 'was cancelled' END || ': no money went out.'
        WHEN c.lines = 0 AND NOT c.is_automatic THEN 'A payout made by hand: the gateway does not say what is in it, and its amount does not tell.'
        WHEN c.lines = 0 AND c.status <> 'paid' THEN 'Not paid out yet: its lines are read once it is.'
        WHEN c.lines = 0 THEN 'Its lines were not pulled: pull the account again.'
        WHEN c.unknown_lines > 0 THEN c.unknown_lines || ' of its lines name balance transactions that were never pulled.'
        WHEN c.difference_minor <> 0 AND c.status = 'failed' THEN 'The payout failed, and its lines went back.'
        WHEN c.difference_minor <> 0 THEN 'No balance transaction explains it: compare with the gateway''s own report.'
    END AS probable_cause
FROM compared c
LEFT JOIN explained e USING (gateway, account, payout_id)
