-- grain: one row per statement of a bank account
SELECT * EXCLUDE (load_number)
FROM staging.bank_bank_statements
