-- grain: one row per line of a bank account
SELECT
    account AS bank_account,
    id AS bank_line_id,
    seen_at,
    load_number,
    statement_id,
    booked_on::DATE AS booked_on,
    value_on::DATE AS value_on,
    amount_minor,
    currency,
    text,
    counterparty,
    reference,
    kind
FROM raw_bank.bank_lines
WHERE NOT is_deleted
