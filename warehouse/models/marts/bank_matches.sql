-- grain: one row per bank line and payout that belong together
-- Rules, the surest first: the line's text names the payouts; amount and day; the sum of two.
WITH banks AS (
    SELECT DISTINCT bank_account, currency, window_days, tolerance_minor FROM seeds.bank_accounts
),
lines AS (
    SELECT l.bank_account, l.bank_line_id, l.booked_on, l.amount_minor, b.window_days, b.tolerance_minor,
        staging.words(concat_ws(' ', l.text, l.reference)) AS words
    FROM canonical.bank_lines l
    JOIN banks b USING (bank_account, currency)
),
payouts AS (
    SELECT b.bank_account, p.gateway, p.account, p.payout_id, p.amount_minor, p.arrival_on,
        staging.words(p.payout_id) AS id_words
    FROM canonical.payouts p
    JOIN seeds.bank_accounts b ON b.currency = p.currency AND (b.account IS NULL OR b.account = p.account)
    WHERE p.status NOT IN ('failed', 'cancelled') AND p.arrival_on IS NOT NULL AND p.amount_minor <> 0
),
named AS (
    SELECT bank_account, l.bank_line_id, l.booked_on, l.amount_minor AS line_minor, l.tolerance_minor, p.gateway,
        p.account, p.payout_id, p.amount_minor,
        count(*) OVER (PARTITION BY bank_account, l.bank_line_id) AS payouts_of_line
    FROM lines l
    JOIN payouts p USING (bank_account)
    WHERE l.booked_on BETWEEN p.arrival_on - 30 AND p.arrival_on + 60 AND length(p.payout_id) >= 4
        AND contains(l.words, p.id_words)
),
fitting AS (
    SELECT bank_account, bank_line_id
    FROM named
    GROUP BY ALL
    HAVING sum(amount_minor) - any_value(line_minor) BETWEEN 0 AND any_value(tolerance_minor)
),
first_named AS (
    -- A second line that names the same payout is a duplicate.
    SELECT *
    FROM named
    SEMI JOIN fitting USING (bank_account, bank_line_id)
    QUALIFY row_number() OVER (PARTITION BY gateway, account, payout_id ORDER BY booked_on, bank_line_id) = 1
),
whole_lines AS (
    SELECT *
    FROM first_named
    QUALIFY count(*) OVER (PARTITION BY bank_account, bank_line_id) = payouts_of_line
),
parts AS (
    SELECT *
    FROM named
    ANTI JOIN fitting USING (bank_account, bank_line_id)
    ANTI JOIN whole_lines USING (gateway, account, payout_id)
),
payouts_in_parts AS (
    SELECT gateway, account, payout_id
    FROM parts
    GROUP BY ALL
    HAVING count(*) > 1 AND max(payouts_of_line) = 1
        AND any_value(amount_minor) - sum(line_minor) BETWEEN 0 AND any_value(tolerance_minor)
),
by_reference AS (
    SELECT bank_account, bank_line_id, gateway, account, payout_id, 'reference' AS rule FROM whole_lines
    UNION ALL
    SELECT bank_account, bank_line_id, gateway, account, payout_id, 'reference' AS rule
    FROM parts
    SEMI JOIN payouts_in_parts USING (gateway, account, payout_id)
),
-- What names a payout, or is named, is no other's.
free_lines AS (
    SELECT *, row_number() OVER (PARTITION BY bank_account, amount_minor, booked_on ORDER BY bank_line_id) AS place
    FROM lines
    ANTI JOIN named USING (bank_account, bank_line_id)
),
free_payouts AS (
    SELECT *, row_number() OVER (PARTITION BY bank_account, amount_minor, arrival_on ORDER BY account, payout_id) AS place
    FROM payouts
    ANTI JOIN named USING (gateway, account, payout_id)
),
candidates AS (
    SELECT bank_account, l.bank_line_id, p.gateway, p.account, p.payout_id,
        (p.amount_minor - l.amount_minor, abs(l.booked_on - p.arrival_on), abs(l.place - p.place)) AS distance
    FROM free_lines l
    JOIN free_payouts p USING (bank_account)
    WHERE p.amount_minor - l.amount_minor BETWEEN 0 AND l.tolerance_minor
        AND l.booked_on BETWEEN p.arrival_on - 3 AND p.arrival_on + l.window_days
),
nearest AS (
    -- Each is the other's nearest.
    SELECT *
    FROM candidates
    QUALIFY row_number() OVER (PARTITION BY bank_account, bank_line_id ORDER BY distance, account, payout_id) = 1
        AND row_number() OVER (PARTITION BY gateway, account, payout_id ORDER BY distance, bank_account, bank_line_id) = 1
),
next_nearest AS (
    -- Once more among the rest: of equal amounts in a row, one that came late has lost its nearest to another.
    SELECT *
    FROM candidates
    ANTI JOIN nearest USING (bank_account, bank_line_id)
    ANTI JOIN nearest AS taken USING (gateway, account, payout_id)
    QUALIFY row_number() OVER (PARTITION BY bank_account, bank_line_id ORDER BY distance, account, payout_id) = 1
        AND row_number() OVER (PARTITION BY gateway, account, payout_id ORDER BY distance, bank_account, bank_line_id) = 1
),
by_amount AS (
    SELECT bank_account, bank_line_id, gateway, account, payout_id, 'amount and day' AS rule
    FROM (FROM nearest UNION ALL FROM next_nearest)
),
left_lines AS (FROM free_lines ANTI JOIN by_amount USING (bank_account, bank_line_id)),
left_payouts AS (FROM free_payouts ANTI JOIN by_amount USING (gateway, account, payout_id)),
near AS (
    SELECT bank_account, l.bank_line_id, l.amount_minor AS line_minor, p.gateway, p.account, p.payout_id, p.amount_minor
    FROM left_lines l
    JOIN left_payouts p USING (bank_account)
    WHERE l.booked_on BETWEEN p.arrival_on - 3 AND p.arrival_on + l.window_days
        AND sign(l.amount_minor) = sign(p.amount_minor)
),
two_payouts AS (
    SELECT a.bank_account, [a.bank_line_id] AS of_lines, a.gateway, a.account, [a.payout_id, b.payout_id] AS of_payouts
    FROM near a
    JOIN near b USING (bank_account, bank_line_id, gateway, account)
    WHERE a.payout_id < b.payout_id AND a.amount_minor + b.amount_minor = a.line_minor
),
two_lines AS (
    SELECT a.bank_account, [a.bank_line_id, b.bank_line_id] AS of_lines, gateway, account, [payout_id] AS of_payouts
    FROM near a
    JOIN near b USING (bank_account, gateway, account, payout_id)
    WHERE a.bank_line_id < b.bank_line_id AND a.line_minor + b.line_minor = a.amount_minor
),
sums AS (
    SELECT *, row_number() OVER () AS sum_id FROM (FROM two_payouts UNION ALL FROM two_lines)
),
members AS (
    SELECT *, count(DISTINCT sum_id) OVER (PARTITION BY bank_account, bank_line_id) AS sums_of_line,
        count(DISTINCT sum_id) OVER (PARTITION BY gateway, account, payout_id) AS sums_of_payout
    FROM (
        SELECT sum_id, bank_account, bank_line_id, gateway, account, unnest(of_payouts) AS payout_id
        FROM (SELECT * EXCLUDE (of_lines), unnest(of_lines) AS bank_line_id FROM sums)
    )
),
by_sum AS (
    -- Only where nothing else would do: a guess between two is none.
    SELECT bank_account, bank_line_id, gateway, account, payout_id, 'sum of two' AS rule
    FROM members
    QUALIFY max(greatest(sums_of_line, sums_of_payout)) OVER (PARTITION BY sum_id) = 1
)
FROM by_reference
UNION ALL FROM by_amount
UNION ALL FROM by_sum
