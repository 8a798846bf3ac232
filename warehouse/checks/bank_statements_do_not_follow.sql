-- check: Statements that do not begin with the balance with which the one before ended
-- severity: report
SELECT bank_account, statement_id, since_on, opening_minor, previous_id, previous_until_on, previous_closing_minor, currency
FROM (
    SELECT *, lag(statement_id) OVER latest AS previous_id, lag(until_on) OVER latest AS previous_until_on,
        lag(closing_minor) OVER latest AS previous_closing_minor
    FROM canonical.bank_statements
    WHERE opening_minor IS NOT NULL
    WINDOW latest AS (PARTITION BY bank_account ORDER BY since_on, until_on, seen_at)
)
WHERE since_on > previous_until_on AND opening_minor <> previous_closing_minor
