-- grain: one row per bank line, and per payout that should be on a bank account: what it belongs to, or probably why not
-- Amounts are of the object itself; difference_minor: payouts less lines of a match, or of what its text names.
WITH banks AS (
    SELECT DISTINCT bank_account, currency, window_days FROM seeds.bank_accounts
),
covered AS (
    SELECT bank_account, min(since_on) AS first_on, max(until_on) AS last_on FROM canonical.bank_statements GROUP BY ALL
),
payouts AS (
    -- A payout belongs to the bank account of its currency; where its account has none, to the one that it is exchanged for.
    SELECT p.gateway, p.account, p.payout_id, p.amount_minor, p.currency, p.status, p.arrival_on,
        arg_min(b.bank_account, (b.currency <> p.currency, b.account IS NULL, b.bank_account)) AS bank_account,
        bool_and(b.currency <> p.currency) AS is_exchanged
    FROM canonical.payouts p
    JOIN seeds.bank_accounts b ON b.account = p.account OR (b.account IS NULL AND b.currency = p.currency)
    WHERE p.arrival_on IS NOT NULL AND p.amount_minor <> 0
    GROUP BY ALL
),
named AS (
    SELECT l.bank_account, l.bank_line_id, l.amount_minor AS line_minor, l.currency AS line_currency, p.*
    FROM canonical.bank_lines l
    JOIN (SELECT * EXCLUDE (bank_account) FROM payouts) p
        ON l.booked_on BETWEEN p.arrival_on - 30 AND p.arrival_on + 60 AND length(p.payout_id) >= 4
        AND contains(staging.words(concat_ws(' ', l.text, l.reference)), staging.words(p.payout_id))
),
named_by_line AS (
    SELECT bank_account, bank_line_id, string_agg(payout_id, ', ' ORDER BY payout_id) AS names,
        sum(amount_minor)::BIGINT - any_value(line_minor) AS difference_minor,
        bool_or(currency <> line_currency) AS is_exchanged, bool_or(status IN ('failed', 'cancelled')) AS is_failed
    FROM named
    GROUP BY ALL
),
naming_lines AS (
    SELECT gateway, account, payout_id, string_agg(bank_line_id, ', ' ORDER BY bank_line_id) AS names,
        any_value(amount_minor) - sum(line_minor)::BIGINT AS difference_minor,
        bool_or(currency <> line_currency) AS is_exchanged
    FROM named
    GROUP BY ALL
),
-- The difference of a match stands over all of its lines and payouts.
matched_lines AS (
    SELECT m.bank_account, m.bank_line_id, any_value(m.rule) AS rule,
        string_agg(m.payout_id, ', ' ORDER BY m.payout_id) AS others, sum(p.amount_minor)::BIGINT AS payouts_minor,
        arg_min((m.gateway, m.account, m.payout_id), m.payout_id) AS first_payout
    FROM marts.bank_matches m
    JOIN canonical.payouts p USING (gateway, account, payout_id)
    GROUP BY ALL
),
matched_payouts AS (
    SELECT m.gateway, m.account, m.payout_id, any_value(m.rule) AS rule, any_value(m.bank_account) AS bank_account,
        string_agg(m.bank_line_id, ', ' ORDER BY m.bank_line_id) AS others, sum(l.amount_minor)::BIGINT AS lines_minor,
        min(m.bank_line_id) AS first_line
    FROM marts.bank_matches m
    JOIN canonical.bank_lines l USING (bank_account, bank_line_id)
    GROUP BY ALL
),
open_payouts AS (
    SELECT * FROM payouts ANTI JOIN matched_payouts USING (gateway, account, payout_id)
    WHERE status NOT IN ('failed', 'cancelled') AND NOT is_exchanged
),
short AS (
    -- A line that could be a payout less a fee of up to a fiftieth, if only one could.
    SELECT l.bank_account, l.bank_line_id, p.gateway, p.account, p.payout_id, p.amount_minor - l.amount_minor AS difference_minor
    FROM (FROM canonical.bank_lines ANTI JOIN matched_lines USING (bank_account, bank_line_id)) l
    JOIN banks k USING (bank_account)
    JOIN open_payouts p USING (bank_account)
    WHERE l.amount_minor > 0 AND p.amount_minor > l.amount_minor AND (p.amount_minor - l.amount_minor) * 50 <= p.amount_minor
        AND l.booked_on BETWEEN p.arrival_on - 3 AND p.arrival_on + k.window_days
    QUALIFY count(*) OVER (PARTITION BY l.bank_account, l.bank_line_id) = 1
        AND count(*) OVER (PARTITION BY p.gateway, p.account, p.payout_id) = 1
),
lines AS (
    SELECT 'bank line' AS side, l.bank_account, NULL AS gateway, NULL AS account, l.bank_line_id AS object_id,
        l.booked_on AS on_day, l.amount_minor, l.currency,
        concat_ws(' · ', nullif(l.counterparty, ''), nullif(l.text, '')) AS text, m.rule,
        coalesce(m.others, n.names, s.payout_id) AS others,
        CASE
            WHEN m.rule IS NOT NULL THEN m.payouts_minor - coalesce(g.lines_minor, l.amount_minor)
            WHEN NOT coalesce(n.is_exchanged, false) THEN coalesce(n.difference_minor, s.difference_minor)
        END AS difference_minor,
        CASE
            WHEN m.rule IS NOT NULL THEN NULL
            WHEN n.is_exchanged THEN 'FX'
            WHEN n.is_failed THEN 'timing'
            WHEN d.rule IS NOT NULL THEN 'duplicate'
            WHEN n.difference_minor < 0 THEN 'missing object'
            WHEN n.names IS NOT NULL OR s.payout_id IS NOT NULL THEN 'fee'
            WHEN l.amount_minor < 0 AND (
                lower(l.kind) IN ('fee', 'srvchg')
                OR regexp_matches(lower(l.text), '\b(fees?|charges?|gebühr|gebühren|gebuehr|entgelt|commission|frais)\b')
            ) THEN 'fee'
            WHEN l.amount_minor > 0
                AND regexp_matches(lower(concat_ws(' ', l.counterparty, l.text)), '\b(stripe|paypal|braintree|recurly)\b')
                THEN 'missing object'
            ELSE 'unknown bank line'
        END AS cause,
        CASE
            WHEN m.rule IS NOT NULL THEN NULL
            WHEN n.is_exchanged THEN 'It names ' || n.names || ', which was paid out in another currency: the bank exchanged it.'
            WHEN n.is_failed THEN 'It names ' || n.names || ', which failed at the gateway: look for the line that takes it back.'
            WHEN d.rule IS NOT NULL THEN 'It names ' || n.names || ', which another line has brought already.'
            WHEN n.difference_minor < 0 THEN 'It names ' || n.names || ', and is more: perhaps a payout that was never pulled is in it.'
            WHEN n.names IS NOT NULL THEN 'It names ' || n.names || ', and is not its amount: a fee on the way, or a part of it.'
            WHEN s.payout_id IS NOT NULL THEN 'It would be ' || s.payout_id || ' less a fee on the way.'
        END AS told
    FROM canonical.bank_lines l
    LEFT JOIN matched_lines m USING (bank_account, bank_line_id)
    LEFT JOIN matched_payouts g
        ON g.gateway = m.first_payout[1] AND g.account = m.first_payout[2] AND g.payout_id = m.first_payout[3]
    LEFT JOIN named_by_line n USING (bank_account, bank_line_id)
    LEFT JOIN (
        SELECT bank_account, n.bank_line_id, any_value(m.rule) AS rule
        FROM named n JOIN marts.bank_matches m USING (bank_account, gateway, account, payout_id)
        GROUP BY ALL
    ) d USING (bank_account, bank_line_id)
    LEFT JOIN short s USING (bank_account, bank_line_id)
),
payout_rows AS (
    SELECT 'payout' AS side, coalesce(m.bank_account, p.bank_account) AS bank_account, p.gateway, p.account,
        p.payout_id AS object_id, p.arrival_on AS on_day, p.amount_minor, p.currency, NULL AS text, m.rule,
        coalesce(m.others, n.names, s.bank_line_id) AS others,
        CASE
            WHEN m.rule IS NOT NULL THEN coalesce(g.payouts_minor, p.amount_minor) - m.lines_minor
            WHEN NOT coalesce(n.is_exchanged, false) THEN coalesce(n.difference_minor, s.difference_minor)
        END AS difference_minor,
        CASE
            WHEN m.rule IS NOT NULL THEN NULL
            WHEN p.is_exchanged OR n.is_exchanged THEN 'FX'
            WHEN n.difference_minor < 0 THEN 'missing object'
            WHEN n.names IS NOT NULL OR s.bank_line_id IS NOT NULL THEN 'fee'
            WHEN c.last_on IS NULL OR p.arrival_on < c.first_on OR p.arrival_on + k.window_days > c.last_on THEN 'timing'
            ELSE 'missing bank line'
        END AS cause,
        CASE
            WHEN m.rule IS NOT NULL THEN NULL
            WHEN p.is_exchanged OR n.is_exchanged THEN 'No bank account is kept in its currency: the bank exchanged it.'
            WHEN n.difference_minor < 0 THEN 'The bank names it, with more than it: perhaps a payout that was never pulled is in it.'
            WHEN n.names IS NOT NULL THEN 'The bank names it, with another amount: a fee on the way, or a part of it.'
            WHEN s.bank_line_id IS NOT NULL THEN 'A line of the bank would be it, less a fee on the way.'
            WHEN c.last_on IS NULL THEN 'No statement of the bank account was imported.'
            WHEN p.arrival_on < c.first_on THEN 'It arrived before the first statement that was imported.'
            WHEN p.arrival_on + k.window_days > c.last_on THEN 'Its time to arrive is not over in what was imported.'
            ELSE 'The statements cover its days, and have no such line: ask the gateway to trace it.'
        END AS told
    FROM payouts p
    LEFT JOIN matched_payouts m USING (gateway, account, payout_id)
    LEFT JOIN matched_lines g ON g.bank_account = m.bank_account AND g.bank_line_id = m.first_line
    LEFT JOIN naming_lines n USING (gateway, account, payout_id)
    LEFT JOIN short s USING (gateway, account, payout_id)
    LEFT JOIN covered c ON c.bank_account = p.bank_account
    LEFT JOIN banks k ON k.bank_account = p.bank_account
    WHERE p.status NOT IN ('failed', 'cancelled')
)
SELECT side, bank_account, gateway, account, object_id, on_day, amount_minor, currency, text,
    CASE WHEN rule IS NULL THEN 'open' ELSE 'matched' END AS result,
    rule, others, difference_minor, cause,
    coalesce(told, CASE cause
        WHEN 'fee' THEN 'A fee of the bank: book it as one.'
        WHEN 'missing object' THEN 'It looks like a payout that was never pulled: pull the account again.'
        WHEN 'unknown bank line' THEN 'No payout has its amount in the time that one takes: it seems not to be of a gateway.'
    END) AS probable_cause
FROM (FROM lines UNION ALL BY NAME FROM payout_rows)
