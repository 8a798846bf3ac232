-- grain: one row per PayPal payment that came in, as the transaction search tells it
WITH told AS (
    -- The same id twice: while it waited, and when it moved the balance. What moved counts.
    SELECT *, max(load_number) OVER (PARTITION BY gateway, account, transaction_info_transaction_id) AS newest_load
    FROM raw_paypal.transactions
    WHERE transaction_info_transaction_event_code LIKE 'T00%'
        AND transaction_info_transaction_amount_value NOT LIKE '-%'
    QUALIFY row_number() OVER (
        PARTITION BY gateway, account, transaction_info_transaction_id
        ORDER BY balance_affecting DESC, transaction_info_transaction_updated_date DESC NULLS LAST, seen_at DESC) = 1
)
SELECT
    gateway,
    account,
    seen_at,
    newest_load AS load_number,
    transaction_info_transaction_id AS charge_id,
    CASE transaction_info_transaction_status
        WHEN 'P' THEN 'pending'
        WHEN 'D' THEN 'failed'
        ELSE 'succeeded'
    END AS status,
    staging.minor(transaction_info_transaction_amount_value, transaction_info_transaction_amount_currency_code)
        AS amount_minor,
    transaction_info_transaction_amount_currency_code AS currency,
    payer_info_account_id AS customer_id,
    nullif(trim(payer_info_email_address), '') AS email,
    coalesce(
        nullif(concat_ws(' ', payer_info_payer_name_given_name, payer_info_payer_name_surname), ''),
        payer_info_payer_name_alternate_full_name, payer_info_payer_name_full_name
    ) AS payer_name,
    coalesce(payer_info_country_code, shipping_info_address_country_code) AS country,
    payer_info_address_state AS state,
    payer_info_address_postal_code AS postal_code,
    payer_info_phone_number_national_number AS phone,
    CASE WHEN transaction_info_paypal_reference_id_type = 'ODR' THEN transaction_info_paypal_reference_id END AS order_id,
    CASE WHEN transaction_info_paypal_reference_id_type = 'SUB' THEN transaction_info_paypal_reference_id END
        AS subscription_id,
    CASE WHEN transaction_info_paypal_reference_id_type = 'TXN' THEN transaction_info_paypal_reference_id END
        AS authorization_id,
    transaction_info_invoice_id AS invoice_number,
    transaction_info_custom_field AS custom_id,
    coalesce(transaction_info_transaction_subject, transaction_info_transaction_note) AS subject,
    cart_info ->> '$.item_details[0].item_name' AS item_name,
    cart_info -> '$.item_details' AS items,
    coalesce((cart_info ->> '$.tax_inclusive') = 'true', false) AS is_tax_inclusive,
    coalesce(staging.minor(transaction_info_sales_tax_amount_value, transaction_info_sales_tax_amount_currency_code), 0)
        AS tax_minor,
    coalesce(staging.minor(transaction_info_shipping_amount_value, transaction_info_shipping_amount_currency_code), 0)
        AS shipping_minor,
    transaction_info_instrument_type AS instrument_type,
    CASE WHEN balance_affecting THEN id END AS balance_transaction_id,
    transaction_info_transaction_initiation_date AS created_at
FROM told
