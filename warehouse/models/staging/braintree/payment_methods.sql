-- grain: one row per Braintree customer and stored payment method
WITH methods AS (
    SELECT gateway, account, seen_at, load_number, id AS customer_id, unnest(list_concat(
        staging.entries(credit_cards), staging.entries(paypal_accounts), staging.entries(android_pay_cards),
        staging.entries(apple_pay_cards), staging.entries(venmo_accounts), staging.entries(visa_checkout_cards),
        staging.entries(samsung_pay_cards), staging.entries(us_bank_accounts), staging.entries(sepa_debit_accounts)
    )) AS method
    FROM raw_braintree.customers
)
SELECT gateway, account, seen_at, load_number, method ->> '$.token' AS payment_method_id, customer_id, method ->> '$.object' AS type
FROM methods
WHERE method ->> '$.token' IS NOT NULL
