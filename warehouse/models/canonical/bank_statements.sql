-- grain: one row per statement of a bank account
-- key: bank_account, statement_id
-- changed: SELECT account AS bank_account, id AS statement_id FROM raw_bank.bank_statements WHERE load_number > $mark
SELECT * EXCLUDE (load_number)
FROM staging.bank_bank_statements
