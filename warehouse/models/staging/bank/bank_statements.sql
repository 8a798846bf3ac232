-- grain: one row per statement of a bank account
SELECT
    account AS bank_account,
    id AS statement_id,
    seen_at,
    load_number,
    name,
    format,
    file_name,
    imported_by,
    since::DATE AS since_on,
    until::DATE AS until_on,
    opening_minor,
    closing_minor,
    currency,
    lines
FROM raw_bank.bank_statements
WHERE NOT is_deleted
