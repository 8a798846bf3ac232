-- grain: one row per line of a bank account
-- key: bank_account, bank_line_id
-- changed: SELECT account AS bank_account, id AS bank_line_id FROM raw_bank.bank_lines WHERE load_number > $mark
SELECT * EXCLUDE (load_number)
FROM staging.bank_bank_lines
